//! What a plan says it will do to which host, in order. Pure.

use hosts::spec::ClusterSpec;

use super::model::Cluster;
use super::{names, spec};

/// What an apply will do; nothing if there is nothing to do. `leaving` is a folder that the seeds have left already.
pub(super) fn of(prior: Option<&Cluster>, draft: &Cluster, leaving: Option<&str>) -> Vec<String> {
    let wanted = names(draft);
    let Some(prior) = prior else {
        let first = std::iter::once("make the cluster's root secrets, if they are not there".to_owned());
        return first.chain(wanted.iter().map(|host| format!("make the seed of {host}"))).collect();
    };
    let there = names(prior);
    let (from, to) = (folder(prior), folder(draft));
    let moved = (from != to).then(|| format!("move the root secrets and the seeds from {from} to {to}"));
    let made = wanted.difference(&there).map(|host| format!("make the seed of {host}"));
    let stay: Vec<&str> = wanted.intersection(&there).map(String::as_str).collect();
    let lines = prior.drift.known().into_iter().flatten();
    let repaired = lines.filter_map(|line| Some(format!("make {} again", line.split_once(": ")?.0)));
    let again = (anew(prior, draft) && !stay.is_empty())
        .then(|| format!("make the seeds of {} anew where they differ", stay.join(", ")));
    let removed = there.difference(&wanted).map(|host| format!("remove the seed of {host}"));
    let left = leaving.map(|folder| format!("remove what is left of the cluster in {folder}"));
    moved.into_iter().chain(made).chain(repaired).chain(again).chain(removed).chain(left).collect()
}

/// Whether seeds of hosts that stay may be others than they are.
fn anew(prior: &Cluster, draft: &Cluster) -> bool {
    let makes = |cluster: &Cluster| -> Option<(ClusterSpec, _, _)> {
        let network = cluster.nocloud.as_ref().and_then(|nocloud| nocloud.network.clone());
        Some((spec::of(cluster).ok()?, spec::rotation(cluster), network))
    };
    prior.complete != kit::Computed::Known(true) || makes(prior) != makes(draft)
}

fn folder(cluster: &Cluster) -> &str {
    cluster.nocloud.as_ref().map_or("", |nocloud| &nocloud.output_dir)
}
