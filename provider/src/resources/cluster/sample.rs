//! A cluster for tests, as somebody would have written it.

use hosts::cluster::{CNI, CONSUL, NOMAD};
use hosts::spec::{
    ClusterSpec, Discovery, Firewall, Host, Pool, Release, Role, Rotation, Security, Source, Version,
};

use super::back;
use super::model::{Cluster, Ssh};
use crate::config::{Login, Reach, Settings};

/// With these servers, which exist.
pub(super) fn cluster(servers: &[&str]) -> Cluster {
    let ssh = Ssh { user: None, public_keys: None, port: 22, bastion: Vec::new() };
    back::cluster(&spec(servers), Rotation::default(), ssh)
}

/// The same as it is made.
pub(super) fn spec(servers: &[&str]) -> ClusterSpec {
    let official = |version: Version| Release { version, source: Source::Official };
    let host = |(number, name): (usize, &&str)| Host {
        name: (*name).to_owned(),
        address: Some(format!("10.0.0.{}", number + 1)),
        ..Host::default()
    };
    let pool = Pool::of(Role::Both, servers.iter().enumerate().map(host).collect());
    ClusterSpec {
        name: "lab".into(),
        region: "global".into(),
        datacenter: "dc1".into(),
        nomad: official(NOMAD),
        discovery: Discovery::Consul(official(CONSUL)),
        pools: [("servers".to_owned(), pool)].into(),
        firewall: Firewall::default(),
        security: Security::default(),
        logins: Vec::new(),
        ssh_port: 22,
        cni: Some(official(CNI)),
        time_servers: Vec::new(),
    }
}

/// What the provider block came to, with this login.
pub(super) fn settings(ssh: Option<Login>) -> Settings {
    Settings { packs: Vec::new(), nomad: Reach::Nowhere, nomad_required: false, ssh, progress: None }
}
