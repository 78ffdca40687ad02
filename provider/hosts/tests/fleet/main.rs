//! All hosts of a cluster together: what is planned, and in which order it is done.

#![allow(clippy::unwrap_used, reason = "a test")]

mod consul;
mod planned;
mod registry;
mod renewed;
mod worked;
mod world;
