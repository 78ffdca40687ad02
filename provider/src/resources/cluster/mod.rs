//! `lostops_cluster`: from a few lines to a secure cluster. This room decides what a plan says and in which order things are
//! done; what a host should be is decided by the crate `hosts`.

mod back;
mod deed;
mod fleet;
mod folder;
mod import;
mod known;
mod login;
mod machines;
mod model;
mod nocloud;
mod pins;
#[cfg(test)]
mod planned;
mod reach;
mod refresh;
mod root;
#[cfg(test)]
mod sample;
mod seeds;
mod spec;
mod steps;
mod whose;
mod words;

use std::collections::BTreeSet;

use hosts::Fault;
use hosts::cluster::access;
use hosts::secrets::{RootSecrets, Secret};
use hosts::spec::{ClusterSpec, Host};
use kit::{Computed, Cx, Diagnostic, Failure, Plan, Private, Resource, Result, State, Timeouts};

use crate::config::Settings;
use crate::connection::Connection;
use model::{Cluster, Consul};

/// `lostops_cluster`
#[derive(Debug)]
pub struct Clusters;

/// Where a cluster's hosts come from.
enum Platform {
    /// Seeds for hosts that nobody can reach yet.
    NoCloud,
    /// Hosts that can be reached: over SSH, or as this machine.
    Reached,
}

impl Resource for Clusters {
    type Model = Cluster;
    const NAME: &'static str = "lostops_cluster";
    const TIMEOUTS: Timeouts = Timeouts { create: "45m", read: "5m", update: "2h", delete: "45m" };

    fn check(&self, cluster: &Cluster) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = platform(cluster).err().into_iter().collect();
        found.extend(people(cluster).into_iter().chain(one_host(cluster)).chain(out_of_reach(cluster)));
        found.extend(machines::check(cluster));
        match spec::of(cluster) {
            Ok(spec) => {
                found.extend(said(&hosts::cluster::check(&spec)).0);
                found.extend(seeds::check(cluster, &spec));
            }
            Err(problem) => found.push(problem),
        }
        found
    }

    async fn plan(&self, cx: &Cx, plan: &mut Plan<Cluster>) -> Result<()> {
        settle_versions(plan);
        nocloud::settle_folder(plan);
        if let Some(prior) = &plan.prior {
            if replaces(prior, &plan.draft) {
                guard(prior)?;
                machines::spare_all(prior)?;
            } else {
                possible(prior, &plan.draft)?;
            }
        }
        let (prior, draft) = (plan.prior.as_ref(), &plan.draft);
        let steps = match platform(draft)? {
            Platform::NoCloud => steps::of_seeds(prior, draft, nocloud::leaving(&plan.private).as_deref()),
            Platform::Reached => steps::of_hosts(prior, draft, &fleet::leaving(&plan.private))?,
        };
        if let (false, Ok(settings)) = (steps.is_empty(), cx.provider::<Settings>()) {
            login::foresee(&settings, draft).await?;
        }
        let draft = &mut plan.draft;
        draft.drift.set([]);
        let places = draft.nocloud.as_ref().map(|nocloud| seeds::places(nocloud, &names(draft)));
        draft.seeds.set(places.unwrap_or_default());
        if !steps.is_empty() {
            draft.steps.set(steps);
        }
        if let Some(prior) = &plan.prior {
            let begun = matches!(platform(draft)?, Platform::NoCloud) || has_hosts(prior);
            if !begun {
                // What was cut off may have left nothing on any server: then there will be another authority.
                draft.ca_pem = Computed::Unknown;
            }
            if !begun || connection_changes(prior, draft)? {
                draft.nomad = Computed::Unknown;
                draft.consul = Computed::Unknown;
            }
            if prior.ca_pem.known().is_none() {
                // Only its machines were made.
                (draft.nomad, draft.consul) = (Computed::Unknown, Computed::Unknown);
                draft.ca_pem = Computed::Unknown;
            }
            if prior.complete != Computed::Known(true) {
                draft.complete = Computed::Unknown;
                if draft.qemu.is_some() {
                    // A server whose machine did not start has no place among the addresses yet.
                    (draft.nomad, draft.consul) = (Computed::Unknown, Computed::Unknown);
                }
            }
        }
        Ok(())
    }

    async fn plan_delete(&self, _: &Cx, prior: Cluster) -> Result<()> {
        guard(&prior)?;
        machines::spare_all(&prior)
    }

    async fn create(&self, cx: &Cx, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
        match platform(&planned)? {
            Platform::NoCloud => nocloud::create(cx, planned, state),
            Platform::Reached => fleet::create(cx, planned, state).await,
        }
    }

    async fn read(&self, cx: &Cx, current: Cluster, private: &mut Private) -> Result<Option<Cluster>> {
        match platform(&current)? {
            Platform::NoCloud => nocloud::read(cx, current),
            Platform::Reached => refresh::read(cx, current, private).await,
        }
    }

    async fn update(
        &self,
        cx: &Cx,
        prior: Cluster,
        planned: Cluster,
        state: &mut State<'_, Cluster>,
    ) -> Result<()> {
        match platform(&planned)? {
            Platform::NoCloud => nocloud::update(&prior, planned, state),
            Platform::Reached => fleet::update(cx, prior, planned, state).await,
        }
    }

    async fn import(&self, cx: &Cx, id: &str) -> Result<Option<Cluster>> {
        import::import(cx, id).await.map(Some)
    }

    async fn delete(&self, cx: &Cx, prior: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
        guard(&prior)?;
        machines::spare_all(&prior)?;
        match platform(&prior)? {
            Platform::NoCloud => nocloud::delete(cx, &prior, state),
            Platform::Reached => fleet::delete(cx, &prior, state).await,
        }
    }
}

fn platform(cluster: &Cluster) -> Result<Platform, Diagnostic> {
    match (from(cluster).as_slice(), &cluster.ssh) {
        (["nocloud"], _) => Ok(Platform::NoCloud),
        ([_], _) | ([], Some(_)) => Ok(Platform::Reached),
        ([], None) => Err(Diagnostic::error(
            "The cluster has no platform",
            "Nothing says where its hosts come from. Add a block `nocloud { output_dir = \"…\" }` for seeds that any hypervisor takes, a block `qemu {}` for virtual machines here, a block `ssh {}` for hosts that exist, or a block `local {}` for this machine.",
        )),
        (several, _) => {
            let names = several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            let detail = format!(
                "Its hosts come from one place: keep one of {}, and take the rest away.",
                names.join(", ")
            );
            Err(Diagnostic::error("The cluster has two platforms", detail))
        }
    }
}

/// The platforms that are written, beside hosts that exist.
fn from(cluster: &Cluster) -> Vec<&'static str> {
    let written = [
        ("local", cluster.local.is_some()),
        ("nocloud", cluster.nocloud.is_some()),
        ("qemu", cluster.qemu.is_some()),
    ];
    written.into_iter().filter_map(|(name, written)| written.then_some(name)).collect()
}

/// What is wrong with who may log in.
fn people(cluster: &Cluster) -> Option<Diagnostic> {
    if cluster.qemu.is_none() && (cluster.nocloud.is_none() || cluster.ssh.is_none()) {
        return None;
    }
    let written = cluster.ssh.as_ref().and_then(|ssh| ssh.public_keys.as_ref());
    let keys = written.is_some_and(|keys| !keys.is_empty());
    let root = cluster.nocloud.is_some() && cluster.ssh.as_ref().is_some_and(|ssh| ssh.operator() == "root");
    let error = |what: &str, detail: &str, place| Some(Diagnostic::error(what, detail).attribute(place));
    match (keys, root) {
        (false, _) => error(
            "Nobody could log in",
            "The hosts are made with a user who comes in by key alone. Name at least one in `public_keys`.",
            "ssh.public_keys",
        ),
        (true, true) => error(
            "root does not log in to hosts that lostops makes",
            "Name somebody else, who may use sudo, or leave `user` away for `ops`.",
            "ssh.user",
        ),
        (true, false) => None,
    }
}

/// What is asked of hosts with which that cannot be done.
fn out_of_reach(cluster: &Cluster) -> Vec<Diagnostic> {
    let strict = cluster.security.as_ref().is_some_and(|security| security.introduction == "strict");
    let found = [
        (
            strict && cluster.nocloud.is_some(),
            "Nobody introduces hosts that start from seeds",
            "A token that introduces a client counts for half an hour, and a seed may lie longer than that. Use `introduction = \"warn\"`, or hosts that lostops reaches.",
            "security.introduction",
        ),
        (
            cluster.on_destroy.is_some() && (cluster.nocloud.is_some() || cluster.qemu.is_some()),
            "There are no hosts that would be cleared",
            "With `nocloud` a destroy removes the seeds and no more, with `qemu` whole machines. Take the block `on_destroy` away.",
            "on_destroy",
        ),
        (
            cluster.delete_data.as_ref().is_some_and(|named| !named.is_empty()) && cluster.qemu.is_none(),
            "No data would be lost",
            "Volumes on hosts that lostops did not make stay there when the cluster goes. Take `delete_data` away.",
            "delete_data",
        ),
    ];
    let found = found.into_iter().filter(|(asked, ..)| *asked);
    found.map(|(_, what, detail, place)| Diagnostic::error(what, detail).attribute(place)).collect()
}

/// What is wrong with the hosts of a cluster that is this machine.
fn one_host(cluster: &Cluster) -> Option<Diagnostic> {
    let hosts = names(cluster).len();
    let detail = format!("There are {hosts}. Keep one host, of a pool with the role `both`.");
    (cluster.local.is_some() && hosts != 1)
        .then(|| Diagnostic::error("This machine is one host", detail).attribute("local"))
}

/// What cannot be done to a cluster that there is.
fn possible(prior: &Cluster, draft: &Cluster) -> Result<()> {
    if prior.local.is_some() && draft.local.is_some() && names(prior) != names(draft) {
        let detail = "It would be set up under its new name, and then cleared under its old one. Keep the name, or destroy the cluster first.";
        return Err(Diagnostic::error("This machine keeps its name", detail).attribute("pool").into());
    }
    if from(prior) != from(draft) {
        let detail = "A cluster's hosts come from where they came from first. Hosts that were made from seeds and can be reached now are taken over by a resource of their own, the same without `nocloud`: import it from one of the servers, and forget this one with a block `removed`.";
        return Err(Diagnostic::error("The platform cannot change", detail).into());
    }
    if let Some(problem) = root::lowered(spec::rotation(prior), spec::rotation(draft)) {
        return Err(problem.into());
    }
    machines::stay(prior, draft)?;
    machines::spare(prior, draft)?;
    let (before, after) = (spec::of(prior)?, spec::of(draft)?);
    if draft.nocloud.is_none() {
        hosts::cluster::may_become(&before, &after).map_err(|found| said(&found))?;
    }
    Ok(())
}

/// Whether these are the root secrets that the state's cluster was made from.
fn is_ours(cluster: &Cluster, root: &RootSecrets) -> bool {
    cluster.ca_pem.known().is_none_or(|pem| pem == root.ca_pem())
}

/// Whether any host was ever finished.
fn has_hosts(cluster: &Cluster) -> bool {
    cluster.hosts.known().is_some_and(|hosts| hosts.values().any(|host| !host.blueprint.is_empty()))
}

/// Whether the change can only be made by replacing the cluster.
fn replaces(prior: &Cluster, draft: &Cluster) -> bool {
    let fixed = |cluster: &Cluster| {
        let Cluster { name, discovery, datacenter, region_name, .. } = cluster.clone();
        (name, discovery, datacenter, region_name)
    };
    fixed(prior) != fixed(draft)
}

/// The ways to Nomad and Consul, as soon as the hosts run.
fn connect(cluster: &mut Cluster, root: &RootSecrets) -> Result<()> {
    let spec = spec::of(cluster)?;
    let access = access(&spec, root)
        .map_err(|error| Diagnostic::error("The cluster's secrets cannot be used", error.to_string()))?;
    // What leads into a machine here is a port that its own cluster does not know.
    let addresses = |product: &str, given: Vec<String>| match &cluster.qemu {
        Some(_) => machines::addresses(cluster, product, if spec.security.tls { "https" } else { "http" }),
        None => given,
    };
    let (to_nomad, to_consul) = (
        addresses("nomad", access.nomad.addresses),
        access.consul.as_ref().map(|consul| addresses("consul", consul.addresses.clone())),
    );
    let open = |token: &Option<Secret>| token.as_ref().map(|token| token.expose().to_owned());
    cluster.nomad.set(Connection {
        addresses: to_nomad,
        token: open(&access.nomad.token),
        region: Some(spec.region.clone()),
        ca_pem: access.ca_pem.clone(),
        client_cert_pem: access.client.as_ref().map(|client| client.cert.clone()),
        client_key_pem: access.client.as_ref().map(|client| client.key.expose().to_owned()),
        tls_server_name: access.nomad.server_name,
        ..Connection::default()
    });
    cluster.consul = access.consul.map_or(Computed::Unset, |consul| {
        Computed::Known(Consul {
            addresses: to_consul.unwrap_or_default(),
            datacenter: spec.datacenter.clone(),
            token: open(&consul.token),
            ca_pem: access.ca_pem.clone(),
            tls_server_name: consul.server_name,
        })
    });
    Ok(())
}

/// Whether who uses the connection will need another one.
fn connection_changes(prior: &Cluster, draft: &Cluster) -> Result<bool> {
    let (before, after) = (spec::of(prior)?, spec::of(draft)?);
    // How we log in there is nothing to those who use it.
    let known = |host: &Host| Host { port: None, user: None, ..host.clone() };
    let servers = |spec: &ClusterSpec| spec.servers().map(known).collect::<Vec<_>>();
    Ok(servers(&before) != servers(&after)
        || spec::rotation(prior) != spec::rotation(draft)
        || before.security != after.security)
}

/// A version that is not written stays what it is; a new cluster gets our pin.
fn settle_versions(plan: &mut Plan<Cluster>) {
    let prior = plan.prior.as_ref();
    let draft = &mut plan.draft;
    let kept = prior.and_then(|prior| prior.nomad_version.clone());
    draft.nomad_version.get_or_insert_with(|| kept.unwrap_or_else(|| hosts::cluster::NOMAD.to_string()));
    let kept = prior.and_then(|prior| prior.consul_version.clone());
    draft.consul_version.get_or_insert_with(|| kept.unwrap_or_else(|| hosts::cluster::CONSUL.to_string()));
}

fn names(cluster: &Cluster) -> BTreeSet<String> {
    cluster.pool.values().flat_map(|pool| &pool.host).map(|host| host.name.clone()).collect()
}

fn guard(prior: &Cluster) -> Result<()> {
    if !prior.deletion_protection {
        return Ok(());
    }
    let detail = "deletion_protection is true in the state. To destroy it all the same, apply once with `deletion_protection = false`.";
    Err(Diagnostic::error(format!("Cluster {} is protected from deletion", prior.name), detail).into())
}

/// What is wrong with a cluster, as Terraform shows it.
fn said(faults: &[Fault]) -> Failure {
    Failure(faults.iter().map(words).collect())
}

fn words(fault: &Fault) -> Diagnostic {
    let what =
        fault.host.as_ref().map_or_else(|| fault.what.clone(), |host| format!("{host}: {}", fault.what));
    Diagnostic::error(what, format!("{}. {}.", fault.cause, fault.cure))
}
