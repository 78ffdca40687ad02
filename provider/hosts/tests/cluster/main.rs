//! From a cluster's spec to its hosts: what each gets, what is refused, and what the real agents and nftables say of it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what tests share is test code as well")]

mod agents;
mod contents;
mod faults;
mod live;
mod rotation;
mod sample;
mod wall;
