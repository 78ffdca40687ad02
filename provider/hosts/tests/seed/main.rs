//! NoCloud seeds, read back by a reader of our own, by the programs that this machine has, and by cloud-init's own
//! judgement where a Debian root with it is found.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod cloud_init;
mod image;
mod made;
mod reader;
