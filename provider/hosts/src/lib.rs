//! What a host should be, and how it gets there: from a cluster's [`spec`] to a [`blueprint`] for each host, and from that
//! to one script that makes the host so.
//!
//! It must never know Terraform or jobspecs.

pub mod blueprint;
pub mod converge;
mod fault;
pub mod pki;
pub mod secrets;
pub mod spec;

pub use fault::Fault;
