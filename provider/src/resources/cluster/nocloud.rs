//! The life of a cluster of which there are only seeds: it is in a folder, and nobody is asked over a network.

use hosts::secrets::RootSecrets;
use kit::{Cx, Diagnostic, Failure, Plan, Private, Result, Severity, State};

use super::folder::Folder;
use super::model::{Cluster, NoCloud};
use super::{connect, is_ours, names, root, seeds, spec, words};

/// Where the private data says who has the folder.
const OWNER: &str = "owner";
/// Where it says which folder the seeds have left, as long as something of them is there.
const LEAVING: &str = "leaving";

/// A folder that the seeds have left, and that is not empty yet.
pub(super) fn leaving(private: &Private) -> Option<String> {
    private.get(LEAVING)
}

/// A folder that is only spelled otherwise stays as it was.
pub(super) fn settle_folder(plan: &mut Plan<Cluster>) {
    let before = plan.prior.as_ref().and_then(|prior| prior.nocloud.as_ref());
    if let (Some(before), Some(after)) = (before, &mut plan.draft.nocloud)
        && words::same_folder(&before.output_dir, &after.output_dir)
    {
        after.output_dir.clone_from(&before.output_dir);
    }
}

/// Makes the seeds.
pub(super) fn create(cx: &Cx, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
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

/// Sees what has become of the seeds.
pub(super) fn read(cx: &Cx, mut current: Cluster) -> Result<Option<Cluster>> {
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

/// Makes those seeds anew that differ.
pub(super) fn update(prior: &Cluster, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
    let (before, after) = (nocloud(prior)?, nocloud(&planned)?);
    let owner: Option<String> = state.private().get(OWNER);
    let mut folder = ours(prior, &after.output_dir, owner.as_deref())?;
    let moves = before.output_dir != after.output_dir;
    let found = match root::adopt(folder.path(), &planned.name)? {
        None if moves => root::find(before.output_dir.as_ref())?,
        found => found,
    };
    let root = match found {
        Some(root) if is_ours(prior, &root) => root,
        Some(_) => return Err(error(exchanged(prior, after))),
        None => return Err(error(lost(prior, before))),
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
    leave(prior, state.private())?;
    made.complete.set(true);
    state.record(&made);
    Ok(())
}

/// Removes the seeds.
pub(super) fn delete(cx: &Cx, prior: &Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
    let nocloud = nocloud(prior)?;
    let owner: Option<String> = state.private().get(OWNER);
    leave(prior, state.private())?;
    match ours(prior, &nocloud.output_dir, owner.as_deref()) {
        Ok(mut folder) => folder.clear(),
        Err(kept) => {
            kept.0.into_iter().for_each(|found| cx.warn(Diagnostic { severity: Severity::Warning, ..found }));
            Ok(())
        }
    }
}

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

/// Where the seeds go.
fn nocloud(cluster: &Cluster) -> Result<&NoCloud> {
    let lost = || {
        Diagnostic::error("The cluster's platform is not known", "There is no block `nocloud` in its state.")
    };
    cluster.nocloud.as_ref().ok_or_else(|| lost().into())
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
