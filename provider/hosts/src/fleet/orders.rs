//! What is to be done to hosts, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Act, Known, Sight, Step};
use crate::Fault;
use crate::converge::Script;

/// What is to be done, and how.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The steps.
    pub steps: Vec<Step>,
    /// What was known of the hosts when they were planned.
    pub known: Vec<Known>,
    /// What each wanted host should be.
    pub scripts: BTreeMap<String, Script>,
    /// Who gets another Nomad: a snapshot is kept before a server does, and the work of a client is moved elsewhere.
    pub upgraded: BTreeSet<String>,
    /// Who gets another Consul: a snapshot is kept before a server does.
    pub consul_upgraded: BTreeSet<String>,
    /// On whom an agent starts anew.
    pub restarted: BTreeSet<String>,
    /// The servers have agreed once: from then on they are a cluster that can be lost.
    pub founded: bool,
    /// How many clients change at once.
    pub at_once: usize,
    /// How long work may take to move.
    pub deadline: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Hosts that were brought to what they should be.
    pub made: BTreeSet<String>,
    /// Hosts that are gone from the cluster.
    pub gone: BTreeSet<String>,
    /// The servers have agreed.
    pub founded: bool,
    /// What could not be done.
    pub faults: Vec<Fault>,
}

/// The servers that are there before anything is done.
pub(super) fn standing(known: &[Known]) -> Vec<String> {
    let stands = |host: &&Known| host.role.serves() && matches!(host.sight, Sight::Same | Sight::Other);
    known.iter().filter(stands).map(|host| host.host.clone()).collect()
}

/// Says of every host that was to be changed and was not reached that it was left.
pub(super) fn leave(orders: &Orders, mut done: Done) -> Done {
    if done.faults.is_empty() {
        return done;
    }
    let named: BTreeSet<String> = done.faults.iter().filter_map(|fault| fault.host.clone()).collect();
    let settled =
        |host: &String| done.made.contains(host) || done.gone.contains(host) || named.contains(host);
    let left: Vec<&str> =
        orders.steps.iter().filter(|step| !settled(&step.host)).map(|step| step.host.as_str()).collect();
    if !left.is_empty() {
        done.faults.push(Fault::of_cluster(
            format!("Left as they are: {}", left.join(", ")),
            "what comes before them is not done",
            "Mend that, then apply again: it goes on there",
        ));
    }
    done
}

/// Servers that there were and that do not answer, or have nothing on them any more.
pub(super) fn lost(orders: &Orders) -> impl Iterator<Item = &str> {
    let gone = |host: &Known| host.finished && matches!(host.sight, Sight::Silent | Sight::Blank);
    orders.known.iter().filter(move |host| host.role.serves() && gone(host)).map(|host| host.host.as_str())
}

/// Whether nothing is wrong but with servers that were lost before: who goes then may go all the same.
pub(super) fn only_lost(orders: &Orders, done: &Done) -> bool {
    let lost: BTreeSet<&str> = lost(orders).collect();
    done.faults.iter().all(|fault| fault.host.as_deref().is_some_and(|host| lost.contains(host)))
}

pub(super) fn arriving(orders: &Orders, serves: bool) -> impl Iterator<Item = &Step> {
    orders
        .steps
        .iter()
        .filter(move |step| step.role.serves() == serves && matches!(step.act, Act::Make | Act::Change))
}

pub(super) fn note<'h>(done: &mut Done, results: impl Iterator<Item = (&'h str, Result<(), Fault>)>) {
    for (host, result) in results {
        match result {
            Ok(()) => drop(done.made.insert(host.to_owned())),
            Err(fault) => done.faults.push(fault),
        }
    }
}
