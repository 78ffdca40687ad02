//! `lostops_cluster` through Terraform, with the provider that we ship.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod folders;
mod nocloud;

use std::process::ExitCode;

use acceptance_tests::{Cli, Provider, Workspace, required};
use libtest_mimic::{Arguments, Trial};

/// A test with its name.
type Named = (&'static str, fn(&Workspace));

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let programs = Cli::all();
    if programs.is_empty() {
        assert!(!required("terraform"), "terraform not found");
        eprintln!("skipped: terraform not found");
    }
    let Some(provider) = Provider::lostops() else {
        assert!(!required("lostops"), "terraform-provider-lostops is not built");
        eprintln!(
            "skipped: terraform-provider-lostops not found (`cargo build --workspace --bins` makes it)"
        );
        return ExitCode::SUCCESS;
    };
    let tests = [nocloud::TESTS, folders::TESTS].concat();
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
