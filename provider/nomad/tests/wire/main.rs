//! The transport against servers that behave as real ones do on a bad day: storms, elections, restarts, slow and torn
//! answers, hostile JSON. No Nomad is needed.
#![expect(clippy::expect_used, reason = "that is how tests say what is wrong")]

mod addresses;
mod answers;
mod consul;
mod csi;
mod events;
mod logins;
mod retries;
mod server;
mod watching;

use std::time::Duration;

use nomad::{Client, Config, Limits};

/// Limits that do not make a test wait.
pub(crate) const HASTY: Limits = Limits {
    connect: Duration::from_millis(500),
    patience: Duration::ZERO,
    outage: Duration::from_secs(3),
    answer: Duration::from_millis(500),
    answer_bytes: 10_000,
};

pub(crate) fn config(addresses: &[&str]) -> Config {
    let addresses = addresses.iter().map(ToString::to_string).collect();
    Config { addresses, token: Some("hunter2".into()), limits: HASTY, ..Config::default() }
}

pub(crate) fn client(addresses: &[&str]) -> Client {
    Client::new(&config(addresses)).expect("the configuration is good")
}
