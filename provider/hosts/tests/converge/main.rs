//! The converge script as a host runs it: in a folder instead of `/`, with stand-ins for the programs that would change the
//! machine, under each shell that is here.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what the tests share is test code as well, which the lints do not see"
)]

mod faults;
mod host;
mod interrupted;
mod programs;
mod runs;
mod text;
mod wall;
