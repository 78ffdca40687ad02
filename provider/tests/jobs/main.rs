//! The resources with jobs, driven as the wire drives them, against a small stand-in for Nomad.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what is not as expected fails the test")]

mod drive;
mod example;
mod packs;
mod plans;
mod standin;
mod stories;
