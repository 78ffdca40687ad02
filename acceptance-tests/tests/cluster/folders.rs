//! The folder of a cluster's seeds: it is moved, kept from others, and never cleared for an object that no longer has it.

use std::fs;

use acceptance_tests::Workspace;
use serde_json::json;

use super::Named;
use super::nocloud::{cluster, config, one, seed};

/// Each with its name.
pub const TESTS: &[Named] = &[
    ("the_folder_moves_with_all_that_is_in_it", moves),
    ("a_folder_spelled_otherwise_is_the_same", spelling),
    ("two_clusters_cannot_have_one_folder", shared),
    ("what_replaces_a_cluster_keeps_its_folder", replaced),
    ("files_of_others_stay", foreign),
    ("other_root_secrets_are_not_used", exchanged),
    ("numbers_of_rotation_do_not_go_down", lowered),
    ("a_protected_cluster_is_not_replaced", protected),
    ("steps_name_every_change_of_a_seed", steps),
];

const HERE: &str = "output_dir = \"seeds\"";

fn moves(here: &Workspace) {
    cluster(here, "lab", HERE, "");
    here.apply();
    let (root, iso) = (seed(here, "root.json"), seed(here, "one.iso"));
    cluster(here, "lab", "output_dir = \"elsewhere/deep\"", "");
    here.run(&["plan"])
        .ok()
        .says("1 to change")
        .says("move the root secrets and the seeds from seeds to elsewhere/deep");
    here.apply();
    here.nothing_to_do();
    assert!(!here.path("config/seeds").exists(), "nothing is left behind");
    let there = |name: &str| fs::read(here.path("config/elsewhere/deep").join(name)).unwrap_or_default();
    assert_eq!((there("root.json"), there("one.iso")), (root, iso));
    assert_eq!(here.state().attribute("lostops_cluster.lab.seeds.one.iso"), &json!("elsewhere/deep/one.iso"));
    here.destroy();
    assert!(!here.path("config/elsewhere/deep").exists());
}

fn spelling(here: &Workspace) {
    cluster(here, "lab", HERE, "");
    here.apply();
    cluster(here, "lab", "output_dir = \"./seeds/\"", "");
    here.nothing_to_do();
    cluster(here, "lab", "output_dir = \" \"", "");
    here.run(&["validate"]).exits(1).says("expected the path of a folder");
}

fn shared(here: &Workspace) {
    cluster(here, "lab", HERE, "");
    here.apply();
    let before = seed(here, "root.json");
    here.config(&(one("lab", HERE, "") + &one("other", "output_dir = \"./seeds\"", "")));
    here.run(&["apply", "-auto-approve"])
        .exits(1)
        .says("seeds belongs to another cluster")
        .says("./seeds/root.json holds the root secrets of cluster lab. Two clusters cannot have one folder");
    assert_eq!(seed(here, "root.json"), before);
    cluster(here, "lab", HERE, "");
    here.nothing_to_do();
}

fn replaced(here: &Workspace) {
    let first = "lifecycle {\n create_before_destroy = true\n }";
    cluster(here, "lab", HERE, first);
    here.apply();
    let before = seed(here, "root.json");
    cluster(here, "lab", HERE, &format!("datacenter = \"dc2\"\n {first}"));
    here.apply().says("keeps the root secrets that were there").says("is no longer that of cluster lab");
    here.nothing_to_do();
    assert_eq!(seed(here, "root.json"), before);
    assert!(!seed(here, "one.iso").is_empty(), "the seed of the new object is there");
    here.destroy();
    assert!(!here.path("config/seeds").exists());
}

fn foreign(here: &Workspace) {
    fs::create_dir_all(here.path("config/seeds")).expect("a folder can be made");
    fs::write(here.path("config/seeds/one.iso"), "mine").expect("a file can be written");
    fs::write(here.path("config/seeds/notes"), "mine").expect("a file can be written");
    cluster(here, "lab", HERE, "");
    here.run(&["apply", "-auto-approve"]).exits(1).says("seeds/one.iso is there already");
    assert_eq!(seed(here, "one.iso"), b"mine");
    fs::remove_file(here.path("config/seeds/one.iso")).expect("the file is there");
    here.apply();
    here.nothing_to_do();
    here.destroy();
    let left: Vec<_> = fs::read_dir(here.path("config/seeds")).expect("the folder stays").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

fn exchanged(here: &Workspace) {
    cluster(here, "lab", "output_dir = \"other\"", "");
    here.apply();
    let other = fs::read(here.path("config/other/root.json")).expect("it is there");
    here.destroy();
    cluster(here, "lab", HERE, "");
    here.apply();
    let own = seed(here, "root.json");
    fs::write(here.path("config/seeds/root.json"), other).expect("it can be written");
    here.run(&["plan"]).ok().says("The root secrets of cluster lab are others than before");
    cluster(here, "lab", HERE, "time_servers = [\"ntp.example.com\"]");
    here.run(&["apply", "-auto-approve"]).exits(1).says("are others than before");
    fs::write(here.path("config/seeds/root.json"), own).expect("it can be written");
    here.apply();
    here.nothing_to_do();
}

fn lowered(here: &Workspace) {
    config(here, "rotate {\n tokens = 2\n }");
    here.apply();
    config(here, "rotate {\n tokens = 1\n }");
    here.run(&["plan"]).exits(1).says("rotate.tokens cannot be lowered").says("Write 2, or more");
    config(here, "");
    here.run(&["plan"]).exits(1).says("rotate.tokens cannot be lowered");
    fs::remove_file(here.path("config/terraform.tfstate")).expect("the state is there");
    here.run(&["apply", "-auto-approve"]).exits(1).says("rotate.tokens cannot be lowered");
    config(here, "rotate {\n tokens = 2\n }");
    here.apply();
    here.nothing_to_do();
}

fn protected(here: &Workspace) {
    cluster(here, "lab", HERE, "deletion_protection = true");
    here.apply();
    cluster(here, "lab", HERE, "deletion_protection = true\n region_name = \"eu\"");
    here.run(&["plan"]).exits(1).says("Cluster lab is protected from deletion");
}

fn steps(here: &Workspace) {
    cluster(here, "lab", HERE, "");
    here.apply();
    let again = "make the seeds of one anew where they differ";
    let network = "network {\n prefix = 32\n gateway = \"172.31.1.1\"\n nameservers = [\"172.31.1.1\"]\n card = \"eth0\"\n }";
    cluster(here, "lab", &format!("{HERE}\n {network}"), "");
    here.run(&["plan"]).ok().says(again);
    here.apply();
    here.nothing_to_do();
    let data = String::from_utf8_lossy(&seed(here, "one.iso")).into_owned();
    assert!(data.contains("\"on-link\": true"), "a router outside of the host's network");
    fs::remove_file(here.path("config/seeds/one.iso")).expect("the seed is there");
    here.run(&["plan"]).ok().says("make seeds/one.iso again");
    here.apply();
    cluster(here, "lab", &format!("{HERE}\n {network}"), "deletion_protection = true");
    here.apply();
    let steps = here.state().attribute("lostops_cluster.lab.steps").clone();
    assert_eq!(steps, json!(["make seeds/one.iso again"]), "what the last change of a host was");
}
