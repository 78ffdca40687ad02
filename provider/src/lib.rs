//! The provider `lostops`: everything it offers, in one list. It must know nothing of msgpack, tonic or raw HTTP.

mod clock;
mod config;
mod connection;
mod data_sources;
mod ephemeral;
mod functions;
mod jobs;
mod packs;
mod resources;
mod values;

use std::sync::LazyLock;

use kit::Registry;

/// Everything the provider offers.
pub static LOSTOPS: LazyLock<Registry> = LazyLock::new(|| Registry {
    address: "registry.terraform.io/lostops/lostops",
    version: env!("CARGO_PKG_VERSION"),
    doc: include_str!("lostops.md"),
    provider: &config::Lostops,
    resources: &resources::ALL,
    data_sources: data_sources::ALL,
    functions: functions::ALL,
    ephemerals: ephemeral::ALL,
});
