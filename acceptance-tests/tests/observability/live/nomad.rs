//! What these tests ask of Nomad directly.

use acceptance_tests::{find, wait_until};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

use super::machine::NOMAD;
use crate::http;
use crate::pack::Rendered;
use crate::programs::must;

/// Makes the volumes that the pack describes.
pub fn volumes(rendered: &Rendered) {
    for volume in rendered.volumes() {
        let text = |key: &str| volume[key].as_str().map_or_else(|| volume[key].to_string(), str::to_owned);
        let body = json!({ "Volume": {
            "Name": text("called"),
            "Namespace": "default",
            "Type": "host",
            "PluginID": "mkdir",
            "RequestedCapabilities": [
                { "AccessMode": "single-node-single-writer", "AttachmentMode": "file-system" },
            ],
            "Parameters": { "uid": text("uid"), "gid": text("gid"), "mode": text("mode") },
        }});
        let answer = http::send("PUT", NOMAD, "/v1/volume/host/create", &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// Registers a job.
pub fn run(file: &std::path::Path) {
    let nomad = find("nomad").expect("nomad is here");
    must(
        Command::new(nomad)
            .args(["job", "run", "-detach"])
            .arg(file)
            .env("NOMAD_ADDR", format!("http://{NOMAD}")),
    );
}

/// What the newest allocation of a job has printed.
pub fn printed(job: &str, task: &str) -> String {
    of_allocation(job, "logs", &format!("task={task}&type=stdout&origin=start&plain=true"))
}

/// A file in the newest allocation of a job.
pub fn file(job: &str, path: &str) -> String {
    of_allocation(job, "cat", &format!("path={path}"))
}

fn of_allocation(job: &str, what: &str, query: &str) -> String {
    let allocations = http::get(NOMAD, &format!("/v1/job/{job}/allocations")).json();
    let newest =
        allocations.as_array().and_then(|all| all.iter().max_by_key(|one| one["CreateIndex"].as_u64()));
    let Some(id) = newest.and_then(|one| one["ID"].as_str()) else { return String::new() };
    http::get(NOMAD, &format!("/v1/client/fs/{what}/{id}?{query}")).body
}

/// Asks a server what it thinks of a job; the error is its words.
pub fn judged(job: &Value) -> Result<(), String> {
    let answer = http::send("PUT", NOMAD, "/v1/validate/job", &json!({ "Job": job }).to_string());
    let errors = &answer.json()["ValidationErrors"];
    if answer.status == 200 && errors.is_null() { Ok(()) } else { Err(answer.body) }
}

/// Stops all jobs, and waits until nothing of them runs.
pub fn stop_all() {
    let jobs = http::get(NOMAD, "/v1/jobs").json();
    for job in jobs.as_array().expect("a list of jobs") {
        let id = job["ID"].as_str().expect("a job has an id");
        http::send("DELETE", NOMAD, &format!("/v1/job/{id}"), "");
    }
    let runs = || http::get(NOMAD, "/v1/allocations").body.contains("\"ClientStatus\":\"running\"");
    assert!(wait_until(Duration::from_mins(1), || !runs()), "a job does not stop");
}

/// Where a service is.
pub fn service(name: &str) -> String {
    let mut found = Value::Null;
    let there = wait_until(Duration::from_mins(1), || {
        found = http::get(NOMAD, &format!("/v1/service/{name}")).json();
        found[0]["Address"].is_string()
    });
    assert!(there, "no service {name}");
    format!("{}:{}", found[0]["Address"].as_str().unwrap_or_default(), found[0]["Port"])
}

/// How often tasks have restarted, by job: an update or a change that nobody asked for shows here.
pub fn restarts() -> Vec<String> {
    let allocations = http::get(NOMAD, "/v1/allocations?task_states=true").json();
    let mut restarts = Vec::new();
    for allocation in allocations.as_array().expect("a list of allocations") {
        let states = allocation["TaskStates"].as_object().cloned().unwrap_or_default();
        for (task, state) in states.iter().filter(|(_, state)| state["Restarts"].as_u64() != Some(0)) {
            restarts.push(format!("{}/{task}: {}", allocation["JobID"], state["Events"]));
        }
    }
    restarts
}
