//! `lostops_cluster` through Terraform, with the provider that we ship.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod cloud_init;
mod folders;
mod nocloud;

use std::process::ExitCode;

use acceptance_tests::{Cli, Provider, Workspace, subjects};
use libtest_mimic::{Arguments, Trial};

/// A test with its name.
type Named = (&'static str, fn(&Workspace));

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (programs, Some(provider)) = subjects(arguments.list) else { return ExitCode::SUCCESS };
    let tests = [nocloud::TESTS, folders::TESTS, cloud_init::TESTS].concat();
    let trials =
        programs.iter().flat_map(|cli| tests.iter().map(|(name, test)| trial(cli, &provider, name, *test)));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn trial(cli: &Cli, provider: &Provider, name: &str, test: fn(&Workspace)) -> Trial {
    let (cli, provider) = (cli.clone(), provider.clone());
    Trial::test(format!("{}::{name}", cli.name), move || {
        let here = Workspace::new(&cli, &provider);
        test(&here);
        here.check_leftovers();
        Ok(())
    })
}
