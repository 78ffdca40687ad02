//! Nodes: which machines there are, and how one is emptied before it goes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Request, Safety};
use crate::json::{named, or_empty};
use crate::{Allocation, Client, Error, Read};

/// The nodes of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Nodes<'a>(&'a Client);

impl Client {
    /// Nodes.
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes(self)
    }
}

/// A machine in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeStub {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The datacenter that it says it is in.
    pub datacenter: String,
    /// Its pool.
    pub node_pool: String,
    /// Its class.
    pub node_class: String,
    /// The version of its Nomad.
    pub version: String,
    /// `initializing`, `ready`, `down` or `disconnected`.
    pub status: String,
    /// `eligible` or `ineligible`.
    pub scheduling_eligibility: String,
    /// Whether it is being emptied.
    pub drain: bool,
}

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its own API listens.
    #[serde(rename = "HTTPAddr")]
    pub http_address: String,
    /// The datacenter that it says it is in.
    pub datacenter: String,
    /// Its pool.
    pub node_pool: String,
    /// Its class.
    pub node_class: String,
    /// What is known about it, such as `nomad.version`.
    #[serde(deserialize_with = "or_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What its owner noted.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
    /// `initializing`, `ready`, `down` or `disconnected`.
    pub status: String,
    /// `eligible` or `ineligible`.
    pub scheduling_eligibility: String,
    /// How it is being emptied, while it is.
    pub drain_strategy: Option<Value>,
    /// How it was last emptied.
    pub last_drain: Option<LastDrain>,
    /// The volumes that it offers, by name.
    #[serde(deserialize_with = "or_empty")]
    pub host_volumes: BTreeMap<String, HostVolume>,
}

/// A volume that a machine offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostVolume {
    /// The id of one that was made through the API; one of the machine's own configuration has none.
    #[serde(rename = "ID", deserialize_with = "or_empty")]
    pub id: String,
}

/// How a machine was last emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LastDrain {
    /// `draining`, `complete` or `canceled`.
    pub status: String,
}

impl Node {
    /// Whether it is ready and takes what is placed on it.
    pub fn is_ready(&self) -> bool {
        self.status == "ready" && self.scheduling_eligibility == "eligible"
    }

    /// Whether its own configuration has a volume of this name.
    pub fn has_host_volume(&self, name: &str) -> bool {
        self.host_volumes.get(name).is_some_and(|volume| volume.id.is_empty())
    }

    /// Whether it was being emptied and is empty now.
    pub fn is_drained(&self) -> bool {
        self.drain_strategy.is_none()
            && self.last_drain.as_ref().is_some_and(|last| last.status == "complete")
    }
}

/// How a machine is emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drain {
    /// How long what runs there may take to go.
    pub deadline: Deadline,
    /// Leave system jobs there to the end.
    pub ignore_system_jobs: bool,
    /// What to note about it.
    pub meta: BTreeMap<String, String>,
}

/// How long what runs may take to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deadline {
    /// As long as it takes.
    #[default]
    None,
    /// It is stopped after this.
    After(Duration),
    /// It is stopped at once.
    Now,
}

impl Deadline {
    fn nanoseconds(self) -> i64 {
        match self {
            Self::None => 0,
            Self::After(time) => i64::try_from(time.as_nanos()).unwrap_or(i64::MAX),
            Self::Now => -1,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeChanged {
    /// The evaluations that carry it out.
    #[serde(rename = "EvalIDs", deserialize_with = "or_empty")]
    pub eval_ids: Vec<String>,
    /// The last of them.
    #[serde(rename = "EvalID", deserialize_with = "named")]
    pub eval_id: Option<String>,
}

impl Nodes<'_> {
    /// All of them.
    pub fn list(&self) -> Read<Vec<NodeStub>> {
        self.0.read(Request::get(&["nodes"]))
    }

    /// A node by its whole id, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Node>> {
        self.0.read_optional(Request::get(&["node", id]))
    }

    /// What is or was placed on it.
    pub fn allocations(&self, id: &str) -> Read<Vec<Allocation>> {
        self.0.read(Request::get(&["node", id, "allocations"]))
    }

    /// Begins to empty it. It is done when the node says so: follow it.
    pub async fn drain(&self, id: &str, drain: &Drain) -> Result<NodeChanged, Error> {
        let deadline = drain.deadline.nanoseconds();
        let spec = json!({"Deadline": deadline, "IgnoreSystemJobs": drain.ignore_system_jobs});
        let body = json!({"NodeID": id, "DrainSpec": spec, "Meta": drain.meta});
        self.0.write(Request::post(&["node", id, "drain"], Safety::Guarded).json(&body)).await
    }

    /// Stops emptying it, and says whether it takes what is placed on it again.
    pub async fn cancel_drain(&self, id: &str, eligible: bool) -> Result<NodeChanged, Error> {
        let body = json!({"NodeID": id, "DrainSpec": null, "MarkEligible": eligible});
        self.0.write(Request::post(&["node", id, "drain"], Safety::Guarded).json(&body)).await
    }

    /// Says whether it takes what is placed on it.
    pub async fn set_eligible(&self, id: &str, eligible: bool) -> Result<NodeChanged, Error> {
        let word = if eligible { "eligible" } else { "ineligible" };
        let body = json!({"NodeID": id, "Eligibility": word});
        self.0.write(Request::post(&["node", id, "eligibility"], Safety::Guarded).json(&body)).await
    }

    /// Forgets a node that is gone.
    pub async fn purge(&self, id: &str) -> Result<NodeChanged, Error> {
        self.0.write(Request::post(&["node", id, "purge"], Safety::Guarded)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_of_the_configuration_is_told_from_one_of_the_api() {
        let volumes = json!({"fixed": {"Name": "fixed"}, "made": {"Name": "made", "ID": "1"}});
        let node: Node = serde_json::from_value(json!({"ID": "n", "HostVolumes": volumes})).expect("a node");
        assert!(
            node.has_host_volume("fixed") && !node.has_host_volume("made") && !node.has_host_volume("none")
        );
    }
}
