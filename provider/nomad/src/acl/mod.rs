//! Who may do what in Nomad.

mod auth_methods;
mod binding_rules;
mod bootstrap;
mod policies;
mod roles;
mod tokens;

use crate::Client;
use crate::http::{Request, Safety};

pub use self::auth_methods::{AuthConfig, AuthMethod};
pub use self::binding_rules::BindingRule;
pub use self::bootstrap::Bootstrapped;
pub use self::policies::{JobAcl, Policy};
pub use self::roles::{PolicyLink, Role};
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

/// How something is written that Nomad gives its id: made twice it would be two, changed twice it is one.
fn made_or_changed(noun: &str, id: &str) -> Request {
    match id {
        "" => Request::post(&["acl", noun], Safety::Once),
        id => Request::post(&["acl", noun, id], Safety::Guarded),
    }
}
