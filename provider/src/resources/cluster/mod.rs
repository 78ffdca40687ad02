//! `lostops_cluster`: from a few lines to a secure cluster. This room decides what a plan says and in which order things are
//! done; what a host should be is decided by the crate `hosts`.

mod model;
mod root;
mod seeds;
mod spec;
mod words;

use std::collections::BTreeSet;

use hosts::cluster::access;
use hosts::secrets::{RootSecrets, Secret};
use hosts::spec::ClusterSpec;
use kit::{Computed, Cx, Diagnostic, Plan, Private, Resource, Result, State};

use crate::connection::Connection;
use model::{Cluster, Consul, NoCloud};

/// `lostops_cluster`
#[derive(Debug)]
pub struct Clusters;

impl Resource for Clusters {
    type Model = Cluster;
    const NAME: &'static str = "lostops_cluster";

    fn check(&self, cluster: &Cluster) -> Vec<Diagnostic> {
        let mut found = platform(cluster);
        match spec::of(cluster) {
            Ok(spec) => found.extend(seeds::faults(&hosts::cluster::check(&spec)).0),
            Err(problem) => found.push(problem),
        }
        found
    }

    async fn plan(&self, _: &Cx, plan: &mut Plan<Cluster>) -> Result<()> {
        settle_versions(plan);
        let steps = steps(plan.prior.as_ref(), &plan.draft);
        let draft = &mut plan.draft;
        draft.drift.set([]);
        draft.seeds.set(seeds::places(nocloud(draft)?, &names(draft)));
        match &plan.prior {
            None => draft.steps.set(steps),
            Some(prior) => {
                if connection_changes(prior, draft)? {
                    draft.nomad = Computed::Unknown;
                    draft.consul = Computed::Unknown;
                }
                let unfinished = prior.complete != Computed::Known(true);
                if unfinished {
                    draft.complete = Computed::Unknown;
                }
                let drifted = prior.drift.known().is_some_and(|lines| !lines.is_empty());
                if unfinished || drifted || !steps.is_empty() {
                    draft.steps.set(steps);
                }
            }
        }
        Ok(())
    }

    async fn plan_delete(&self, _: &Cx, prior: Cluster) -> Result<()> {
        guard(&prior)
    }

    async fn create(&self, cx: &Cx, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
        let nocloud = nocloud(&planned)?;
        let folder = seeds::folder(nocloud)?;
        let found = root::find(&folder)?;
        if found.is_some() {
            cx.warn(taken_over(&planned, nocloud));
        }
        make(planned, found, state)
    }

    async fn read(&self, cx: &Cx, mut current: Cluster, _: &mut Private) -> Result<Option<Cluster>> {
        let nocloud = nocloud(&current)?;
        match root::find(nocloud.output_dir.as_ref())? {
            Some(root) => {
                let lines = seeds::drift(&seeds::of(&current, nocloud, &root)?);
                current.drift.set(lines);
            }
            None => cx.warn(lost(&current, nocloud)),
        }
        Ok(Some(current))
    }

    async fn update(
        &self,
        _: &Cx,
        prior: Cluster,
        planned: Cluster,
        state: &mut State<'_, Cluster>,
    ) -> Result<()> {
        let nocloud = nocloud(&planned)?;
        let folder = seeds::folder(nocloud)?;
        let Some(root) = root::find(&folder)? else {
            return Err(Diagnostic { severity: kit::Severity::Error, ..lost(&planned, nocloud) }.into());
        };
        let wanted: BTreeSet<String> = names(&planned);
        let gone = prior.seeds.known().into_iter().flatten().filter(|(host, _)| !wanted.contains(*host));
        seeds::remove(gone.map(|(_, seed)| seed))?;
        make(planned, Some(root), state)
    }

    async fn delete(&self, _: &Cx, prior: Cluster, _: &mut State<'_, Cluster>) -> Result<()> {
        guard(&prior)?;
        seeds::remove(prior.seeds.known().into_iter().flatten().map(|(_, seed)| seed))?;
        seeds::clear(nocloud(&prior)?)
    }
}

/// Brings the folder to what is planned, the root secrets first.
fn make(mut cluster: Cluster, found: Option<RootSecrets>, state: &mut State<'_, Cluster>) -> Result<()> {
    let nocloud = nocloud(&cluster)?.clone();
    let root = root::keep(nocloud.output_dir.as_ref(), found, &cluster.name, spec::rotation(&cluster))?;
    let seeds = seeds::of(&cluster, &nocloud, &root)?;
    connect(&mut cluster, &root)?;
    cluster.ca_pem.set(root.ca_pem());
    cluster.seeds.set(seeds::places(&nocloud, &names(&cluster)));
    cluster.hosts.set(seeds.hosts.clone());
    cluster.complete.set(false);
    state.record(&cluster);
    seeds::write(&seeds)?;
    cluster.complete.set(true);
    state.record(&cluster);
    Ok(())
}

/// The ways to Nomad and Consul, as soon as the hosts run.
fn connect(cluster: &mut Cluster, root: &RootSecrets) -> Result<()> {
    let spec = spec::of(cluster)?;
    let access = access(&spec, root)
        .map_err(|error| Diagnostic::error("The cluster's secrets cannot be used", error.to_string()))?;
    let open = |token: &Option<Secret>| token.as_ref().map(|token| token.expose().to_owned());
    cluster.nomad.set(Connection {
        addresses: access.nomad.addresses,
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
            addresses: consul.addresses,
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
    let servers = |spec: &ClusterSpec| spec.servers().cloned().collect::<Vec<_>>();
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

/// What an apply will do, in order.
fn steps(prior: Option<&Cluster>, draft: &Cluster) -> Vec<String> {
    let wanted = names(draft);
    let Some(prior) = prior else {
        let first = std::iter::once("make the cluster's root secrets".to_owned());
        return first.chain(wanted.iter().map(|host| format!("make the seed of {host}"))).collect();
    };
    let there = names(prior);
    let removed = there.difference(&wanted).map(|host| format!("remove the seed of {host}"));
    let made = wanted.difference(&there).map(|host| format!("make the seed of {host}"));
    let stay: Vec<&str> = wanted.intersection(&there).map(String::as_str).collect();
    let same = spec::of(prior).ok() == spec::of(draft).ok() && spec::rotation(prior) == spec::rotation(draft);
    let again = (!same && !stay.is_empty())
        .then(|| format!("make the seeds of {} anew where they differ", stay.join(", ")));
    removed.chain(made).chain(again).collect()
}

fn names(cluster: &Cluster) -> BTreeSet<String> {
    cluster.pool.values().flat_map(|pool| &pool.host).map(|host| host.name.clone()).collect()
}

fn nocloud(cluster: &Cluster) -> Result<&NoCloud> {
    cluster.nocloud.as_ref().ok_or_else(|| no_platform().into())
}

fn platform(cluster: &Cluster) -> Vec<Diagnostic> {
    cluster.nocloud.is_none().then(no_platform).into_iter().collect()
}

fn no_platform() -> Diagnostic {
    Diagnostic::error(
        "The cluster has no platform",
        "Nothing says where its hosts come from. Add a block `nocloud { output_dir = \"…\" }` for seeds that any hypervisor takes.",
    )
}

fn guard(prior: &Cluster) -> Result<()> {
    if !prior.deletion_protection {
        return Ok(());
    }
    let detail = "deletion_protection is true in the state. To destroy it all the same, apply once with `deletion_protection = false`.";
    Err(Diagnostic::error(format!("Cluster {} is protected from deletion", prior.name), detail).into())
}

fn taken_over(cluster: &Cluster, nocloud: &NoCloud) -> Diagnostic {
    Diagnostic::warning(
        format!("Cluster {} keeps the root secrets that were there", cluster.name),
        format!(
            "{} holds root secrets already, perhaps of an apply that was cut off. They are used again, so that hosts that were made from them still belong to the cluster.",
            nocloud.output_dir
        ),
    )
}

fn lost(cluster: &Cluster, nocloud: &NoCloud) -> Diagnostic {
    Diagnostic::warning(
        format!("The root secrets of cluster {} are not here", cluster.name),
        format!(
            "{} is missing. Every server of the cluster keeps a copy in {}: put it there. If no host was ever made from the seeds, replace the cluster with `terraform apply -replace`.",
            root::file(nocloud.output_dir.as_ref()).display(),
            hosts::cluster::ROOT_SECRETS
        ),
    )
}
