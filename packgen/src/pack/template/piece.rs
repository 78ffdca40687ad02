//! What a template gives before it is one text: the author's text and, between it, values with their place.
//!
//! Kept apart so that a value can be escaped for the very place where it lands.

use crate::hcl::Text;

use super::tree::{At, Str};

/// A part of what a template gives.
#[derive(Debug)]
pub(super) enum Piece {
    /// Text that the author of the template wrote.
    Fixed(Str),
    /// A value.
    Value(Insert),
}

/// A value between the author's text.
#[derive(Debug)]
pub(super) struct Insert {
    /// The value as text, with its origins.
    pub text: Text,
    /// The tag in the template.
    pub at: At,
    /// What has to be done with it.
    pub form: Form,
    /// Whether consul-template prints it, so that it cannot read it as its own language.
    pub later: bool,
}

/// What has to be done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is escaped for its place.
    Text,
    /// A number or a bool: it can stand anywhere as it is.
    Bare,
    /// A helper made a whole value of it (`"a"`, `[1, 2]`): it can stand where no string is open.
    Whole,
    /// The author asked for it as it is: `{{{x}}}`. No user's text may pass this way.
    Raw,
    /// A helper made sure that it is one line; it stands as it is.
    Line,
}

impl Insert {
    /// Whether a user typed a part of it.
    pub fn is_users(&self) -> bool {
        self.text.has_user_part()
    }
}
