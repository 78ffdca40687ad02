//! The data on machines, which goes with them: whether somebody said that it may. Pure.

use std::collections::BTreeSet;

use hosts::Fault;
use hosts::qemu::Record;
use kit::{Diagnostic, Result};

use super::super::model::{Cluster, Host, Pool};
use super::wanted::hosts;

/// The volumes on a host's machine.
pub(super) fn volumes<'a>(cluster: &'a Cluster, name: &str) -> impl Iterator<Item = &'a str> {
    let pool = hosts(cluster).find(|(_, host)| host.name == name).map(|(pool, _)| pool);
    pool.into_iter().flat_map(|pool| &pool.volume).map(|volume| volume.name.as_str())
}

/// Refuses a change that destroys a machine with a volume which nobody named.
pub(in super::super) fn spare(prior: &Cluster, draft: &Cluster) -> Result<()> {
    let stay: BTreeSet<&str> = hosts(draft).map(|(_, host)| host.name.as_str()).collect();
    let cure = "Write it beside the change; or leave the host where it is";
    refuse(prior, |(_, host)| !stay.contains(host.name.as_str()), draft, cure)
}

/// Refuses the end of a cluster that has a volume which nobody named. Whoever destroys reads the state and nothing else.
pub(in super::super) fn spare_all(prior: &Cluster) -> Result<()> {
    let cure = "It is read from the state: write it and apply, then destroy";
    refuse(prior, |_| true, prior, cure)
}

/// What is wrong with destroying a machine that has disks which nobody named.
pub(super) fn unnamed(cluster: &Cluster, host: &str, record: Option<&Record>) -> Option<Fault> {
    let named = cluster.delete_data.clone().unwrap_or_default();
    let disks = record.and_then(|record| record.shape.as_ref()).map(|shape| shape.volumes.keys());
    let lost = disks.into_iter().flatten().map(|volume| format!("{host}/{volume}"));
    let lost: Vec<String> = lost.filter(|name| !named.contains(name)).collect();
    let cause = "a machine's volumes are destroyed with it, and nobody said that these may be";
    let cure = format!("Name them in `delete_data`, apply, and destroy it then: {lost:?}");
    (!lost.is_empty())
        .then(|| Fault::of_host(host, format!("Data would be lost: {}", lost.join(", ")), cause, cure))
}

fn refuse(
    prior: &Cluster,
    goes: impl Fn(&(&Pool, &Host)) -> bool,
    permission: &Cluster,
    cure: &str,
) -> Result<()> {
    if prior.qemu.is_none() {
        return Ok(());
    }
    let named = permission.delete_data.clone().unwrap_or_default();
    let of_host = |(pool, host): (&Pool, &Host)| {
        pool.volume.iter().map(|volume| format!("{}/{}", host.name, volume.name)).collect::<Vec<_>>()
    };
    let lost: BTreeSet<String> = hosts(prior).filter(goes).flat_map(of_host).collect();
    let unnamed: Vec<&String> = lost.difference(&named).collect();
    if unnamed.is_empty() {
        return Ok(());
    }
    let written: Vec<String> = named.union(&lost).map(|name| format!("{name:?}")).collect();
    let unnamed = unnamed.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let detail = format!(
        "A machine's volumes are destroyed with it, and nobody said that these may be. If they may: `delete_data = [{}]`. {cure}.",
        written.join(", ")
    );
    Err(Diagnostic::error(format!("Data would be lost: {unnamed}"), detail).attribute("delete_data").into())
}
