//! Jobs over HTTP: which call is whose, and what only looks at one job.

mod admission;
mod children;
mod holding;
mod planning;

use serde_json::{Value, json};

pub use self::admission::tree;
use super::canonical::{canonical, list, text};
use super::http::{Answer, Call};
use super::world::{Alloc, Deployment, Eval, Key, World};

/// Answers what begins with `/v1/jobs`, `/v1/job` or `/v1/validate`.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let namespace = call.parameter("namespace").unwrap_or("default").to_owned();
    let key = |id: &str| (namespace.clone(), id.to_owned());
    let writes = matches!(call.method.as_str(), "POST" | "PUT");
    match path.as_slice() {
        ["jobs"] | ["job", _] if writes => Some(holding::register(world, call, &namespace)),
        ["jobs"] => Some(stubs(world, call, &namespace)),
        ["jobs", "parse"] => Some(parse(&call.body)),
        ["validate", "job"] => Some(admission::validate(&call.body["Job"])),
        ["job", _, "plan"] => Some(planning::plan(world, call, &namespace)),
        ["job", id] if call.method == "DELETE" => Some(holding::deregister(world, call, &key(id))),
        ["job", id, "scale"] if writes => Some(holding::rescale(world, &call.body, &key(id))),
        ["job", id, "revert"] => Some(holding::go_back(world, &call.body, &key(id))),
        ["job", id, "evaluate"] => Some(holding::evaluate(world, &key(id))),
        ["job", id, "dispatch"] => Some(children::dispatch(world, call, &key(id))),
        ["job", id, "periodic", "force"] => Some(children::force(world, &key(id))),
        ["job", id, "stable"] => {
            let version = call.body["JobVersion"].as_u64().unwrap_or(0);
            world.mark_stable(&key(id), version, call.body["Stable"] == true);
            Some(Answer::json(&json!({"JobModifyIndex": world.index}), world.index))
        }
        ["job", id, rest @ ..] => Some(look(world, call, &key(id), rest)),
        _ => None,
    }
}

/// What only looks at one job.
fn look(world: &World, call: &Call, key: &Key, rest: &[&str]) -> Answer {
    let of_allocs = |alloc: &&Alloc| alloc.key == *key;
    let newest =
        |indices: Vec<u64>, table: &str| indices.into_iter().max().unwrap_or_else(|| world.table(table));
    match rest {
        [] => match world.job(key) {
            Some(job) => Answer::json(job, job["ModifyIndex"].as_u64().unwrap_or(0)),
            None => Answer { index: world.table("jobs"), ..Answer::text(404, "job not found") },
        },
        ["versions"] => match world.jobs.get(key) {
            Some(record) => {
                let versions: Vec<&Value> = record.versions.iter().rev().collect();
                let index = versions[0]["ModifyIndex"].as_u64().unwrap_or(0);
                Answer::json(&json!({"Versions": versions, "Diffs": null}), index)
            }
            None => Answer::text(404, "job versions not found"),
        },
        ["submission"] => {
            let version = call.parameter("version").and_then(|version| version.parse().ok()).unwrap_or(0);
            match world.jobs.get(key).and_then(|record| record.submissions.get(&version)) {
                Some(submission) => Answer::json(submission, world.table("jobs")),
                None => Answer::text(404, "job source not found"),
            }
        }
        ["allocations"] => {
            let allocs: Vec<&Alloc> = world.allocs.iter().filter(of_allocs).collect();
            let index = newest(allocs.iter().map(|alloc| alloc.modify).collect(), "allocs");
            Answer::json(&allocs.iter().rev().map(|alloc| alloc.json()).collect(), index)
        }
        ["evaluations"] => {
            let evals: Vec<&Eval> = world.evals.iter().filter(|eval| eval.key == *key).collect();
            let index = newest(evals.iter().map(|eval| eval.modify).collect(), "evals");
            Answer::json(&evals.iter().rev().map(|eval| eval.json()).collect(), index)
        }
        ["deployments" | "deployment"] => {
            let all: Vec<&Deployment> = world.deployments.iter().filter(|one| one.key == *key).collect();
            let index = newest(all.iter().map(|one| one.modify).collect(), "deployment");
            match rest {
                ["deployment"] => Answer::json(&all.last().map_or(Value::Null, |one| one.json()), index),
                _ => Answer::json(&all.iter().rev().map(|one| one.json()).collect(), index),
            }
        }
        ["scale"] => scale(world, key),
        ["summary"] => {
            Answer::json(&json!({"JobID": key.1, "Namespace": key.0, "Summary": {}}), world.table("jobs"))
        }
        ["services" | "actions"] => Answer::json(&json!([]), world.index),
        _ => Answer::text(404, "Invalid URL"),
    }
}

fn stubs(world: &World, call: &Call, namespace: &str) -> Answer {
    let prefix = call.parameter("prefix").unwrap_or_default();
    let here = |key: &Key| (namespace == "*" || key.0 == namespace) && key.1.starts_with(prefix);
    let all = world.jobs.iter().filter(|(key, _)| here(key)).filter_map(|(_, record)| record.versions.last());
    let stubs = all.map(|job| {
        let names = [
            "ID",
            "Name",
            "Namespace",
            "Type",
            "ParentID",
            "Priority",
            "Stop",
            "Status",
            "Version",
            "JobModifyIndex",
            "ModifyIndex",
            "CreateIndex",
            "SubmitTime",
            "Datacenters",
            "NodePool",
        ];
        let mut stub: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), job[name].clone())).collect();
        stub.insert("Periodic".to_owned(), (!job["Periodic"].is_null()).into());
        stub.insert("ParameterizedJob".to_owned(), (!job["ParameterizedJob"].is_null()).into());
        if call.says("meta") {
            stub.insert("Meta".to_owned(), job["Meta"].clone());
        }
        Value::Object(stub)
    });
    Answer::json(&stubs.collect(), world.table("jobs"))
}

/// Nomad's parser is packgen's, which is held to it by tests of its own.
fn parse(body: &Value) -> Answer {
    match super::parse::jobspec(text(&body["JobHCL"])) {
        Ok(job) if body["Canonicalize"] == true => Answer::json(&canonical(&job), 0),
        Ok(job) => Answer::json(&job, 0),
        Err(why) => Answer::text(400, &format!("Failed to parse job: input.hcl:{why}")),
    }
}

fn scale(world: &World, key: &Key) -> Answer {
    let Some(job) = world.job(key) else { return Answer::text(404, "job not found") };
    let groups = list(job, "TaskGroups").map(|group| {
        let name = text(&group["Name"]);
        let here: Vec<&Alloc> =
            world.allocs.iter().filter(|alloc| alloc.key == *key && alloc.group == name && alloc.holds_its_place() && !alloc.canary).collect();
        let count = |so: fn(&Alloc) -> bool| here.iter().filter(|alloc| so(alloc)).count();
        let counts = json!({"Desired": group["Count"], "Placed": here.len(), "Events": null,
            "Running": count(|alloc| alloc.client == "running"), "Healthy": count(|alloc| alloc.healthy == Some(true)),
            "Unhealthy": count(|alloc| alloc.healthy == Some(false))});
        (name.to_owned(), counts)
    });
    let groups: serde_json::Map<String, Value> = groups.collect();
    let index = world.table("allocs").max(job["ModifyIndex"].as_u64().unwrap_or(0));
    Answer::json(
        &json!({"JobID": key.1, "Namespace": key.0, "JobStopped": job["Stop"] == true, "TaskGroups": groups,
            "JobCreateIndex": job["CreateIndex"], "JobModifyIndex": job["ModifyIndex"]}),
        index,
    )
}
