//! The provider on a real cluster of three servers with TLS and access control: what a leader's end, a wrong authority, a
//! wrong token and a wrong region look like to who applies.

use std::process::Command;
use std::time::Duration;

use acceptance_tests::cluster::Trio;
use acceptance_tests::{Cli, Provider, Running, Workspace, find, wait_until};

use super::{resource, service};

/// The whole story: the cluster takes seconds to come up, so it is told once.
pub fn a_cluster_of_three_loses_its_leader(cli: &Cli, provider: &Provider) {
    let nomad = find("nomad").expect("nomad is here");
    let mut trio = Trio::start(&nomad);
    let here = Workspace::new(cli, provider);
    let config = |version: &str, more: &str| block(&trio, more) + &resource("it", &slow(version));

    here.config(&config("1", ""));
    here.apply();
    here.nothing_to_do();

    let mut making = Command::new(&nomad);
    making.args(["tls", "ca", "create"]).current_dir(here.path("objects"));
    assert!(making.output().is_ok_and(|output| output.status.success()), "another authority can be made");
    let other = here.path("objects/nomad-agent-ca.pem");
    for (more, words) in [
        (format!("ca_pem = file({:?})", other.display().to_string()), "certificate"),
        ("token = \"00000000-0000-0000-0000-000000000000\"".to_owned(), "token"),
        ("region = \"elsewhere\"".to_owned(), "region"),
    ] {
        here.config(&config("2", &more));
        let outcome = here.run(&["apply", "-auto-approve"]);
        assert!(outcome.code == Some(1), "with {more}: {outcome}");
        let all = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
        assert!(all.contains(words), "{words} is not named: {outcome}");
        assert!(!all.contains(&trio.token), "the token is shown: {outcome}");
    }
    here.config(&config("1", ""));
    here.nothing_to_do();

    here.config(&config("2", ""));
    let progress = here.path("progress");
    let mut command = here.command(&["apply", "-auto-approve"]);
    command.env("LOSTOPS_PROGRESS", &progress);
    let applying = Running::start(&mut command);
    let registered = || std::fs::read_to_string(&progress).is_ok_and(|text| text.contains("led: registered"));
    assert!(wait_until(Duration::from_mins(1), registered), "it was never registered");
    let leader = trio.kill_leader();
    applying.finish().ok();
    here.nothing_to_do();
    let job = trio.nomad("job inspect led").expect("it runs");
    assert!(job.contains("\"V\": \"2\""), "server {leader} was lost, and with it: {job}");
    here.destroy();
    here.check_leftovers();
}

/// Healthy after some seconds, in which much can happen.
fn slow(version: &str) -> String {
    service("led", version).replace("\"100ms\"", "\"4s\"")
}

fn block(trio: &Trio, more: &str) -> String {
    let set = |name: &str, text: String| if more.starts_with(name) { String::new() } else { text };
    format!(
        "provider \"lostops\" {{\n  nomad {{\n    addresses = {:?}\n    tls_server_name = \"server.global.nomad\"\n    {}\n    {}\n    {more}\n  }}\n}}\n",
        trio.addresses(),
        set("ca_pem", format!("ca_pem = file({:?})", trio.ca().display().to_string())),
        set("token", format!("token = {:?}", trio.token)),
    )
}
