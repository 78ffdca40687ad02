//! `packgen completions`: completion for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::reply::Reply;
use super::session::Session;
use super::{Cli, Outcome, Run};

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Run for Completions {
    fn run(&self, _: &Session) -> Outcome {
        let mut out = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "packgen", &mut out);
        let text = String::from_utf8_lossy(&out).into_owned();
        Ok(Reply::text(text.clone()).field("shell", self.shell.to_string()).field("script", text))
    }
}
