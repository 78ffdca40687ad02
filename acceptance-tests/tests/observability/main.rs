//! The observability stack under the real programs: each configuration, in each variant, goes through the program
//! that will read it, and the whole runs on a real Nomad, where one request is found again as log, trace and metric.
//!
//! Knows the pack by its name and by what `packgen` prints. What is not found here is printed as `skipped`.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, clippy::panic, reason = "what is not as expected fails the test")]

mod checks;
mod http;
mod live;
mod pack;
mod programs;
mod resolved;
mod snapshots;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = live::inside().or_else(checks::inside) {
        return code;
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let quiet = arguments.list;
    if programs::packgen().is_none() {
        eprintln!("skipped: packgen not found (build it: `make test` does)");
        return ExitCode::SUCCESS;
    }
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(snapshots::trials());
    trials.extend(checks::trials(quiet));
    trials.extend(live::trials(quiet));
    libtest_mimic::run(&arguments, trials).exit_code()
}
