//! The provider's program: hands everything it offers to the wire.

use std::process::ExitCode;

fn main() -> ExitCode {
    serve::run(&lostops::LOSTOPS)
}
