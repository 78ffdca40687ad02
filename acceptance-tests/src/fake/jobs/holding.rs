//! A job's versions: registered, scaled, taken back, taken away. Each change asks the scheduler for a decision.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::admission::{admitted, enforced};
use crate::fake::canonical::{list, text};
use crate::fake::diff;
use crate::fake::http::{Answer, Call};
use crate::fake::world::{Key, World, now};

/// How many versions are kept.
const KEPT: usize = 7;

pub fn register(world: &mut World, call: &Call, namespace: &str) -> Answer {
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

pub fn deregister(world: &mut World, call: &Call, key: &Key) -> Answer {
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

pub fn rescale(world: &mut World, body: &Value, key: &Key) -> Answer {
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

pub fn go_back(world: &mut World, body: &Value, key: &Key) -> Answer {
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

pub fn evaluate(world: &mut World, key: &Key) -> Answer {
    if world.job(key).is_none() {
        return Answer::text(404, "job not found");
    }
    let at = world.changed(&["evals"]);
    let eval = world.evaluate(key, "job-register", at);
    let index = world.job(key).map_or(0, |job| job["JobModifyIndex"].as_u64().unwrap_or(0));
    Answer::json(&json!({"EvalID": eval, "EvalCreateIndex": at, "JobModifyIndex": index}), at)
}
