//! What a plan says it will do to which machine, before and after what it does on the hosts. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Cluster;
use super::wanted::hosts;
use super::{data, resize};

/// How a line of the drift goes on, after the host's name, whose machine is stopped.
pub(in super::super) const STOPPED: &str = "machine running → stopped";
/// The same for one that is gone.
pub(in super::super) const GONE: &str = "machine made → gone";
/// The same for one that should have been started otherwise, around what is different.
const LAGS: (&str, &str) = ("machine with ", " → not started so");

/// How a line of the drift goes on whose machine should have been started otherwise.
pub(super) fn lags(words: &[String]) -> String {
    format!("{}{}{}", LAGS.0, words.join(", "), LAGS.1)
}

/// Whether a line of the drift says nothing of what is on the host.
pub(in super::super) fn is_of_machine(line: &str) -> bool {
    [STOPPED, GONE].contains(&line) || differs(line).is_some()
}

fn differs(line: &str) -> Option<&str> {
    line.strip_prefix(LAGS.0)?.strip_suffix(LAGS.1)
}

/// What is done to machines.
#[derive(Default)]
pub(in super::super) struct Steps {
    /// First.
    pub first: Vec<String>,
    /// Before what is done on these hosts.
    pub before: BTreeMap<String, String>,
    /// Last.
    pub last: Vec<String>,
}

/// What is done to machines. `leaving` are hosts that should be gone already.
pub(in super::super) fn steps(prior: Option<&Cluster>, draft: &Cluster, leaving: &BTreeSet<String>) -> Steps {
    let there: BTreeSet<&str> =
        prior.into_iter().flat_map(hosts).map(|(_, host)| host.name.as_str()).collect();
    let stay: BTreeSet<&str> = hosts(draft).map(|(_, host)| host.name.as_str()).collect();
    let mut steps = Steps::default();
    for host in &stay {
        let lines = prior.and_then(|prior| prior.drift.known()).into_iter().flatten();
        let own = lines.filter_map(|line| line.strip_prefix(*host)?.strip_prefix(": "));
        let seen: Vec<&str> = own.collect();
        let shapes = prior.and_then(|prior| resize::wanted(prior, host)).zip(resize::wanted(draft, host));
        let words = shapes.map(|(is, should)| resize::changes(&is, &should).join(", ")).unwrap_or_default();
        let gets = if words.is_empty() { String::new() } else { format!(", and gets {words}") };
        let words = Some(words.as_str()).filter(|words| !words.is_empty());
        if !there.contains(host) {
            steps.first.push(format!("make the machine of {host}"));
        } else if seen.contains(&GONE) {
            steps.first.push(format!("make the machine of {host} again: its disk is gone"));
        } else if seen.contains(&STOPPED) {
            steps.first.push(format!("start the machine of {host}: it is stopped{gets}"));
        } else if let Some(words) = words.or_else(|| seen.iter().find_map(|line| differs(line))) {
            steps.before.insert((*host).to_owned(), format!("restart the machine of {host}: {words}"));
        }
    }
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
    Steps { last: gone.chain(left).collect(), ..steps }
}
