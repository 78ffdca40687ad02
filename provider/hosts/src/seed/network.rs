//! `network-config`, version 2: the part of netplan that cloud-init renders itself.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;

/// How a host's interfaces are set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Network {
    version: u8,
    /// By any name.
    pub ethernets: BTreeMap<String, Ethernet>,
}

impl Network {
    /// These interfaces.
    pub fn new(ethernets: BTreeMap<String, Ethernet>) -> Self {
        Self { version: 2, ethernets }
    }
}

/// One interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ethernet {
    /// Which it is, if its name does not say so.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matches: Option<Match>,
    /// What it shall be called.
    #[serde(rename = "set-name", skip_serializing_if = "Option::is_none")]
    pub set_name: Option<String>,
    /// Whether it asks for an IPv4 address.
    pub dhcp4: bool,
    /// Whether it asks for an IPv6 address.
    pub dhcp6: bool,
    /// Fixed addresses, each with its prefix: `10.0.0.5/24`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Ways to elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Who resolves names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nameservers: Option<Nameservers>,
    /// The largest packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u16>,
}

/// Which interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The one with this hardware address.
    pub macaddress: String,
}

/// A way to elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Where to: `0.0.0.0/0` is everywhere.
    pub to: String,
    /// Through whom.
    pub via: IpAddr,
    /// Set if the router is reached although it is in none of the interface's networks.
    #[serde(rename = "on-link", skip_serializing_if = "Option::is_none")]
    pub on_link: Option<bool>,
}

/// Who resolves names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Nameservers {
    /// Their addresses.
    pub addresses: Vec<IpAddr>,
    /// Domains in which short names are looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<String>,
}
