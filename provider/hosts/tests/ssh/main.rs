//! The way over SSH against a real sshd: an ordinary process on a free port, with its own keys and configuration in a
//! temporary folder. Skipped where Debian's `openssh-server` or its like is not found.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what is not as expected fails the test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod faults;
mod fleet;
mod resume;
mod sshd;
mod sudo;
mod tasks;
mod trust;
