//! Against a real Nomad and a real Consul, where there are: on `PATH` or named by `LOSTOPS_NOMAD` and
//! `LOSTOPS_CONSUL`. Otherwise each test says that it was skipped, unless `LOSTOPS_REQUIRE` lists what is missing.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "that is how tests say what is wrong")]

mod agent;
mod cluster;
mod consul;
mod deployments;
mod events;
mod logins;
mod nouns;
mod plans;
mod registrations;
mod secured;

use std::time::{Duration, Instant};

use nomad::Client;
use nomad::deployment::{Options, Progress, Verdict, watch};
use nomad::jobs::{Register, Registered};
use serde_json::{Value, json};

/// A job with one task that runs a shell script.
pub(crate) fn job(id: &str, kind: &str, script: &str) -> Value {
    let task = json!({
        "Name": "main", "Driver": "raw_exec",
        "Config": {"command": "/bin/sh", "args": ["-c", script]},
        "Resources": {"CPU": 20, "MemoryMB": 16},
        "RestartPolicy": {"Attempts": 0, "Mode": "fail", "Interval": 5_000_000_000_u64, "Delay": 0},
        "KillTimeout": 1_000_000_000,
    });
    let group = json!({"Name": "all", "Count": 1, "Tasks": [task], "EphemeralDisk": {"SizeMB": 10},
        "RestartPolicy": {"Attempts": 0, "Mode": "fail", "Interval": 5_000_000_000_u64, "Delay": 0}});
    let mut job = json!({"ID": id, "Name": id, "Type": kind, "Datacenters": ["*"], "TaskGroups": [group]});
    job["TaskGroups"][0]["Tasks"][0]["LogConfig"] = json!({"MaxFiles": 1, "MaxFileSizeMB": 1});
    job
}

/// The same as a service that counts as healthy soon.
pub(crate) fn service(id: &str, script: &str) -> Value {
    let mut job = job(id, "service", script);
    job["Update"] = json!({
        "MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": 100_000_000,
        "HealthyDeadline": 20_000_000_000_u64, "ProgressDeadline": 30_000_000_000_u64,
    });
    job
}

/// What registering it came to.
pub(crate) async fn registered(client: &Client, job: &Value) -> Registered {
    client.jobs().register(job, &Register::default()).await.expect("the job is registered")
}

/// What became of it, and what was told on the way.
pub(crate) async fn watched(client: &Client, job: &Value, options: &Options) -> (Verdict, Vec<Progress>) {
    let registered = registered(client, job).await;
    let id = job["ID"].as_str().expect("an id");
    let mut told = Vec::new();
    let mut report = |progress| told.push(progress);
    let verdict = watch(client, id, &registered, options, &mut report).await.expect("it can be watched");
    (verdict, told)
}

/// Watching that ends after so many seconds.
pub(crate) fn within(seconds: u64) -> Options {
    Options { deadline: Some(Instant::now() + Duration::from_secs(seconds)), ..Options::default() }
}
