//! The stack on a real Nomad with a real Docker.
//!
//! Two stories: by `packgen run`, where a request is found again as log, trace and metric, an alert reaches a webhook, and
//! every query of every dashboard and rule is asked; and by one `terraform apply`, together with an app of a user's own.
//!
//! They run in network, mount and process namespaces of their own: nothing listens outside, and everything that was
//! started ends with them. Images are made around the programs that are found here; of those that a story can do without,
//! what is not found has a stand-in.

mod app;
mod applied;
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

use acceptance_tests::{find, subjects};
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use self::story::variables;
use crate::programs::here;

/// A story that is told in namespaces of its own.
struct Story {
    /// The word by which this program knows that it is in the namespaces already, and which story it is to tell.
    word: &'static str,
    name: &'static str,
    tell: fn(&Path),
    /// What has to be here.
    needs: &'static [&'static str],
    /// Whether it needs Terraform and the provider.
    applies: bool,
}

const STORIES: &[Story] = &[
    Story {
        word: "--inside",
        name: "live::a request is found again, an alert arrives, every query is answered",
        tell: story::tell,
        needs: &["unshare", "ip", "dockerd", "docker", "nomad", "alertmanager", "prometheus"],
        applies: false,
    },
    Story {
        word: "--inside-applied",
        name: "live::one apply makes the stack and an app, and a destroy leaves only data",
        tell: applied::tell,
        needs: &["unshare", "ip", "dockerd", "docker", "nomad", "busybox", "openssl"],
        applies: true,
    },
];

/// The story itself, if this is the process that was started for it.
pub fn inside() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let word = arguments.next()?;
    let story = STORIES.iter().find(|story| story.word == word)?;
    let folder = PathBuf::from(arguments.next()?);
    (story.tell)(&folder);
    Some(ExitCode::SUCCESS)
}

pub fn trials(quiet: bool) -> Vec<Trial> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: live: root not found");
        return Vec::new();
    }
    found::say(quiet);
    STORIES.iter().filter(|story| story.is_possible(quiet)).map(trial).collect()
}

impl Story {
    fn is_possible(&self, quiet: bool) -> bool {
        let found: Vec<bool> = self.needs.iter().map(|name| here(name, self.name, quiet).is_some()).collect();
        let applies = !self.applies || matches!(subjects(quiet), (programs, Some(_)) if !programs.is_empty());
        applies && !found.contains(&false)
    }
}

fn trial(story: &'static Story) -> Trial {
    Trial::test(story.name, || {
        let folder = tempfile::tempdir().expect("a folder can be made");
        start(story, folder.path());
        Ok(())
    })
}

fn start(story: &Story, folder: &Path) {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(find("unshare").expect("unshare is here"));
    command.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    let output = command.arg(this).arg(story.word).arg(folder).output().expect("unshare runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    eprint!("{told}");
}
