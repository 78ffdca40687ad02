//! The stack on a real Nomad with a real Docker, by `packgen run`: a request is found again as log, trace and metric,
//! an alert reaches a webhook, and every query of every dashboard and rule is asked.
//!
//! Nomad, Docker, Prometheus and Alertmanager have to be here; of the others, those that are found take part.
//!
//! It runs in network, mount and process namespaces of its own: nothing listens outside, and everything that was
//! started ends with it. Images are made around the programs that are found here.

mod app;
mod found;
mod grpc;
mod hook;
mod images;
mod machine;
mod nomad;
mod queries;
mod request;
mod rest;
mod silent;
mod stand_in;
mod story;

use acceptance_tests::find;
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::programs::here;

/// What has to be here.
const NEEDS: &[&str] = &["unshare", "ip", "dockerd", "docker", "nomad", "alertmanager", "prometheus"];
/// The word by which this program knows that it is in the namespaces already.
const INSIDE: &str = "--inside";

/// The story itself, if this is the process that was started for it.
pub fn inside() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next()? != INSIDE {
        return None;
    }
    let folder = PathBuf::from(arguments.next()?);
    story::tell(&folder);
    Some(ExitCode::SUCCESS)
}

pub fn trials(quiet: bool) -> Vec<Trial> {
    let found: Vec<bool> = NEEDS.iter().map(|name| here(name, "live", quiet).is_some()).collect();
    if found.contains(&false) {
        return Vec::new();
    }
    found::say(quiet);
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: live: root not found");
        return Vec::new();
    }
    vec![Trial::test("live::a request is found again, an alert arrives, every query is answered", || {
        let folder = tempfile::tempdir().expect("a folder can be made");
        start(folder.path());
        Ok(())
    })]
}

fn start(folder: &Path) {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(find("unshare").expect("unshare is here"));
    command.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    let output = command.arg(this).arg(INSIDE).arg(folder).output().expect("unshare runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    eprint!("{told}");
}
