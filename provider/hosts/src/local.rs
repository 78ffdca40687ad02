//! This machine as a host: the same script, as root or for a user below a folder of their own.
//!
//! Must never go on when it is dropped: the script is ended with everything it started.

use std::io;

use tokio::process::Command;
use tokio::time::timeout;

use crate::way::{
    Answer, Cause, Fault, Group, Heard, Listener, Sudo, Task, Terms, Unusable, cause, converse,
};

/// This machine.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// What it is called in messages.
    pub name: String,
    /// How to become root.
    pub sudo: Sudo,
}

impl Local {
    /// Does the task here.
    pub async fn run(&self, task: &Task, listener: Listener<'_>) -> Result<Answer, Fault> {
        let fault = |cause, heard| Fault::new(&self.name, cause, heard);
        let unusable = |Unusable(why)| fault(Cause::Unusable(why), Heard::default());
        let bundle = task.bundle().map_err(unusable)?;
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(self.sudo.command(&task.entry(bundle.len()))).env_remove("SSH_CONNECTION");
        let no_program = |error: io::Error| {
            fault(Cause::NoProgram { program: "/bin/sh".into(), why: error.to_string() }, Heard::default())
        };
        let (group, pipes) = Group::start(&mut command).map_err(no_program)?;
        let terms = Terms { task, bundle, password: self.sudo.password(), listener };
        let spoken = timeout(task.deadline, converse(group, pipes, terms)).await;
        let transcript = spoken.map_err(|_| fault(Cause::TimedOut(task.deadline), Heard::default()))?;
        match cause(&transcript, |_| Cause::Lost) {
            None => Ok(Answer { said: transcript.said }),
            Some(cause) => Err(fault(cause, transcript.into())),
        }
    }
}
