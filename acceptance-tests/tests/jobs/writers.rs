//! Things that happen between a plan and its apply, and things that must not be seen.

use std::time::Duration;

use acceptance_tests::cluster::Cluster;
use acceptance_tests::fake::{Does, Fault};
use acceptance_tests::{Running, Workspace, wait_until};
use serde_json::json;

use super::{resource, service};

pub fn of_two_writers_the_second_is_told(here: &Workspace, cluster: &Cluster) {
    let id = "second-writer";
    here.config(&resource("it", &service(id, "1")));
    here.apply();
    here.config(&resource("it", &service(id, "2")));
    here.run(&["plan", "-out=plan"]).ok();
    let by_hand = json!({"Count": 2, "Target": {"Group": "all"}, "Message": "by hand"});
    assert_eq!(cluster.call("PUT", &format!("/v1/job/{id}/scale"), &by_hand).status, 200);
    let outcome = here.run(&["apply", "plan"]);
    outcome.exits(1).says("was changed by somebody else since it was planned").says("count");
    let held = cluster.get(&format!("/v1/job/{id}")).json();
    assert_eq!(
        (&held["Version"], &held["TaskGroups"][0]["Count"]),
        (&json!(1), &json!(2)),
        "it was overwritten: {outcome}"
    );
    here.apply();
    here.nothing_to_do();
    let held = cluster.get(&format!("/v1/job/{id}")).json();
    assert_eq!(held["TaskGroups"][0]["Count"], 1);
    here.destroy();
}

pub fn what_nobody_has_touched_is_not_compared_again(here: &Workspace, cluster: &Cluster) {
    let Some(fake) = &cluster.fake else { return };
    let plans = || fake.calls().iter().filter(|call| call.ends_with("/v1/job/untouched/plan")).count();
    here.config(&resource("it", &service("untouched", "1")));
    here.apply();
    let before = plans();
    here.nothing_to_do();
    assert_eq!(plans(), before, "it was compared again");
    let by_hand = json!({"Count": 2, "Target": {"Group": "all"}});
    assert_eq!(cluster.call("PUT", "/v1/job/untouched/scale", &by_hand).status, 200);
    here.run(&["plan", "-detailed-exitcode"]).exits(2).says("count: 1 → 2");
    assert!(plans() > before, "nobody asked what is different");
    // Back by hand: it is what it was, although it has been touched.
    let by_hand = json!({"Count": 1, "Target": {"Group": "all"}});
    assert_eq!(cluster.call("PUT", "/v1/job/untouched/scale", &by_hand).status, 200);
    here.nothing_to_do();
    here.destroy();
}

pub fn a_change_in_the_middle_of_a_comparison_is_seen(here: &Workspace, cluster: &Cluster) {
    let Some(fake) = &cluster.fake else { return };
    let plans = || fake.calls().iter().filter(|call| call.ends_with("/v1/job/raced/plan")).count();
    here.config(&resource("it", &service("raced", "1")));
    here.apply();
    here.run(&["state", "rm", "lostops_job.it"]).ok();
    // An import knows of no comparison: both are asked for at once, and somebody comes in between.
    let before = plans();
    fake.fault(Fault::on("GET /v1/job/raced", Does::Wait(Duration::from_secs(2))));
    let importing = here.start(&["import", "lostops_job.it", "default/raced"]);
    assert!(wait_until(Duration::from_secs(20), || plans() > before), "nobody compares it");
    let by_hand = json!({"Count": 2, "Target": {"Group": "all"}});
    assert_eq!(cluster.call("PUT", "/v1/job/raced/scale", &by_hand).status, 200);
    importing.finish().ok();
    fake.heal();
    here.run(&["plan", "-detailed-exitcode"]).exits(2).says("count: 1 → 2");
    here.apply();
    here.nothing_to_do();
    here.destroy();
}

pub fn a_plan_needs_no_nomad(here: &Workspace, _: &Cluster) {
    here.write("provider.tf", &here.header());
    here.config(&resource("it", &service("nowhere", "1")));
    let outcome = here.run(&["plan"]);
    outcome.ok().says("job \"nowhere\"").says("1 to add");
    here.run(&["apply", "-auto-approve"]).exits(1).says("No Nomad is known");
    assert!(here.state().is_empty());
}

pub fn what_happens_is_told_as_it_happens(here: &Workspace, _: &Cluster) {
    here.config(&resource("it", &service("told", "1")));
    let file = here.path("progress");
    let mut command = here.command(&["apply", "-auto-approve"]);
    command.env("LOSTOPS_PROGRESS", &file);
    Running::start(&mut command).finish().ok();
    let told = std::fs::read_to_string(&file).expect("it was written");
    for words in ["told: registered", "told: ", "Started"] {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
    here.destroy();
}

pub fn secrets_are_nowhere(here: &Workspace, cluster: &Cluster) {
    let secret = "hunter2-is-secret";
    let script = format!("echo {secret} >&2; exit 1");
    let failing = service("mum", "1")
        .replace("/bin/sleep", "/bin/sh")
        .replace("[\"600\"]", &format!("[\"-c\", \"{}\"]", script.replace(secret, "$SECRET")));
    let text = resource("it", &failing.replace("env {", "env {\n        SECRET = \"none\"\n"));
    here.config(&text.replace("EOT\n}\n", &format!("EOT\n  secrets_wo = {{ password = \"{secret}\" }}\n  secrets_wo_version = 1\n  timeouts {{\n    create = \"20s\"\n  }}\n}}\n")));
    let mut command = here.command(&["apply", "-auto-approve"]);
    command.env("TF_LOG", "trace");
    let outcome = Running::start(&mut command).finish();
    let state = here.state().json().to_string();
    assert!(!outcome.to_string().contains(secret) && !state.contains(secret), "{outcome}\n{state}");
    let log = here.log();
    let ours: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("terraform-provider-lostops") && line.contains(secret))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
    let kept = cluster.get("/v1/var/nomad/jobs/mum").json();
    assert_eq!(kept["Items"]["password"], secret);
    here.destroy();
}
