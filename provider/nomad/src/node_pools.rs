//! Node pools: which nodes a job may run on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::nodes::NodeStub;
use crate::{Client, Error, Read};

/// The node pools of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct NodePools<'a>(&'a Client);

impl Client {
    /// Node pools.
    pub fn node_pools(&self) -> NodePools<'_> {
        NodePools(self)
    }
}

/// Nodes that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodePool {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its owner noted.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
}

impl NodePools<'_> {
    /// All of them.
    pub fn list(&self) -> Read<Vec<NodePool>> {
        self.0.read(Request::get(&["node", "pools"]))
    }

    /// A pool, if it is there.
    pub fn read(&self, name: &str) -> Read<Option<NodePool>> {
        self.0.read_optional(Request::get(&["node", "pool", name]))
    }

    /// The nodes in it.
    pub fn nodes(&self, name: &str) -> Read<Vec<NodeStub>> {
        self.0.read(Request::get(&["node", "pool", name, "nodes"]))
    }

    /// Makes it, or makes it so.
    pub async fn put(&self, pool: &NodePool) -> Result<(), Error> {
        self.0.run(Request::put(&["node", "pool", &pool.name], Safety::Guarded).json(pool)).await
    }

    /// Takes it away; refused while nodes or jobs are in it.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["node", "pool", name])).await
    }
}
