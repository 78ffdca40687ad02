//! One task on one host: connect, hand over, listen, and say what came of it.
//!
//! Must never leave a process or a file behind.

use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use super::config::Folder;
use super::{Credentials, Host, HostKey, diagnosis};
use crate::way::{
    Answer, Cause, Event, Fault, Group, Heard, Listener, Task, Terms, Transcript, Unusable, cause, converse,
};

/// As often a connection that was closed before login is tried again: a server that is asked by many at once turns some
/// away, which says nothing about the next moment.
const TURNED_AWAY: u32 = 6;
/// As often a task is begun again after its connection broke.
const BROKEN: u32 = 2;

/// How we connect, to whichever host.
#[derive(Clone, Debug)]
pub struct Client {
    /// The SSH client.
    pub program: PathBuf,
    /// What we log in with.
    pub credentials: Credentials,
    /// The user's own configuration files, in this order; ours comes before them.
    pub config: Vec<PathBuf>,
    /// The folder in which a connection's private folder is made.
    pub scratch: PathBuf,
    /// Whether a host without pinned keys is believed at first contact.
    pub believe_at_first_contact: bool,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a host that does not answer yet is waited for.
    pub patience: Duration,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            program: "ssh".into(),
            credentials: Credentials::default(),
            config: vec!["~/.ssh/config".into(), "/etc/ssh/ssh_config".into()],
            scratch: std::env::temp_dir(),
            believe_at_first_contact: true,
            connect_timeout: Duration::from_secs(10),
            patience: Duration::ZERO,
        }
    }
}

/// What came of it. The keys are worth keeping even if the task failed.
#[derive(Debug)]
pub struct Contact {
    /// The keys by which the host is known now: those that were given, or what it had at first contact.
    pub keys: Vec<HostKey>,
    /// The same for each bastion.
    pub bastion_keys: Vec<Vec<HostKey>>,
    /// What the task said, or why it failed.
    pub result: Result<Answer, Fault>,
}

impl Client {
    /// Does the task there, over one connection. Dropping this ends it on this side; there it ends at its next word.
    pub async fn run(&self, host: &Host, task: &Task, listener: Listener<'_>) -> Contact {
        let bastion_keys = host.bastions.iter().map(|bastion| bastion.keys.clone()).collect();
        let fault = |cause, heard| Err(Fault::new(&host.name, cause, heard));
        let mut contact = Contact { keys: host.keys.clone(), bastion_keys, result: Ok(Answer::default()) };
        contact.result = match timeout(task.deadline, self.persist(host, task, listener, &mut contact)).await
        {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err((cause, heard))) => fault(cause, heard),
            Err(_) => fault(Cause::TimedOut(task.deadline), Heard::default()),
        };
        contact
    }

    /// Tries until it is done or there is no hope.
    async fn persist(
        &self,
        host: &Host,
        task: &Task,
        listener: Listener<'_>,
        contact: &mut Contact,
    ) -> Result<Answer, (Cause, Heard)> {
        let begun = Instant::now();
        let (mut turned_away, mut broken) = (0, 0);
        loop {
            // What was pinned by the attempt before holds for the next.
            let mut known = host.clone();
            known.keys.clone_from(&contact.keys);
            for (bastion, keys) in known.bastions.iter_mut().zip(&contact.bastion_keys) {
                bastion.keys.clone_from(keys);
            }
            let transcript = self
                .attempt(&known, task, listener, contact)
                .await
                .map_err(|cause| (cause, Heard::default()))?;
            let Some(cause) = cause(&transcript, diagnosis::connection) else {
                return Ok(Answer { said: transcript.said });
            };
            let again = match cause {
                Cause::Lost => counted(&mut broken, BROKEN),
                Cause::ClosedEarly if begun.elapsed() >= self.patience => {
                    counted(&mut turned_away, TURNED_AWAY)
                }
                _ => cause.passes() && begun.elapsed() < self.patience,
            };
            if !again {
                let locked = cause == Cause::WrongKey && self.credentials.locked();
                return Err((if locked { Cause::KeyLocked } else { cause }, transcript.into()));
            }
            listener(Event::Again(cause.to_string()));
            sleep(pause(turned_away + broken)).await;
        }
    }

    async fn attempt(
        &self,
        host: &Host,
        task: &Task,
        listener: Listener<'_>,
        contact: &mut Contact,
    ) -> Result<Transcript, Cause> {
        let unusable = |Unusable(why)| Cause::Unusable(why);
        host.check().map_err(unusable)?;
        let bundle = task.bundle().map_err(unusable)?;
        let key = self.credentials.key_text().map_err(unusable)?;
        let folder = Folder::new(self, host, key.as_ref()).map_err(|error| {
            Cause::Unusable(format!("cannot write to {}: {error}", self.scratch.display()))
        })?;
        let mut command = Command::new(&self.program);
        command.arg("-F").arg(folder.last()).arg("-T").arg("--").arg(&host.address);
        command.arg(host.sudo.command(&task.entry(bundle.len())));
        let no_program = |error: std::io::Error| Cause::NoProgram {
            program: self.program.display().to_string(),
            why: error.to_string(),
        };
        let (group, pipes) = Group::start(&mut command).map_err(no_program)?;
        let password = host.sudo.password();
        let listener = |event: Event| {
            if event == Event::Ready {
                folder.forget_key();
            }
            listener(event);
        };
        let terms = Terms { task, bundle, password, listener: &listener };
        let transcript = converse(group, pipes, terms).await;
        let mut known = folder.known();
        if let Some(keys) = known.pop().filter(|keys| !keys.is_empty()) {
            contact.keys = keys;
        }
        for (kept, keys) in contact.bastion_keys.iter_mut().zip(known) {
            if !keys.is_empty() {
                *kept = keys;
            }
        }
        Ok(transcript)
    }
}

fn counted(count: &mut u32, limit: u32) -> bool {
    *count += 1;
    *count <= limit
}

/// Longer each time, and not the same for all that were turned away together.
fn pause(count: u32) -> Duration {
    let jitter = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| u64::from(now.subsec_nanos()) % 400);
    Duration::from_millis(300 * u64::from(count.max(1)) + jitter)
}
