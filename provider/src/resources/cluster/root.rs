//! The file with a cluster's root secrets, beside its seeds. It is written before anything is made from it, and found again
//! by whoever lost the state. Only its owner may read it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hosts::secrets::RootSecrets;
use hosts::spec::Rotation;
use kit::Diagnostic;

use crate::clock;

/// What it is called.
pub(super) const FILE: &str = "root.json";

/// The file in a cluster's folder.
pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// The root secrets that are there; none if there are none.
pub(super) fn find(folder: &Path) -> Result<Option<RootSecrets>, Diagnostic> {
    let path = file(folder);
    match std::fs::read_to_string(&path).map(zeroize::Zeroizing::new) {
        Ok(text) => RootSecrets::from_text(&text).map(Some).map_err(|error| {
            let cure = "Restore the file from a backup. Without it no host can join the cluster that was made from it.";
            Diagnostic::error(format!("{} cannot be used", path.display()), format!("{error}. {cure}"))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// The root secrets that are there, if they are this cluster's.
pub(super) fn adopt(folder: &Path, cluster: &str) -> Result<Option<RootSecrets>, Diagnostic> {
    let Some(root) = find(folder)? else { return Ok(None) };
    if root.cluster() == cluster {
        return Ok(Some(root));
    }
    let detail = format!(
        "{} holds the root secrets of cluster {}. Two clusters cannot have one folder: choose another output_dir for {cluster}.",
        file(folder).display(),
        root.cluster()
    );
    Err(Diagnostic::error(format!("{} belongs to another cluster", folder.display()), detail)
        .attribute("nocloud.output_dir"))
}

/// New root secrets, or those that are there, with these numbers; they are on the disk when this returns.
pub(super) fn keep(
    folder: &Path,
    found: Option<RootSecrets>,
    cluster: &str,
    rotation: Rotation,
) -> Result<RootSecrets, Diagnostic> {
    let now = clock::now();
    let made = |error: hosts::secrets::Broken| {
        Diagnostic::error("The root secrets cannot be made", error.to_string())
    };
    let mut root = found.map_or_else(|| RootSecrets::generate(cluster, now), Ok).map_err(made)?;
    if let Some(problem) = lowered(root.rotation(), rotation) {
        return Err(problem);
    }
    root.rotate(rotation, now);
    hosts::seed::keep(&file(folder), root.to_text().expose().as_bytes())
        .map_err(|error| Diagnostic::error("The root secrets cannot be kept", error.to_string()))?;
    Ok(root)
}

/// What is wrong with these numbers after those: a lower one would make secrets count again that were replaced.
pub(super) fn lowered(before: Rotation, after: Rotation) -> Option<Diagnostic> {
    let numbers = [
        ("certs", before.certs, after.certs),
        ("gossip", before.gossip, after.gossip),
        ("tokens", before.tokens, after.tokens),
    ];
    let (name, before, after) = numbers.into_iter().find(|(_, before, after)| after < before)?;
    let detail = format!(
        "It was {before} and would be {after}: secrets that were replaced, perhaps because somebody had seen them, would count again. Write {before}, or more to have them made anew."
    );
    Some(
        Diagnostic::error(format!("rotate.{name} cannot be lowered"), detail)
            .attribute(&format!("rotate.{name}")),
    )
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        format!("{} cannot be read", path.display()),
        format!("{error}. Only who made the cluster may read it: run Terraform as the same user."),
    )
}
