//! Nodes and services: what there is, where, and whether it is well.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Client;
use crate::Read;
use crate::http::Request;
use crate::json::or_empty;

/// Nodes and services of a datacenter.
#[derive(Clone, Copy, Debug)]
pub struct Catalog<'a>(pub(super) &'a Client);

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub node: String,
    /// Its address.
    pub address: String,
    /// Its datacenter.
    pub datacenter: String,
    /// What its owner noted.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
}

/// One place where a service is, and how well it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Instance {
    /// On which machine.
    pub node: Node,
    /// The service there.
    pub service: ServiceThere,
    /// Its checks and its machine's.
    #[serde(deserialize_with = "or_empty")]
    pub checks: Vec<Check>,
}

/// A service on a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceThere {
    /// Its id there.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub service: String,
    /// Its address; empty: the machine's.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// What it is marked with.
    #[serde(deserialize_with = "or_empty")]
    pub tags: Vec<String>,
}

/// A check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// `passing`, `warning` or `critical`.
    pub status: String,
    /// What it said last.
    pub output: String,
}

impl Instance {
    /// Where to reach it.
    pub fn address(&self) -> &str {
        if self.service.address.is_empty() { &self.node.address } else { &self.service.address }
    }

    /// Whether all checks pass.
    pub fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.status == "passing")
    }
}

impl Catalog<'_> {
    /// The datacenters of the federation.
    pub fn datacenters(&self) -> Read<Vec<String>> {
        self.0.read(Request::get(&["catalog", "datacenters"]))
    }

    /// All nodes.
    pub fn nodes(&self) -> Read<Vec<Node>> {
        self.0.read(Request::get(&["catalog", "nodes"]))
    }

    /// All services, each with what it is marked with.
    pub fn services(&self) -> Read<BTreeMap<String, Vec<String>>> {
        self.0.read(Request::get(&["catalog", "services"]))
    }

    /// Where a service is; with `passing` only where it is well.
    pub fn instances(&self, service: &str, passing: bool) -> Read<Vec<Instance>> {
        let request = Request::get(&["health", "service", service]);
        self.0.read(if passing { request.with("passing", "true") } else { request })
    }
}
