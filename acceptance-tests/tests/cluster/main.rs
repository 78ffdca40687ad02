//! `lostops_cluster` through Terraform, with the provider that we ship.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod cloud_init;
mod folders;
mod nocloud;
mod qemu;

use std::process::ExitCode;

use acceptance_tests::{Workspace, subjects, trial};
use libtest_mimic::Arguments;

/// A test with its name.
type Named = (&'static str, fn(&Workspace));

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (programs, Some(provider)) = subjects(arguments.list) else { return ExitCode::SUCCESS };
    let tests = [nocloud::TESTS, folders::TESTS, cloud_init::TESTS, qemu::TESTS].concat();
    let named = programs.iter().flat_map(|cli| tests.iter().map(move |(name, test)| (cli, name, *test)));
    let trials = named.map(|(cli, name, test)| {
        trial(format!("{}::{name}", cli.name), cli, &provider, move |here| test(here))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
