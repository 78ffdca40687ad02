//! The platform `qemu`: the cluster's hosts are virtual machines on this machine. Here they are made, started, looked at and
//! destroyed; what is on them is the fleet's business.
//!
//! Must never touch a machine in a folder that is another cluster's or another object's.

mod arrive;
mod check;
mod data;
mod found;
mod order;
mod raise;
mod renew;
mod resize;
mod steps;
mod wanted;
mod yard;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hosts::Fault;
use hosts::qemu::{Record, Status};
use kit::{Computed, Cx, Diagnostic, Failure, Private, Result, Severity, State};

use super::model::{Cluster, Member};
use super::reach::Past;
use super::{said, spec};
use crate::config::Settings;
use order::Order;
use yard::Yard;

pub(super) use arrive::arrive;
pub(super) use check::check;
pub(super) use data::{spare, spare_all};
pub(super) use found::{Found, found};
pub(super) use renew::Renewals;
pub(super) use resize::stay;
pub(super) use steps::{GONE, Steps, is_of_machine, steps};
pub(super) use wanted::{HERE, INSIDE, OUTSIDE, device};

/// Where the private data says who has the folder.
const OWNER: &str = "machines";

/// The machines of a cluster after all of them were made and started that are wanted.
#[derive(Default)]
pub(super) struct Raised {
    /// What is known of each that runs.
    pub records: BTreeMap<String, Record>,
    /// Those that were made or started just now.
    pub fresh: BTreeSet<String>,
    /// Those that run and should have been started otherwise.
    outdated: BTreeMap<String, Order>,
    /// Why others do not run.
    pub faults: BTreeMap<String, Fault>,
}

impl Raised {
    /// Says of hosts how they are reached.
    pub fn guide(&self, hosts: &mut BTreeMap<String, Past>) {
        for (name, past) in hosts {
            if let Some(record) = self.records.get(name) {
                past.port = record.ports.get("ssh").copied();
                past.host_key = Some(record.host_key.clone());
            }
        }
    }

    /// Refuses to begin a cluster of which a server's machine does not run.
    pub fn suffice(&self, hosts: &BTreeMap<String, Past>, first: bool) -> Result<(), Vec<Fault>> {
        let serves = |host: &String| hosts.get(host).is_some_and(|past| past.role().serves());
        if first && self.faults.keys().any(serves) {
            return Err(self.faults.values().cloned().collect());
        }
        Ok(())
    }

    /// Puts what is wrong with a machine in the place of what follows from it.
    pub fn explain(&self, faults: &mut Vec<Fault>) {
        faults.retain(|fault| !fault.host.as_ref().is_some_and(|host| self.faults.contains_key(host)));
        faults.extend(self.faults.values().cloned());
    }
}

/// Makes the machines of a cluster that is not there yet. From then on it is in the state, unfinished.
pub(super) async fn create(cx: &Cx, planned: &Cluster, state: &mut State<'_, Cluster>) -> Result<Raised> {
    let settings = cx.provider::<Settings>()?;
    let mut yard = yard(planned)?;
    let there = |host: &String| yard.place(&planned.name, host).folder.exists();
    let before: BTreeSet<String> =
        wanted::hosts(planned).map(|(_, host)| host.name.clone()).filter(there).chain(yard.hosts()).collect();
    let owner = yard.claim(planned, None)?;
    let raised = raise::raise(&settings, planned, None, &yard).await?;
    if raised.records.is_empty() {
        // Nothing runs: what was begun is taken away again, and the next apply begins anew.
        for (_, host) in wanted::hosts(planned).filter(|(_, host)| !before.contains(&host.name)) {
            yard.place(&planned.name, &host.name)
                .destroy(Duration::ZERO)
                .await
                .map_err(|fault| wanted::failed(&host.name, fault))?;
        }
        if before.is_empty() {
            yard.clear()?;
        }
        return Err(said(&raised.faults.into_values().collect::<Vec<_>>()));
    }
    state.private().set(OWNER, &owner);
    let mut begun = planned.clone();
    (begun.nomad, begun.consul, begun.ca_pem) = (Computed::Unset, Computed::Unset, Computed::Unset);
    begun.complete.set(false);
    let spec = spec::of(planned)?;
    let members = spec.hosts().map(|(pool, what, host)| {
        let member = super::seeds::member(&spec, pool, what, host, String::new());
        (host.name.clone(), place(member, raised.records.get(&host.name)))
    });
    begun.hosts.set(members.collect::<BTreeMap<_, _>>());
    state.record(&begun);
    Ok(raised)
}

/// Makes and starts what is missing of a cluster's machines.
pub(super) async fn update(
    cx: &Cx,
    prior: &Cluster,
    planned: &Cluster,
    private: &mut Private,
) -> Result<Raised> {
    let settings = cx.provider::<Settings>()?;
    let mut yard = yard(planned)?;
    let owner = yard.claim(planned, private.get(OWNER))?;
    private.set(OWNER, &owner);
    remembered(prior, &yard).await?;
    raise::raise(&settings, planned, Some(prior), &yard).await
}

/// A member of the cluster, with how its machine is reached.
pub(super) fn place(member: Member, record: Option<&Record>) -> Member {
    let host_key = record.map(|record| record.host_key.clone());
    let ports = record.map(|record| record.ports.clone());
    Member { address: HERE.to_string(), host_key, ports, ..member }
}

/// What has become of machines that should run: a line each for those that do not.
pub(super) async fn look(cluster: &Cluster) -> Result<BTreeMap<String, &'static str>> {
    let mut lines = BTreeMap::new();
    if cluster.qemu.is_none() {
        return Ok(lines);
    }
    let yard = yard(cluster)?;
    for (_, host) in wanted::hosts(cluster) {
        let line = match status(&yard, cluster, &host.name).await? {
            Status::Running { .. } => continue,
            Status::Stopped => steps::STOPPED,
            Status::Absent => steps::GONE,
        };
        lines.insert(host.name.clone(), line);
    }
    Ok(lines)
}

/// Takes out of the drift what was seen of machines before: they are looked at each time, whoever can be reached.
pub(super) fn forget(cluster: &mut Cluster) {
    let about = |line: &String| line.split_once(": ").is_some_and(|(_, what)| is_of_machine(what));
    if let Some(lines) = cluster.drift.known().filter(|lines| lines.iter().any(about)) {
        let left: Vec<String> = lines.iter().filter(|line| !about(line)).cloned().collect();
        cluster.drift.set(left);
    }
}

/// A line for each machine that was not started as it should be, but for those that do not run.
pub(super) fn lagging(cluster: &Cluster, off: &BTreeMap<String, &str>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    if cluster.qemu.is_none() {
        return Ok(lines);
    }
    let yard = yard(cluster)?;
    for (_, host) in wanted::hosts(cluster).filter(|(_, host)| !off.contains_key(&host.name)) {
        // What cannot be read the next apply says.
        let record = yard.place(&cluster.name, &host.name).record().ok().flatten();
        let is = record.and_then(|record| resize::started(cluster, &host.name, &record));
        let words = is.zip(resize::wanted(cluster, &host.name));
        let words = words.map(|(is, should)| resize::changes(&is, &should)).unwrap_or_default();
        if !words.is_empty() {
            lines.push(format!("{}: {}", host.name, steps::lags(&words)));
        }
    }
    Ok(lines)
}

/// Which of these hosts have no machine that runs.
pub(super) async fn off(cluster: &Cluster, hosts: impl Iterator<Item = &String>) -> Result<BTreeSet<String>> {
    let mut off = BTreeSet::new();
    if cluster.qemu.is_some() {
        let yard = yard(cluster)?;
        for host in hosts {
            if !matches!(status(&yard, cluster, host).await?, Status::Running { .. }) {
                off.insert(host.clone());
            }
        }
    }
    Ok(off)
}

/// Destroys the machines of hosts that are gone from the cluster; those that cannot be, with the reason.
pub(super) async fn fell(cluster: &Cluster, hosts: &BTreeSet<String>) -> Result<BTreeMap<String, Fault>> {
    let mut faults = BTreeMap::new();
    if cluster.qemu.is_some() {
        let yard = yard(cluster)?;
        for host in hosts {
            let place = yard.place(&cluster.name, host);
            // Also of a machine that no configuration names any more.
            let gone = match place.record().map(|record| data::unnamed(cluster, host, record.as_ref())) {
                Ok(None) => place.destroy(Duration::ZERO).await,
                Ok(Some(fault)) | Err(fault) => Err(fault),
            };
            if let Err(fault) = gone {
                faults.insert(host.clone(), wanted::of_host(host, fault));
            }
        }
    }
    Ok(faults)
}

/// Destroys all machines, and with them the cluster.
pub(super) async fn delete(cx: &Cx, prior: &Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
    let mut yard = yard(prior)?;
    let owner: Option<String> = state.private().get(OWNER);
    if yard.is_others(&prior.name, owner.as_deref()) {
        let Failure(found) = yard.lost(&prior.name);
        for found in found {
            cx.warn(Diagnostic { severity: Severity::Warning, ..found });
        }
        return Ok(());
    }
    let hosts: BTreeSet<String> = yard.hosts().into_iter().collect();
    let known = wanted::hosts(prior).map(|(_, host)| host.name.clone());
    let faults = fell(prior, &known.chain(hosts).collect()).await?;
    if faults.is_empty() { yard.clear() } else { Err(said(&faults.into_values().collect::<Vec<_>>())) }
}

/// The addresses of an API through the ports of this machine.
pub(super) fn addresses(cluster: &Cluster, what: &str, scheme: &str) -> Vec<String> {
    let members = cluster.hosts.known().into_iter().flat_map(BTreeMap::values);
    let ports = members.filter_map(|member| member.ports.as_ref()?.get(what).copied());
    ports.map(|port| format!("{scheme}://{HERE}:{port}")).collect()
}

/// A cluster whose servers' disks are all gone is gone: new machines would be another one.
async fn remembered(prior: &Cluster, yard: &Yard) -> Result<()> {
    let members = prior.hosts.known().into_iter().flatten();
    let servers = members.filter(|(_, member)| member.role != "client" && !member.blueprint.is_empty());
    let mut names = Vec::new();
    for (host, _) in servers {
        if status(yard, prior, host).await? != Status::Absent {
            return Ok(());
        }
        names.push(host.as_str());
    }
    if names.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "The disks of {} are not in {} any more, and with them is gone what the cluster knew. Put them back; or destroy the cluster (`terraform destroy -target=…`), and apply to make another one.",
        names.join(", "),
        prior.qemu.as_ref().map_or("", |qemu| &qemu.folder)
    );
    Err(Diagnostic::error(format!("All servers of cluster {} are gone", prior.name), detail).into())
}

async fn status(yard: &Yard, cluster: &Cluster, host: &str) -> Result<Status> {
    yard.place(&cluster.name, host).status().await.map_err(|fault| wanted::failed(host, fault))
}

fn yard(cluster: &Cluster) -> Result<Yard> {
    Yard::open(cluster.qemu.as_ref().map_or("", |qemu| &qemu.folder))
}
