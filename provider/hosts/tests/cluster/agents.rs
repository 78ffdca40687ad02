//! What the real agents say of the configuration that they get.

use std::path::Path;
use std::process::Command;

use hosts::cluster::blueprints;
use hosts::spec::{ClusterSpec, Discovery, Security, Version};

use crate::sample::{alone, found, official, root, said, spec, unpack};

/// Every kind of cluster whose configuration differs.
fn kinds() -> Vec<(&'static str, ClusterSpec)> {
    let open = Security { tls: false, gossip: false, acl: false, ..Security::default() };
    let strict = Security { https_client_certs: true, workload_identity: false, ..Security::default() };
    vec![
        ("as usual", spec()),
        ("one host", alone()),
        ("one host with Consul", ClusterSpec { discovery: spec().discovery, ..alone() }),
        ("without Consul", ClusterSpec { discovery: Discovery::Nomad, ..spec() }),
        ("all open", ClusterSpec { security: open, ..spec() }),
        ("client certificates", ClusterSpec { security: strict, ..spec() }),
    ]
}

#[test]
fn nomad_takes_every_configuration() {
    let Some(nomad) = found("nomad") else { return };
    for (kind, spec) in kinds() {
        for print in blueprints(&spec, &root()).unwrap() {
            let folder = unpack(&print);
            let mut command = Command::new(&nomad);
            command.args(["config", "validate"]).arg(folder.path().join("etc/nomad.d"));
            let (fine, words) = said(&mut command);
            // That a single server forms a cluster by itself is meant, and so is what was turned off by name.
            let mut words =
                words.replace("WARNING: Bootstrap mode enabled! Potentially unsafe operation.", "");
            if !spec.security.tls {
                words =
                    words.replace("WARNING: mTLS is not configured - Nomad is not secure without mTLS!", "");
            }
            assert!(fine && !words.to_lowercase().contains("warn"), "{kind}, {}: {words}", print.host);
        }
    }
}

/// Which Consul it is.
pub fn version(consul: &Path) -> Version {
    let (_, words) = said(Command::new(consul).arg("version"));
    let version = words.split_whitespace().find_map(|word| word.strip_prefix('v')).unwrap();
    version.split('+').next().unwrap().parse().unwrap()
}

#[test]
fn consul_takes_every_configuration() {
    let Some(consul) = found("consul") else { return };
    let version = version(&consul);
    for (kind, mut spec) in kinds() {
        if spec.consul().is_none() {
            continue;
        }
        spec.discovery = Discovery::Consul(official(version.clone()));
        for print in blueprints(&spec, &root()).unwrap() {
            let folder = unpack(&print);
            let (fine, words) =
                said(Command::new(&consul).arg("validate").arg(folder.path().join("etc/consul.d")));
            assert!(fine, "{kind}, {}: {words}", print.host);
        }
    }
}
