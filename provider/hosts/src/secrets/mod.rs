//! What must not be seen, and where all of a cluster's secrets come from.

mod text;

pub use text::Secret;
