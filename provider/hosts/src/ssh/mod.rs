//! Hosts that exist, over the system's OpenSSH: a person's agent, configuration, hardware keys and jump hosts just work.
//!
//! One connection per task. Must never ask a question, never put a secret on a command line or into a file that others
//! can read, and never believe a host that has another key than the one pinned.

mod config;
mod credentials;
mod diagnosis;
mod fleet;
mod host;
mod host_key;
mod made_key;
mod private;
mod run;

pub use credentials::{Agent, Credentials};
pub use fleet::each;
pub use host::{Bastion, Host};
pub use host_key::HostKey;
pub use made_key::make_key;
pub use run::{Client, Contact};
