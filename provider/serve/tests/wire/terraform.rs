//! The real Terraform, where there is one.

use crate::plugin::{Plugin, program, signal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder with a configuration that uses the example.
struct Workspace {
    terraform: PathBuf,
    folder: TempDir,
}

impl Workspace {
    /// None where there is no Terraform.
    fn new(data_source: &str) -> Option<Self> {
        let terraform = find()?;
        let folder = tempfile::tempdir().unwrap();
        let main = format!(
            "terraform {{\n  required_providers {{\n    tiny = {{ source = \"example.com/lostops/tiny\" }}\n  }}\n}}\n\
             data \"{data_source}\" \"it\" {{}}\n"
        );
        std::fs::write(folder.path().join("main.tf"), main).unwrap();
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        // Says who it is, so that a test can look for it afterwards.
        let wrapper = format!(
            "#!/bin/sh\necho $$ >> {}\nexec {}\n",
            folder.path().join("pids").display(),
            program().display()
        );
        write_program(&bin.join("terraform-provider-tiny"), &wrapper);
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{ \"example.com/lostops/tiny\" = \"{}\" }}\n  direct {{}}\n}}\n",
            bin.display()
        );
        std::fs::write(folder.path().join("terraformrc"), overrides).unwrap();
        Some(Self { terraform, folder })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("terraformrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn plan(&self, variables: &[(&str, &str)]) -> Output {
        let mut command = self.command(&["plan", "-no-color", "-input=false"]);
        output(command.envs(variables.iter().copied()).spawn().unwrap())
    }

    fn provider_ids(&self) -> Vec<u32> {
        let pids = std::fs::read_to_string(self.folder.path().join("pids")).unwrap_or_default();
        pids.lines().map(|line| line.parse().unwrap()).collect()
    }
}

fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn find() -> Option<PathBuf> {
    let named = std::env::var_os("LOSTOPS_TERRAFORM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| {
        std::env::split_paths(&path).map(|folder| folder.join("terraform")).find(|program| program.is_file())
    });
    if found.is_none() {
        println!("skipped: terraform not found");
        let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name == "terraform"), "terraform is required");
    }
    found
}

fn is_alive(id: u32) -> bool {
    let script = format!("kill -0 {id}");
    Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status().unwrap().success()
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What it said, once it has ended; it is killed when that takes too long.
fn output(child: Child) -> Output {
    let id = child.id();
    let (ended, end) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        if let Err(RecvTimeoutError::Timeout) = end.recv_timeout(Duration::from_mins(1)) {
            signal("KILL", id);
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    output
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn check_04_and_12_terraform_is_content_with_tls_and_without() {
    let Some(workspace) = Workspace::new("tiny_nothing") else { return };
    for variables in [&[("TF_LOG", "warn")][..], &[("TF_LOG", "warn"), ("TF_DISABLE_PLUGIN_TLS", "1")]] {
        let output = workspace.plan(variables);
        let said = text(&output);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("Warning: finished"), "{said}");
        for complaint in ["failed to exit gracefully", "unexpected data", "rpc error", "TLS"] {
            assert!(!said.contains(complaint), "{complaint}: {said}");
        }
    }
    let ids = workspace.provider_ids();
    assert!(ids.len() >= 4, "{ids:?}");
    assert!(ids.into_iter().all(|id| !is_alive(id)), "a process is left");
}

#[test]
fn check_16_a_killed_terraform_leaves_no_orphan() {
    let Some(workspace) = Workspace::new("tiny_slow") else { return };
    let mut terraform = workspace.command(&["plan", "-input=false"]).spawn().unwrap();
    // The last of a plan's three processes is the one that reads.
    wait_until("the provider runs", || workspace.provider_ids().len() == 3);
    std::thread::sleep(Duration::from_millis(500));
    terraform.kill().unwrap();
    terraform.wait().unwrap();
    let ids = workspace.provider_ids();
    assert!(is_alive(ids[2]), "it finishes what it has begun");
    wait_until("the provider ends", || !ids.iter().any(|id| is_alive(*id)));
}

#[test]
fn check_17_terraform_shows_a_panic_as_one() {
    let Some(workspace) = Workspace::new("tiny_panic") else { return };
    let output = workspace.plan(&[]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Stack trace from the terraform-provider-tiny plugin:"), "{said}");
    assert!(said.contains("panic: tiny panics over (sensitive)"), "{said}");
}

/// An interrupt that reaches Terraform and its provider, as from a terminal.
#[test]
fn check_15_an_interrupt_stops_work_by_terraforms_word() {
    let Some(workspace) = Workspace::new("tiny_wait") else { return };
    let terraform = workspace.command(&["plan", "-input=false", "-no-color"]).spawn().unwrap();
    wait_until("the provider runs", || workspace.provider_ids().len() == 3);
    std::thread::sleep(Duration::from_millis(500));
    signal("INT", workspace.provider_ids()[2]);
    std::thread::sleep(Duration::from_millis(200));
    assert!(is_alive(workspace.provider_ids()[2]), "its own interrupt means nothing");
    let said = interrupt(terraform);
    assert!(said.contains("Warning: stopped"), "{said}");
}

fn interrupt(terraform: Child) -> String {
    signal("INT", terraform.id());
    text(&output(terraform))
}

#[test]
fn check_19_terraform_uses_a_provider_that_was_started_for_debugging() {
    let Some(workspace) = Workspace::new("tiny_nothing") else { return };
    let mut plugin = Plugin::debug();
    let reattach =
        plugin.line().strip_prefix("TF_REATTACH_PROVIDERS=").unwrap().trim_matches('\'').to_owned();
    for _ in 0..3 {
        let output = workspace.plan(&[("TF_REATTACH_PROVIDERS", &reattach)]);
        assert!(output.status.success(), "{}", text(&output));
        assert!(plugin.is_running());
    }
    assert!(workspace.provider_ids().is_empty(), "Terraform started none of its own");
    assert_eq!(plugin.end().status.code(), Some(0));
}

/// `Test: false` makes Terraform end the provider after its first use, as if it had started it.
#[test]
fn check_19_a_provider_that_is_attached_as_terraforms_own_ends_with_it() {
    let Some(workspace) = Workspace::new("tiny_nothing") else { return };
    let plugin = Plugin::debug();
    let reattach =
        plugin.line().strip_prefix("TF_REATTACH_PROVIDERS=").unwrap().trim_matches('\'').to_owned();
    let reattach = reattach.replace("\"Test\":true", "\"Test\":false");
    // Terraform waits until the process has been cleared away, which is for us to do.
    let planning = std::thread::spawn(move || workspace.plan(&[("TF_REATTACH_PROVIDERS", &reattach)]));
    assert_eq!(plugin.finish().status.code(), Some(0));
    planning.join().unwrap();
}
