//! Runs a provider as its users do: under the real Terraform and the real OpenTofu, in a folder of its own.
//!
//! Knows command lines, files and processes. Must never look into a provider's crates: what a test may see is what a
//! user could see.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a harness reports by panicking: that is what fails a test"
)]

pub mod case;
pub mod cluster;
pub mod fake;
pub mod variants;

mod cli;
mod fleet;
mod handshake;
mod mirror;
mod outcome;
mod process;
mod program;
mod provider;
mod report;
mod state;
mod subject;
mod workspace;

pub use cli::{Cli, Needs};
pub use fleet::{Fleet, Image, enter, host_root};
pub use handshake::handshake;
pub use mirror::Mirror;
pub use outcome::Outcome;
pub use process::{Running, Signal, wait_until};
pub use program::{find, required};
pub use provider::{Provider, built};
pub use report::{Message, Report};
pub use state::State;
pub use subject::{subjects, trial};
pub use workspace::Workspace;
