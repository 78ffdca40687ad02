//! Real hosts over SSH: root by the real sudo, a disk that is really full, and all at once.
//!
//! They are made in namespaces from a Debian root (`LOSTOPS_HOST_ROOT`); without one the tests are printed as skipped.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod story;

use acceptance_tests::{enter, host_root};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They share a bridge.
    arguments.test_threads = Some(1);
    if arguments.list {
        return libtest_mimic::run(&arguments, story::trials(std::path::Path::new(""))).exit_code();
    }
    let Some(root) = host_root() else { return ExitCode::SUCCESS };
    if let Some(code) = enter() {
        return code;
    }
    let trials: Vec<Trial> = story::trials(&root);
    libtest_mimic::run(&arguments, trials).exit_code()
}
