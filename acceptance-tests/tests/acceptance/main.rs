//! The lab provider under the real programs. Every test runs once with each of them that is here.
//!
//! A case (a folder of steps) is for what a configuration can say; a function for what it cannot: signals, crashes,
//! several programs at once.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod conformance;
mod suite;

use acceptance_tests::case::Case;
use acceptance_tests::{Cli, Provider, required, trial};
use libtest_mimic::{Arguments, Trial};
use std::path::Path;
use std::process::ExitCode;
use suite::Test;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of a test is waiting for another program.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let quiet = arguments.list;
    let programs = Cli::all();
    for name in ["terraform", "tofu"] {
        if !quiet && !programs.iter().any(|cli| cli.name == name) {
            eprintln!("skipped: {name} not found");
        }
    }
    let mut trials = conformance::trials();
    for cli in &programs {
        trials.extend(suite::tests().into_iter().filter_map(|test| of_test(cli, test, quiet)));
        trials.extend(cases().into_iter().filter_map(|case| of_case(cli, case, quiet)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn of_test(cli: &Cli, test: Test, quiet: bool) -> Option<Trial> {
    let name = format!("{}::{}", cli.name, test.name);
    can(cli, &name, cli.lacks(test.needs), quiet)
        .then(|| trial(name, cli, &lab(), move |here| (test.run)(here)))
}

fn of_case(cli: &Cli, case: Case, quiet: bool) -> Option<Trial> {
    let name = format!("{}::cases/{}", cli.name, case.name);
    can(cli, &name, case.lacked_by(cli), quiet).then(|| trial(name, cli, &lab(), move |here| case.run(here)))
}

fn can(cli: &Cli, name: &str, lacks: Option<String>, quiet: bool) -> bool {
    let Some(reason) = lacks else { return true };
    assert!(!required(cli.name), "{name}: {reason}");
    if !quiet {
        eprintln!("skipped: {name}: {reason}");
    }
    false
}

fn lab() -> Provider {
    Provider::lab(env!("CARGO_BIN_EXE_terraform-provider-lab"))
}

fn cases() -> Vec<Case> {
    let all = Case::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    // Those of the provider that we ship run on a cluster, in a suite of their own.
    all.into_iter().filter(|case| !case.name.starts_with("lostops_")).collect()
}
