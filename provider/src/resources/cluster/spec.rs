//! From what a person wrote to what a cluster should be. Pure; it must ask nobody.

use std::collections::BTreeMap;
use std::str::FromStr;

use hosts::cluster::{CNI, CONSUL, NOMAD};
use hosts::spec::{
    self, Arch, ClusterSpec, Discovery, Filesystem, Introduction, Login, Origin, Protocol, Release, Role,
    Rotation, Source, Version,
};
use kit::{Diagnostic, Path, Step};

use super::machines;
use super::model::{Cluster, Firewall, Host, Pinned, Pool, Rule, Security, Volume};

/// What the cluster should be.
pub(super) fn of(cluster: &Cluster) -> Result<ClusterSpec, Diagnostic> {
    let binaries = cluster.binaries.as_ref();
    let here = cluster.qemu.is_some();
    let consul =
        || release("consul_version", cluster.consul_version.as_deref(), CONSUL, binaries.map(|b| &b.consul));
    Ok(ClusterSpec {
        name: cluster.name.clone(),
        region: cluster.region_name.clone(),
        datacenter: cluster.datacenter.clone(),
        nomad: release("nomad_version", cluster.nomad_version.as_deref(), NOMAD, binaries.map(|b| &b.nomad))?,
        discovery: if cluster.discovery == "nomad" { Discovery::Nomad } else { Discovery::Consul(consul()?) },
        pools: cluster
            .pool
            .iter()
            .map(|(name, written)| Ok((name.clone(), pool(name, written, here)?)))
            .collect::<Result<_, Diagnostic>>()?,
        firewall: wall(cluster)?,
        security: cluster.security.as_ref().map(security).unwrap_or_default(),
        logins: logins(cluster),
        ssh_port: cluster.ssh.as_ref().map_or(22, |ssh| ssh.port),
        cni: cluster
            .pool
            .values()
            .any(|pool| pool.role != "server")
            .then(|| release("binaries.cni", None, CNI, binaries.map(|b| &b.cni)))
            .transpose()?,
        time_servers: cluster.time_servers.clone().unwrap_or_default(),
    })
}

/// Which of the cluster's secrets are wanted.
pub(super) fn rotation(cluster: &Cluster) -> Rotation {
    cluster.rotate.as_ref().map_or_else(Rotation::default, |rotate| Rotation {
        certs: rotate.certs,
        gossip: rotate.gossip,
        tokens: rotate.tokens,
    })
}

fn release(
    attribute: &str,
    version: Option<&str>,
    pin: Version,
    mirrors: Option<&BTreeMap<String, Pinned>>,
) -> Result<Release, Diagnostic> {
    let source = match mirrors {
        Some(mirrors) if !mirrors.is_empty() => Source::Mirror(
            mirrors
                .iter()
                .map(|(arch, pinned)| Ok((processor(arch)?, archive(pinned))))
                .collect::<Result<_, Diagnostic>>()?,
        ),
        _ => Source::Official,
    };
    let version = version.map_or(Ok(pin), |text| parsed(text, &Path::of(attribute)))?;
    Ok(Release { version, source })
}

fn archive(pinned: &Pinned) -> spec::Pinned {
    spec::Pinned { url: pinned.url.clone(), sha256: pinned.sha256.to_ascii_lowercase() }
}

fn processor(name: &str) -> Result<Arch, Diagnostic> {
    match name {
        "amd64" => Ok(Arch::Amd64),
        "arm64" => Ok(Arch::Arm64),
        other => Err(Diagnostic::error(
            "Unknown architecture in `binaries`",
            format!("Archives are named by architecture: `amd64` or `arm64`, not `{other}`."),
        )
        .attribute("binaries")),
    }
}

fn pool(name: &str, pool: &Pool, made_here: bool) -> Result<spec::Pool, Diagnostic> {
    let here = |field: &str| {
        Path(vec![Step::Field("pool".into()), Step::Key(name.into()), Step::Field(field.into())])
    };
    Ok(spec::Pool {
        role: role(&pool.role),
        hosts: pool
            .host
            .iter()
            .map(|written| host(written, made_here, &here("host")))
            .collect::<Result<_, _>>()?,
        node_pool: pool.node_pool.clone(),
        node_class: pool.node_class.clone(),
        datacenter: pool.datacenter.clone(),
        meta: pool.meta.clone().unwrap_or_default(),
        ingress: pool.ingress,
        volumes: pool.volume.iter().map(volume).collect(),
    })
}

/// What a pool's role means.
pub(super) fn role(word: &str) -> Role {
    match word {
        "server" => Role::Server,
        "client" => Role::Client,
        _ => Role::Both,
    }
}

fn host(host: &Host, made_here: bool, at: &Path) -> Result<spec::Host, Diagnostic> {
    let private_address = host.private_address.as_deref().map(|text| parsed(text, at)).transpose()?;
    let address = if made_here { Some(machines::INSIDE.to_owned()) } else { host.address.clone() };
    let (port, user) = (host.port, host.user.clone());
    Ok(spec::Host { name: host.name.clone(), address, private_address, port, user })
}

fn volume(volume: &Volume) -> spec::Volume {
    spec::Volume {
        name: volume.name.clone(),
        path: volume.path.clone(),
        device: volume.device.clone().or_else(|| volume.size.map(|_| machines::device(&volume.name))),
        filesystem: if volume.filesystem == "xfs" { Filesystem::Xfs } else { Filesystem::Ext4 },
        owner: volume.owner.clone(),
        read_only: volume.read_only,
    }
}

/// Who reaches what. Whoever comes through a port that leads into a machine here administers it.
fn wall(cluster: &Cluster) -> Result<spec::Firewall, Diagnostic> {
    let mut wall = cluster.firewall.as_ref().map(firewall).transpose()?.unwrap_or_default();
    if cluster.qemu.is_some() {
        wall.admin_cidrs.push(parsed(machines::OUTSIDE, &Path::of("qemu"))?);
    }
    Ok(wall)
}

fn firewall(firewall: &Firewall) -> Result<spec::Firewall, Diagnostic> {
    Ok(spec::Firewall {
        admin_cidrs: all(firewall.admin_cidrs.as_deref(), "firewall.admin_cidrs")?,
        cluster_cidrs: all(firewall.cluster_cidrs.as_deref(), "firewall.cluster_cidrs")?,
        rules: firewall.rule.iter().map(rule).collect::<Result<_, _>>()?,
    })
}

fn rule(rule: &Rule) -> Result<spec::Rule, Diagnostic> {
    let from = match (&rule.from_pool, &rule.cidrs) {
        (Some(pool), None) => Origin::Pool(pool.clone()),
        (None, Some(cidrs)) => Origin::Cidrs(all(Some(cidrs), "firewall.rule")?),
        _ => {
            return Err(Diagnostic::error(
                "A firewall rule needs one origin",
                "Set `from_pool` or `cidrs`, and not both.",
            )
            .attribute("firewall.rule"));
        }
    };
    Ok(spec::Rule {
        from,
        to_pool: rule.to_pool.clone(),
        ports: all(Some(&rule.ports), "firewall.rule")?,
        protocol: if rule.protocol == "udp" { Protocol::Udp } else { Protocol::Tcp },
    })
}

fn security(security: &Security) -> spec::Security {
    spec::Security {
        tls: security.tls,
        https_client_certs: security.https_client_certs,
        gossip: security.gossip,
        acl: security.acl,
        workload_identity: security.workload_identity,
        introduction: match security.introduction.as_str() {
            "strict" => Introduction::Strict,
            "none" => Introduction::None,
            _ => Introduction::Warn,
        },
        firewall: security.firewall,
    }
}

/// Who is made on the hosts. Hosts that exist keep the people whom they know.
fn logins(cluster: &Cluster) -> Vec<Login> {
    let login = |ssh: &super::model::Ssh| {
        let keys = ssh.public_keys.clone().filter(|keys| !keys.is_empty())?;
        Some(Login { name: ssh.operator().to_owned(), keys, sudo: ssh.operator() != "root" })
    };
    cluster.ssh.iter().filter_map(login).collect()
}

/// Each text as what it stands for.
pub(super) fn all<T: FromStr<Err: std::fmt::Display>>(
    texts: Option<&[String]>,
    attribute: &str,
) -> Result<Vec<T>, Diagnostic> {
    texts.unwrap_or_default().iter().map(|text| parsed(text, &Path::of(attribute))).collect()
}

/// The text as what it stands for.
pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str, at: &Path) -> Result<T, Diagnostic> {
    text.parse().map_err(|error: T::Err| {
        Diagnostic::error(format!("Invalid value for {at}"), error.to_string()).at(at.clone())
    })
}
