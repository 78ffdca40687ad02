//! The folder of a cluster's machines: whose it is, and where in it each machine is. What another object of Terraform has
//! taken over is left to it.

use std::fs;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use hosts::qemu::{Cable, Place};
use hosts::secrets::mark;
use hosts::seed;
use kit::{Diagnostic, Result};
use serde::{Deserialize, Serialize};

/// A folder, and what is known about it.
pub(in super::super) struct Yard {
    path: PathBuf,
    deed: Option<Deed>,
}

/// What says whose a folder is. It is in there before anything else is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    version: u32,
    cluster: String,
    owner: String,
}

impl Yard {
    /// The folder at this path, which need not be there.
    pub fn open(folder: &str) -> Result<Self> {
        let wrong = |why: String| {
            let cure = "Restore the file, or choose another folder.";
            Diagnostic::error(format!("{folder} cannot be used for machines"), format!("{why}. {cure}"))
                .attribute("qemu.folder")
        };
        // Emulators outlive the folder that Terraform runs in.
        let path = std::path::absolute(folder).map_err(|error| wrong(error.to_string()))?;
        let file = deed(&path);
        let deed = match fs::read_to_string(&file) {
            Ok(text) => {
                let deed: Deed = serde_json::from_str(&text)
                    .map_err(|error| wrong(format!("{}: {error}", file.display())))?;
                if deed.version != 1 {
                    let why = format!("{} has format {}, which is not known", file.display(), deed.version);
                    return Err(wrong(why).into());
                }
                Some(deed)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(wrong(format!("{}: {error}", file.display())).into()),
        };
        Ok(Self { path, deed })
    }

    /// Makes it this cluster's. Without an owner there is a new one, who takes over what is there. The owner is the answer.
    pub fn claim(&mut self, cluster: &str, owner: Option<String>) -> Result<String> {
        if let Some(deed) = &self.deed {
            if deed.cluster != cluster {
                let detail = format!(
                    "The machines of cluster {} are in {}. Two clusters cannot have one folder: choose another for {cluster}.",
                    deed.cluster,
                    self.path.display()
                );
                return Err(refused("The folder belongs to another cluster", &detail));
            }
            match owner {
                Some(owner) if owner == deed.owner => return Ok(owner),
                Some(_) => return Err(self.lost(cluster)),
                None => {}
            }
        }
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        made.map_err(|error| {
            let detail = format!("{}: {error}. Choose one that you may write to.", self.path.display());
            refused("The folder of the machines cannot be made", &detail)
        })?;
        let failed = |why: String| refused("The folder of the machines cannot be marked", &why);
        let owner = owner.map_or_else(mark, Ok).map_err(|error| failed(error.to_string()))?;
        let deed = Deed { version: 1, cluster: cluster.to_owned(), owner: owner.clone() };
        let text = serde_json::to_string_pretty(&deed).map_err(|error| failed(error.to_string()))? + "\n";
        seed::keep(&self::deed(&self.path), text.as_bytes()).map_err(|error| failed(error.to_string()))?;
        self.deed = Some(deed);
        Ok(owner)
    }

    /// Whether somebody else has taken it over.
    pub fn is_others(&self, cluster: &str, owner: Option<&str>) -> bool {
        self.deed
            .as_ref()
            .is_some_and(|deed| deed.cluster != cluster || owner.is_some_and(|owner| owner != deed.owner))
    }

    /// What to say then.
    pub fn lost(&self, cluster: &str) -> kit::Failure {
        let detail = format!(
            "Another object of Terraform has taken over the machines in {}, perhaps the one that replaces this one. They are left to it.",
            self.path.display()
        );
        refused(&format!("The machines are no longer those of cluster {cluster}"), &detail)
    }

    /// Where a host's machine is.
    pub fn place(&self, cluster: &str, host: &str) -> Place {
        Place { name: format!("{cluster}-{host}"), folder: self.path.join(host) }
    }

    /// The hosts of which there is something.
    pub fn hosts(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut hosts: Vec<String> = entries
            .filter(|entry| entry.path().join("machine.json").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        hosts.sort_unstable();
        hosts
    }

    /// The cable between the machines in this folder: the same as long as it is there, and no other folder's.
    pub fn cable(&self) -> Cable {
        let [a, b, c, port @ .., _, _, _] = number(&self.path.to_string_lossy());
        Cable { group: Ipv4Addr::new(239, a, b, c), port: 20_000 + u16::from_be_bytes(port) % 10_000 }
    }

    /// Where the search for a port begins: apart from what the kernel gives to outgoing connections.
    pub fn first_port(&self, host: &str, what: &str) -> u16 {
        let [a, b, ..] = number(&format!("{}/{host}/{what}", self.path.display()));
        PORTS.start + u16::from_be_bytes([a, b]) % (PORTS.end - PORTS.start)
    }

    /// Removes what says whose it is; and the folder, if nothing else is in it.
    pub fn clear(&mut self) -> Result<()> {
        match fs::remove_file(deed(&self.path)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(refused("The folder of the machines cannot be cleared", &error.to_string()));
            }
            _ => self.deed = None,
        }
        // A folder that is not empty holds something of its owner's, and stays.
        let _ = fs::remove_dir(&self.path);
        Ok(())
    }
}

/// The ports that machines get.
pub(super) const PORTS: std::ops::Range<u16> = 21_000..30_000;

fn deed(folder: &Path) -> PathBuf {
    folder.join("cluster.json")
}

fn number(text: &str) -> [u8; 8] {
    let hash = digest(&SHA256, text.as_bytes());
    hash.as_ref().first_chunk().copied().unwrap_or_default()
}

fn refused(what: &str, detail: &str) -> kit::Failure {
    Diagnostic::error(what, detail).attribute("qemu.folder").into()
}
