//! What a host should be, and how it gets there: from a cluster's [`spec`] to a [`blueprint`] for each host, and from that
//! to one script that makes the host so, on one of several ways.
//!
//! It must never know Terraform or jobspecs.

pub mod blueprint;
pub mod cluster;
pub mod converge;
mod fault;
#[cfg(unix)]
pub mod fleet;
#[cfg(unix)]
pub mod local;
pub mod pki;
#[cfg(unix)]
pub mod qemu;
pub mod secrets;
#[cfg(unix)]
pub mod seed;
pub mod spec;
#[cfg(unix)]
pub mod ssh;
#[cfg(unix)]
pub mod way;

pub use fault::Fault;
