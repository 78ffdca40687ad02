//! Evaluations, deployments, allocations and their logs, and what is asked about the servers themselves.

use serde_json::{Value, json};

use super::canonical::text;
use super::http::{Answer, Call};
use super::world::{Alloc, World};

/// Answers what is about these.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let index = world.index;
    let namespace = call.parameter("namespace").unwrap_or("default").to_owned();
    let here = |of: &str| namespace == "*" || of == namespace;
    Some(match path.as_slice() {
        ["evaluation", id] => match world.evals.iter().find(|eval| eval.id == *id) {
            Some(eval) => Answer::json(&eval.json(), eval.modify),
            None => Answer::text(404, "eval not found"),
        },
        ["evaluation", id, "allocations"] => allocs(world, |alloc| alloc.eval == *id),
        ["evaluations"] => {
            let evals = world.evals.iter().filter(|eval| here(&eval.key.0)).map(super::world::Eval::json);
            Answer::json(&evals.collect(), world.table("evals"))
        }
        ["deployments"] => {
            let all =
                world.deployments.iter().filter(|one| here(&one.key.0)).map(super::world::Deployment::json);
            Answer::json(&all.collect(), world.table("deployment"))
        }
        ["deployment", "allocations", id] => allocs(world, |alloc| alloc.deployment == *id),
        ["deployment", verb @ ("promote" | "fail" | "pause"), id] => steer(world, call, verb, id),
        ["deployment", id] => match world.deployments.iter().find(|one| one.id == *id) {
            Some(one) => Answer::json(&one.json(), one.modify),
            None => Answer::text(404, "deployment not found"),
        },
        ["allocations"] => allocs(world, |alloc| here(&alloc.key.0)),
        ["allocation", id] => match world.allocs.iter().find(|alloc| alloc.id == *id) {
            Some(alloc) => {
                let job = world.version(&alloc.key, alloc.version);
                Answer::json(&alloc.whole(job), alloc.modify)
            }
            None => Answer::text(404, "alloc not found"),
        },
        ["allocation", id, "stop"] => halt(world, id),
        ["client", "fs", "logs", id] => logs(world, call, id),
        ["status", "leader"] => Answer::json(&json!("127.0.0.1:4647"), index),
        ["status", "peers"] => Answer::json(&json!(["127.0.0.1:4647"]), index),
        ["regions"] => Answer::json(&json!(["global"]), index),
        ["agent", "self"] => Answer::json(
            &json!({"config": {"Region": "global", "Datacenter": "dc1", "Version": {"Version": "2.0.5"}},
                "member": {"Name": "fake.global", "Addr": "127.0.0.1", "Status": "alive"}, "stats": {}}),
            index,
        ),
        ["agent", "health"] => Answer::json(&json!({"server": {"ok": true, "message": "ok"}}), index),
        ["system", "gc"] => {
            collect(world);
            Answer::json(&Value::Null, index)
        }
        ["service", _] | ["services"] => Answer::json(&json!([]), index),
        _ => return None,
    })
}

fn allocs(world: &World, wanted: impl Fn(&Alloc) -> bool) -> Answer {
    let found: Vec<&Alloc> = world.allocs.iter().filter(|alloc| wanted(alloc)).collect();
    let index = found.iter().map(|alloc| alloc.modify).max().unwrap_or_else(|| world.table("allocs"));
    Answer::json(&found.iter().map(|alloc| alloc.json()).collect(), index)
}

fn steer(world: &mut World, call: &Call, verb: &str, id: &str) -> Answer {
    let Some(one) = world.deployments.iter().find(|one| one.id == id).cloned() else {
        return Answer::text(404, "deployment not found");
    };
    if !one.is_active() {
        let what = if verb == "pause" { "pause" } else { verb };
        return Answer::text(500, &format!("can't {what} terminal deployment"));
    }
    let eval = match verb {
        "promote" => {
            let groups: Vec<String> = call.body["Groups"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| text(name).to_owned())
                .collect();
            let named = |name: &String| call.body["All"] == true || groups.contains(name);
            let unready = one
                .groups
                .iter()
                .any(|(name, state)| named(name) && state.canaries > 0 && state.healthy < state.canaries);
            if one.groups.values().all(|state| state.canaries == 0) {
                return Answer::text(500, "1 error occurred:\n\t* no canaries to promote\n\n");
            }
            if unready {
                return Answer::text(
                    500,
                    "1 error occurred:\n\t* Task group has unhealthy or missing canaries\n\n",
                );
            }
            world.promote(id, if call.body["All"] == true { &[] } else { &groups });
            world.evals.last().map_or_else(String::new, |eval| eval.id.clone())
        }
        "fail" => world.fail_deployment(id, "Deployment marked as failed"),
        _ => {
            let index = world.changed(&["deployment"]);
            if let Some(one) = world.deployments.iter_mut().find(|one| one.id == id) {
                let paused = call.body["Pause"] == true;
                (one.status, one.modify) = (if paused { "paused" } else { "running" }, index);
                let words = if paused { "Deployment is paused" } else { "Deployment is running" };
                words.clone_into(&mut one.description);
            }
            String::new()
        }
    };
    Answer::json(
        &json!({"EvalID": eval, "EvalCreateIndex": world.index, "DeploymentModifyIndex": world.index, "RevertedJobVersion": null}),
        world.index,
    )
}

fn halt(world: &mut World, id: &str) -> Answer {
    let Some(alloc) = world.allocs.iter().find(|alloc| alloc.id == id) else {
        return Answer::text(404, "alloc not found");
    };
    let key = alloc.key.clone();
    world.stop(id, "alloc stopped by user");
    let index = world.changed(&["evals"]);
    let eval = world.evaluate(&key, "alloc-stop", index);
    Answer::json(&json!({"EvalID": eval, "Index": index}), index)
}

fn logs(world: &World, call: &Call, id: &str) -> Answer {
    let Some(alloc) = world.allocs.iter().find(|alloc| alloc.id == id) else {
        return Answer::text(404, &format!("unknown allocation {id:?}"));
    };
    let name = call.parameter("task").unwrap_or_default();
    let Some(task) = alloc.tasks.iter().find(|task| task.name == name) else {
        return Answer::text(404, &format!("task {name:?} not started yet. No logs available"));
    };
    let log = if call.parameter("type") == Some("stderr") { &task.stderr } else { &task.stdout };
    let wanted = call.parameter("offset").and_then(|offset| offset.parse().ok()).unwrap_or(usize::MAX);
    let from = if call.parameter("origin") == Some("end") { log.len().saturating_sub(wanted) } else { 0 };
    Answer::text(200, log.get(from..).unwrap_or_default())
}

/// Forgets what is over.
fn collect(world: &mut World) {
    let dead: Vec<_> = world
        .jobs
        .iter()
        .filter(|(_, record)| record.versions.last().is_some_and(|job| job["Status"] == "dead"))
        .map(|(key, _)| key.clone())
        .collect();
    let index = world.changed(&["jobs", "allocs", "evals", "deployment"]);
    for key in dead {
        world.jobs.remove(&key);
        world.allocs.retain(|alloc| alloc.key != key);
        world.evals.retain(|eval| eval.key != key);
        world.deployments.retain(|one| one.key != key);
    }
    debug_assert!(index > 0);
}
