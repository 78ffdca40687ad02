//! What a plan says it will do to which host, in order. Pure.

use std::collections::BTreeSet;

use hosts::fleet::{self, Act, Known, Sight};
use hosts::spec::ClusterSpec;
use kit::Result;

use super::known::wanted;
use super::machines::Steps;
use super::model::Cluster;
use super::reach::{self, Past};
use super::{machines, names, spec};

/// What an apply will do to hosts that exist, as far as can be told without asking them; nothing if there is nothing to do.
/// `leaving` are hosts that should be gone already.
pub(super) fn of_hosts(
    prior: Option<&Cluster>,
    draft: &Cluster,
    leaving: &BTreeSet<String>,
) -> Result<Vec<String>> {
    let leaving = &leaving.difference(&names(draft)).cloned().collect();
    let Steps { first, before, last } = if draft.qemu.is_some() {
        machines::steps(prior, draft, leaving)
    } else {
        let line = |host| format!("take lostops off {host}, which is no longer wanted");
        Steps { last: leaving.iter().map(line).collect(), ..Steps::default() }
    };
    let mut known = prior.map(|prior| known(prior, anew(prior, draft))).unwrap_or_default();
    // Whose machine alone is another has its turn like all others.
    let mut as_it_is = BTreeSet::new();
    for host in known.iter_mut().filter(|host| host.sight == Sight::Same && before.contains_key(&host.host)) {
        host.sight = Sight::Other;
        as_it_is.insert(host.host.clone());
    }
    let wanted = wanted(&spec::of(draft)?);
    let steps = fleet::plan(&wanted, &known);
    let led =
        prior.is_none_or(|prior| !prior.drift.known().into_iter().flatten().any(|line| line == LEADERLESS));
    // The apply refuses. It is not refused here: what a destroy goes by has to reach the state all the same.
    if !steps.is_empty()
        && !led
        && let Err(fault) = fleet::majority(&wanted, &known)
    {
        return Ok(vec![format!("nothing, as long as none of the servers leads: {}", fault.cause)]);
    }
    let steps = steps.iter().flat_map(|step| {
        let on_it = (step.act != Act::Change || !as_it_is.contains(&step.host)).then(|| step.to_string());
        before.get(&step.host).cloned().into_iter().chain(on_it)
    });
    Ok(first.into_iter().chain(steps).chain(last).collect())
}

/// What the state says of the hosts.
fn known(prior: &Cluster, changes: bool) -> Vec<Known> {
    let known = |(host, past): (String, Past)| {
        let gone = |line: &str| line.starts_with(SILENT) || line == machines::GONE;
        let sight = if drifted(prior, &host).any(gone) {
            Sight::Silent
        } else if changes || drifted(prior, &host).any(|line| !machines::is_of_machine(line)) {
            Sight::Other
        } else {
            Sight::Same
        };
        Known { role: past.role(), finished: past.finished, host, sight }
    };
    reach::hosts(prior).into_iter().map(known).collect()
}

/// How a line of the drift begins, after the host's name, that did not answer.
pub(super) const SILENT: &str = "there → no answer";

/// The line of the drift that says that the servers which are left cannot decide anything.
pub(super) const LEADERLESS: &str = "the servers: led → nobody leads them";

/// What was found different on a host.
fn drifted<'a>(cluster: &'a Cluster, host: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = cluster.drift.known().into_iter().flatten();
    lines.filter_map(move |line| line.strip_prefix(host)?.strip_prefix(": "))
}

/// What an apply will do to seeds; nothing if there is nothing to do. `leaving` is a folder that the seeds have left already.
pub(super) fn of_seeds(prior: Option<&Cluster>, draft: &Cluster, leaving: Option<&str>) -> Vec<String> {
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
