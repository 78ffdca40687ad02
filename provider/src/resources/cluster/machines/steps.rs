//! What a plan says it will do to which machine, before and after what it does on the hosts. Pure.

use std::collections::BTreeSet;

use super::super::model::Cluster;
use super::data;
use super::wanted::hosts;

/// How a line of the drift goes on, after the host's name, whose machine is stopped.
pub(in super::super) const STOPPED: &str = "machine running → stopped";
/// The same for one that is gone.
pub(in super::super) const GONE: &str = "machine made → gone";

/// What is done to machines first, and what last. `leaving` are hosts that should be gone already.
pub(in super::super) fn steps(
    prior: Option<&Cluster>,
    draft: &Cluster,
    leaving: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let there: BTreeSet<&str> =
        prior.into_iter().flat_map(hosts).map(|(_, host)| host.name.as_str()).collect();
    let stay: BTreeSet<&str> = hosts(draft).map(|(_, host)| host.name.as_str()).collect();
    let seen = |host: &str| {
        let lines = prior.and_then(|prior| prior.drift.known()).into_iter().flatten();
        let mut own = lines.filter_map(move |line| line.strip_prefix(host)?.strip_prefix(": "));
        own.find(|line| [STOPPED, GONE].contains(line))
    };
    let first = stay.iter().filter_map(|host| match seen(host) {
        _ if !there.contains(host) => Some(format!("make the machine of {host}")),
        Some(GONE) => Some(format!("make the machine of {host} again: its disk is gone")),
        Some(_) => Some(format!("start the machine of {host}: it is stopped")),
        None => None,
    });
    let volumes = |host: &str| {
        let names: Vec<&str> = prior.into_iter().flat_map(|prior| data::volumes(prior, host)).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(", and with it its volumes {}", names.join(", "))
        }
    };
    let gone = there.difference(&stay).map(|host| format!("destroy the machine of {host}{}", volumes(host)));
    let left = leaving.iter().map(|host| format!("destroy the machine of {host}, which is no longer wanted"));
    (first.collect(), gone.chain(left).collect())
}
