//! What it costs to make hosts what they should be: eight real sshd hosts, beside the floor (one ssh, one tar stream and
//! one script for each) and beside Ansible where `ansible-playbook` is found; a hundred hosts; a hundred NoCloud seeds.
//!
//! Every run is on fresh hosts, and every host is looked at afterwards: what failed early looks wonderfully fast.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, reason = "a figure that cannot be measured ends the run")]

mod ansible;
mod floor;
mod many;
mod ours;
mod seeds;
mod work;

use acceptance_tests::{Fleet, enter, find, host_root};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use work::Work;

const HOSTS: u8 = 8;
const ROUNDS: usize = 3;

/// The first run, and one with nothing to do.
#[derive(Clone, Copy, Debug)]
struct Times {
    first: Duration,
    again: Duration,
}

fn main() -> ExitCode {
    let Some(root) = host_root() else {
        seeds::measure();
        return ExitCode::SUCCESS;
    };
    if let Some(code) = enter() {
        return code;
    }
    seeds::measure();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let work = Work::new(folder.path());
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine meets both.
    for _ in 0..ROUNDS {
        floor.push(measure(&root, &work, floor::run));
        ours.push(measure(&root, &work, ours::run));
    }
    let (floor, ours) = (median(&floor), median(&ours));
    println!("\nconverge of {HOSTS} hosts over SSH: first run, nothing to do (medians of {ROUNDS})");
    print("floor", floor, None);
    print("lostops", ours, None);
    judge("lostops / floor", ours.first, floor.first, 1.5);
    judge("lostops / floor, nothing to do", ours.again, floor.again, 1.5);
    if find("ansible-playbook").is_none() {
        println!("skipped: ansible-playbook not found");
    } else {
        for (name, tuned) in [("Ansible", false), ("Ansible, tuned", true)] {
            let times = measure(&root, &work, |fleet, work, again| ansible::run(fleet, work, again, tuned));
            print(name, times, Some(ours));
        }
    }
    many::measure(&root, folder.path());
    ExitCode::SUCCESS
}

/// Times both runs on hosts made for them, and looks at what came of it.
fn measure(root: &Path, work: &Work, run: impl Fn(&Fleet, &Work, bool)) -> Times {
    let fleet = Fleet::up(HOSTS, root, work.folder());
    let timed = |again| {
        let begun = Instant::now();
        run(&fleet, work, again);
        let time = begun.elapsed();
        (0..fleet.len()).for_each(|number| Work::check(fleet.root(number), number));
        time
    };
    Times { first: timed(false), again: timed(true) }
}

fn median(times: &[Times]) -> Times {
    let middle = |mut figures: Vec<Duration>| {
        figures.sort();
        figures[figures.len() / 2]
    };
    Times {
        first: middle(times.iter().map(|times| times.first).collect()),
        again: middle(times.iter().map(|times| times.again).collect()),
    }
}

fn print(name: &str, times: Times, ours: Option<Times>) {
    let (first, again) = (times.first.as_secs_f64(), times.again.as_secs_f64());
    print!("  {name:<16} {first:>7.2} s {again:>7.2} s");
    if let Some(ours) = ours {
        print!("   lostops is {:.1} × and", first / ours.first.as_secs_f64());
        print!(" {:.1} × faster", again / ours.again.as_secs_f64());
    }
    println!();
}

fn judge(name: &str, figure: Duration, against: Duration, limit: f64) {
    let ratio = figure.as_secs_f64() / against.as_secs_f64();
    println!("  {name}: {ratio:.2} (≤ {limit}: {})", if ratio <= limit { "ok" } else { "MISSED" });
}
