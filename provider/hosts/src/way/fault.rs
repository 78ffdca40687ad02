//! Why a task failed on a host: what happened, and what a person can do about it.
//!
//! Must never guess in silence: what the host said itself goes along, without secrets.

use std::fmt;
use std::time::Duration;

use super::Transcript;
use crate::converge::Event;

/// A task that was not done on one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    host: String,
    cause: Cause,
    heard: Heard,
}

/// What was heard before it failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    said: Vec<String>,
    noise: Vec<String>,
}

impl From<Transcript> for Heard {
    fn from(transcript: Transcript) -> Self {
        Self { said: transcript.said, noise: transcript.noise }
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// What the caller gave cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(String),
    /// There is no program for the way.
    #[error("cannot start {program}: {why}")]
    NoProgram {
        /// Which.
        program: String,
        /// The reason.
        why: String,
    },
    /// The name has no address.
    #[error("the name cannot be resolved")]
    NoSuchName,
    /// The host is there, the service is not.
    #[error("the connection is refused")]
    Refused,
    /// Nothing comes back.
    #[error("no answer")]
    NoAnswer,
    /// It does not run, as whoever made it knows.
    #[error("its machine does not run")]
    Off,
    /// There is no way to it.
    #[error("there is no route to it")]
    NoRoute,
    /// Whoever answers ends the connection before anybody has logged in.
    #[error("the connection was closed before login")]
    ClosedEarly,
    /// Both sides have no algorithm in common.
    #[error("no common algorithm")]
    NoCommonAlgorithm,
    /// None of our keys is accepted.
    #[error("none of the keys is accepted")]
    WrongKey,
    /// Our key cannot be read.
    #[error("the private key cannot be read")]
    KeyUnreadable,
    /// Our key is protected by a passphrase.
    #[error("the private key is protected by a passphrase")]
    KeyLocked,
    /// The host has another key than the one that is pinned.
    #[error("the host key has changed{}", fingerprint(.0.as_ref()))]
    HostKeyChanged(Option<String>),
    /// There is no key to hold the host to.
    #[error("the host key is not known")]
    HostKeyUnknown,
    /// The host between us and it is in the way.
    #[error("through the bastion: {0}")]
    Bastion(Box<Cause>),
    /// The account cannot be used.
    #[error("the account cannot be used")]
    Account,
    /// There is no sudo.
    #[error("sudo is not installed")]
    SudoMissing,
    /// Sudo wants a password and has none.
    #[error("sudo wants a password")]
    SudoPassword,
    /// Sudo does not accept the password.
    #[error("sudo does not accept the password")]
    WrongSudoPassword,
    /// The user may not become root.
    #[error("the user may not use sudo")]
    SudoForbidden,
    /// Sudo wants a terminal.
    #[error("sudo wants a terminal")]
    SudoTerminal,
    /// No room is left.
    #[error("the disk is full")]
    DiskFull,
    /// Nothing can be written.
    #[error("a file system is read-only")]
    ReadOnly,
    /// A program that every host has to have is not there.
    #[error("{0} is not installed")]
    ToolMissing(String),
    /// Somebody else is at work there.
    #[error("another run is at work on it")]
    Busy,
    /// What arrived is not what was sent.
    #[error("a file arrived damaged")]
    Damaged,
    /// A large file cannot be read on this side.
    #[error("{0}")]
    BlobUnreadable(String),
    /// The connection broke on the way.
    #[error("the connection was lost")]
    Lost,
    /// It took too long.
    #[error("not done within {0:?}")]
    TimedOut(Duration),
    /// The script itself failed.
    #[error("the script failed with code {0}")]
    Script(i32),
}

fn fingerprint(print: Option<&String>) -> String {
    print.map(|print| format!(": it is now {print}")).unwrap_or_default()
}

impl Cause {
    /// What a person can do about it.
    pub fn cure(&self) -> String {
        self.advice().to_owned()
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Unusable(_) => "correct the value",
            Self::NoProgram { .. } => "install it, or name its path",
            Self::NoSuchName => "check the address for a typing error, or use an IP address",
            Self::Refused => "check that sshd runs there, and the port",
            Self::NoAnswer => "check that the host is up, the address and port, and the firewalls between",
            Self::Off => "start it: an apply does",
            Self::NoRoute => "check the address, the network between, and whether a bastion is needed",
            Self::ClosedEarly => {
                "check that an SSH server listens at this port, and its limits (MaxStartups, AllowUsers, fail2ban)"
            }
            Self::NoCommonAlgorithm => "bring the SSH server or the local OpenSSH up to date",
            Self::WrongKey => {
                "check the user, and that the key's public half is in its ~/.ssh/authorized_keys"
            }
            Self::KeyUnreadable => {
                "give the whole file of an OpenSSH or PEM private key, with its first and last line"
            }
            Self::KeyLocked => "add the key to an SSH agent, or give one without a passphrase",
            Self::HostKeyChanged(_) => {
                "if it was installed anew, write its new key in its `host_key`; if not, somebody may be listening in between"
            }
            Self::HostKeyUnknown => "give the host's key, or allow it to be pinned at first contact",
            Self::Bastion(cause) if matches!(**cause, Self::HostKeyChanged(_)) => {
                "if the bastion was installed anew, write its new key in `bastion.host_key`; if not, somebody may be listening in between"
            }
            Self::Bastion(cause) => cause.advice(),
            Self::Account => "unlock or renew the account, and give it a login shell",
            Self::SudoMissing => "install sudo there, or log in as root",
            Self::SudoPassword => "give the sudo password, or allow the user NOPASSWD in sudoers",
            Self::WrongSudoPassword => "correct the sudo password",
            Self::SudoForbidden => "allow the user in sudoers, or log in as another",
            Self::SudoTerminal => "remove `requiretty` for this user from sudoers",
            Self::DiskFull => "free some room there (`df -h`) and apply again: it goes on where it stopped",
            Self::ReadOnly => "see there why (`dmesg`, `mount`); a damaged disk is mounted read-only",
            Self::ToolMissing(_) => "install it there",
            Self::Busy => "wait until the other run is done, then apply again",
            Self::Damaged => "apply again; if it comes back, the network or the disk between damages data",
            Self::BlobUnreadable(_) => "see that the file stays in place, unchanged, until the apply is done",
            Self::Lost => "apply again: it goes on where it stopped",
            Self::TimedOut(_) => "see what keeps it busy, or allow more time; apply again to go on",
            Self::Script(_) => "see what it said, mend that, and apply again",
        }
    }

    /// Whether it may well go away by itself within moments: nobody has been let in yet, nothing was begun.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Refused | Self::NoAnswer | Self::NoRoute | Self::ClosedEarly => true,
            Self::Bastion(cause) => cause.passes(),
            _ => false,
        }
    }
}

impl Fault {
    pub(crate) fn new(host: &str, cause: Cause, heard: Heard) -> Self {
        Self { host: host.to_owned(), cause, heard }
    }

    /// The host's name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What went wrong.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The last lines that were heard from there, or from the program on the way.
    pub fn heard(&self) -> &[String] {
        &self.heard.noise
    }

    /// What the script had said by then.
    pub fn said(&self) -> &[String] {
        &self.heard.said
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.host, self.cause, self.cause.advice())?;
        let last = self.heard().len().saturating_sub(5);
        self.heard()[last..].iter().try_for_each(|line| write!(f, "\n  | {line}"))
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for crate::Fault {
    fn from(fault: Fault) -> Self {
        // A converge script says itself what is wrong, and better than its exit code does.
        let told = fault.said().iter().rev().find_map(|line| Event::parse(line)?.fault(&fault.host));
        if let Some(told) =
            told.filter(|_| matches!(fault.cause, Cause::Script(_) | Cause::DiskFull | Cause::ReadOnly))
        {
            return told;
        }
        let last = fault.heard().len().saturating_sub(5);
        let heard = fault.heard()[last..].iter().map(|line| format!("\n  | {line}")).collect::<Vec<_>>();
        let cure = format!("{}{}", fault.cause.advice(), heard.concat());
        Self::of_host(fault.host, "what was to be done is not done", fault.cause.to_string(), cure)
    }
}
