//! Text that must not be seen: a token, a key, a variable's value.
//!
//! Must never print itself, and leaves no copy behind when it is dropped.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

/// Text that is wiped when dropped and that `Debug` does not show.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same words without this secret in them.
    pub(crate) fn hide_in(&self, text: String) -> String {
        if self.is_empty() || !text.contains(self.expose()) {
            return text;
        }
        text.replace(self.expose(), "(hidden)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some((hidden))");
    }

    #[test]
    fn words_that_quote_it_are_cleaned() {
        let secret = Secret::new("hunter2");
        assert_eq!(secret.hide_in("token hunter2 is bad".into()), "token (hidden) is bad");
        assert_eq!(Secret::default().hide_in("as it was".into()), "as it was");
    }
}
