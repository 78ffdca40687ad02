//! The script as text: what is a host's own in it, and that a linter for shell finds nothing.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hosts::blueprint::Blueprint;
use hosts::converge::script;

use crate::host::{Host, blueprint};

#[test]
fn a_hosts_own_part() {
    let host = Host::new();
    let wanted = blueprint(&host);
    let script = script(&wanted).unwrap();
    let own = script.text.expose().split_once("BLUEPRINT=").unwrap().1;
    let own = own.replace(host.folder.path().to_str().unwrap(), "/HOST").replace(&script.hash, "HASH");
    let sum = crate::host::sha256(&host.at("web/cni.tgz"));
    insta::assert_snapshot!(own.replace(&sum, "SUM"));
}

#[test]
fn the_same_blueprint_gives_the_same_script_and_another_gives_another() {
    let host = Host::new();
    let wanted = blueprint(&host);
    let one = script(&wanted).unwrap();
    assert_eq!(one.hash, script(&wanted.clone()).unwrap().hash);
    let other = Blueprint { packages: vec!["curl".into()], ..wanted };
    assert_ne!(one.hash, script(&other).unwrap().hash);
}

#[test]
fn shellcheck_finds_nothing() {
    let host = Host::new();
    let script = script(&blueprint(&host)).unwrap();
    let mut child = Command::new("shellcheck");
    child.args(["-s", "sh", "-S", "warning", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = child.spawn() else {
        println!("skipped: shellcheck not found");
        return;
    };
    child.stdin.take().unwrap().write_all(script.text.expose().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
