//! What a server looks at before it takes a job, and its words where it does not.

use serde_json::{Value, json};

use crate::fake::canonical::{canonical, list, text};
use crate::fake::http::Answer;
use crate::fake::world::{Key, World};

pub fn validate(job: &Value) -> Answer {
    let found = mistakes(job);
    let error = if found.is_empty() { String::new() } else { tree(&found) };
    let found = if found.is_empty() { Value::Null } else { json!(found) };
    Answer::json(
        &json!({"DriverConfigValidated": true, "ValidationErrors": found, "Error": error, "Warnings": ""}),
        0,
    )
}

/// The job as it would be held, or why it cannot be.
pub fn admitted(world: &World, job: &Value, namespace: &str) -> Result<(Key, Value), Answer> {
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

pub fn enforced(index: u64, old: Option<&Value>) -> Result<(), String> {
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
