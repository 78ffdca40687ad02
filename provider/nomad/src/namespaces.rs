//! Namespaces: rooms for jobs, variables and volumes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Client, Error, Read};

/// The namespaces of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Namespaces<'a>(&'a Client);

impl Client {
    /// Namespaces.
    pub fn namespaces(&self) -> Namespaces<'_> {
        Namespaces(self)
    }
}

/// A room for jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its owner noted.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
    /// What jobs in it may use; unset: everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// What jobs may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Capabilities {
    /// Only these drivers, if any are named.
    #[serde(deserialize_with = "or_empty")]
    pub enabled_task_drivers: Vec<String>,
    /// Not these drivers.
    #[serde(deserialize_with = "or_empty")]
    pub disabled_task_drivers: Vec<String>,
}

impl Namespaces<'_> {
    /// All of them.
    pub fn list(&self) -> Read<Vec<Namespace>> {
        self.0.read(Request::get(&["namespaces"]))
    }

    /// A namespace, if it is there.
    pub fn read(&self, name: &str) -> Read<Option<Namespace>> {
        self.0.read_optional(Request::get(&["namespace", name]))
    }

    /// Makes it, or makes it so.
    pub async fn put(&self, namespace: &Namespace) -> Result<(), Error> {
        let request = Request::put(&["namespace", &namespace.name], Safety::Guarded);
        self.0.run(request.json(namespace)).await
    }

    /// Takes it away; refused while jobs run in it.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["namespace", name])).await
    }
}
