//! The programs that these tests run, and what is said where one is missing.

use acceptance_tests::{find, required};
use std::path::PathBuf;
use std::process::Command;

/// A program that is here, or a word that it is not.
pub fn here(name: &'static str, what: &str, quiet: bool) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        assert!(!required(name), "{name} is required and was not found");
        if !quiet {
            eprintln!("skipped: {what}: {name} not found");
        }
    }
    found
}

/// `packgen`: the one that is named or on `PATH`, else the one that was built beside this test.
pub fn packgen() -> Option<PathBuf> {
    let named = std::env::var_os("LOSTOPS_PACKGEN").map(PathBuf::from);
    let beside = || {
        let here = std::env::current_exe().ok()?;
        Some(here.parent()?.parent()?.join("packgen"))
    };
    let found = named.or_else(beside).filter(|path| path.is_file());
    assert!(found.is_some() || !required("packgen"), "packgen is required and was not found");
    found
}

/// Runs a command to its end; what it printed, whichever way it went.
pub fn run(command: &mut Command) -> (bool, String) {
    let shown = format!("{command:?}");
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {shown}: {error}"));
    let printed =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), printed)
}

/// Runs a command that has to succeed.
pub fn must(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let (ok, printed) = run(command);
    assert!(ok, "{shown}\n{printed}");
    printed
}
