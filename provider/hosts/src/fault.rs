//! What is wrong with a host or with what was asked for it: said once, with the cause and what to do about it.
//!
//! Must never carry a secret: causes are our own words or a program's, never a file's content.

use std::fmt;

/// Something that went wrong, or would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// Which host; none where it concerns the cluster as a whole.
    pub host: Option<String>,
    /// What could not be done, or what is wrong.
    pub what: String,
    /// Why.
    pub cause: String,
    /// What a person can do about it.
    pub cure: String,
}

impl Fault {
    /// A fault of the cluster as a whole.
    pub fn of_cluster(what: impl Into<String>, cause: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { host: None, what: what.into(), cause: cause.into(), cure: cure.into() }
    }

    /// A fault of one host.
    pub fn of_host(
        host: impl Into<String>,
        what: impl Into<String>,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { host: Some(host.into()), ..Self::of_cluster(what, cause, cure) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(host) = &self.host {
            write!(f, "{host}: ")?;
        }
        write!(f, "{}: {}. {}", self.what, self.cause, self.cure)
    }
}
