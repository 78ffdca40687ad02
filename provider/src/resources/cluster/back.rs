//! From what a cluster should be to what a person would have written. Pure; what is usual is left unwritten.

use std::collections::BTreeMap;

use hosts::spec::{self, ClusterSpec, Discovery, Introduction, Origin, Release, Rotation, Source};
use kit::Computed;

use super::model::{Binaries, Cluster, Firewall, Host, Pinned, Pool, Rotate, Rule, Security, Ssh, Volume};

/// The cluster as it would have been written, on hosts that are reached in this way.
pub(super) fn cluster(spec: &ClusterSpec, rotation: Rotation, ssh: Ssh) -> Cluster {
    let consul = spec.consul();
    let keys = spec.logins.first();
    Cluster {
        name: spec.name.clone(),
        nomad_version: Some(spec.nomad.version.to_string()),
        consul_version: Some(
            consul.map_or(hosts::cluster::CONSUL, |consul| consul.version.clone()).to_string(),
        ),
        discovery: if matches!(spec.discovery, Discovery::Nomad) { "nomad" } else { "consul" }.into(),
        datacenter: spec.datacenter.clone(),
        region_name: spec.region.clone(),
        time_servers: some(spec.time_servers.clone()),
        pool: spec.pools.iter().map(|(name, pool_)| (name.clone(), pool(pool_))).collect(),
        nocloud: None,
        local: None,
        qemu: None,
        ssh: Some(Ssh {
            user: ssh.user.or_else(|| keys.map(|login| login.name.clone())),
            public_keys: keys.map(|login| login.keys.clone()),
            port: spec.ssh_port,
            bastion: ssh.bastion,
        }),
        upgrade: None,
        on_destroy: None,
        firewall: firewall(&spec.firewall),
        security: security(spec.security),
        rotate: (rotation != Rotation::default()).then_some(Rotate {
            certs: rotation.certs,
            gossip: rotation.gossip,
            tokens: rotation.tokens,
        }),
        binaries: binaries(spec),
        deletion_protection: false,
        delete_data: None,
        steps: Computed::Unset,
        complete: Computed::Unset,
        drift: Computed::Unset,
        nomad: Computed::Unset,
        consul: Computed::Unset,
        hosts: Computed::Unset,
        ca_pem: Computed::Unset,
        seeds: Computed::Unset,
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn texts<T: ToString>(list: &[T]) -> Option<Vec<String>> {
    some(list.iter().map(ToString::to_string).collect())
}

fn pool(pool: &spec::Pool) -> Pool {
    let host = |host: &spec::Host| Host {
        name: host.name.clone(),
        address: host.address.clone(),
        private_address: host.private_address.map(|address| address.to_string()),
        user: host.user.clone(),
        port: host.port,
        host_key: None,
    };
    let volume = |volume: &spec::Volume| Volume {
        name: volume.name.clone(),
        path: volume.path.clone(),
        device: volume.device.clone(),
        size: None,
        filesystem: volume.filesystem.name().into(),
        owner: volume.owner.clone(),
        read_only: volume.read_only,
    };
    Pool {
        role: match pool.role {
            spec::Role::Server => "server",
            spec::Role::Client => "client",
            spec::Role::Both => "both",
        }
        .into(),
        node_pool: pool.node_pool.clone(),
        node_class: pool.node_class.clone(),
        datacenter: pool.datacenter.clone(),
        meta: (!pool.meta.is_empty()).then(|| pool.meta.clone()),
        ingress: pool.ingress,
        host: pool.hosts.iter().map(host).collect(),
        volume: pool.volumes.iter().map(volume).collect(),
        machine: None,
    }
}

fn firewall(firewall: &spec::Firewall) -> Option<Firewall> {
    let rule = |rule: &spec::Rule| Rule {
        from_pool: if let Origin::Pool(pool) = &rule.from { Some(pool.clone()) } else { None },
        cidrs: if let Origin::Cidrs(cidrs) = &rule.from { texts(cidrs) } else { None },
        to_pool: rule.to_pool.clone(),
        ports: rule.ports.iter().map(ToString::to_string).collect(),
        protocol: if rule.protocol == spec::Protocol::Udp { "udp" } else { "tcp" }.into(),
    };
    (*firewall != spec::Firewall::default()).then(|| Firewall {
        admin_cidrs: texts(&firewall.admin_cidrs),
        cluster_cidrs: texts(&firewall.cluster_cidrs),
        rule: firewall.rules.iter().map(rule).collect(),
    })
}

fn security(security: spec::Security) -> Option<Security> {
    (security != spec::Security::default()).then(|| Security {
        tls: security.tls,
        https_client_certs: security.https_client_certs,
        gossip: security.gossip,
        acl: security.acl,
        workload_identity: security.workload_identity,
        introduction: match security.introduction {
            Introduction::Strict => "strict",
            Introduction::Warn => "warn",
            Introduction::None => "none",
        }
        .into(),
        firewall: security.firewall,
    })
}

fn binaries(spec: &ClusterSpec) -> Option<Binaries> {
    let mirror = |release: Option<&Release>| match release.map(|release| &release.source) {
        Some(Source::Mirror(archives)) => archives
            .iter()
            .map(|(arch, pin)| {
                (arch.name().to_owned(), Pinned { url: pin.url.clone(), sha256: pin.sha256.clone() })
            })
            .collect(),
        _ => BTreeMap::new(),
    };
    let binaries = Binaries {
        nomad: mirror(Some(&spec.nomad)),
        consul: mirror(spec.consul()),
        cni: mirror(spec.cni.as_ref()),
    };
    let written =
        [&binaries.nomad, &binaries.consul, &binaries.cni].into_iter().any(|archives| !archives.is_empty());
    written.then_some(binaries)
}

#[cfg(test)]
mod tests {
    use super::super::{reach, sample, spec as written};
    use super::*;

    #[test]
    fn what_the_servers_keep_is_what_was_written() {
        let mut kept = sample::spec(&["s1", "s2"]);
        let hosts = &mut kept.pools.get_mut("servers").unwrap().hosts;
        (hosts[1].port, hosts[1].user) = (Some(2222), Some("admin".into()));
        let ssh = Ssh { user: Some("root".into()), public_keys: None, port: 22, bastion: Vec::new() };
        let cluster = cluster(&kept, Rotation::default(), ssh);
        assert_eq!(written::of(&cluster).unwrap(), kept);
        let ways = reach::hosts(&cluster);
        let way = |host: &str| (ways[host].port, ways[host].user.clone());
        assert_eq!([way("s1"), way("s2")], [(None, None), (Some(2222), Some("admin".into()))]);
    }
}
