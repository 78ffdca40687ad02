//! How Terraform comes to talk to the provider: attached, from a mirror, without TLS, in odd environments.

use acceptance_tests::{Running, Signal, Workspace, handshake};
use std::process::Command;
use std::time::Duration;

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(attached_one_process_serves_many_commands),
        test(installed_from_a_mirror),
        test(without_tls),
        test(with_a_temporary_folder_that_is_too_deep),
        test(with_a_temporary_folder_that_is_read_only),
        test(every_log_line_is_understood),
        test(it_starts_quickly),
    ]
}

const FILE: &str = "resource \"lab_file\" \"f\" {\nname = \"hello\"\ncontent = \"one\"\n}\n";

/// Starts the provider by hand; the second value is what Terraform has to be told.
fn attach(here: &Workspace) -> (Running, String) {
    let mut command = Command::new(here.plugin());
    command.arg("-debug").env("TMPDIR", here.path("tmp"));
    let provider = Running::start(&mut command);
    let printed = provider.wait_for("}}'");
    let line = printed.lines().find_map(|line| line.strip_prefix("TF_REATTACH_PROVIDERS='"));
    let attach = line.and_then(|line| line.strip_suffix('\'')).expect("it says how to attach").to_owned();
    (provider, attach)
}

fn attached_one_process_serves_many_commands(here: &Workspace) {
    here.install("direct {}");
    let (provider, attach) = attach(here);
    let run = |arguments: &[&str]| {
        let outcome = Running::start(here.command(arguments).env("TF_REATTACH_PROVIDERS", &attach)).finish();
        outcome.ok();
    };
    here.config(FILE);
    run(&["apply", "-auto-approve"]);
    here.config(&FILE.replace("one", "two"));
    run(&["apply", "-auto-approve"]);
    run(&["plan", "-detailed-exitcode"]);
    assert_eq!(here.object("hello").as_deref(), Some("two"));
    run(&["destroy", "-auto-approve"]);
    provider.signal(Signal::INT);
    provider.finish().ok();
}

fn installed_from_a_mirror(here: &Workspace) {
    let platform =
        here.run(&["version", "-json"]).ok().json()["platform"].as_str().expect("a platform").to_owned();
    let folder = here.path("mirror").join(here.provider.source).join("1.2.3").join(platform);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let binary = folder.join(format!("{}_v1.2.3", here.provider.file_name()));
    std::os::unix::fs::symlink(&here.provider.binary, binary).expect("a link can be made");
    here.install(&format!("filesystem_mirror {{\npath = \"{}\"\n}}", here.path("mirror").display()));
    here.config(FILE);
    here.run(&["init"]).ok().says("example.com/lostops/lab v1.2.3");
    here.apply();
    here.nothing_to_do();
}

fn without_tls(here: &Workspace) {
    here.config(FILE);
    let apply = |value| {
        let mut command = here.command(&["apply", "-auto-approve"]);
        Running::start(command.env("TF_DISABLE_PLUGIN_TLS", value)).finish().ok().code
    };
    assert_eq!(apply("1"), Some(0));
    assert_eq!(apply(""), Some(0));
    here.nothing_to_do();
}

fn with_a_temporary_folder_that_is_too_deep(here: &Workspace) {
    let deep = here.path("tmp").join("d".repeat(120));
    std::fs::create_dir(&deep).expect("a folder can be made");
    here.config(FILE);
    Running::start(here.command(&["apply", "-auto-approve"]).env("TMPDIR", &deep)).finish().ok();
    std::fs::remove_dir(&deep).expect("the folder is empty");
}

fn with_a_temporary_folder_that_is_read_only(here: &Workspace) {
    here.config(FILE);
    let command = &mut here.command(&["apply", "-auto-approve"]);
    // Nobody, not even root, can make a file below /proc.
    Running::start(command.env("TMPDIR", "/proc/self")).finish().ok();
}

fn every_log_line_is_understood(here: &Workspace) {
    here.config(FILE);
    Running::start(here.command(&["apply", "-auto-approve"]).env("TF_LOG", "trace")).finish().ok();
    let log = here.log();
    // What Terraform cannot read it logs as it is, at the level of debugging, under the program's name.
    let raw = log.lines().filter(|line| line.contains("[DEBUG] provider.terraform-provider-lab: "));
    let raw = raw.filter(|line| !line.contains("@module=")).collect::<Vec<_>>();
    assert!(raw.is_empty(), "{raw:#?}");
    assert!(log.contains("provider.terraform-provider-lab"), "the provider logged nothing at all");
}

fn it_starts_quickly(here: &Workspace) {
    let mut times = [(); 5].map(|()| handshake(&here.provider.binary, None).0);
    times.sort();
    // Far from the figure for a release, which `make bench` measures: this one holds for any build on a busy machine.
    assert!(times[2] < Duration::from_secs(1), "{times:?}");
}
