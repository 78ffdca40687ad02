//! Groups of hosts that do the same, and what one of them is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Hosts that do the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// What its hosts run.
    pub role: Role,
    /// Its hosts.
    pub hosts: Vec<Host>,
    /// Nomad's node pool; Nomad's `default` if none is said.
    pub node_pool: Option<String>,
    /// Nomad's node class.
    pub node_class: Option<String>,
    /// The Nomad datacenter, if not the cluster's.
    pub datacenter: Option<String>,
    /// Metadata that jobs can ask for.
    pub meta: BTreeMap<String, String>,
    /// Takes requests from outside on 80 and 443.
    pub ingress: bool,
    /// Disks for data, the same on each host of the pool.
    pub volumes: Vec<Volume>,
}

impl Pool {
    /// These hosts, with nothing special about them.
    pub fn of(role: Role, hosts: Vec<Host>) -> Self {
        Self {
            role,
            hosts,
            node_pool: None,
            node_class: None,
            datacenter: None,
            meta: BTreeMap::new(),
            ingress: false,
            volumes: Vec::new(),
        }
    }
}

/// What a host runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Servers of Nomad and Consul.
    Server,
    /// Jobs.
    Client,
    /// Everything: one host is a cluster.
    Both,
}

impl Role {
    /// Servers run here.
    pub fn serves(self) -> bool {
        matches!(self, Self::Server | Self::Both)
    }

    /// Jobs run here.
    pub fn works(self) -> bool {
        matches!(self, Self::Client | Self::Both)
    }
}

/// One machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name: a DNS label, unique in the cluster.
    pub name: String,
    /// Where it is reached from outside: an address or a name.
    pub address: Option<String>,
    /// Where the others of the cluster reach it, if not at `address`.
    pub private_address: Option<IpAddr>,
    /// The port on which it answers SSH, if not that of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Who logs in there, if not who does at the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Host {
    /// Where the others of the cluster reach it.
    pub fn peer_address(&self) -> Option<String> {
        self.private_address.map(|address| address.to_string()).or_else(|| self.address.clone())
    }

    /// Its addresses, where it has any that are numbers.
    pub fn ips(&self) -> Vec<IpAddr> {
        let outside = self.address.as_deref().and_then(|address| address.parse().ok());
        let mut ips: Vec<IpAddr> = self.private_address.into_iter().chain(outside).collect();
        ips.dedup();
        ips
    }
}

/// A place for data that outlives jobs: jobs name it as a host volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// What jobs call it.
    pub name: String,
    /// Where it is on the host.
    pub path: String,
    /// The disk; without one it is a folder on the host's own disk.
    pub device: Option<String>,
    /// What an empty disk is formatted with.
    pub filesystem: Filesystem,
    /// Whose the folder is: a user's name or number; root's if none is said.
    pub owner: Option<String>,
    /// Jobs may only read it.
    pub read_only: bool,
}

/// What an empty disk is formatted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filesystem {
    /// ext4.
    #[default]
    Ext4,
    /// XFS.
    Xfs,
}

impl Filesystem {
    /// As `mkfs` and `blkid` call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
        }
    }
}

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The user's name.
    pub name: String,
    /// Public keys, as in `authorized_keys`.
    pub keys: Vec<String>,
    /// May become root without a password.
    pub sudo: bool,
}
