//! What it costs to be started, to be there, and to have resources: ours beside Terraform's own, and beside a Go
//! provider where one is found. What packgen's commands take, beside Nomad's where it is found.
//!
//! `LOSTOPS_PEER_NULL` names that provider's program, or a folder that it is in. Everything is measured in turns, so
//! that a busy moment of the machine meets all sides. `cargo bench -- packgen` measures packgen alone, `-- provider`
//! the rest.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, clippy::panic, reason = "a figure that cannot be measured ends the run")]

mod memory;
mod packgen;
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
    if wanted("packgen") {
        packgen::measure();
    }
    if wanted("provider") {
        providers();
    }
    ExitCode::SUCCESS
}

/// Whether a part was asked for, or none by name.
fn wanted(part: &str) -> bool {
    let mut names = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    names.peek().is_none() || names.any(|name| name == part)
}

fn providers() {
    let subjects = subjects();
    start::measure(&subjects);
    let Some(cli) = Cli::all().into_iter().next() else {
        println!("skipped: terraform and tofu not found");
        return;
    };
    memory::measure(&cli, &subjects);
    resources::measure(&cli, &subjects);
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
