//! Drives the transport as Terraform does: through a real process, its pipes, its socket and its signals.
//!
//! The process is the example `tiny`. A test's number is that of the check in the list of what a provider
//! has to withstand.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of it is a test, also what the tests share"
)]

mod client;
mod handshake;
mod life;
mod plugin;
mod reports;
mod terraform;
mod tls;
