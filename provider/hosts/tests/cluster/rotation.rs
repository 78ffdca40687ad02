//! Raising a number changes what it is for and nothing else, and what it changes restarts as little as can be.

use std::collections::BTreeSet;

use hosts::blueprint::Blueprint;
use hosts::cluster::blueprints;
use hosts::spec::Rotation;

use crate::sample::{NOW, root, spec};

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
fn tokens() {
    let (paths, prints) = changed(Rotation { tokens: 1, ..Rotation::default() });
    let bootstrap = ["consul.steps", "consul.token", "nomad.bootstrap", "nomad.token"];
    let mut wanted: BTreeSet<String> = bootstrap.map(|name| format!("/etc/lostops/bootstrap/{name}")).into();
    wanted.extend(["/etc/consul.d/tokens.json".to_owned(), "/etc/nomad.d/consul.json".to_owned()]);
    assert_eq!(paths, wanted);
    assert!(restarted(&paths, &prints).contains("lostops-bootstrap.service"));
}
