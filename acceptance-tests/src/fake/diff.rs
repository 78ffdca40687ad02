//! What differs between two jobs, as Nomad's own plan tells it: fields as text, blocks by the names of Nomad's
//! structures.
//!
//! Must never find a difference between two ways to write the same thing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::canonical::text;

/// How a part of a job is compared.
#[derive(Clone, Copy)]
enum Shape {
    /// A block, by the name that the diff gives it.
    One(&'static str),
    /// Blocks that have no order and no names.
    Set(&'static str),
    /// Blocks that are told apart by a field.
    Keyed(&'static str, &'static str),
    /// A list of texts.
    Strings(&'static str),
    /// A map whose entries are fields: `Meta[a]`.
    Entries,
    /// Anything, written out flat.
    Free(&'static str),
    /// Not compared here.
    Apart,
}

use Shape::{Apart, Entries, Free, Keyed, One, Set, Strings};

/// What the servers keep for themselves.
const KEPT: &[&str] = &[
    "ID",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "Version",
    "Stable",
    "Status",
    "StatusDescription",
    "SubmitTime",
    "NomadTokenID",
    "VersionTag",
    "Update",
    "Dispatched",
    "DispatchIdempotencyToken",
    "Payload",
    "VaultToken",
    "ConsulToken",
];

const SHAPES: &[(&str, Shape)] = &[
    ("Affinities", Set("Affinity")),
    ("Artifacts", Set("Artifact")),
    ("Audience", Strings("Audience")),
    ("Checks", Keyed("Check", "Name")),
    ("Config", Free("Config")),
    ("Constraints", Set("Constraint")),
    ("Consul", One("Consul")),
    ("DNS", One("DNS")),
    ("Datacenters", Strings("Datacenters")),
    ("Devices", Keyed("Device", "Name")),
    ("Disconnect", One("Disconnect")),
    ("DispatchPayload", One("DispatchPayload")),
    ("DynamicPorts", Keyed("Dynamic Port", "Label")),
    ("Env", Entries),
    ("EphemeralDisk", One("EphemeralDisk")),
    ("Identities", Keyed("Identity", "Name")),
    ("Identity", One("Identity")),
    ("Lifecycle", One("Lifecycle")),
    ("LogConfig", One("LogConfig")),
    ("Meta", Entries),
    ("Migrate", One("Migrate")),
    ("Networks", Set("Network")),
    ("ParameterizedJob", One("ParameterizedJob")),
    ("Periodic", One("Periodic")),
    ("Policy", Free("Policy")),
    ("ReschedulePolicy", One("ReschedulePolicy")),
    ("ReservedPorts", Keyed("Static Port", "Label")),
    ("Resources", One("Resources")),
    ("RestartPolicy", One("RestartPolicy")),
    ("Scaling", One("Scaling")),
    ("Services", Keyed("Service", "Name")),
    ("SpreadTarget", Set("SpreadTarget")),
    ("Spreads", Set("Spread")),
    ("Tags", Strings("Tags")),
    ("TaskGroups", Apart),
    ("Tasks", Apart),
    ("Templates", Set("Template")),
    ("UI", One("UI")),
    ("Update", One("Update")),
    ("Vault", One("Vault")),
    ("VolumeMounts", Set("VolumeMount")),
];

/// What differs between what is there, if anything, and what is wanted.
pub fn job(old: Option<&Value>, new: &Value) -> Value {
    let nothing = Value::Null;
    let mut diff = block("", old.unwrap_or(&nothing), new, KEPT);
    let groups = named(old.unwrap_or(&nothing), new, "TaskGroups", group);
    if old.is_some() && diff["Type"] == "None" && groups.iter().any(|group| group["Type"] != "None") {
        diff["Type"] = "Edited".into();
    }
    diff["ID"] = new["ID"].clone();
    diff["TaskGroups"] = Value::Array(groups);
    diff
}

fn group(old: &Value, new: &Value) -> Value {
    let mut diff = block("", old, new, &["Name"]);
    let tasks = named(old, new, "Tasks", task);
    if diff["Type"] == "None" && tasks.iter().any(|task| task["Type"] != "None") {
        diff["Type"] = "Edited".into();
    }
    diff["Name"] = name(old, new);
    diff["Tasks"] = Value::Array(tasks);
    diff
}

fn task(old: &Value, new: &Value) -> Value {
    // Of a task's own way to restart, Nomad's diff does not speak.
    let mut diff = block("", old, new, &["Name", "RestartPolicy", "Kind"]);
    diff["Name"] = name(old, new);
    let restarts = block("", &old["RestartPolicy"], &new["RestartPolicy"], &[])["Type"] != "None";
    if diff["Type"] == "None" && restarts {
        diff["Type"] = "Edited".into();
    }
    let annotation = match text(&diff["Type"]) {
        "Added" => Some("forces create"),
        "Deleted" => Some("forces destroy"),
        "Edited" if is_destructive(&diff) => Some("forces create/destroy update"),
        "Edited" => Some("forces in-place update"),
        _ => None,
    };
    diff["Annotations"] = json!(annotation.into_iter().collect::<Vec<_>>());
    diff
}

/// Whether a task has to be started anew for this.
pub fn is_destructive(task: &Value) -> bool {
    const IN_PLACE: [&str; 5] = ["Service", "Constraint", "Affinity", "Spread", "LogConfig"];
    let is = |diff: &&Value| diff["Type"] != "None";
    let fields = task["Fields"].as_array().into_iter().flatten().filter(is);
    let objects = task["Objects"].as_array().into_iter().flatten().filter(is);
    fields.clone().any(|field| field["Name"] != "KillTimeout")
        || objects.clone().any(|object| !IN_PLACE.contains(&text(&object["Name"])))
}

fn name(old: &Value, new: &Value) -> Value {
    if new["Name"].is_null() { old["Name"].clone() } else { new["Name"].clone() }
}

fn named(old: &Value, new: &Value, list: &str, compare: fn(&Value, &Value) -> Value) -> Vec<Value> {
    let by_name = |owner: &Value| -> BTreeMap<String, Value> {
        let all = owner[list].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|one| (text(&one["Name"]).to_owned(), one)).collect()
    };
    let (old, new) = (by_name(old), by_name(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let nothing = Value::Null;
    let pair = |name| compare(old.get(name).unwrap_or(&nothing), new.get(name).unwrap_or(&nothing));
    names.into_iter().map(pair).collect()
}

/// A block: its fields, and the blocks in it.
fn block(title: &str, old: &Value, new: &Value, without: &[&str]) -> Value {
    let keys: BTreeSet<&String> =
        [old, new].into_iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
    let (mut fields, mut objects) = (Vec::new(), Vec::new());
    for key in keys.into_iter().filter(|key| !without.contains(&key.as_str())) {
        let shape = SHAPES.iter().find(|(known, _)| known == key).map(|(_, shape)| *shape);
        let (before, after) = (&old[key], &new[key]);
        let plain = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
        // Of a block that is not there, nothing is as empty as it would be in one that is.
        match shape {
            None if old.is_null() && plain(after) => fields.push(field(key, "", &shown(after, before))),
            None if new.is_null() && plain(before) => fields.push(field(key, &shown(before, after), "")),
            _ => part(key, shape, before, after, &mut fields, &mut objects),
        }
    }
    fields.retain(|field| field["Old"] != field["New"]);
    let kind = match (old.is_null(), new.is_null()) {
        (true, false) => "Added",
        (false, true) => "Deleted",
        _ if fields.is_empty() && objects.is_empty() => "None",
        _ => "Edited",
    };
    json!({"Type": kind, "Name": title, "Fields": fields, "Objects": objects})
}

fn part(
    key: &str,
    shape: Option<Shape>,
    old: &Value,
    new: &Value,
    fields: &mut Vec<Value>,
    objects: &mut Vec<Value>,
) {
    match shape {
        Some(Apart) => {}
        Some(Entries) => {
            let entries = flat(old, new);
            fields.extend(
                entries.into_iter().map(|(name, old, new)| field(&format!("{key}[{name}]"), &old, &new)),
            );
        }
        // Of the pace between two steps, Nomad's diff does not speak.
        Some(One(title)) => objects.extend(Some(block(title, old, new, &["Stagger"])).filter(differs)),
        Some(Set(title)) => set(title, old, new, objects),
        Some(Keyed(title, name)) => keyed(title, name, old, new, objects),
        Some(Strings(title)) => strings(title, old, new, objects),
        Some(Free(title)) => free(title, old, new, objects),
        None if [old, new].iter().any(|side| side.is_object()) => {
            objects.extend(Some(block(key, old, new, &[])).filter(differs));
        }
        None if [old, new].iter().any(|side| side.is_array()) => strings(key, old, new, objects),
        None => fields.push(field(key, &shown(old, new), &shown(new, old))),
    }
}

fn differs(diff: &Value) -> bool {
    let empty = |name: &str| diff[name].as_array().is_none_or(Vec::is_empty);
    diff["Type"] != "None" && !(empty("Fields") && empty("Objects"))
}

fn field(name: &str, old: &str, new: &str) -> Value {
    let kind = match (old, new) {
        _ if old == new => "None",
        ("", _) => "Added",
        (_, "") => "Deleted",
        _ => "Edited",
    };
    json!({"Type": kind, "Name": name, "Old": old, "New": new})
}

/// A plain value as text; what is not written is as empty as the other side's kind can be.
fn shown(value: &Value, other: &Value) -> String {
    match (value, other) {
        (Value::Null, Value::Bool(false)) => "false".to_owned(),
        (Value::Null, Value::Number(number)) if number.as_f64() == Some(0.0) => "0".to_owned(),
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (value, _) => value.to_string(),
    }
}

fn entries(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn set(title: &str, old: &Value, new: &Value, objects: &mut Vec<Value>) {
    let (mut old, mut new) = (entries(old), entries(new));
    old.retain(|one| match new.iter().position(|other| block("", one, other, &[])["Type"] == "None") {
        Some(at) => {
            new.remove(at);
            false
        }
        None => true,
    });
    objects.extend(new.iter().map(|one| block(title, &Value::Null, one, &[])));
    objects.extend(old.iter().map(|one| block(title, one, &Value::Null, &[])));
}

fn keyed(title: &str, name: &str, old: &Value, new: &Value, objects: &mut Vec<Value>) {
    let (old, mut new) = (entries(old), entries(new));
    for one in &old {
        let other = new.iter().position(|other| other[name] == one[name]).map(|at| new.remove(at));
        let diff = block(title, one, &other.unwrap_or(Value::Null), &[]);
        objects.extend(Some(diff).filter(differs));
    }
    objects.extend(new.iter().map(|one| block(title, &Value::Null, one, &[])));
}

fn strings(title: &str, old: &Value, new: &Value, objects: &mut Vec<Value>) {
    let texts =
        |value: &Value| entries(value).iter().map(|one| shown(one, &Value::Null)).collect::<BTreeSet<_>>();
    let (old, new) = (texts(old), texts(new));
    let mut fields: Vec<Value> = new.difference(&old).map(|text| field(title, "", text)).collect();
    fields.extend(old.difference(&new).map(|text| field(title, text, "")));
    if fields.is_empty() {
        return;
    }
    let kind = match (old.is_empty(), new.is_empty()) {
        (true, _) => "Added",
        (_, true) => "Deleted",
        _ => "Edited",
    };
    objects.push(json!({"Type": kind, "Name": title, "Fields": fields, "Objects": []}));
}

fn free(title: &str, old: &Value, new: &Value, objects: &mut Vec<Value>) {
    let fields = flat(old, new).into_iter().map(|(name, old, new)| field(&name, &old, &new));
    let fields = fields.filter(|field| field["Old"] != field["New"]).collect::<Vec<_>>();
    if fields.is_empty() {
        return;
    }
    let empty = |value: &Value| value.as_object().is_none_or(Map::is_empty);
    let kind = match (empty(old), empty(new)) {
        (true, _) => "Added",
        (_, true) => "Deleted",
        _ => "Edited",
    };
    objects.push(json!({"Type": kind, "Name": title, "Fields": fields, "Objects": []}));
}

/// Names such as `ports[0]` and `labels[0][a]`, with both sides' values.
fn flat(old: &Value, new: &Value) -> Vec<(String, String, String)> {
    let mut both: BTreeMap<String, (String, String)> = BTreeMap::new();
    leaves(old, "", &mut |name, text| both.entry(name).or_default().0 = text);
    leaves(new, "", &mut |name, text| both.entry(name).or_default().1 = text);
    both.into_iter().map(|(name, (old, new))| (name, old, new)).collect()
}

fn leaves(value: &Value, name: &str, tell: &mut dyn FnMut(String, String)) {
    let inner = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    match value {
        Value::Null => {}
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &inner(key), tell)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| leaves(value, &format!("{name}[{at}]"), tell));
        }
        plain => tell(name.to_owned(), shown(plain, &Value::Null)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job_with(task: &Value) -> Value {
        super::super::canonical::canonical(
            &json!({"ID": "web", "TaskGroups": [{"Name": "g", "Tasks": [task]}]}),
        )
    }

    #[test]
    fn what_nobody_wrote_is_no_difference() {
        let old = job_with(&json!({"Name": "t", "Env": null, "Config": {}, "User": ""}));
        let new = job_with(&json!({"Name": "t", "Leader": false, "ShutdownDelay": 0, "Templates": []}));
        assert_eq!(job(Some(&old), &new)["Type"], "None", "{:#}", job(Some(&old), &new));
    }

    #[test]
    fn a_change_is_told_where_it_is() {
        let old =
            job_with(&json!({"Name": "t", "Env": {"A": "1"}, "Config": {"args": ["x"], "m": [{"k": 1}]}}));
        let new =
            job_with(&json!({"Name": "t", "Env": {"A": "2"}, "Config": {"args": ["y"], "m": [{"k": 1}]}}));
        let diff = job(Some(&old), &new);
        let task = &diff["TaskGroups"][0]["Tasks"][0];
        assert_eq!(task["Fields"], json!([{"Type": "Edited", "Name": "Env[A]", "Old": "1", "New": "2"}]));
        assert_eq!(
            task["Objects"][0]["Fields"],
            json!([{"Type": "Edited", "Name": "args[0]", "Old": "x", "New": "y"}])
        );
        assert_eq!(task["Annotations"], json!(["forces create/destroy update"]));
        assert_eq!(diff["Type"], "Edited");
    }
}
