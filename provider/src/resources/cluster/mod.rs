//! `lostops_cluster`: from a few lines to a secure cluster. This room decides what a plan says and in which order things are
//! done; what a host should be is decided by the crate `hosts`.

mod folder;
mod model;
mod root;
mod seeds;
mod spec;
mod steps;
mod words;

use std::collections::BTreeSet;

use hosts::cluster::access;
use hosts::secrets::{RootSecrets, Secret};
use hosts::spec::ClusterSpec;
use kit::{Computed, Cx, Diagnostic, Failure, Plan, Private, Resource, Result, Severity, State};

use crate::connection::Connection;
use folder::Folder;
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
            Ok(spec) => {
                found.extend(seeds::faults(&hosts::cluster::check(&spec)).0);
                found.extend(seeds::check(cluster, &spec));
            }
            Err(problem) => found.push(problem),
        }
        found
    }

    async fn plan(&self, _: &Cx, plan: &mut Plan<Cluster>) -> Result<()> {
        settle_versions(plan);
        settle_folder(plan);
        if let Some(prior) = &plan.prior {
            if replaces(prior, &plan.draft) {
                guard(prior)?;
            } else if let Some(problem) = root::lowered(spec::rotation(prior), spec::rotation(&plan.draft)) {
                return Err(problem.into());
            }
        }
        let steps =
            steps::of(plan.prior.as_ref(), &plan.draft, plan.private.get::<String>(LEAVING).as_deref());
        let draft = &mut plan.draft;
        draft.drift.set([]);
        draft.seeds.set(seeds::places(nocloud(draft)?, &names(draft)));
        if !steps.is_empty() {
            draft.steps.set(steps);
        }
        if let Some(prior) = &plan.prior {
            if connection_changes(prior, draft)? {
                draft.nomad = Computed::Unknown;
                draft.consul = Computed::Unknown;
            }
            if prior.complete != Computed::Known(true) {
                draft.complete = Computed::Unknown;
            }
        }
        Ok(())
    }

    async fn plan_delete(&self, _: &Cx, prior: Cluster) -> Result<()> {
        guard(&prior)
    }

    async fn create(&self, cx: &Cx, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
        let nocloud = nocloud(&planned)?;
        let mut folder = Folder::open(&nocloud.output_dir)?;
        let found = root::adopt(folder.path(), &planned.name)?;
        if found.is_some() {
            cx.warn(taken_over(&planned, nocloud));
        }
        let owner = folder.claim(&planned.name, None, &seeds::files(&names(&planned)))?;
        // Recorded only when all of it is there: a create that fails is repeated, and finds the root secrets again. What
        // was recorded would be destroyed first, and they with it.
        let mut made = make(planned, found, &mut folder)?;
        made.complete.set(true);
        state.private().set(OWNER, &owner);
        state.record(&made);
        Ok(())
    }

    async fn read(&self, cx: &Cx, mut current: Cluster, _: &mut Private) -> Result<Option<Cluster>> {
        let nocloud = nocloud(&current)?;
        let folder = Folder::open(&nocloud.output_dir)?;
        match root::find(folder.path())? {
            Some(root) if is_ours(&current, &root) => {
                let lines = seeds::drift(&folder, &seeds::of(&current, nocloud, &root)?);
                current.drift.set(lines);
            }
            Some(_) => cx.warn(exchanged(&current, nocloud)),
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
        let (before, after) = (nocloud(&prior)?, nocloud(&planned)?);
        let owner: Option<String> = state.private().get(OWNER);
        let mut folder = ours(&prior, &after.output_dir, owner.as_deref())?;
        let moves = before.output_dir != after.output_dir;
        let found = match root::adopt(folder.path(), &planned.name)? {
            None if moves => root::find(before.output_dir.as_ref())?,
            found => found,
        };
        let root = match found {
            Some(root) if is_ours(&prior, &root) => root,
            Some(_) => return Err(error(exchanged(&prior, after))),
            None => return Err(error(lost(&prior, before))),
        };
        let owner = folder.claim(&planned.name, owner, &seeds::files(&names(&planned)))?;
        let mut made = make(planned, Some(root), &mut folder)?;
        let private = state.private();
        private.set(OWNER, &owner);
        if moves {
            // What is left behind holds secrets: it is not forgotten, should we be cut off before it is removed.
            private.set(LEAVING, &before.output_dir);
            made.complete.set(false);
            state.record(&made);
        }
        leave(&prior, state.private())?;
        made.complete.set(true);
        state.record(&made);
        Ok(())
    }

    async fn delete(&self, cx: &Cx, prior: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
        guard(&prior)?;
        let nocloud = nocloud(&prior)?;
        let owner: Option<String> = state.private().get(OWNER);
        leave(&prior, state.private())?;
        match ours(&prior, &nocloud.output_dir, owner.as_deref()) {
            Ok(mut folder) => folder.clear(),
            Err(kept) => {
                kept.0
                    .into_iter()
                    .for_each(|found| cx.warn(Diagnostic { severity: Severity::Warning, ..found }));
                Ok(())
            }
        }
    }
}

/// Where the private data says who has the folder.
const OWNER: &str = "owner";
/// Where it says which folder the seeds have left, as long as something of them is there.
const LEAVING: &str = "leaving";

/// Brings the folder to what is planned, the root secrets first.
fn make(mut cluster: Cluster, found: Option<RootSecrets>, folder: &mut Folder) -> Result<Cluster> {
    let nocloud = nocloud(&cluster)?.clone();
    let root = root::keep(folder.path(), found, &cluster.name, spec::rotation(&cluster))?;
    let seeds = seeds::of(&cluster, &nocloud, &root)?;
    connect(&mut cluster, &root)?;
    cluster.ca_pem.set(root.ca_pem());
    cluster.seeds.set(seeds::places(&nocloud, &names(&cluster)));
    cluster.hosts.set(seeds.hosts.clone());
    seeds::write(folder, &seeds)?;
    folder.settle(&seeds::files(&names(&cluster)))?;
    Ok(cluster)
}

/// The folder, unless another object has it.
fn ours(cluster: &Cluster, path: &str, owner: Option<&str>) -> Result<Folder> {
    let mut folder = Folder::open(path)?;
    match (folder.owner(), owner) {
        (Some(theirs), Some(own)) if theirs != own => {
            let detail = format!(
                "Another object of Terraform has made its seeds there since, perhaps the one that replaces this one. What is in {path} is left to it."
            );
            Err(Diagnostic::error(format!("{path} is no longer that of cluster {}", cluster.name), detail)
                .attribute("nocloud.output_dir")
                .into())
        }
        (None, Some(own)) if nocloud(cluster)?.output_dir == path => {
            folder.recall(&cluster.name, own, seeds::files(&names(cluster)));
            Ok(folder)
        }
        _ => Ok(folder),
    }
}

/// Removes what is left in a folder that the seeds have left.
fn leave(prior: &Cluster, private: &mut Private) -> Result<()> {
    let Some(path) = private.get::<String>(LEAVING) else { return Ok(()) };
    let owner: Option<String> = private.get(OWNER);
    if let Ok(mut folder) = ours(prior, &path, owner.as_deref()) {
        folder.clear()?;
    }
    private.0.remove(LEAVING);
    Ok(())
}

/// Whether these are the root secrets that the state's cluster was made from.
fn is_ours(cluster: &Cluster, root: &RootSecrets) -> bool {
    cluster.ca_pem.known().is_none_or(|pem| pem == root.ca_pem())
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

/// A folder that is only spelled otherwise stays as it was.
fn settle_folder(plan: &mut Plan<Cluster>) {
    let before = plan.prior.as_ref().and_then(|prior| prior.nocloud.as_ref());
    if let (Some(before), Some(after)) = (before, &mut plan.draft.nocloud)
        && words::same_folder(&before.output_dir, &after.output_dir)
    {
        after.output_dir.clone_from(&before.output_dir);
    }
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

fn error(warning: Diagnostic) -> Failure {
    Diagnostic { severity: Severity::Error, ..warning }.into()
}

fn taken_over(cluster: &Cluster, nocloud: &NoCloud) -> Diagnostic {
    Diagnostic::warning(
        format!("Cluster {} keeps the root secrets that were there", cluster.name),
        format!(
            "{} holds root secrets of a cluster of this name already: of an apply that was cut off, of a lost state, or of the cluster that this one replaces. They are used again, so that hosts that were made from them still belong to the cluster. For new ones, remove the file first.",
            root::file(nocloud.output_dir.as_ref()).display()
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

fn exchanged(cluster: &Cluster, nocloud: &NoCloud) -> Diagnostic {
    Diagnostic::warning(
        format!("The root secrets of cluster {} are others than before", cluster.name),
        format!(
            "The authority in {} is not the one that this cluster was made with: seeds made from it would not fit the hosts that there are. Put back the file that was there; every server of the cluster keeps a copy in {}.",
            root::file(nocloud.output_dir.as_ref()).display(),
            hosts::cluster::ROOT_SECRETS
        ),
    )
}
