//! Jobs over HTTP: looked at, planned, registered, scaled, taken back, taken away.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::canonical::{canonical, list, text};
use super::diff;
use super::http::{Answer, Call};
use super::placing::place;
use super::scheduler::{Wanted, slots, wanted};
use super::world::{Alloc, Deployment, Eval, Key, World, now};

/// How many versions are kept.
const KEPT: usize = 7;

/// Answers what begins with `/v1/jobs`, `/v1/job` or `/v1/validate`.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let namespace = call.parameter("namespace").unwrap_or("default").to_owned();
    let key = |id: &str| (namespace.clone(), id.to_owned());
    let writes = matches!(call.method.as_str(), "POST" | "PUT");
    match path.as_slice() {
        ["jobs"] | ["job", _] if writes => Some(register(world, call, &namespace)),
        ["jobs"] => Some(stubs(world, call, &namespace)),
        ["jobs", "parse"] => Some(parse(&call.body)),
        ["validate", "job"] => Some(validate(&call.body["Job"])),
        ["job", _, "plan"] => Some(plan(world, call, &namespace)),
        ["job", id] if call.method == "DELETE" => Some(deregister(world, call, &key(id))),
        ["job", id, "scale"] if writes => Some(rescale(world, &call.body, &key(id))),
        ["job", id, "revert"] => Some(go_back(world, &call.body, &key(id))),
        ["job", id, "evaluate"] => Some(evaluate(world, &key(id))),
        ["job", id, "dispatch"] => Some(dispatch(world, call, &key(id))),
        ["job", id, "periodic", "force"] => Some(force(world, &key(id))),
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

/// What is wrong with a job, as far as a server looks.
fn mistakes(job: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if list(job, "TaskGroups").next().is_none() {
        found.push("Missing job task groups".to_owned());
    }
    for group in list(job, "TaskGroups") {
        let name = text(&group["Name"]);
        if group["Count"].as_i64().is_some_and(|count| count < 0) {
            found.push(format!("Task group {name} validation failed: 1 error occurred:\n\t* Task group count can't be negative\n\n"));
        }
        if list(group, "Tasks").next().is_none() {
            found.push(format!(
                "Task group {name} validation failed: 1 error occurred:\n\t* Missing tasks for task group\n\n"
            ));
        }
        for task in list(group, "Tasks").filter(|task| text(&task["Driver"]).is_empty()) {
            let task = text(&task["Name"]);
            found.push(format!(
                "Task {task} validation failed: 1 error occurred:\n\t* Missing task driver\n\n"
            ));
        }
    }
    found
}

/// Several mistakes as Nomad writes them.
pub fn tree(mistakes: &[String]) -> String {
    let count = if mistakes.len() == 1 { "1 error".to_owned() } else { format!("{} errors", mistakes.len()) };
    let lines: Vec<String> = mistakes.iter().map(|one| format!("\t* {one}\n")).collect();
    format!("{count} occurred:\n{}\n", lines.concat())
}

fn validate(job: &Value) -> Answer {
    let found = mistakes(job);
    let error = if found.is_empty() { String::new() } else { tree(&found) };
    let found = if found.is_empty() { Value::Null } else { json!(found) };
    Answer::json(
        &json!({"DriverConfigValidated": true, "ValidationErrors": found, "Error": error, "Warnings": ""}),
        0,
    )
}

/// The job as it would be held, or why it cannot be.
fn admitted(world: &World, job: &Value, namespace: &str) -> Result<(Key, Value), Answer> {
    if text(&job["ID"]).is_empty() {
        return Err(Answer::text(400, "Job ID hasn't been provided"));
    }
    let mut whole = job.clone();
    if text(&whole["Namespace"]).is_empty() {
        whole["Namespace"] = namespace.into();
    }
    let whole = canonical(&whole);
    let (id, namespace) = (text(&whole["ID"]).to_owned(), text(&whole["Namespace"]).to_owned());
    let found = mistakes(&whole);
    if !found.is_empty() {
        return Err(Answer::text(500, &tree(&found)));
    }
    let pool = text(&whole["NodePool"]);
    let missing = if !world.nouns.namespaces.contains_key(&namespace) {
        Some(format!("job {id:?} is in nonexistent namespace {namespace:?}"))
    } else if !world.nouns.pools.contains_key(pool) {
        Some(format!("job {id:?} is in nonexistent node pool {pool:?}"))
    } else {
        None
    };
    if let Some(missing) = missing {
        return Err(Answer::text(500, &tree(&[missing])));
    }
    Ok(((namespace, id), whole))
}

fn plan(world: &mut World, call: &Call, namespace: &str) -> Answer {
    let (key, mut job) = match admitted(world, &call.body["Job"], namespace) {
        Ok(admitted) => admitted,
        Err(refusal) => return refusal,
    };
    let old = world.job(&key).cloned();
    let mut found = diff::job(old.as_ref(), &job);
    let changed = found["Type"] != "None";
    let version = old.as_ref().map_or(0, |old| old["Version"].as_u64().unwrap_or(0) + u64::from(changed));
    job["Version"] = version.into();
    let under_way =
        world.deployments.iter().rfind(|one| one.key == key && one.version == version && !changed).cloned();
    let (mut updates, mut unplaced) = (serde_json::Map::new(), serde_json::Map::new());
    let waits = !job["Periodic"].is_null() || !job["ParameterizedJob"].is_null();
    for group in list(&job, "TaskGroups").filter(|_| !waits) {
        let name = text(&group["Name"]).to_owned();
        let wanted = wanted(world, &key, &job, group, slots(world, &job, group), under_way.as_ref());
        if let (Some(_), Err(why)) = (wanted.fill.first(), place(world, &job, group)) {
            unplaced.insert(name.clone(), why);
        }
        annotate(&mut found, &name, &wanted);
        updates.insert(name, counted(&wanted));
    }
    let annotations = json!({"DesiredTGUpdates": updates, "PreemptedAllocs": null});
    let index = old.map_or(0, |old| old["JobModifyIndex"].as_u64().unwrap_or(0));
    let unplaced = if unplaced.is_empty() { Value::Null } else { Value::Object(unplaced) };
    let shown = if call.body["Diff"] == true { found } else { Value::Null };
    Answer::json(
        &json!({"Annotations": annotations, "FailedTGAllocs": unplaced, "JobModifyIndex": index, "CreatedEvals": null,
            "Diff": shown, "NextPeriodicLaunch": null, "Warnings": ""}),
        world.index,
    )
}

/// What a change to a group comes to, in the words of Nomad's diff.
fn annotate(diff: &mut Value, name: &str, wanted: &Wanted) {
    let groups = diff["TaskGroups"].as_array_mut().into_iter().flatten();
    let Some(group) = groups.into_iter().find(|group| group["Name"] == name) else { return };
    let counts = [
        ("ignore", wanted.ignore),
        ("create", wanted.fill.len() - wanted.canaries - wanted.destroy.len()),
        ("destroy", wanted.stop.len()),
        ("canary", wanted.canaries),
        ("in-place update", wanted.in_place.len()),
        ("create/destroy update", wanted.destroy.len()),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    group["Updates"] = counts.map(|(word, count)| (word.to_owned(), json!(count))).collect();
    let number = |field: &Value, side: &str| text(&field[side]).parse::<i64>().unwrap_or(0);
    for field in group["Fields"].as_array_mut().into_iter().flatten().filter(|field| field["Name"] == "Count")
    {
        let more = number(field, "New") > number(field, "Old");
        field["Annotations"] = json!([if more { "forces create" } else { "forces destroy" }]);
    }
}

fn counted(wanted: &Wanted) -> Value {
    let place = wanted.fill.len() - wanted.canaries - wanted.destroy.len();
    json!({"Ignore": wanted.ignore, "Place": place, "Migrate": 0, "Stop": wanted.stop.len(),
        "InPlaceUpdate": wanted.in_place.len(), "DestructiveUpdate": wanted.destroy.len(), "Canary": wanted.canaries,
        "Preemptions": 0})
}

fn register(world: &mut World, call: &Call, namespace: &str) -> Answer {
    let (key, mut job) = match admitted(world, &call.body["Job"], namespace) {
        Ok(admitted) => admitted,
        Err(refusal) => return refusal,
    };
    let body = &call.body;
    let old = world.job(&key).cloned();
    if body["EnforceIndex"] == true
        && let Err(why) = enforced(body["JobModifyIndex"].as_u64().unwrap_or(0), old.as_ref())
    {
        return Answer::text(500, &why);
    }
    if let (Some(old), true) = (&old, body["PreserveCounts"] == true) {
        keep_counts(&mut job, old);
    }
    world.hold(&key, job, (!body["Submission"].is_null()).then(|| body["Submission"].clone()))
}

fn enforced(index: u64, old: Option<&Value>) -> Result<(), String> {
    let known = old.map(|old| old["JobModifyIndex"].as_u64().unwrap_or(0));
    let start = format!("Enforcing job modify index {index}: job");
    match known {
        None if index == 0 => Ok(()),
        None => Err(format!("{start} does not exist")),
        Some(_) if index == 0 => Err(format!("{start} already exists")),
        Some(known) if known == index => Ok(()),
        Some(known) => Err(format!("{start} exists with conflicting job modify index: {known}")),
    }
}

fn keep_counts(job: &mut Value, old: &Value) {
    let counts: BTreeMap<&str, &Value> =
        list(old, "TaskGroups").map(|group| (text(&group["Name"]), &group["Count"])).collect();
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        if let Some(count) = counts.get(text(&group["Name"])) {
            group["Count"] = (*count).clone();
        }
    }
}

impl World {
    /// Holds a job from now on, as a new version if it differs, and has it placed.
    pub fn hold(&mut self, key: &Key, mut job: Value, submission: Option<Value>) -> Answer {
        let old = self.job(key).cloned();
        let same = old.as_ref().is_some_and(|old| diff::job(Some(old), &job)["Type"] == "None");
        let at = self.changed(&["jobs", "evals"]);
        let job_index = if let (Some(old), true) = (&old, same) {
            old["ModifyIndex"].as_u64().unwrap_or(0)
        } else {
            let version = old.as_ref().map_or(0, |old| old["Version"].as_u64().unwrap_or(0) + 1);
            let create = old.as_ref().map_or(at, |old| old["CreateIndex"].as_u64().unwrap_or(at));
            let time = u64::try_from(now()).unwrap_or(u64::MAX);
            for (name, value) in [
                ("Version", json!(version)),
                ("CreateIndex", json!(create)),
                ("ModifyIndex", json!(at)),
                ("JobModifyIndex", json!(at)),
                ("SubmitTime", json!(time)),
                ("Status", json!("pending")),
                ("Stable", json!(false)),
            ] {
                job[name] = value;
            }
            let record = self.jobs.entry(key.clone()).or_default();
            if let Some(submission) = submission {
                record.submissions.insert(version, submission);
            }
            record.versions.push(job.clone());
            let more = record.versions.len().saturating_sub(KEPT);
            record.versions.drain(..more);
            let running = self.deployments.iter().filter(|one| one.key == *key && one.is_active());
            let running: Vec<String> = running.map(|one| one.id.clone()).collect();
            for id in &running {
                self.end_deployment(id, "cancelled", "Cancelled due to newer version of job", at);
            }
            at
        };
        let waits = !job["Periodic"].is_null() || !job["ParameterizedJob"].is_null();
        let eval = if waits { String::new() } else { self.evaluate(key, "job-register", at) };
        let create = if waits { 0 } else { at };
        Answer::json(
            &json!({"EvalID": eval, "EvalCreateIndex": create, "JobModifyIndex": job_index, "Warnings": "", "Index": at}),
            at,
        )
    }

    /// Goes back to a version as a new one.
    pub fn revert(&mut self, key: &Key, version: u64, _at: u64) -> Option<Answer> {
        let mut job = self.version(key, version)?.clone();
        job["Stop"] = false.into();
        let submission = self.jobs.get(key).and_then(|record| record.submissions.get(&version)).cloned();
        Some(self.hold(key, job, submission))
    }

    /// Says of a version that it is known to run well, or is not.
    pub fn mark_stable(&mut self, key: &Key, version: u64, stable: bool) {
        let versions = self.jobs.get_mut(key).map(|record| &mut record.versions);
        for job in versions.into_iter().flatten().filter(|job| job["Version"] == version) {
            job["Stable"] = stable.into();
        }
    }
}

fn deregister(world: &mut World, call: &Call, key: &Key) -> Answer {
    let at = world.changed(&["jobs", "evals"]);
    let Some(record) = world.jobs.get_mut(key) else {
        return Answer::json(
            &json!({"EvalID": "", "EvalCreateIndex": 0, "JobModifyIndex": 0, "Index": at}),
            at,
        );
    };
    let waits = record
        .versions
        .last()
        .is_some_and(|job| !job["Periodic"].is_null() || !job["ParameterizedJob"].is_null());
    if call.says("purge") {
        world.jobs.remove(key);
    } else if let Some(mut job) = record.versions.last().cloned() {
        let version = job["Version"].as_u64().unwrap_or(0) + 1;
        (job["Stop"], job["Version"], job["Stable"]) = (true.into(), version.into(), false.into());
        (job["ModifyIndex"], job["JobModifyIndex"]) = (at.into(), at.into());
        record.versions.push(job);
    }
    let running = world.deployments.iter().filter(|one| one.key == *key && one.is_active());
    let running: Vec<String> = running.map(|one| one.id.clone()).collect();
    for id in &running {
        world.end_deployment(id, "cancelled", "Cancelled because job is stopped", at);
    }
    let eval = if waits { String::new() } else { world.evaluate(key, "job-deregister", at) };
    for eval in world.evals.iter_mut().filter(|eval| eval.key == *key && eval.status == "blocked") {
        (eval.status, eval.modify) = ("canceled", at);
    }
    Answer::json(&json!({"EvalID": eval, "EvalCreateIndex": at, "JobModifyIndex": at, "Index": at}), at)
}

fn rescale(world: &mut World, body: &Value, key: &Key) -> Answer {
    let Some(mut job) = world.job(key).cloned() else { return Answer::text(404, "job not found") };
    let group = text(&body["Target"]["Group"]).to_owned();
    let groups = job["TaskGroups"].as_array_mut().into_iter().flatten();
    let Some(found) = groups.into_iter().find(|one| one["Name"] == group.as_str()) else {
        return Answer::text(
            400,
            &format!("task group {group:?} specified for scaling does not exist in job"),
        );
    };
    found["Count"] = body["Count"].clone();
    world.hold(key, job, None)
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

fn go_back(world: &mut World, body: &Value, key: &Key) -> Answer {
    let Some(job) = world.job(key) else { return Answer::text(404, "job not found") };
    let (version, now) = (body["JobVersion"].as_u64().unwrap_or(0), job["Version"].as_u64().unwrap_or(0));
    if body["EnforcePriorVersion"].as_u64().is_some_and(|wanted| wanted != now) {
        let wanted = &body["EnforcePriorVersion"];
        return Answer::text(500, &format!("Current job has version {now}; enforcing version {wanted}"));
    }
    if version == now {
        return Answer::text(500, "can't revert to current version");
    }
    let at = world.index;
    world.revert(key, version, at).unwrap_or_else(|| {
        Answer::text(404, &format!("job {:?} in namespace {:?} at version {version} not found", key.1, key.0))
    })
}

fn evaluate(world: &mut World, key: &Key) -> Answer {
    if world.job(key).is_none() {
        return Answer::text(404, "job not found");
    }
    let at = world.changed(&["evals"]);
    let eval = world.evaluate(key, "job-register", at);
    let index = world.job(key).map_or(0, |job| job["JobModifyIndex"].as_u64().unwrap_or(0));
    Answer::json(&json!({"EvalID": eval, "EvalCreateIndex": at, "JobModifyIndex": index}), at)
}

/// A job that is made from another one.
fn child(world: &mut World, key: &Key, suffix: &str) -> Option<(Key, Answer)> {
    let mut job = world.job(key)?.clone();
    let id = format!("{}/{suffix}", key.1);
    (job["ID"], job["Name"], job["ParentID"]) = (id.clone().into(), id.clone().into(), key.1.clone().into());
    (job["Periodic"], job["ParameterizedJob"]) = (Value::Null, Value::Null);
    let key = (key.0.clone(), id);
    let answer = world.hold(&key, job, None);
    Some((key, answer))
}

fn dispatch(world: &mut World, call: &Call, key: &Key) -> Answer {
    let token = call.parameter("idempotency_token").unwrap_or_default().to_owned();
    let known =
        world.jobs.get(key).and_then(|record| record.dispatched.get(&token)).filter(|_| !token.is_empty());
    if let Some(known) = known {
        return Answer::json(
            &json!({"DispatchedJobID": known, "EvalID": "", "JobCreateIndex": world.index}),
            world.index,
        );
    }
    let suffix = format!("dispatch-{}-{}", now() / 1_000_000_000, &world.id()[..8]);
    let Some((made, answer)) = child(world, key, &suffix) else {
        return Answer::text(404, "parameterized job not found");
    };
    if let Some(record) = world.jobs.get_mut(key) {
        record.dispatched.insert(token, made.1.clone());
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Answer::json(
        &json!({"DispatchedJobID": made.1, "EvalID": body["EvalID"], "JobCreateIndex": answer.index}),
        answer.index,
    )
}

fn force(world: &mut World, key: &Key) -> Answer {
    let suffix = format!("periodic-{}", now() / 1_000_000_000);
    child(world, key, &suffix)
        .map_or_else(|| Answer::text(404, "periodic job not found"), |(_, answer)| answer)
}
