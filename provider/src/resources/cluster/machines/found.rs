//! A cluster found by the folder of its machines, as an import says it: `qemu://folder`. What it should be is on its servers;
//! what its machines were made with is in the folder.

use std::collections::BTreeMap;
use std::time::Duration;

use hosts::Fault;
use hosts::fleet::{OverSsh, find_cluster};
use hosts::qemu::{Record, Status};
use hosts::secrets::RootSecrets;
use hosts::spec::ClusterSpec;
use kit::{Diagnostic, Failure, Result};

use super::super::model::{Cluster, OPERATOR, Qemu, Ssh};
use super::super::reach::{self, Past};
use super::super::{back, said};
use super::yard::{Made, Yard};
use super::{HERE, OUTSIDE, device};
use crate::config::Settings;

/// A cluster, and how its machines are reached.
pub(in super::super) struct Found {
    /// What its servers say that it should be.
    pub spec: ClusterSpec,
    /// Its root secrets.
    pub root: RootSecrets,
    /// The same as it would have been written.
    pub cluster: Cluster,
    /// The way to all of them.
    pub way: OverSsh,
    /// What is known of the machines.
    pub records: BTreeMap<String, Record>,
}

/// The cluster whose machines are in this folder.
pub(in super::super) async fn found(settings: &Settings, folder: &str) -> Result<Found> {
    let yard = Yard::open(folder)?;
    let made = yard.made().and_then(|(name, made)| Some((name, made, made.qemu.as_ref()?)));
    let Some((name, made, qemu)) = made else { return Err(nothing(folder)) };
    let mut records = BTreeMap::new();
    let mut off = Vec::new();
    for host in yard.hosts() {
        let place = yard.place(name, &host);
        let Some(record) = place.record().map_err(|fault| super::wanted::failed(&host, fault))? else {
            continue;
        };
        let status = place.status().await.map_err(|fault| super::wanted::failed(&host, fault))?;
        if !matches!(status, Status::Running { .. }) {
            off.push(host.clone());
        }
        records.insert(host, record);
    }
    let serves = |host: &String| records.get(host).is_some_and(|record| past(record).role().serves());
    if !off.is_empty() && !records.keys().any(|host| serves(host) && !off.contains(host)) {
        let detail = format!(
            "These do not run: {}. Nothing can be asked of them. Do without the import: an apply of the configuration that they were made from takes over what is in {folder}, and starts them.",
            off.join(", ")
        );
        return Err(Diagnostic::error("The machines of the cluster are switched off", detail).into());
    }
    let ssh = Ssh { user: made.operator.clone(), public_keys: None, port: 22, bastion: Vec::new() };
    let hosts: BTreeMap<String, Past> =
        records.iter().map(|(host, record)| (host.clone(), past(record))).collect();
    let way = reach::to_machines(settings, Some(&ssh), &hosts, Duration::ZERO)?;
    let mut faults: Vec<Fault> = Vec::new();
    for server in hosts.iter().filter(|(_, past)| past.role().serves()).map(|(host, _)| host) {
        match find_cluster(&way, server).await {
            Ok((spec, root)) => {
                let cluster = written(&spec, &root, (made, qemu.clone(), folder), ssh);
                return Ok(Found { spec, root, cluster, way, records });
            }
            Err(fault) => faults.push(fault),
        }
    }
    Err(if faults.is_empty() { nothing(folder) } else { said(&faults) })
}

/// Only servers have a way in for Nomad.
fn past(record: &Record) -> Past {
    Past {
        role: if record.ports.contains_key("nomad") { "server" } else { "client" }.into(),
        address: HERE.to_string(),
        port: record.ports.get("ssh").copied(),
        user: None,
        host_key: Some(record.host_key.clone()),
        finished: true,
    }
}

/// The cluster as it would have been written: without what nobody chooses about a machine that is made here.
fn written(
    spec: &ClusterSpec,
    root: &RootSecrets,
    (made, qemu, folder): (&Made, Qemu, &str),
    ssh: Ssh,
) -> Cluster {
    let mut cluster = back::cluster(spec, root.rotation(), ssh);
    for (name, pool) in &mut cluster.pool {
        let sizes = made.pools.get(name).cloned().unwrap_or_default();
        pool.machine = sizes.machine;
        pool.host.iter_mut().for_each(|host| host.address = None);
        for volume in &mut pool.volume {
            volume.size = sizes.volumes.get(&volume.name).copied();
            if volume.size.is_some() && volume.device.as_ref() == Some(&device(&volume.name)) {
                volume.device = None;
            }
        }
    }
    if let Some(wall) = &mut cluster.firewall {
        let own = |cidr: &String| cidr.split('/').next() != Some(OUTSIDE);
        wall.admin_cidrs.iter_mut().for_each(|cidrs| cidrs.retain(own));
        wall.admin_cidrs.take_if(|cidrs| cidrs.is_empty());
        cluster.firewall.take_if(|wall| {
            wall.admin_cidrs.is_none() && wall.cluster_cidrs.is_none() && wall.rule.is_empty()
        });
    }
    if let Some(ssh) = &mut cluster.ssh {
        ssh.user.take_if(|user| user == OPERATOR);
    }
    cluster.qemu = Some(Qemu { folder: folder.to_owned(), ..qemu });
    cluster
}

fn nothing(folder: &str) -> Failure {
    let detail = format!(
        "{folder} has no machines of a cluster that lostops made. Name the folder as the block `qemu` does, such as `qemu://machines`."
    );
    Diagnostic::error("There is no cluster to import", detail).into()
}
