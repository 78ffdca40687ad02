//! `lostops_cloud_init`: user-data that lets people in, and nothing else.

use acceptance_tests::Workspace;
use serde_json::{Value, json};

use super::Named;

/// Each with its name.
pub const TESTS: &[Named] = &[
    ("user_data_lets_people_in", made),
    ("user_data_that_lets_nobody_in_is_refused", refused),
    ("user_data_fits_its_platform", sized),
];

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9m1xS1p3Tt5cXkz0yq4N6ZlJt5H0mN1h1h8m2w3r4T ada";

fn config(here: &Workspace, inside: &str) {
    here.config(&format!("data \"lostops_cloud_init\" \"web\" {{\n hostname = \"web-1\"\n {inside}\n }}\n"));
}

fn made(here: &Workspace) {
    config(here, &format!("public_keys = [\"{KEY}\"]"));
    here.apply();
    let state = here.state();
    let text = state.attribute("data.lostops_cloud_init.web.user_data").as_str().unwrap_or_default();
    let body = text.strip_prefix("#cloud-config\n").expect("cloud-init looks at the first line");
    let user_data: Value = serde_json::from_str(body).expect("the rest is JSON, which is YAML");
    assert_eq!(
        user_data,
        json!({
            "hostname": "web-1",
            "manage_etc_hosts": "localhost",
            "users": [{
                "name": "ops",
                "shell": "/bin/bash",
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "ssh_authorized_keys": [KEY],
                "lock_passwd": true,
            }],
            "disable_root": true,
            "ssh_pwauth": false,
        })
    );
    let meta_data = state.attribute("data.lostops_cloud_init.web.meta_data").as_str().unwrap_or_default();
    let meta_data: Value = serde_json::from_str(meta_data).expect("it is JSON");
    assert_eq!(meta_data, json!({ "instance-id": "web-1", "local-hostname": "web-1" }));
    here.nothing_to_do();
}

fn refused(here: &Workspace) {
    for (inside, words) in [
        ("public_keys = []".to_owned(), "Nobody could log in"),
        (format!("public_keys = [\"{KEY}\"]\n user = \"root\""), "cloud-init keeps root from logging in"),
        ("public_keys = [\"-----BEGIN OPENSSH PRIVATE KEY-----\"]".into(), "got a private one"),
        ("public_keys = [\"AAAA\"]".into(), "expected a line of `authorized_keys`"),
        (format!("public_keys = [\"{KEY}\\n{KEY}\"]"), "expected a line of `authorized_keys`"),
        (format!("public_keys = [\"{KEY}\"]\n platform = \"vax\""), "platform"),
    ] {
        config(here, &inside);
        here.run(&["validate"]).exits(1).says(words);
    }
}

fn sized(here: &Workspace) {
    // 500 keys of 80 bytes: more than Hetzner takes, and with it more than is taken everywhere.
    let keys = format!("public_keys = [for number in range(500) : \"{KEY} ${{number}}\"]");
    config(here, &keys);
    here.run(&["plan"])
        .exits(1)
        .says("The user-data of web-1 cannot be made")
        .says("of which Hetzner takes 32768");
    config(here, &format!("{keys}\n platform = \"nocloud\""));
    here.apply();
}
