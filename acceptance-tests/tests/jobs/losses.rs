//! What runs, or who runs it, is lost in the middle of an apply that waits: a client with the allocation that is waited
//! for, and Nomad's only server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acceptance_tests::cluster::Apart;
use acceptance_tests::{Cli, Provider, Running, Workspace, find, wait_until};
use serde_json::Value;

use super::{resource, service};

/// How long something may take to be told.
const PATIENCE: Duration = Duration::from_mins(1);

pub fn a_node_is_lost_in_the_middle_of_an_apply(cli: &Cli, provider: &Provider) {
    let mut nomad = Apart::start(&find("nomad").expect("nomad is here"), 2);
    let here = Workspace::new(cli, provider);

    // Another node is there: the apply goes on with it.
    configure(&here, &nomad, "1");
    let (applying, progress) = apply(&here);
    let first = placed_on(&progress, &[]);
    nomad.kill_client(&first);
    let outcome = applying.finish();
    outcome.ok();
    here.nothing_to_do();
    assert_eq!(here.state().attribute("lostops_job.it.complete"), true, "{outcome}");
    let second = placed_on(&progress, &[&first]);
    assert_ne!(first, second, "it was placed again where it was lost");

    // None is left: one diagnostic says what was lost and what would help, and the object stays.
    configure(&here, &nomad, "2");
    let (applying, _) = apply(&here);
    assert!(wait_until(PATIENCE, || registered(&nomad, "2")), "it was never registered");
    nomad.kill_client(&second);
    let outcome = applying.finish();
    outcome.exits(1);
    let report = outcome.report();
    assert_eq!(report.messages.iter().filter(|message| message.severity == "error").count(), 1, "{outcome}");
    for words in ["Job held", "there is no room", "no node that is ready", "add one", "lost"] {
        assert!(report.has("error", words), "{words:?} is not told: {outcome}");
    }
    assert!(!report.has("error", "went back"), "there is no place for the old text either: {outcome}");
    assert_eq!(here.state().attribute("lostops_job.it.complete"), false, "{outcome}");
    assert!(registered(&nomad, "2"), "the job was given up: {outcome}");

    // The node comes back, and the next apply finishes what was begun.
    nomad.start_client(&second);
    here.apply();
    here.nothing_to_do();
    assert!(registered(&nomad, "2"));
    here.destroy();
    here.check_leftovers();
}

pub fn nomad_is_restarted_in_the_middle_of_an_apply(cli: &Cli, provider: &Provider) {
    let mut nomad = Apart::start(&find("nomad").expect("nomad is here"), 1);
    let here = Workspace::new(cli, provider);
    configure(&here, &nomad, "1");
    let (applying, progress) = apply(&here);
    placed_on(&progress, &[]);
    nomad.kill_server();
    // Long enough for questions to be asked of nobody.
    std::thread::sleep(Duration::from_secs(3));
    nomad.start_server();
    let outcome = applying.finish();
    outcome.ok();
    assert_eq!(here.state().attribute("lostops_job.it.status"), "healthy", "{outcome}");
    let versions = nomad.call("GET", "/v1/job/held/versions", &Value::Null).json();
    let count = versions["Versions"].as_array().map_or(0, Vec::len);
    assert_eq!(count, 1, "it was registered once: {versions}");
    here.nothing_to_do();
    here.destroy();
    here.check_leftovers();
}

/// A job that takes seconds to be healthy, in which much can happen.
fn configure(here: &Workspace, nomad: &Apart, version: &str) {
    let block =
        format!("provider \"lostops\" {{\n  nomad {{\n    addresses = [{:?}]\n  }}\n}}\n", nomad.address);
    here.write("provider.tf", &here.header());
    here.config(&(block + &resource("it", &service("held", version).replace("\"100ms\"", "\"6s\""))));
}

/// Begins an apply; what happens is told in the file.
fn apply(here: &Workspace) -> (Running, PathBuf) {
    let progress = here.path("progress");
    let mut command = here.command(&["apply", "-auto-approve", "-json"]);
    command.env("LOSTOPS_PROGRESS", &progress);
    (Running::start(&mut command), progress)
}

/// On which client the job was placed that is none of these, as soon as it is told.
fn placed_on(progress: &Path, others: &[&str]) -> String {
    let mut node = None;
    wait_until(PATIENCE, || {
        let told = std::fs::read_to_string(progress).unwrap_or_default();
        let mut nodes =
            told.lines().filter_map(|line| line.split_once("is placed on ")).map(|(_, node)| node.trim());
        node = nodes.find(|node| !others.contains(node)).map(str::to_owned);
        node.is_some()
    });
    node.expect("it is placed")
}

/// Whether Nomad holds the job in this version of its text.
fn registered(nomad: &Apart, version: &str) -> bool {
    let held = nomad.call("GET", "/v1/job/held", &Value::Null).json();
    held["TaskGroups"][0]["Tasks"][0]["Env"]["V"] == version
}
