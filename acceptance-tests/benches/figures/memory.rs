//! How much memory a provider has taken by the time it has told its schema.
//!
//! Terraform starts this very program in the provider's place, and this one starts the provider and watches it.

use acceptance_tests::{Cli, Provider, Running, Workspace};
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use crate::table::{judged, median, print};

/// What it has to stay below, in MiB.
const LIMIT: f64 = 12.0;
const ROUNDS: usize = 5;
/// What tells the watcher which provider to start, and where to write what it saw.
const REAL: &str = "LOSTOPS_WATCHED_PROVIDER";
const SEEN: &str = "LOSTOPS_WATCHED_MEMORY";

/// Measures and prints.
pub fn measure(cli: &Cli, subjects: &[Provider]) {
    if !Path::new("/proc/self/status").exists() {
        println!("skipped: memory: /proc not found");
        return;
    }
    let mut rows = vec![["provider", "peak memory after GetSchema"].map(str::to_owned).to_vec()];
    for provider in subjects {
        let peak = median(&[(); ROUNDS].map(|()| peak(cli, provider)));
        let told =
            if provider.name == "null" { format!("{peak:.2} MiB") } else { judged(peak, "MiB", LIMIT) };
        rows.push(vec![provider.name.to_owned(), told]);
    }
    print(&format!("Memory (median of {ROUNDS}, with TLS)"), &rows);
}

fn peak(cli: &Cli, provider: &Provider) -> f64 {
    let watcher = env::current_exe().expect("this program knows its path");
    let here = Workspace::new(cli, &Provider { binary: watcher, block: "", ..provider.clone() });
    let seen = here.path("peak");
    let mut command = here.command(&["providers", "schema", "-json"]);
    Running::start(command.env(REAL, &provider.binary).env(SEEN, &seen)).finish().ok();
    let kibibytes: f64 =
        fs::read_to_string(&seen).expect("it was watched").parse().expect("a number was seen");
    kibibytes / 1024.0
}

/// Watches a provider, if that is what this program was started for.
pub fn watch() -> Option<ExitCode> {
    let (real, seen) = (env::var_os(REAL)?, env::var_os(SEEN)?);
    let mut child = Command::new(real).spawn().expect("the provider can be started");
    let mut peak = 0;
    while child.try_wait().expect("a child can be waited for").is_none() {
        peak = kibibytes(child.id()).map_or(peak, |now| peak.max(now));
        thread::sleep(Duration::from_millis(1));
    }
    fs::write(seen, peak.to_string()).expect("the figure can be written");
    Some(ExitCode::SUCCESS)
}

/// The most that a process has had so far.
pub fn kibibytes(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
