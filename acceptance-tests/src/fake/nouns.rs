//! Namespaces, node pools, nodes, variables and host volumes: what is beside jobs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::canonical::text;
use super::http::{Answer, Call};
use super::world::{Key, World, now};

/// What is beside jobs.
#[derive(Debug, Default)]
pub struct Nouns {
    /// By name.
    pub namespaces: BTreeMap<String, Value>,
    /// By name.
    pub pools: BTreeMap<String, Value>,
    /// The nodes.
    pub nodes: Vec<Value>,
    /// By namespace and path.
    pub variables: BTreeMap<Key, Value>,
    /// Host volumes.
    pub volumes: Vec<Value>,
}

impl Nouns {
    /// What every cluster begins with, and one node.
    pub fn new(world: &mut World) -> Self {
        let mut nouns = Self::default();
        let index = world.changed(&["namespaces", "node_pools", "nodes"]);
        let named = |name: &str, description: &str| {
            let noun = json!({"Name": name, "Description": description, "Meta": null, "CreateIndex": 1, "ModifyIndex": index});
            (name.to_owned(), noun)
        };
        nouns.namespaces = [named("default", "Default shared namespace")].into();
        nouns.pools = [
            named("all", "Node pool with all nodes in the cluster."),
            named("default", "Default node pool."),
        ]
        .into();
        let id = world.id();
        nouns.nodes.push(node(&id, "one", index));
        nouns
    }

    /// Whether a variable is there.
    pub fn has_variable(&self, namespace: &str, path: &str) -> bool {
        self.variables.contains_key(&(namespace.to_owned(), path.to_owned()))
    }
}

/// A node as it comes up.
pub fn node(id: &str, name: &str, index: u64) -> Value {
    let driver = || json!({"Detected": true, "Healthy": true, "HealthDescription": "Healthy"});
    json!({
        "ID": id, "Name": name, "Datacenter": "dc1", "NodePool": "default", "NodeClass": "", "Status": "ready",
        "SchedulingEligibility": "eligible", "Drain": false, "DrainStrategy": null, "LastDrain": null, "Address": "127.0.0.1",
        "HTTPAddr": "127.0.0.1:4646", "Version": "2.0.5",
        "Attributes": {"kernel.name": "linux", "cpu.arch": "amd64", "nomad.version": "2.0.5", "os.name": "debian",
            "nomad.service_discovery": "true", "driver.raw_exec": "1", "driver.exec": "1", "driver.docker": "1"},
        "Meta": {}, "HostVolumes": {}, "Drivers": {"raw_exec": driver(), "exec": driver(), "docker": driver()},
        "Resources": {"CPU": 100_000, "MemoryMB": 65_536}, "NodeResources": {"Memory": {"MemoryMB": 65_536}},
        "CreateIndex": index, "ModifyIndex": index,
    })
}

/// Answers what is about these.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["namespaces"] => Some(all(world.nouns.namespaces.values(), world.table("namespaces"))),
        ["node", "pools"] if call.method == "GET" => {
            Some(all(world.nouns.pools.values(), world.table("node_pools")))
        }
        ["namespace", name] => Some(namespace(world, call, name)),
        ["namespace"] => Some(namespace(world, call, text(&call.body["Name"]))),
        ["node", "pools"] if call.method != "GET" => Some(pool(world, call, text(&call.body["Name"]))),
        ["node", "pool" | "pools", name] => Some(pool(world, call, name)),
        ["node", "pool", name, "nodes"] => {
            let nodes = world.nouns.nodes.iter().filter(|node| node["NodePool"] == *name);
            Some(all(nodes, world.table("nodes")))
        }
        ["nodes"] => Some(all(world.nouns.nodes.iter(), world.table("nodes"))),
        ["node", id, rest @ ..] => Some(one_node(world, call, id, rest)),
        ["vars"] => Some(variables(world, call)),
        ["var", path @ ..] => Some(variable(world, call, &path.join("/"))),
        ["volumes"] => Some(volumes(world, call)),
        ["volume", "host", verb @ ("create" | "register")] => Some(make_volume(world, call, verb)),
        ["volume", "host", id] => Some(volume(world, call, id)),
        _ => None,
    }
}

fn all<'v>(values: impl Iterator<Item = &'v Value>, index: u64) -> Answer {
    Answer::json(&values.cloned().collect(), index)
}

fn namespace(world: &mut World, call: &Call, name: &str) -> Answer {
    match call.method.as_str() {
        "GET" => world.nouns.namespaces.get(name).map_or_else(
            || Answer::text(404, "Namespace not found"),
            |found| Answer::json(found, found["ModifyIndex"].as_u64().unwrap_or(0)),
        ),
        "DELETE" => {
            let jobs = world.jobs.iter().any(|(key, record)| {
                key.0 == name && record.versions.last().is_some_and(|job| job["Status"] != "dead")
            });
            let allocs = world.allocs.iter().any(|alloc| alloc.key.0 == name && alloc.holds_its_place());
            let used = [(jobs, "jobs"), (allocs, "allocations")].into_iter().filter(|(used, _)| *used);
            let used = used
                .map(|(_, what)| format!("namespace {name:?} has non-terminal {what} in regions: [global]"));
            let used: Vec<String> = used.collect();
            if !used.is_empty() {
                return Answer::text(500, &super::jobs::tree(&used));
            }
            world.nouns.namespaces.remove(name);
            done(world, "namespaces")
        }
        _ => {
            let index = world.changed(&["namespaces"]);
            let mut noun = call.body.clone();
            noun["ModifyIndex"] = index.into();
            world.nouns.namespaces.insert(name.to_owned(), noun);
            Answer::json(&Value::Null, index)
        }
    }
}

fn pool(world: &mut World, call: &Call, name: &str) -> Answer {
    match call.method.as_str() {
        "GET" => world.nouns.pools.get(name).map_or_else(
            || Answer::text(404, "node pool not found"),
            |found| Answer::json(found, world.table("node_pools")),
        ),
        "DELETE" => {
            world.nouns.pools.remove(name);
            done(world, "node_pools")
        }
        _ => {
            let index = world.changed(&["node_pools"]);
            world.nouns.pools.insert(name.to_owned(), call.body.clone());
            Answer::json(&Value::Null, index)
        }
    }
}

fn done(world: &mut World, table: &'static str) -> Answer {
    let index = world.changed(&[table]);
    Answer::json(&Value::Null, index)
}

fn one_node(world: &mut World, call: &Call, id: &str, rest: &[&str]) -> Answer {
    let Some(at) = world.nouns.nodes.iter().position(|node| node["ID"] == id) else {
        return Answer::text(404, "node not found");
    };
    match rest {
        [] => {
            let node = &world.nouns.nodes[at];
            Answer::json(node, node["ModifyIndex"].as_u64().unwrap_or(0))
        }
        ["allocations"] => {
            let allocs = world.allocs.iter().filter(|alloc| alloc.node == id).map(super::world::Alloc::json);
            Answer::json(&allocs.collect(), world.table("allocs"))
        }
        ["eligibility"] => {
            world.set_eligible(at, call.body["Eligibility"] == "eligible");
            Answer::json(&json!({"NodeModifyIndex": world.index}), world.index)
        }
        ["drain"] => {
            let begins = !call.body["DrainSpec"].is_null();
            world.set_eligible(at, !begins && call.body["MarkEligible"] == true);
            if begins {
                world.empty(at, "alloc is being migrated");
                world.nouns.nodes[at]["LastDrain"] = json!({"Status": "complete"});
            }
            Answer::json(&json!({"NodeModifyIndex": world.index}), world.index)
        }
        _ => Answer::text(404, "Invalid URL"),
    }
}

impl World {
    fn set_eligible(&mut self, at: usize, eligible: bool) {
        let index = self.changed(&["nodes"]);
        let node = &mut self.nouns.nodes[at];
        node["SchedulingEligibility"] = if eligible { "eligible" } else { "ineligible" }.into();
        node["ModifyIndex"] = index.into();
        self.room = true;
    }

    /// Stops everything on a node, and has it placed elsewhere.
    fn empty(&mut self, at: usize, why: &str) {
        let id = text(&self.nouns.nodes[at]["ID"]).to_owned();
        let here: Vec<(String, Key)> = self
            .allocs
            .iter()
            .filter(|alloc| alloc.node == id && alloc.holds_its_place())
            .map(|alloc| (alloc.id.clone(), alloc.key.clone()))
            .collect();
        for (id, key) in here {
            self.stop(&id, why);
            let index = self.changed(&["evals"]);
            self.evaluate(&key, "node-drain", index);
        }
    }

    /// A node is gone: what ran there is lost, and placed elsewhere.
    pub fn lose_node(&mut self, name: &str) {
        let Some(at) = self.nouns.nodes.iter().position(|node| node["Name"] == name) else { return };
        let index = self.changed(&["nodes", "allocs"]);
        let node = &mut self.nouns.nodes[at];
        (node["Status"], node["ModifyIndex"]) = ("down".into(), index.into());
        let id = text(&node["ID"]).to_owned();
        self.empty(at, "alloc is lost since its node is down");
        for alloc in self.allocs.iter_mut().filter(|alloc| alloc.node == id && alloc.is_live()) {
            (alloc.client, alloc.modify) = ("lost", index);
        }
    }

    /// Another node comes up.
    pub fn add_node(&mut self, name: &str) {
        let (id, index) = (self.id(), self.changed(&["nodes"]));
        self.nouns.nodes.push(node(&id, name, index));
        self.room = true;
    }
}

fn variables(world: &World, call: &Call) -> Answer {
    let (namespace, prefix) =
        (call.parameter("namespace").unwrap_or("default"), call.parameter("prefix").unwrap_or_default());
    let here = |key: &Key| (namespace == "*" || key.0 == namespace) && key.1.starts_with(prefix);
    let found = world.nouns.variables.iter().filter(|(key, _)| here(key)).map(|(_, variable)| {
        let mut shown = variable.clone();
        shown.as_object_mut().map(|shown| shown.remove("Items"));
        shown
    });
    Answer::json(&found.collect(), world.table("variables"))
}

fn variable(world: &mut World, call: &Call, path: &str) -> Answer {
    let key = (call.parameter("namespace").unwrap_or("default").to_owned(), path.to_owned());
    let known = world.nouns.variables.get(&key).cloned();
    let index = known.as_ref().map_or(0, |known| known["ModifyIndex"].as_u64().unwrap_or(0));
    if call.method == "GET" {
        return known.map_or_else(
            || Answer { index: world.table("variables"), ..Answer::text(404, "variable not found") },
            |known| Answer::json(&known, index),
        );
    }
    if path.starts_with("nomad/")
        && !path.starts_with("nomad/jobs")
        && !path.starts_with("nomad/job-templates")
    {
        return Answer::text(
            400,
            "RPC Error:: 400,only paths at \"nomad/jobs\" or \"nomad/job-templates\" and below are valid paths under the top-level \"nomad\" directory",
        );
    }
    if call.parameter("cas").and_then(|cas| cas.parse::<u64>().ok()).is_some_and(|cas| cas != index) {
        let zero =
            json!({"Path": path, "Namespace": key.0, "Items": null, "ModifyIndex": 0, "CreateIndex": 0});
        return Answer { status: 409, ..Answer::json(&known.unwrap_or(zero), world.index) };
    }
    let at = world.changed(&["variables"]);
    if call.method == "DELETE" {
        world.nouns.variables.remove(&key);
        return Answer { status: 204, body: Vec::new(), ..Answer::json(&Value::Null, at) };
    }
    let time = u64::try_from(now()).unwrap_or(u64::MAX);
    let create = known.as_ref().map_or(json!(at), |known| known["CreateIndex"].clone());
    let items = call.body["Items"].as_object().cloned().unwrap_or_else(Map::new);
    let made = json!({"Namespace": key.0, "Path": path, "Items": items, "CreateIndex": create, "ModifyIndex": at,
        "CreateTime": time, "ModifyTime": time});
    world.nouns.variables.insert(key, made.clone());
    Answer::json(&made, at)
}

fn volumes(world: &World, call: &Call) -> Answer {
    if call.parameter("type") == Some("csi") {
        return Answer::json(&json!([]), world.index);
    }
    let namespace = call.parameter("namespace").unwrap_or("default");
    let here =
        world.nouns.volumes.iter().filter(|volume| namespace == "*" || volume["Namespace"] == namespace);
    all(here, world.table("host_volumes"))
}

fn make_volume(world: &mut World, call: &Call, verb: &str) -> Answer {
    let mut volume = call.body["Volume"].clone();
    let asked = volume["NodeID"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let node = world.nouns.nodes.iter().position(|node| asked.as_deref().is_none_or(|id| node["ID"] == id));
    let Some(node) = node else {
        return Answer::text(500, "no node meets constraints");
    };
    let id = volume["ID"].as_str().filter(|id| !id.is_empty()).map_or_else(|| world.id(), str::to_owned);
    let index = world.changed(&["host_volumes", "nodes"]);
    let name = text(&volume["Name"]).to_owned();
    let namespace = call.parameter("namespace").unwrap_or("default").to_owned();
    let path = if verb == "create" {
        json!(format!("/opt/nomad/host_volumes/{id}"))
    } else {
        volume["HostPath"].clone()
    };
    let found = &mut world.nouns.nodes[node];
    found["HostVolumes"][&name] = json!({"Name": name, "Path": path, "ID": id});
    for (field, value) in [
        ("ID", json!(id)),
        ("Namespace", json!(namespace)),
        ("NodeID", found["ID"].clone()),
        ("NodePool", found["NodePool"].clone()),
        ("HostPath", path),
        ("State", json!("ready")),
        ("CapacityBytes", volume["RequestedCapacityMinBytes"].clone()),
        ("ModifyIndex", json!(index)),
    ] {
        volume[field] = value;
    }
    world.nouns.volumes.retain(|one| one["ID"] != volume["ID"]);
    world.nouns.volumes.push(volume.clone());
    world.room = true;
    Answer::json(&json!({"Volume": volume, "Warnings": ""}), index)
}

fn volume(world: &mut World, call: &Call, id: &str) -> Answer {
    let Some(at) = world.nouns.volumes.iter().position(|volume| volume["ID"] == id) else {
        return Answer::text(404, "volume not found");
    };
    if call.method == "DELETE" {
        let volume = world.nouns.volumes.remove(at);
        let name = text(&volume["Name"]).to_owned();
        for node in world.nouns.nodes.iter_mut().filter(|node| node["ID"] == volume["NodeID"]) {
            node["HostVolumes"].as_object_mut().map(|volumes| volumes.remove(&name));
        }
        return done(world, "host_volumes");
    }
    let volume = &world.nouns.volumes[at];
    Answer::json(volume, volume["ModifyIndex"].as_u64().unwrap_or(0))
}
