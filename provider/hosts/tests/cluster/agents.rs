//! What the real agents say of the configuration that they get.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use hosts::cluster::blueprints;
use hosts::spec::{ClusterSpec, Discovery, Security, Version};

use serde_json::Value;

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

/// What we tell the agent of the pinned Consul. A key that it does not know keeps it from starting, and it is not at hand
/// everywhere: each was compared by hand with Consul's source, `dns` with its documentation.
const KNOWN: &[&str] = &[
    "acl.default_policy",
    "acl.down_policy",
    "acl.enable_token_persistence",
    "acl.enabled",
    "acl.tokens.agent",
    "acl.tokens.dns",
    "acl.tokens.initial_management",
    "addresses.http",
    "addresses.https",
    "advertise_addr",
    "bind_addr",
    "bootstrap_expect",
    "client_addr",
    "connect.enabled",
    "data_dir",
    "datacenter",
    "disable_update_check",
    "encrypt",
    "encrypt_verify_incoming",
    "encrypt_verify_outgoing",
    "leave_on_terminate",
    "node_name",
    "performance.raft_multiplier",
    "ports.dns",
    "ports.grpc",
    "ports.grpc_tls",
    "ports.http",
    "ports.https",
    "ports.serf_wan",
    "retry_join",
    "server",
    "skip_leave_on_interrupt",
    "telemetry.disable_hostname",
    "telemetry.prometheus_retention_time",
    "tls.defaults.ca_file",
    "tls.defaults.cert_file",
    "tls.defaults.key_file",
    "tls.defaults.verify_outgoing",
    "tls.https.verify_incoming",
    "tls.internal_rpc.verify_incoming",
    "tls.internal_rpc.verify_server_hostname",
    "ui_config.enabled",
];

#[test]
fn consul_is_told_only_what_the_pinned_release_knows() {
    let mut told = BTreeSet::new();
    for (_, spec) in kinds() {
        for print in blueprints(&spec, &root()).unwrap() {
            for file in print.files.iter().filter(|file| {
                file.path.strip_prefix("/etc/consul.d/").is_some_and(|name| !name.contains('/'))
            }) {
                leaves(&serde_json::from_str(file.content.expose()).unwrap(), "", &mut told);
            }
        }
    }
    assert_eq!(told, KNOWN.iter().map(|key| (*key).to_owned()).collect());
}

/// The paths of all values.
fn leaves(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            leaves(value, &format!("{at}{}{name}", if at.is_empty() { "" } else { "." }), found);
        }),
        _ => drop(found.insert(at.to_owned())),
    }
}
