//! What a suite is about: the programs that run the provider we ship, and that provider. What is not there is said.
//! And what every test of such a suite is: a folder of its own, and a look at what was left behind.

use libtest_mimic::Trial;

use crate::cli::Cli;
use crate::program::required;
use crate::provider::Provider;
use crate::workspace::Workspace;

/// A test with a program and a provider, in a folder of its own. At the end nothing may be left behind.
pub fn trial(
    name: String,
    cli: &Cli,
    provider: &Provider,
    test: impl FnOnce(&mut Workspace) + Send + 'static,
) -> Trial {
    let (cli, provider) = (cli.clone(), provider.clone());
    Trial::test(name, move || {
        let mut here = Workspace::new(&cli, &provider);
        test(&mut here);
        here.check_leftovers();
        Ok(())
    })
}

/// The programs that are here, and the provider; no provider if it is not built. `LOSTOPS_REQUIRE` makes a failure of what
/// is missing; `quiet` leaves it unsaid, where a list of tests is asked for.
pub fn subjects(quiet: bool) -> (Vec<Cli>, Option<Provider>) {
    let (programs, provider) = (Cli::all(), Provider::lostops());
    if programs.is_empty() {
        missing("terraform", "terraform", quiet);
    }
    if provider.is_none() {
        let cure = "terraform-provider-lostops (`cargo build --workspace --bins` makes it)";
        missing("lostops", cure, quiet);
    }
    (programs, provider)
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn missing(word: &str, what: &str, quiet: bool) {
    assert!(!required(word), "{what} is required and not found");
    if !quiet {
        eprintln!("skipped: {what} not found");
    }
}
