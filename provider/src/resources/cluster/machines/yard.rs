//! The folder of a cluster's machines: where in it each machine is, and what they were made with.

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use hosts::qemu::{Cable, Place};
use kit::{Diagnostic, Result};
use serde::{Deserialize, Serialize};

use super::super::deed::Plot;
use super::super::model::{Cluster, MachineSize, Qemu};
use super::super::reach::operator;
use super::wanted;

/// A folder, and what is known about it.
pub(in super::super) struct Yard(Plot<Made>);

/// What was written of the machines, for who has no state. Before it was kept, there was nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Made {
    /// Who was made on them.
    #[serde(default)]
    pub operator: Option<String>,
    /// The platform's block.
    #[serde(default)]
    pub qemu: Option<Qemu>,
    /// What is different in a pool.
    #[serde(default)]
    pub pools: BTreeMap<String, Sizes>,
}

/// How large the machines of a pool are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Sizes {
    /// Its block `machine`.
    pub machine: Option<MachineSize>,
    /// The volumes with disks of their own, in GiB.
    pub volumes: BTreeMap<String, u32>,
}

impl Made {
    fn of(cluster: &Cluster) -> Self {
        let sizes = cluster.pool.iter().map(|(name, pool)| {
            let sizes = Sizes { machine: pool.machine.clone(), volumes: wanted::volumes(pool) };
            (name.clone(), sizes)
        });
        Self {
            operator: Some(operator(cluster.ssh.as_ref()).to_owned()),
            qemu: cluster.qemu.clone(),
            pools: sizes.collect(),
        }
    }
}

impl Yard {
    /// The folder at this path, which need not be there.
    pub fn open(folder: &str) -> Result<Self> {
        let attribute = "qemu.folder";
        let wrong = |error: std::io::Error| {
            Diagnostic::error(format!("{folder:?} is no folder"), error.to_string()).attribute(attribute)
        };
        // Emulators outlive the folder that Terraform runs in.
        Plot::open(std::path::absolute(folder).map_err(wrong)?, attribute).map(Self)
    }

    /// Makes it this cluster's. Without an owner there is a new one, who takes over what is there. The owner is the answer.
    pub fn claim(&mut self, cluster: &Cluster, owner: Option<String>) -> Result<String> {
        let name = &cluster.name;
        if let Some(deed) = self.0.deed().filter(|deed| deed.cluster != *name) {
            let detail = format!(
                "The machines of cluster {} are in {}. Two clusters cannot have one folder: choose another for {name}.",
                deed.cluster,
                self.path().display()
            );
            return Err(refused("The folder belongs to another cluster", &detail));
        }
        if self.is_others(name, owner.as_deref()) {
            return Err(self.lost(name));
        }
        self.0.claim(name, owner, Made::of(cluster))
    }

    /// Whose machines they are, and with what they were made.
    pub fn made(&self) -> Option<(&str, &Made)> {
        self.0.deed().map(|deed| (deed.cluster.as_str(), &deed.more))
    }

    /// Whether somebody else has taken it over.
    pub fn is_others(&self, cluster: &str, owner: Option<&str>) -> bool {
        self.0.is_others(cluster, owner)
    }

    /// What to say then.
    pub fn lost(&self, cluster: &str) -> kit::Failure {
        let detail = format!(
            "Another object of Terraform has taken over the machines in {}, perhaps the one that replaces this one. They are left to it.",
            self.path().display()
        );
        refused(&format!("The machines are no longer those of cluster {cluster}"), &detail)
    }

    /// Where a host's machine is.
    pub fn place(&self, cluster: &str, host: &str) -> Place {
        Place { name: format!("{cluster}-{host}"), folder: self.path().join(host) }
    }

    /// The hosts of which there is something.
    pub fn hosts(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).into_iter().flatten().flatten();
        let mut hosts: Vec<String> = entries
            .filter(|entry| entry.path().join("machine.json").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        hosts.sort_unstable();
        hosts
    }

    /// The cable between the machines in this folder: the same as long as it is there, and no other folder's.
    pub fn cable(&self) -> Cable {
        let [a, b, c, port @ .., _, _, _] = number(&self.path().to_string_lossy());
        Cable { group: Ipv4Addr::new(239, a, b, c), port: 20_000 + u16::from_be_bytes(port) % 10_000 }
    }

    /// Where the search for a port begins: apart from what the kernel gives to outgoing connections.
    pub fn first_port(&self, host: &str, what: &str) -> u16 {
        let [a, b, ..] = number(&format!("{}/{host}/{what}", self.path().display()));
        PORTS.start + u16::from_be_bytes([a, b]) % (PORTS.end - PORTS.start)
    }

    /// Removes what says whose it is; and the folder, if nothing else is in it.
    pub fn clear(&mut self) -> Result<()> {
        self.0.clear()
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The ports that machines get.
pub(super) const PORTS: std::ops::Range<u16> = 21_000..30_000;

fn number(text: &str) -> [u8; 8] {
    let hash = digest(&SHA256, text.as_bytes());
    hash.as_ref().first_chunk().copied().unwrap_or_default()
}

fn refused(what: &str, detail: &str) -> kit::Failure {
    Diagnostic::error(what, detail).attribute("qemu.folder").into()
}
