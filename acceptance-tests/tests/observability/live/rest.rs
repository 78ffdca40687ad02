//! What the stack takes at rest, as the kernel counts it: resident memory and time of the processes in the containers.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use super::machine::Machine;
use crate::programs::must;

/// How long they are watched.
const WATCHED: Duration = Duration::from_secs(20);
/// The kernel's unit of a process's time, on every Linux that Rust runs on.
const TICKS_A_SECOND: f64 = 100.0;

/// A program's use.
#[derive(Debug)]
pub struct Use {
    /// The task.
    pub name: String,
    /// Resident memory, MiB.
    pub memory: f64,
    /// Cores.
    pub cores: f64,
}

/// Watches the containers' programs for a while.
pub fn watch(machine: &Machine) -> Vec<Use> {
    let containers = containers(machine);
    let begun = Instant::now();
    let before: Vec<f64> = containers.iter().map(|(_, pid)| ticks(*pid)).collect();
    thread::sleep(WATCHED);
    let seconds = begun.elapsed().as_secs_f64();
    let uses = containers.into_iter().zip(before).map(|((name, pid), before)| Use {
        name,
        memory: resident(pid),
        cores: (ticks(pid) - before) / TICKS_A_SECOND / seconds,
    });
    uses.collect()
}

/// The tasks that run, and their programs.
fn containers(machine: &Machine) -> Vec<(String, u32)> {
    let ids = must(machine.docker_command().args(["ps", "-q"]));
    let told = must(
        machine
            .docker_command()
            .args(["inspect", "-f", "{{.State.Pid}} {{.Name}}"])
            .args(ids.split_whitespace()),
    );
    let line = |line: &str| {
        let (pid, name) = line.split_once(" /")?;
        let task = name.get(..name.len().checked_sub(37)?)?;
        Some((task.to_owned(), pid.parse().ok()?))
    };
    told.lines().filter_map(line).collect()
}

fn resident(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a program that runs has a status");
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    kibibytes.trim().trim_end_matches(" kB").parse().map_or(0.0, |size: f64| size / 1024.0)
}

fn ticks(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a program that runs has a stat");
    let (_, after) = stat.rsplit_once(") ").expect("a stat names its program");
    after.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum()
}
