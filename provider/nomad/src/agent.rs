//! One agent: the very one that the address leads to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Client, Error, Read, Secret};

/// The agent that answers.
#[derive(Clone, Copy, Debug)]
pub struct Agent<'a>(&'a Client);

impl Client {
    /// The agent that answers.
    pub fn agent(&self) -> Agent<'_> {
        Agent(self)
    }
}

/// What an agent says about itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Myself {
    /// Its configuration, as it writes it.
    #[serde(deserialize_with = "or_empty")]
    pub config: BTreeMap<String, Value>,
    /// What the others know of it; empty for one that is no server.
    #[serde(deserialize_with = "or_empty")]
    pub member: Member,
    /// Figures about it.
    #[serde(deserialize_with = "or_empty")]
    pub stats: BTreeMap<String, BTreeMap<String, String>>,
}

impl Myself {
    /// The version that it runs, such as `2.0.5`.
    pub fn version(&self) -> Option<&str> {
        self.config.get("Version").and_then(|version| version.get("Version")).and_then(Value::as_str)
    }
}

/// A server as the others know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Member {
    /// Its name, with its region.
    pub name: String,
    /// Its address.
    pub addr: String,
    /// `alive`, `leaving`, `left` or `failed`.
    pub status: String,
    /// What it says about itself, such as `build`.
    #[serde(deserialize_with = "or_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Whether an agent is well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AgentHealth {
    /// As a server, if it is one.
    pub server: Option<Part>,
    /// As a client, if it is one.
    pub client: Option<Part>,
}

/// Whether one part of an agent is well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Whether it is.
    pub ok: bool,
    /// More about it.
    pub message: String,
}

/// The keys of the servers' gossip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GossipKeys {
    /// Each with the number of servers that have it.
    #[serde(deserialize_with = "or_empty")]
    pub keys: BTreeMap<String, u64>,
    /// How many servers there are.
    pub num_nodes: u64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Members {
    #[serde(deserialize_with = "or_empty")]
    members: Vec<Member>,
}

impl Agent<'_> {
    /// What it says about itself.
    pub fn myself(&self) -> Read<Myself> {
        self.0.read(Request::get(&["agent", "self"]))
    }

    /// Whether it is well; also when it is not. Needs no token.
    pub fn health(&self) -> Read<AgentHealth> {
        self.0.read(Request::get(&["agent", "health"]).accepting(&[500]))
    }

    /// The servers that it knows.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        Ok(self.0.read::<Members>(Request::get(&["agent", "members"])).await?.members)
    }

    /// Declares a server gone that did not say goodbye; with `prune` it is forgotten, too.
    pub async fn force_leave(&self, name: &str, prune: bool) -> Result<(), Error> {
        let request = Request::put(&["agent", "force-leave"], Safety::Guarded).with("node", name);
        self.0.run(if prune { request.with("prune", "true") } else { request }).await
    }

    /// Lets it read its configuration's reloadable parts, such as certificates, again.
    pub async fn reload(&self) -> Result<(), Error> {
        self.0.run(Request::put(&["agent", "reload"], Safety::Guarded)).await
    }

    /// The keys of the servers' gossip.
    pub fn gossip_keys(&self) -> Read<GossipKeys> {
        self.0.read(Request::get(&["agent", "keyring", "list"]))
    }

    /// Gives all servers another key.
    pub async fn install_gossip_key(&self, key: &Secret) -> Result<(), Error> {
        self.gossip("install", key).await
    }

    /// Lets all servers speak with that key.
    pub async fn use_gossip_key(&self, key: &Secret) -> Result<(), Error> {
        self.gossip("use", key).await
    }

    /// Takes a key away that is no longer used.
    pub async fn remove_gossip_key(&self, key: &Secret) -> Result<(), Error> {
        self.gossip("remove", key).await
    }

    async fn gossip(&self, verb: &str, key: &Secret) -> Result<(), Error> {
        let body = json!({"Key": key.expose()});
        self.0.run(Request::put(&["agent", "keyring", verb], Safety::Guarded).json(&body)).await
    }
}
