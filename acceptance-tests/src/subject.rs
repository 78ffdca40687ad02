//! What a suite is about: the programs that run the provider we ship, and that provider. What is not there is said.

use crate::cli::Cli;
use crate::program::required;
use crate::provider::Provider;

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
