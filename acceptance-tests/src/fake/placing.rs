//! Finding a node for a group, or the reasons why there is none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::world::World;

/// A node where a group has a place.
#[derive(Clone, Debug)]
pub struct Place {
    /// The node's id.
    pub node: String,
    /// The node's name.
    pub name: String,
}

/// What was counted while looking.
#[derive(Debug, Default)]
struct Counted {
    available: BTreeMap<String, u64>,
    in_pool: u64,
    evaluated: u64,
    filtered: BTreeMap<String, u64>,
    exhausted: BTreeMap<&'static str, u64>,
}

/// The nodes that could take the group, or what was counted instead.
pub fn place(world: &World, job: &Value, group: &Value) -> Result<Vec<Place>, Value> {
    let mut counted = Counted::default();
    let mut places = Vec::new();
    for node in &world.nouns.nodes {
        if node["NodePool"] != job["NodePool"] && job["NodePool"] != "all" {
            continue;
        }
        counted.in_pool += 1;
        let datacenter = text(&node["Datacenter"]);
        let ready = node["Status"] == "ready" && node["SchedulingEligibility"] == "eligible";
        let wanted = list(job, "Datacenters").any(|one| fits(text(one), datacenter));
        if !ready || !wanted {
            continue;
        }
        *counted.available.entry(datacenter.to_owned()).or_default() += 1;
        counted.evaluated += 1;
        if let Some(why) = ruled_out(job, group, node) {
            *counted.filtered.entry(why).or_default() += 1;
        } else if let Some(what) = lacks(world, group, node) {
            *counted.exhausted.entry(what).or_default() += 1;
        } else {
            places.push(Place { node: text(&node["ID"]).to_owned(), name: text(&node["Name"]).to_owned() });
        }
    }
    if places.is_empty() { Err(counted.json()) } else { Ok(places) }
}

impl Counted {
    fn json(&self) -> Value {
        let or_null = |empty: bool, value: Value| if empty { Value::Null } else { value };
        json!({
            "NodesEvaluated": self.evaluated, "NodesFiltered": self.filtered.values().sum::<u64>(),
            "NodesInPool": self.in_pool, "NodesAvailable": self.available,
            "ConstraintFiltered": or_null(self.filtered.is_empty(), json!(self.filtered)),
            "NodesExhausted": self.exhausted.values().sum::<u64>(),
            "DimensionExhausted": or_null(self.exhausted.is_empty(), json!(self.exhausted)),
            "ClassFiltered": null, "ClassExhausted": null, "QuotaExhausted": null, "CoalescedFailures": 0,
        })
    }
}

/// Whether a name fits one with `*` at its end.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

fn ruled_out(job: &Value, group: &Value, node: &Value) -> Option<String> {
    let of_tasks = list(group, "Tasks").flat_map(|task| list(task, "Constraints"));
    let constraints = list(job, "Constraints").chain(list(group, "Constraints")).chain(of_tasks);
    let broken = constraints.filter(|constraint| !holds(constraint, node)).map(|constraint| {
        let word = |name: &str| text(&constraint[name]);
        format!("{} {} {}", word("LTarget"), word("Operand"), word("RTarget"))
    });
    let drivers = list(group, "Tasks").map(|task| text(&task["Driver"]));
    let missing = drivers.filter(|driver| node["Drivers"][driver]["Healthy"] != true);
    let missing = missing.map(|_| "missing drivers".to_owned());
    let volumes = group["Volumes"].as_object().into_iter().flat_map(serde_json::Map::values);
    let hosts = volumes.filter(|volume| volume["Type"] == "host");
    let unknown = hosts.filter(|volume| node["HostVolumes"].get(text(&volume["Source"])).is_none());
    let unknown = unknown.map(|_| "missing compatible host volumes".to_owned());
    let mut reasons = unknown.chain(missing).chain(broken);
    reasons.next()
}

/// Whether a node is as a constraint wants it. What cannot be judged here holds.
fn holds(constraint: &Value, node: &Value) -> bool {
    let target = text(&constraint["LTarget"]).trim_start_matches("${").trim_end_matches('}');
    let found = match target.split_once('.') {
        Some(("attr", name)) => node["Attributes"].get(name).and_then(Value::as_str),
        Some(("meta", name)) => node["Meta"].get(name).and_then(Value::as_str),
        Some(("node", "class")) => node["NodeClass"].as_str(),
        Some(("node", "datacenter")) => node["Datacenter"].as_str(),
        Some(("node", "unique.name")) => node["Name"].as_str(),
        Some(("node", "unique.id")) => node["ID"].as_str(),
        _ => return true,
    };
    let wanted = text(&constraint["RTarget"]);
    match text(&constraint["Operand"]) {
        "" | "=" | "==" | "is" => found == Some(wanted),
        "!=" | "not" => found != Some(wanted),
        "is_set" => found.is_some(),
        "is_not_set" => found.is_none(),
        _ => true,
    }
}

fn lacks(world: &World, group: &Value, node: &Value) -> Option<&'static str> {
    let used = world.allocs.iter().filter(|alloc| node["ID"] == alloc.node && alloc.holds_its_place());
    let used_groups = used.filter_map(|alloc| {
        let job = world.version(&alloc.key, alloc.version)?;
        list(job, "TaskGroups").find(|group| group["Name"] == alloc.group)
    });
    let need = |group: &Value, what: &str| {
        list(group, "Tasks").map(|task| task["Resources"][what].as_u64().unwrap_or(0)).sum::<u64>()
    };
    let used: Vec<&Value> = used_groups.collect();
    [("memory", "MemoryMB"), ("cpu", "CPU")].into_iter().find_map(|(word, what)| {
        let taken: u64 = used.iter().map(|group| need(group, what)).sum();
        let has = node["Resources"][what].as_u64().unwrap_or(0);
        (taken + need(group, what) > has).then_some(word)
    })
}
