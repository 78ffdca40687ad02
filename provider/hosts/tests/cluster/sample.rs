//! A cluster to ask for: three servers, two web clients behind an ingress, a database host.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use hosts::blueprint::Blueprint;
use hosts::cluster::{self, blueprints};
use hosts::secrets::RootSecrets;
use hosts::spec::{
    ClusterSpec, Discovery, Filesystem, Firewall, Host, Login, Origin, Pool, PortRange, Protocol, Release,
    Role, Rule, Security, Source, Version, Volume,
};

/// When everything here was made.
pub const NOW: i64 = 1_795_000_000;

pub fn root() -> RootSecrets {
    static ROOT: OnceLock<RootSecrets> = OnceLock::new();
    ROOT.get_or_init(|| RootSecrets::generate("demo", NOW).unwrap()).clone()
}

pub fn official(version: Version) -> Release {
    Release { version, source: Source::Official }
}

pub fn pool(role: Role, hosts: &[(&str, &str)]) -> Pool {
    let host = |(name, address): &(&str, &str)| Host {
        name: (*name).into(),
        private_address: Some(address.parse().unwrap()),
        ..Host::default()
    };
    Pool::of(role, hosts.iter().map(host).collect())
}

pub fn spec() -> ClusterSpec {
    let servers =
        pool(Role::Server, &[("server-1", "10.0.0.1"), ("server-2", "10.0.0.2"), ("server-3", "10.0.0.3")]);
    let mut web = pool(Role::Client, &[("web-1", "10.0.1.1"), ("web-2", "fd00::12")]);
    web.ingress = true;
    web.node_pool = Some("web".into());
    web.meta.insert("tier".into(), "front".into());
    web.hosts[0].address = Some("web-1.example.com".into());
    let mut data = pool(Role::Client, &[("data-1", "10.0.2.1")]);
    data.node_class = Some("fast-disk".into());
    data.volumes = vec![
        Volume {
            name: "postgres".into(),
            path: "/srv/postgres".into(),
            device: Some("/dev/disk/by-id/virtio-pg".into()),
            filesystem: Filesystem::Xfs,
            owner: Some("999".into()),
            read_only: false,
        },
        Volume {
            name: "seed".into(),
            path: "/srv/seed".into(),
            device: None,
            filesystem: Filesystem::Ext4,
            owner: None,
            read_only: true,
        },
    ];
    let rules = vec![
        Rule {
            from: Origin::Pool("web".into()),
            to_pool: "data".into(),
            ports: vec![PortRange::one(5432)],
            protocol: Protocol::Tcp,
        },
        Rule {
            from: Origin::Cidrs(vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()]),
            to_pool: "web".into(),
            ports: vec![PortRange::one(8443), PortRange::between(6000, 6010)],
            protocol: Protocol::Udp,
        },
    ];
    ClusterSpec {
        name: "demo".into(),
        region: "global".into(),
        datacenter: "dc1".into(),
        nomad: official(cluster::NOMAD),
        discovery: Discovery::Consul(official(cluster::CONSUL)),
        pools: BTreeMap::from([("servers".into(), servers), ("web".into(), web), ("data".into(), data)]),
        firewall: Firewall {
            admin_cidrs: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
            cluster_cidrs: vec![],
            rules,
        },
        security: Security::default(),
        logins: vec![Login {
            name: "ops".into(),
            keys: vec!["ssh-ed25519 AAAA ops@laptop".into()],
            sudo: true,
        }],
        ssh_port: 22,
        cni: Some(official(cluster::CNI)),
        time_servers: vec!["ntp.example.com".into()],
    }
}

/// One host that is everything, found by nobody.
pub fn alone() -> ClusterSpec {
    let mut one = pool(Role::Both, &[("solo", "127.0.0.1")]);
    one.hosts[0].private_address = None;
    ClusterSpec {
        discovery: Discovery::Nomad,
        pools: BTreeMap::from([("all".into(), one)]),
        firewall: Firewall::default(),
        logins: vec![],
        time_servers: vec![],
        ..spec()
    }
}

pub fn host(spec: &ClusterSpec, name: &str) -> Blueprint {
    blueprints(spec, &root()).unwrap().into_iter().find(|print| print.host == name).unwrap()
}

pub fn content(print: &Blueprint, path: &str) -> String {
    print.files.iter().find(|file| file.path == path).unwrap().content.expose().to_owned()
}

/// All files of a blueprint below a folder, and in them paths below it as well.
pub fn unpack(print: &Blueprint) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in &print.files {
        let path = folder.path().join(&file.path[1..]);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut text = file.content.expose().to_owned();
        for top in ["/etc/nomad.d", "/etc/consul.d", "/opt/nomad", "/opt/consul", "/etc/lostops"] {
            text = text.replace(top, &format!("{}{top}", folder.path().display()));
        }
        fs::write(path, text).unwrap();
    }
    folder
}

/// A program, if it is here.
pub fn found(name: &str) -> Option<PathBuf> {
    let named = env::var_os(format!("LOSTOPS_{}", name.to_uppercase())).map(PathBuf::from);
    let paths = env::var_os("PATH").unwrap_or_default();
    let found = named
        .into_iter()
        .chain(env::split_paths(&paths).map(|folder| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        let required = env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|other| other == name), "{name} is required and not found");
        println!("skipped: {name} not found");
    }
    found
}

/// What a program says, and whether it is content.
pub fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let words =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), words)
}
