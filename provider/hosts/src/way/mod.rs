//! The ways to a host have this in common: a shell is started there, a script and its files are streamed to it, it says
//! how far it is, and may ask for large files over the same connection.
//!
//! Must never know what a script does, and never send more than was asked for.

mod blob;
mod bundle;
mod converge;
mod conversation;
mod diagnosis;
mod fault;
mod process;
mod sudo;
mod task;

pub use blob::Blob;
pub use fault::{Cause, Fault};
pub use sudo::Sudo;
pub use task::Task;

pub(crate) use crate::converge::quote;
pub(crate) use conversation::{Ending, PROMPT, Terms, Transcript, converse};
pub(crate) use diagnosis::cause;
pub(crate) use fault::Heard;
pub(crate) use process::Group;

/// What a host tells while a task runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The script's surroundings are there; it starts.
    Ready,
    /// Another task holds the lock.
    Waiting,
    /// A line that the script printed.
    Said(String),
    /// A line that something printed to standard error.
    Noise(String),
    /// A large file is on its way, from this byte on.
    Sending {
        /// Its checksum.
        sha256: String,
        /// How much of it is there already.
        from: u64,
        /// How long it is.
        size: u64,
    },
    /// The connection broke or the host did not answer yet: it is tried again.
    Again(String),
}

/// Who hears of it. Called from the task's own thread: must return at once.
pub type Listener<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// What a task that succeeded has said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The lines that it printed to standard output, as far as the task has room for them.
    pub said: Vec<String>,
}

/// What the caller gave cannot be used; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(pub String);
