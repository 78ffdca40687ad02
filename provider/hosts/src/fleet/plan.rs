//! From which hosts a cluster should have and what was seen of them to ordered steps. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::Fault;
use crate::spec::Role;

/// A host that the cluster should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub host: String,
    /// What it runs.
    pub role: Role,
}

/// A host that the cluster had before, as it was seen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub host: String,
    /// What it ran.
    pub role: Role,
    /// Whether it ever was what it should be: only then its absence is a loss.
    pub finished: bool,
    /// What was seen.
    pub sight: Sight,
}

/// What was seen of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It did not answer.
    Silent,
    /// It answered, and nothing of ours was ever finished on it.
    Blank,
    /// It is not what it should be.
    Other,
    /// It is what it should be.
    Same,
}

/// What is done to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Change in place what differs.
    Change,
    /// Make it what it should be, from nothing or from what a broken-off run left.
    Make,
    /// Move its work to others, and take from it what was put on it.
    Remove,
    /// Strike it from the cluster's lists without touching it.
    Forget,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which host.
    pub host: String,
    /// What it runs.
    pub role: Role,
    /// What is done to it.
    pub act: Act,
    /// Why.
    pub why: &'static str,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, role, act, why } = self;
        let kind = if role.serves() { "server" } else { "client" };
        match act {
            Act::Change => write!(f, "change what differs on {kind} {host}: {why}"),
            Act::Make => write!(f, "set up {kind} {host}: {why}"),
            Act::Remove if role.serves() => {
                write!(f, "take server {host} out of the cluster, and lostops off it: {why}")
            }
            Act::Remove => {
                write!(f, "move the work of client {host} elsewhere, and take lostops off it: {why}")
            }
            Act::Forget => write!(f, "strike {kind} {host} from the cluster's lists: {why}"),
        }
    }
}

/// What has to happen, in order. Servers come before clients, as those need them; who is there is changed before anybody
/// new is made, as its firewall has to know the new one; and hosts go only when those are there that take their place,
/// clients first, as draining needs a leader.
pub fn plan(wanted: &[Wanted], known: &[Known]) -> Vec<Step> {
    let there: BTreeMap<&str, &Known> = known.iter().map(|host| (host.host.as_str(), host)).collect();
    let mut arrivals: Vec<Step> =
        wanted.iter().filter_map(|host| come(host, there.get(host.host.as_str()).copied())).collect();
    arrivals.sort_by_key(|step| (!step.role.serves(), step.act != Act::Change));
    let stay: BTreeSet<&str> = wanted.iter().map(|host| host.host.as_str()).collect();
    let mut departures: Vec<Step> =
        known.iter().filter(|host| !stay.contains(host.host.as_str())).map(go).collect();
    // Who is gone already gives up its vote first: it counts against those that are still there.
    departures.sort_by_key(|step| (step.role.serves(), step.act != Act::Forget));
    [arrivals, departures].concat()
}

/// What a host needs that stays or comes.
fn come(wanted: &Wanted, known: Option<&Known>) -> Option<Step> {
    let (act, why) = match known.map(|known| (known.sight, known.finished)) {
        None => (Act::Make, "it is new"),
        Some((Sight::Same, true)) => return None,
        Some((Sight::Silent, true)) => (Act::Make, "it did not answer"),
        Some((Sight::Blank, true)) => (Act::Make, "nothing of ours is on it any more"),
        Some((Sight::Other, true)) => (Act::Change, "it is not what it should be"),
        Some((_, false)) => (Act::Make, "it was never finished"),
    };
    Some(Step { host: wanted.host.clone(), role: wanted.role, act, why })
}

/// How a host goes that nobody wants any more.
fn go(host: &Known) -> Step {
    let (act, why) = match host.sight {
        Sight::Silent => (Act::Forget, "it is no longer wanted, and did not answer"),
        _ => (Act::Remove, "it is no longer wanted"),
    };
    Step { host: host.host.clone(), role: host.role, act, why }
}

/// Whether the servers that there were can still decide anything, as far as this tells. One that answers and has nothing on
/// it any more is lost, too, unless it was on its way out: then it has given up its vote before.
///
/// # Errors
/// When half of them are lost: what is done to the rest could end the cluster.
pub fn majority(wanted: &[Wanted], known: &[Known]) -> Result<(), Fault> {
    let stay: BTreeSet<&str> = wanted.iter().map(|host| host.host.as_str()).collect();
    let left = |host: &Known| host.sight == Sight::Blank && !stay.contains(host.host.as_str());
    let servers = known.iter().filter(|host| host.role.serves() && host.finished && !left(host));
    let servers: Vec<&Known> = servers.collect();
    let lost = servers.iter().filter(|host| matches!(host.sight, Sight::Silent | Sight::Blank));
    let lost: Vec<&str> = lost.map(|host| host.host.as_str()).collect();
    if lost.is_empty() || lost.len() * 2 < servers.len() {
        return Ok(());
    }
    Err(Fault::of_cluster(
        "Nothing was changed",
        format!("{} of {} servers are lost ({})", lost.len(), servers.len(), lost.join(", ")),
        "Bring back enough of them that more than half answer, or have those that are left agree without them (see the guide), then apply again",
    ))
}
