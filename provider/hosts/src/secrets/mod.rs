//! What must not be seen, and where all of a cluster's secrets come from.
//!
//! A cluster has one root. Every key and token is derived from it and a number, so that the same root and the same number
//! give the same secret on every run, and raising the number gives another one.

mod root;
mod text;

pub use root::{Broken, Issue, RootSecrets, mark};
pub use text::Secret;
