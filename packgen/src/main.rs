//! The command `packgen`. It only hands over to [`commands`]; nothing is decided here.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::main()
}
