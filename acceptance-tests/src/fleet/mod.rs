//! Hosts to log in to, each in namespaces and an overlay of its own over one Debian root, on a bridge: a bare sshd, or a
//! whole system that systemd runs.
//!
//! The whole runs inside a network and a mount namespace of this program's own, entered by starting it anew: no name is
//! left in the system, nothing listens outside, and all of it is gone with the processes.

mod host;
mod image;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::process::wait_until;
use crate::program::{find, required};
use host::{First, Host};
pub use image::Image;

/// The word by which this program knows that it is in the namespaces already.
const INSIDE: &str = "LOSTOPS_INSIDE";
/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Hosts that are up, until this is dropped.
#[derive(Debug)]
pub struct Fleet {
    hosts: Vec<Host>,
    folder: PathBuf,
}

/// The Debian root that hosts are made from: `LOSTOPS_HOST_ROOT`. What is missing is said.
pub fn host_root() -> Option<PathBuf> {
    let missing = || {
        if !rustix::process::geteuid().is_root() {
            return Some("root".to_owned());
        }
        let programs = ["unshare", "ip", "ssh", "ssh-keygen", "mount", "chroot"];
        programs.iter().find(|name| find(name).is_none()).map(|name| (*name).to_owned())
    };
    let root = std::env::var_os("LOSTOPS_HOST_ROOT").map(PathBuf::from);
    let root = root.filter(|root| root.join("usr/sbin/sshd").exists());
    let what = missing()
        .or_else(|| root.is_none().then(|| "LOSTOPS_HOST_ROOT (a Debian root with sshd)".to_owned()));
    if let Some(what) = what {
        assert!(!required("host-root"), "{what} is required and not found");
        say(&format!("skipped: hosts over SSH: {what} not found"));
        return None;
    }
    root
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn say(words: &str) {
    eprintln!("{words}");
}

/// Starts this program anew inside namespaces of its own; inside, does nothing.
pub fn enter() -> Option<ExitCode> {
    if std::env::var_os(INSIDE).is_some() {
        return None;
    }
    let this = std::env::current_exe().expect("this program has a path");
    let status = Command::new("unshare")
        .args(["--net", "--mount", "--propagation", "private", "--"])
        .arg(this)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .expect("unshare can be started");
    Some(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Fleet {
    /// So many hosts with an sshd, reached at [`Fleet::address`] by who has [`Fleet::key`]. Only after [`enter`].
    pub fn up(count: u8, root: &Path, folder: &Path) -> Self {
        Self::begin(count, First::Sshd, root, folder)
    }

    /// So many whole systems, reached in the same way.
    pub fn boot(count: u8, image: &Image, folder: &Path) -> Self {
        Self::begin(count, First::Systemd, image.root(), folder)
    }

    fn begin(count: u8, first: First, root: &Path, folder: &Path) -> Self {
        assert!(std::env::var_os(INSIDE).is_some(), "hosts are made in namespaces of this program's own");
        bridge();
        let key = folder.join("key");
        if !key.exists() {
            run(Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f"])
                .arg(&key));
        }
        let public = fs::read_to_string(folder.join("key.pub")).expect("the key was made");
        let hosts =
            (1..=count).map(|number| Host::start(number, first, root, folder, &public)).collect::<Vec<_>>();
        let fleet = Self { hosts, folder: folder.to_owned() };
        for host in &fleet.hosts {
            assert!(wait_until(PATIENCE, || host.answers()), "{} never answered: {}", host.name, host.log());
        }
        fleet
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hosts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Where a host is.
    pub fn address(&self, number: usize) -> &str {
        &self.hosts[number].address
    }

    /// The private key that lets in.
    pub fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// Ends a host as a power cut would; its disk stays as it is.
    pub fn cut(&mut self, number: usize) {
        self.hosts[number].cut();
    }

    /// Lets a host run again that was cut off.
    pub fn power(&mut self, number: usize) {
        self.hosts[number].power();
        let host = &self.hosts[number];
        assert!(wait_until(PATIENCE, || host.answers()), "{} never answered: {}", host.name, host.log());
    }

    /// What a host's first process has said.
    pub fn log(&self, number: usize) -> String {
        self.hosts[number].log()
    }

    /// A host's root folder, as it is seen from here.
    pub fn root(&self, number: usize) -> &Path {
        &self.hosts[number].root
    }
}

/// One bridge for all hosts; made once.
fn bridge() {
    if Command::new("ip").args(["link", "show", "br0"]).output().is_ok_and(|output| output.status.success()) {
        return;
    }
    for words in
        ["link set lo up", "link add br0 type bridge", "addr add 10.99.0.1/24 dev br0", "link set br0 up"]
    {
        run(Command::new("ip").args(words.split(' ')));
    }
}

/// Runs a command that has to succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
