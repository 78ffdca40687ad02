//! The servers themselves: who leads, who votes, how well they are.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Client, Error, Read};

/// The servers of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Operator<'a>(pub(crate) &'a Client);

impl Client {
    /// The servers themselves.
    pub fn operator(&self) -> Operator<'_> {
        Operator(self)
    }
}

/// How well the servers are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Health {
    /// Whether all are well.
    pub healthy: bool,
    /// How many may fail before the cluster stands still.
    pub failure_tolerance: i64,
    /// Each of them.
    #[serde(deserialize_with = "or_empty")]
    pub servers: Vec<ServerHealth>,
}

/// How well one server is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServerHealth {
    /// Its id among those who vote.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it speaks with the others.
    pub address: String,
    /// `alive`, `left` or `failed`.
    pub serf_status: String,
    /// The version that it runs.
    pub version: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether it votes.
    pub voter: bool,
    /// Whether it is well.
    pub healthy: bool,
    /// The last change that it knows.
    pub last_index: u64,
}

/// Who takes part in decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Raft {
    /// Each of them.
    #[serde(deserialize_with = "or_empty")]
    pub servers: Vec<RaftServer>,
    /// The change that made it so.
    pub index: u64,
}

/// One who takes part in decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RaftServer {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub node: String,
    /// Where it speaks with the others.
    pub address: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether it votes.
    pub voter: bool,
}

/// How servers look after each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Autopilot {
    /// Whether one that is dead is forgotten once another has taken its place.
    pub cleanup_dead_servers: bool,
    /// How long one may be silent and still be well, such as `200ms`.
    pub last_contact_threshold: String,
    /// How far one may lag behind and still be well.
    pub max_trailing_logs: u64,
    /// How many there have to be at least.
    pub min_quorum: u64,
    /// How long a new one has to be well before it votes, such as `10s`.
    pub server_stabilization_time: String,
    /// The change that made it so.
    pub modify_index: u64,
}

impl Operator<'_> {
    /// Where the leader is. While there is none, servers answer nowhere, or with an error.
    pub fn leader(&self) -> Read<String> {
        self.0.read(Request::get(&["status", "leader"]))
    }

    /// Where those are who take part in decisions.
    pub fn peers(&self) -> Read<Vec<String>> {
        self.0.read(Request::get(&["status", "peers"]))
    }

    /// The regions of the federation.
    pub fn regions(&self) -> Read<Vec<String>> {
        self.0.read(Request::get(&["regions"]))
    }

    /// How well the servers are; also when they are not.
    pub fn health(&self) -> Read<Health> {
        self.0.read(Request::get(&["operator", "autopilot", "health"]).accepting(&[429]))
    }

    /// How servers look after each other.
    pub fn autopilot(&self) -> Read<Autopilot> {
        self.0.read(Request::get(&["operator", "autopilot", "configuration"]))
    }

    /// Says how servers look after each other, unless somebody else has said so since. The answer is whether it is so
    /// now.
    pub async fn set_autopilot(&self, autopilot: &Autopilot) -> Result<bool, Error> {
        let path = ["operator", "autopilot", "configuration"];
        let request = Request::put(&path, Safety::Guarded).with("cas", autopilot.modify_index);
        // The parts of it that we do not know stay as they are.
        let whole: Value = self.0.read(Request::get(&path)).await?;
        self.0.write(request.json(&merged(whole, &serde_json::json!(autopilot)))).await
    }

    /// How jobs are placed, as Nomad writes it.
    pub fn scheduler(&self) -> Read<Value> {
        self.0.read(Request::get(&["operator", "scheduler", "configuration"]))
    }

    /// Says how jobs are placed.
    pub async fn set_scheduler(&self, configuration: &Value) -> Result<(), Error> {
        let path = ["operator", "scheduler", "configuration"];
        self.0.run(Request::put(&path, Safety::Guarded).json(configuration)).await
    }

    /// Who takes part in decisions.
    pub fn raft(&self) -> Read<Raft> {
        self.0.read(Request::get(&["operator", "raft", "configuration"]))
    }

    /// Takes somebody who is gone for good out of the decisions.
    pub async fn remove_peer(&self, id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["operator", "raft", "peer"]).with("id", id)).await
    }

    /// Lets another server lead.
    pub async fn transfer_leadership(&self, id: &str) -> Result<(), Error> {
        let path = ["operator", "raft", "transfer-leadership"];
        self.0.run(Request::put(&path, Safety::Guarded).with("id", id)).await
    }

    /// Makes a new key for variables and identities; with `full` everything is written anew with it.
    pub async fn rotate_keys(&self, full: bool) -> Result<(), Error> {
        self.0.run(Request::put(&["operator", "keyring", "rotate"], Safety::Once).with("full", full)).await
    }

    /// Forgets what is dead.
    pub async fn collect_garbage(&self) -> Result<(), Error> {
        self.0.run(Request::put(&["system", "gc"], Safety::Guarded)).await
    }
}

/// The fields of one object over those of another.
fn merged(mut base: Value, over: &Value) -> Value {
    if let (Some(base), Some(over)) = (base.as_object_mut(), over.as_object()) {
        base.extend(over.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    base
}
