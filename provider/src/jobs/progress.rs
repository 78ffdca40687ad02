//! What happens during an apply, as it happens: Terraform shows a provider's words only at the end.
//!
//! It goes to the log at level `info`, and to the file that `LOSTOPS_PROGRESS` names. Must never hold up an apply, and
//! never show what is known to be secret.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use super::target::masked;
use crate::clock;

/// Where it is told.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    file: Option<PathBuf>,
}

impl Progress {
    /// To the log, and to this file.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// Tells what happened to a job.
    pub fn tell(&self, job: &str, what: &dyn Display) {
        let words = masked(&what.to_string()).replace('\n', "; ");
        tracing::info!(job, "{words}");
        let Some(path) = &self.file else { return };
        let line = format!("{} {job}: {words}\n", clock::now());
        // A line is written whole or not at all, also when several processes share the file; if it cannot be written,
        // the apply has better things to do than to fail for it.
        let written = OpenOptions::new().create(true).append(true).open(path);
        let written = written.and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            tracing::debug!("{}: {error}", path.display());
        }
    }
}
