//! Who may do what in Nomad.

mod bootstrap;
mod policies;
mod tokens;

use crate::Client;

pub use self::bootstrap::Bootstrapped;
pub use self::policies::{JobAcl, Policy};
pub use self::tokens::{NewToken, RoleLink, Token, TokenKind};

/// Access control of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Acl<'a>(&'a Client);

impl Client {
    /// Access control.
    pub fn acl(&self) -> Acl<'_> {
        Acl(self)
    }
}
