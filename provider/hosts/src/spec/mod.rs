//! What a cluster should be, as a person says it, independent of where its hosts come from.
//!
//! Plain data without secrets: those are in [`crate::secrets`]. Nothing here does anything.

mod cidr;
mod pool;
mod release;
mod security;
mod wall;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use cidr::{Cidr, NotACidr};
pub use pool::{Filesystem, Host, Login, Pool, Role, Volume};
pub use release::{Arch, NotAVersion, Pinned, Release, Source, Version};
pub use security::{Introduction, Rotation, Security};
pub use wall::{Firewall, NotAPortRange, Origin, PortRange, Protocol, Rule};

/// A whole cluster: one Nomad region and, if wanted, one Consul datacenter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSpec {
    /// Its name: a DNS label.
    pub name: String,
    /// The Nomad region; names the certificates, so it never changes.
    pub region: String,
    /// The datacenter of hosts whose pool names no other, and Consul's.
    pub datacenter: String,
    /// Which Nomad.
    pub nomad: Release,
    /// How servers, clients and services find each other.
    pub discovery: Discovery,
    /// Hosts, grouped by what they do.
    pub pools: BTreeMap<String, Pool>,
    /// Who may reach what.
    pub firewall: Firewall,
    /// What is protected, and how.
    pub security: Security,
    /// People who may log in to each host, beside those whom its image knows.
    pub logins: Vec<Login>,
    /// The port on which hosts answer SSH that have none of their own.
    pub ssh_port: u16,
    /// Release of the CNI reference plugins; clients get them for `bridge` networks.
    pub cni: Option<Release>,
    /// Time servers, if not those of the distribution.
    pub time_servers: Vec<String>,
}

/// How servers, clients and services find each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discovery {
    /// Consul runs on every host.
    Consul(Release),
    /// Nomad's own: addresses of the servers, and Nomad's service catalogue.
    Nomad,
}

impl ClusterSpec {
    /// Every host with its pool's name and pool, in the order of their names.
    pub fn hosts(&self) -> impl Iterator<Item = (&str, &Pool, &Host)> {
        self.pools
            .iter()
            .flat_map(|(name, pool)| pool.hosts.iter().map(move |host| (name.as_str(), pool, host)))
    }

    /// Hosts that run servers.
    pub fn servers(&self) -> impl Iterator<Item = &Host> {
        self.hosts().filter(|(_, pool, _)| pool.role.serves()).map(|(_, _, host)| host)
    }

    /// The port on which a host answers SSH.
    pub fn ssh_port_of(&self, host: &Host) -> u16 {
        host.port.unwrap_or(self.ssh_port)
    }

    /// Which Consul, where there is one.
    pub fn consul(&self) -> Option<&Release> {
        match &self.discovery {
            Discovery::Consul(release) => Some(release),
            Discovery::Nomad => None,
        }
    }
}
