//! Consul's servers themselves: who leads, who votes, how well they are, and everything they know as one file.

use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Client;
use crate::http::{Request, Safety, Saved};
use crate::json::or_empty;
use crate::{Error, Read};

/// How long a snapshot may take.
const LONG: Duration = Duration::from_mins(30);

/// The servers of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Operator<'a>(pub(super) &'a Client);

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
    /// Its id.
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
}

/// Who takes part in decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Raft {
    /// Each of them.
    #[serde(deserialize_with = "or_empty")]
    pub servers: Vec<RaftServer>,
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

impl Operator<'_> {
    /// Where the leader is; nowhere while there is none.
    pub fn leader(&self) -> Read<String> {
        self.0.read(Request::get(&["status", "leader"]))
    }

    /// Where those are who take part in decisions.
    pub fn peers(&self) -> Read<Vec<String>> {
        self.0.read(Request::get(&["status", "peers"]))
    }

    /// How well the servers are; also when they are not.
    pub fn health(&self) -> Read<Health> {
        self.0.read(Request::get(&["operator", "autopilot", "health"]).accepting(&[429]))
    }

    /// Who takes part in decisions.
    pub fn raft(&self) -> Read<Raft> {
        self.0.read(Request::get(&["operator", "raft", "configuration"]))
    }

    /// Saves everything that the servers know. It holds secrets: who saves one has to guard it.
    pub async fn save_snapshot(&self, out: &mut (dyn AsyncWrite + Send + Unpin)) -> Result<Saved, Error> {
        let mut request = Request::get(&["snapshot"]);
        request.answer = Some(LONG);
        self.0.http().save(&self.0.scoped(request), out).await
    }

    /// Makes the servers know what a snapshot says, and nothing else.
    pub async fn restore_snapshot(&self, from: impl AsyncRead + Send + Sync + 'static) -> Result<(), Error> {
        let mut request = Request::put(&["snapshot"], Safety::Once);
        request.answer = Some(LONG);
        self.0.http().upload(&self.0.scoped(request), from).await
    }
}
