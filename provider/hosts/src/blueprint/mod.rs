//! What one host should be: plain data, which a converge script, a cloud-init seed and a plan are made from.
//!
//! Nothing here does anything, and nothing here knows Nomad: what is in a blueprint is files, packages, programs, units.

use std::collections::BTreeMap;
use std::fmt;

use crate::secrets::Secret;
use crate::spec::{Arch, Cidr, Filesystem};

/// What one host should be. Lists are in the order in which they are brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blueprint {
    /// The host's name.
    pub host: String,
    /// Who there must be.
    pub users: Vec<User>,
    /// Packages of the distribution.
    pub packages: Vec<String>,
    /// Disks for data.
    pub disks: Vec<Disk>,
    /// Folders.
    pub dirs: Vec<Dir>,
    /// Files. What an earlier blueprint made and this one does not name is removed.
    pub files: Vec<File>,
    /// Programs that come from outside the distribution.
    pub binaries: Vec<Binary>,
    /// Kernel modules.
    pub modules: Vec<String>,
    /// Kernel settings.
    pub sysctl: BTreeMap<String, String>,
    /// The host's own firewall.
    pub wall: Option<Wall>,
    /// What runs.
    pub units: Vec<Unit>,
    /// What is done once all else is as it should be.
    pub commands: Vec<Command>,
    /// Between which moments (seconds since 1970) the host's clock has to be for its certificates to count.
    pub clock: Option<(i64, i64)>,
}

/// Somebody on the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name; a group of the same name goes with it.
    pub name: String,
    /// Runs programs, rather than logs in.
    pub system: bool,
    /// Home folder.
    pub home: String,
    /// Login shell.
    pub shell: String,
    /// Further groups.
    pub groups: Vec<String>,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// Where.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// Whose: `user:group`. Without one, whoever runs the script.
    pub owner: Option<String>,
}

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Where.
    pub path: String,
    /// What is in it: text without NUL.
    pub content: Secret,
    /// Permissions.
    pub mode: u32,
    /// Whose: `user:group`. Without one, whoever runs the script.
    pub owner: Option<String>,
    /// What is in it must not be seen.
    pub secret: bool,
    /// Made if there is none; what is there stays as it is.
    pub once: bool,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = if self.secret { "(hidden)" } else { self.content.expose() };
        f.debug_struct("File")
            .field("path", &self.path)
            .field("content", &content)
            .field("mode", &format_args!("{:04o}", self.mode))
            .field("owner", &self.owner)
            .field("secret", &self.secret)
            .field("once", &self.once)
            .finish()
    }
}

/// A disk for data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The device. It is formatted if it is empty, and left alone if it is not.
    pub device: String,
    /// What it is formatted with.
    pub filesystem: Filesystem,
    /// The filesystem's label: at most 12 characters. A disk that carries it is this one, whatever its device is called.
    pub label: String,
    /// Where it is mounted.
    pub path: String,
}

/// A program that comes from outside the distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// What it is called.
    pub name: String,
    /// Which release.
    pub version: String,
    /// What is fetched.
    pub packing: Packing,
    /// Where it goes: the program's path, or for an unpacked archive the folder.
    pub path: String,
    /// Where each architecture's is, and how it is known to be the right one.
    pub fetches: BTreeMap<Arch, Fetch>,
}

/// How a program is packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// A ZIP archive: that member is wanted.
    Zip {
        /// Its name.
        member: String,
    },
    /// A gzipped tar archive, unpacked whole into a folder.
    TarGz,
}

/// Where a program is, and how it is known to be the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Where it is.
    pub url: String,
    /// How it is known to be the right one.
    pub proof: Proof,
}

/// How a download is known to be the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By its SHA-256, in lower-case hexadecimal.
    Sha256(String),
    /// By a signed list of checksums.
    Signed {
        /// Where the list is.
        sums: String,
        /// Where its detached signature is.
        signature: String,
        /// Where the key is.
        key: String,
        /// The key's fingerprint, which alone is trusted: upper-case hexadecimal.
        fingerprint: String,
    },
}

/// The host's own firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// The nftables table, as `family name`.
    pub table: String,
    /// The unit that loads it, from one of the blueprint's files.
    pub unit: String,
    /// From where SSH is let in; empty where it is from everywhere. Whoever runs the script over SSH must be among them.
    pub admitted: Vec<Cidr>,
}

/// Something that systemd keeps running.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its name with its kind: `nomad.service`.
    pub name: String,
    /// It is restarted when one of these files, programs or folders of unpacked programs changes.
    pub restart_on: Vec<String>,
    /// It is told to read its configuration again when one of these changes.
    pub reload_on: Vec<String>,
    /// It is one run to an end: started when something changed, and not expected to be there afterwards.
    pub oneshot: bool,
}

/// Something that is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// What it does, in a few words.
    pub name: String,
    /// Shell text that does it.
    pub run: String,
    /// Shell text that succeeds when there is nothing to do.
    pub unless: String,
}
