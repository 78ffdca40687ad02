//! The platform `nocloud`: seeds that are made, found changed, made again and removed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use acceptance_tests::Workspace;
use serde_json::json;

use super::Named;

/// Each with its name.
pub const TESTS: &[Named] = &[
    ("a_cluster_is_made_changed_and_removed", life),
    ("a_changed_seed_is_seen_and_made_again", drift),
    ("raising_a_number_makes_other_secrets", rotation),
    ("root_secrets_that_are_there_are_kept", lost_state),
    ("lost_root_secrets_are_said", lost_root),
    ("a_protected_cluster_stays", protection),
    ("what_is_wrong_is_said_in_the_plan", wrong),
];

/// Three hosts, and what else is said.
pub fn config(here: &Workspace, more: &str) {
    hosts(here, &[("one", 11), ("two", 12), ("three", 13)], more);
}

pub fn hosts(here: &Workspace, hosts: &[(&str, u8)], more: &str) {
    let blocks = blocks(hosts);
    here.config(&format!(
        "resource \"lostops_cluster\" \"c\" {{\n name = \"lab\"\n pool \"all\" {{\n role = \"both\"\n {blocks} }}\n \
         nocloud {{\n output_dir = \"${{path.module}}/seeds\"\n }}\n {more}\n }}\n"
    ));
}

/// A cluster of one host by name, with this in its platform's block.
pub fn cluster(here: &Workspace, name: &str, nocloud: &str, more: &str) {
    here.config(&one(name, nocloud, more));
}

/// The text of such a cluster.
pub fn one(name: &str, nocloud: &str, more: &str) -> String {
    let blocks = blocks(&[("one", 11)]);
    format!(
        "resource \"lostops_cluster\" {name:?} {{\n name = {name:?}\n pool \"all\" {{\n role = \"both\"\n {blocks} }}\n \
         nocloud {{\n {nocloud}\n }}\n {more}\n }}\n"
    )
}

fn blocks(hosts: &[(&str, u8)]) -> String {
    let block = |(name, last): &(&str, u8)| {
        format!("host {{\n name = \"{name}\"\n address = \"10.0.0.{last}\"\n }}\n")
    };
    hosts.iter().map(block).collect()
}

pub fn seed(here: &Workspace, name: &str) -> Vec<u8> {
    fs::read(here.path("config/seeds").join(name)).unwrap_or_default()
}

fn life(here: &Workspace) {
    config(here, "");
    here.apply();
    here.nothing_to_do();
    let state = here.state();
    assert_eq!(state.attribute("lostops_cluster.c.complete"), &json!(true));
    assert_eq!(state.attribute("lostops_cluster.c.seeds.two.iso"), "./seeds/two.iso");
    let folder = here.path("config/seeds");
    assert_eq!(mode(&folder), 0o700);
    for entry in fs::read_dir(&folder).expect("the folder is there").flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
    }

    hosts(here, &[("one", 11)], "");
    let plan = here.run(&["plan"]);
    plan.ok()
        .says("+ \"remove the seed of three\",")
        .says("+ \"make the seeds of one anew where they differ\",");
    here.apply();
    here.nothing_to_do();
    assert!(seed(here, "three.iso").is_empty() && !seed(here, "one.iso").is_empty());
    here.destroy();
    assert!(!folder.exists());
}

fn drift(here: &Workspace) {
    config(here, "");
    here.apply();
    let before = seed(here, "one.iso");
    fs::remove_file(here.path("config/seeds/one.iso")).expect("the seed is there");
    here.run(&["plan"]).ok().says("./seeds/one.iso: made → missing");
    here.apply();
    assert_eq!(seed(here, "one.iso"), before);
    here.nothing_to_do();
}

fn rotation(here: &Workspace) {
    config(here, "");
    here.apply();
    let (before, token) = (seed(here, "one.iso"), token(here));
    config(here, "rotate {\n certs = 1\n }");
    here.apply();
    here.nothing_to_do();
    let after = seed(here, "one.iso");
    assert!(before != after && token == self::token(here), "other certificates, the same token");
    config(here, "rotate {\n certs = 1\n tokens = 1\n }");
    here.apply();
    here.nothing_to_do();
    assert_ne!(token, self::token(here));
}

fn lost_state(here: &Workspace) {
    config(here, "");
    here.apply();
    let (before, token) = (seed(here, "one.iso"), token(here));
    fs::remove_file(here.path("config/terraform.tfstate")).expect("the state is there");
    here.apply().says("Cluster lab keeps the root secrets that were there");
    assert_eq!((seed(here, "one.iso"), self::token(here)), (before, token));
}

fn lost_root(here: &Workspace) {
    config(here, "");
    here.apply();
    let kept = seed(here, "root.json");
    fs::remove_file(here.path("config/seeds/root.json")).expect("the root secrets are there");
    here.run(&["plan"]).ok().says("The root secrets of cluster lab are not here");
    hosts(here, &[("one", 11)], "");
    here.run(&["apply", "-auto-approve"]).exits(1).says("The root secrets of cluster lab are not here");
    assert!(!seed(here, "three.iso").is_empty(), "nothing is removed before it can be made again");
    fs::write(here.path("config/seeds/root.json"), kept).expect("they can be put back");
    here.apply();
    here.nothing_to_do();
}

fn protection(here: &Workspace) {
    config(here, "deletion_protection = true");
    here.apply();
    here.run(&["destroy", "-auto-approve"]).exits(1).says("Cluster lab is protected from deletion");
    config(here, "");
    here.apply();
    here.destroy();
}

fn wrong(here: &Workspace) {
    hosts(here, &[("one", 11), ("two", 12)], "");
    here.run(&["validate"]).exits(1).says("The cluster has 2 servers, an even number");
    config(here, "nomad_version = \"latest\"");
    here.run(&["validate"]).exits(1).says("`latest` is not a version such as 2.0.5");
    config(
        here,
        "firewall {\n rule {\n to_pool = \"web\"\n cidrs = [\"0.0.0.0/0\"]\n ports = [\"80\"]\n }\n }",
    );
    here.run(&["validate"]).exits(1).says("A firewall rule names the pool `web`");
    hosts(here, &[("one", 11), ("one", 12), ("three", 13)], "");
    here.run(&["validate"]).exits(1).says("The host name `one` is there twice");
    hosts(here, &[("one", 11), ("two", 11), ("three", 13)], "");
    here.run(&["validate"]).exits(1).says("The hosts `one` and `two` have one address");
    for (network, words) in [
        ("prefix = 24\n gateway = \"fd00::1\"", "are of different families"),
        ("prefix = 64\n gateway = \"10.0.0.1\"", "64 bits are more than the address 10.0.0.11 has"),
    ] {
        let network = format!("network {{\n {network}\n nameservers = [\"10.0.0.1\"]\n card = \"eth0\"\n }}");
        cluster(here, "lab", &format!("output_dir = \"seeds\"\n {network}"), "");
        here.run(&["validate"]).exits(1).says(words);
    }
}

fn token(here: &Workspace) -> String {
    here.state().attribute("lostops_cluster.c.nomad.token").as_str().unwrap_or_default().to_owned()
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o777)
}
