//! A child and everything that it starts, ended together.
//!
//! Must never outlive its owner: dropping a group ends it.

use std::io;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// A child that leads a process group of its own, so that a terminal's Ctrl-C does not reach it and all of it can end.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
}

/// The three ends of its pipes that are ours.
#[derive(Debug)]
pub(crate) struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: ChildStdout,
    pub stderr: ChildStderr,
}

impl Group {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> io::Result<(Self, Pipes)> {
        command.process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let pipes = Pipes {
            stdin: child.stdin.take().ok_or_else(missing)?,
            stdout: child.stdout.take().ok_or_else(missing)?,
            stderr: child.stderr.take().ok_or_else(missing)?,
        };
        Ok((Self { child }, pipes))
    }

    /// Waits for the leader's end: its exit code, or none if a signal ended it.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        self.child.wait().await.ok().and_then(|status| status.code())
    }

    fn kill(&self) {
        // Once the leader was waited for it has no id any more, and its group is nobody's business.
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(id) = id {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
