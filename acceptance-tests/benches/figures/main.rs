//! What it costs to be started, to be there, and to have resources: ours beside Terraform's own, and beside a Go
//! provider where one is found.
//!
//! `LOSTOPS_PEER_NULL` names that provider's program, or a folder that it is in. Everything is measured in turns, so
//! that a busy moment of the machine meets all sides.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, clippy::panic, reason = "a figure that cannot be measured ends the run")]

mod memory;
mod peer;
mod resources;
mod start;
mod table;

use acceptance_tests::{Cli, Provider};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = memory::watch() {
        return code;
    }
    let subjects = subjects();
    start::measure(&subjects);
    let Some(cli) = Cli::all().into_iter().next() else {
        println!("skipped: terraform and tofu not found");
        return ExitCode::SUCCESS;
    };
    memory::measure(&cli, &subjects);
    resources::measure(&cli, &subjects);
    ExitCode::SUCCESS
}

/// The providers to measure: the lab, ours if it is built, the peer if it is found.
fn subjects() -> Vec<Provider> {
    let lab = Provider::lab(env!("CARGO_BIN_EXE_terraform-provider-lab"));
    let ours = Provider::lostops();
    if ours.is_none() {
        println!("skipped: terraform-provider-lostops not found beside this program (cargo build --release)");
    }
    let peer = peer::find();
    if peer.is_none() {
        println!("skipped: LOSTOPS_PEER_NULL names no Go provider to compare with");
    }
    [Some(lab), ours, peer].into_iter().flatten().collect()
}
