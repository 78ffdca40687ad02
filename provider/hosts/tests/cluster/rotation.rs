//! Raising a number changes what it is for and nothing else, and what it changes restarts as little as can be.

use std::collections::BTreeSet;
use std::process::Command as Process;

use hosts::blueprint::Blueprint;
use hosts::cluster::blueprints;
use hosts::spec::Rotation;

use crate::sample::{NOW, root, spec, unpack};

/// The paths that differ, on any host.
fn changed(rotation: Rotation) -> (BTreeSet<String>, Vec<Blueprint>) {
    let mut raised = root();
    raised.rotate(rotation, NOW + 3600);
    let (before, after) = (blueprints(&spec(), &root()).unwrap(), blueprints(&spec(), &raised).unwrap());
    let mut paths = BTreeSet::new();
    for (before, after) in before.iter().zip(&after) {
        let differing = before.files.iter().filter(|file| !after.files.contains(file));
        paths.extend(
            differing.map(|file| file.path.clone()).filter(|path| path != hosts::cluster::ROOT_SECRETS),
        );
    }
    (paths, after)
}

fn restarted(paths: &BTreeSet<String>, prints: &[Blueprint]) -> BTreeSet<String> {
    let units = prints.iter().flat_map(|print| &print.units);
    units
        .filter(|unit| unit.restart_on.iter().any(|path| paths.contains(path)))
        .map(|unit| unit.name.clone())
        .collect()
}

#[test]
fn certificates() {
    let (paths, prints) = changed(Rotation { certs: 1, ..Rotation::default() });
    let tls = ["agent-key.pem", "agent.pem"]
        .map(|name| ["/etc/consul.d/tls/", "/etc/nomad.d/tls/"].map(|at| format!("{at}{name}")));
    assert_eq!(paths, tls.into_iter().flatten().collect());
    assert_eq!(restarted(&paths, &prints), BTreeSet::new());
    assert!(
        prints.iter().all(|print| print
            .units
            .iter()
            .any(|unit| unit.reload_on.iter().any(|path| paths.contains(path))))
    );
}

#[test]
fn gossip_keys() {
    let (paths, prints) = changed(Rotation { gossip: 1, ..Rotation::default() });
    assert_eq!(paths, ["/etc/consul.d/gossip.json", "/etc/nomad.d/gossip.json"].map(String::from).into());
    assert_eq!(restarted(&paths, &prints), BTreeSet::new());
}

#[test]
fn an_agent_that_was_away_forgets_keys_that_are_none_any_more() {
    let print =
        blueprints(&spec(), &root()).unwrap().into_iter().find(|print| print.host == "server-1").unwrap();
    let names: Vec<&str> = print.commands.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(names, ["gossip key of consul", "gossip key of nomad"]);
    let folder = unpack(&print);
    let files = ["opt/consul/data/serf/local.keyring", "opt/nomad/data/server/serf.keyring"];
    for (command, file) in print.commands.iter().zip(files) {
        let settled = |remembered: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, remembered).unwrap();
            let here = |text: &str| {
                ["/etc/", "/opt/"].iter().fold(text.to_owned(), |text, top| {
                    text.replace(top, &format!("{}{top}", folder.path().display()))
                })
            };
            Process::new("sh").args(["-c", &here(&command.unless)]).status().unwrap().success()
        };
        let key = root().gossip_key(command.name.rsplit(' ').next().unwrap()).unwrap();
        assert!(settled(""), "it remembers none yet");
        assert!(settled(&format!("[\n \"an old one\",\n \"{}\"\n]", key.expose())));
        assert!(!settled("[\n \"an old one\"\n]"));
    }
}

#[test]
fn tokens() {
    let (paths, prints) = changed(Rotation { tokens: 1, ..Rotation::default() });
    let bootstrap = ["consul.steps", "consul.token", "nomad.bootstrap", "nomad.token"];
    let mut wanted: BTreeSet<String> = bootstrap.map(|name| format!("/etc/lostops/bootstrap/{name}")).into();
    wanted.extend(["/etc/consul.d/tokens.json".to_owned(), "/etc/nomad.d/consul.json".to_owned()]);
    assert_eq!(paths, wanted);
    assert!(restarted(&paths, &prints).contains("lostops-bootstrap.service"));
}
