//! Puts a provider on the wire: everything between an author's registry and Terraform's process.
//!
//! `transport` starts, listens, authenticates and ends; `log` and `crash` are what Terraform reads on
//! standard error. Nothing here may know which provider it serves, and nobody but `transport::handshake`
//! writes to standard output while Terraform listens: the first line there is the handshake.

pub mod codec;
mod crash;
mod lifecycle;
pub mod log;
mod rpc;
pub mod transport;

use std::process::ExitCode;

pub use lifecycle::Lifecycle;

/// Serves everything in the registry until Terraform is done with it; returns what `main` returns.
pub fn run(registry: &'static kit::Registry) -> ExitCode {
    let meta =
        transport::Meta { name: registry.name(), address: registry.address, version: registry.version };
    transport::serve(&meta, |life| rpc::Service::new(registry, life))
}
