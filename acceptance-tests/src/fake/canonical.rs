//! A job as the servers hold it: with every default that nobody wrote.
//!
//! Only what decides how a job runs, or whether two jobs differ. Must never change what was written.

use serde_json::{Map, Value, json};

/// Seconds in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// Fills in what was not written.
pub fn canonical(job: &Value) -> Value {
    let mut job = job.clone();
    let name = job["ID"].clone();
    let system = ["system", "sysbatch"].contains(&text(&job["Type"]));
    fill(
        &mut job,
        &json!({
            "Name": name, "Namespace": "default", "Region": "global", "Type": "service", "Priority": 50,
            "AllAtOnce": false, "Datacenters": ["*"], "NodePool": "default", "Stop": false, "Dispatched": false,
        }),
    );
    if let Some(periodic) = job.get_mut("Periodic").filter(|periodic| !periodic.is_null()) {
        fill(
            periodic,
            &json!({"Enabled": true, "SpecType": "cron", "TimeZone": "UTC", "ProhibitOverlap": false}),
        );
    }
    let kind = text(&job["Type"]).to_owned();
    let update = job["Update"].clone();
    for group in list_mut(&mut job, "TaskGroups") {
        self::group(group, &kind, system, &update);
    }
    // What it said has gone to the groups.
    let many = update["MaxParallel"].as_u64().unwrap_or(u64::from(kind == "service"));
    let stagger = if kind == "service" { 30 * SECOND } else { 0 };
    job["Update"] = json!({"Stagger": stagger, "MaxParallel": many, "HealthCheck": "", "MinHealthyTime": 0,
        "HealthyDeadline": 0, "ProgressDeadline": 0, "AutoRevert": false, "AutoPromote": false, "Canary": 0});
    job
}

fn group(group: &mut Value, kind: &str, system: bool, update: &Value) {
    let least = group["Scaling"]["Min"].as_u64().filter(|_| !group["Scaling"].is_null());
    let restart = json!({"Attempts": if kind == "batch" { 3 } else { 2 }, "Delay": 15 * SECOND, "Mode": "fail",
        "Interval": if kind == "batch" { 24 * 3600 * SECOND } else { 1800 * SECOND }, "RenderTemplates": false});
    fill(
        group,
        &json!({
            "Count": least.unwrap_or(1), "RestartPolicy": restart, "PreventRescheduleOnLost": false,
            "EphemeralDisk": {"SizeMB": 300, "Sticky": false, "Migrate": false},
        }),
    );
    fill_within(group, "RestartPolicy", &restart);
    if !group["Scaling"].is_null() {
        let scaling = json!({"Enabled": true, "Min": group["Count"], "Type": "horizontal"});
        fill_within(group, "Scaling", &scaling);
    }
    fill_within(group, "EphemeralDisk", &json!({"SizeMB": 300, "Sticky": false, "Migrate": false}));
    if !system {
        fill_object(group, "ReschedulePolicy", &reschedule(kind));
    }
    if kind == "service" || (kind == "system" && (!group["Update"].is_null() || !update.is_null())) {
        let mut whole = group["Update"].clone();
        if !update.is_null() {
            fill_or_make(&mut whole, update);
        }
        fill_or_make(&mut whole, &default_update());
        group["Update"] = whole;
    }
    if kind == "service" {
        let migrate = json!({"MaxParallel": 1, "HealthCheck": "checks", "MinHealthyTime": 10 * SECOND,
            "HealthyDeadline": 300 * SECOND});
        fill_object(group, "Migrate", &migrate);
    }
    services(group);
    discovery(group);
    let restart = group["RestartPolicy"].clone();
    for task in list_mut(group, "Tasks") {
        self::task(task, &restart);
    }
}

fn task(task: &mut Value, restart: &Value) {
    fill(task, &json!({"KillTimeout": 5 * SECOND}));
    let identity =
        json!({"Name": "default", "Audience": ["nomadproject.io"], "Env": false, "File": false, "TTL": 0});
    fill_object(task, "Identity", &identity);
    fill_object(task, "RestartPolicy", restart);
    fill_object(task, "LogConfig", &json!({"MaxFiles": 10, "MaxFileSizeMB": 10, "Disabled": false}));
    let cores = task["Resources"]["Cores"].as_u64().unwrap_or(0);
    let cpu = if cores > 0 { 0 } else { 100 };
    fill_object(
        task,
        "Resources",
        &json!({"CPU": cpu, "Cores": 0, "MemoryMB": 300, "MemoryMaxMB": 0, "DiskMB": 0}),
    );
    for template in list_mut(task, "Templates") {
        let defaults = json!({"ChangeMode": "restart", "Splay": 5 * SECOND, "Perms": "0644", "LeftDelim": "{{",
            "RightDelim": "}}", "Envvars": false, "ErrMissingKey": false, "Once": false});
        fill(template, &defaults);
    }
    for artifact in list_mut(task, "Artifacts") {
        fill(artifact, &json!({"GetterMode": "any", "RelativeDest": "local/"}));
    }
    services(task);
}

fn services(owner: &mut Value) {
    for service in list_mut(owner, "Services") {
        let defaults = json!({"Provider": "consul", "Cluster": "default", "Namespace": "default", "AddressMode": "auto", "OnUpdate": "require_healthy"});
        fill(service, &defaults);
        for check in list_mut(service, "Checks") {
            fill(check, &json!({"OnUpdate": "require_healthy"}));
        }
    }
}

/// Nomad's own services need nodes that know them.
fn discovery(group: &mut Value) {
    let own = |owner: &Value| list(owner, "Services").any(|service| service["Provider"] == "nomad");
    let wanted = json!({"LTarget": "${attr.nomad.service_discovery}", "Operand": "=", "RTarget": "true"});
    if (own(group) || list(group, "Tasks").any(own))
        && !list(group, "Constraints").any(|known| *known == wanted)
    {
        let constraints = group["Constraints"].as_array().cloned().unwrap_or_default();
        group["Constraints"] = constraints.into_iter().chain([wanted]).collect();
    }
}

fn reschedule(kind: &str) -> Value {
    if kind == "batch" {
        return json!({"Attempts": 1, "Interval": 24 * 3600 * SECOND, "Delay": 5 * SECOND,
            "DelayFunction": "constant", "MaxDelay": 0, "Unlimited": false});
    }
    json!({"Attempts": 0, "Interval": 0, "Delay": 30 * SECOND, "DelayFunction": "exponential",
        "MaxDelay": 3600 * SECOND, "Unlimited": true})
}

fn default_update() -> Value {
    json!({"Stagger": 30 * SECOND, "MaxParallel": 1, "HealthCheck": "checks", "MinHealthyTime": 10 * SECOND,
        "HealthyDeadline": 300 * SECOND, "ProgressDeadline": 600 * SECOND, "AutoRevert": false, "AutoPromote": false,
        "Canary": 0})
}

/// Whether nobody wrote this.
fn unwritten(value: Option<&Value>, default: &Value) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty() && default.is_string(),
        Some(Value::Array(list)) => list.is_empty() && default.is_array(),
        Some(_) => false,
    }
}

fn fill(target: &mut Value, defaults: &Value) {
    let (Some(target), Some(defaults)) = (target.as_object_mut(), defaults.as_object()) else { return };
    for (name, default) in defaults {
        if unwritten(target.get(name), default) {
            target.insert(name.clone(), default.clone());
        }
    }
}

fn fill_or_make(target: &mut Value, defaults: &Value) {
    if target.is_null() {
        *target = Value::Object(Map::new());
    }
    fill(target, defaults);
}

fn fill_within(owner: &mut Value, name: &str, defaults: &Value) {
    if let Some(inner) = owner.get_mut(name) {
        fill(inner, defaults);
    }
}

fn fill_object(owner: &mut Value, name: &str, defaults: &Value) {
    fill_or_make(&mut owner[name], defaults);
}

/// A text, or none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The entries of a list that may not be there.
pub fn list<'v>(owner: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    owner[name].as_array().into_iter().flatten()
}

fn list_mut<'v>(owner: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    owner.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}
