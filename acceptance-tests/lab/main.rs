//! A provider for tests, and the shortest example of one: every object is a file in one folder.
//!
//! Each noun has a file and shows one thing that the kit can do. Must never hold a trick that an author of a real
//! resource could not use.

mod config;
mod data_sources;
mod ephemeral;
mod functions;
mod resources;
mod store;

use kit::Registry;
use std::process::ExitCode;

static LAB: Registry = Registry {
    address: "example.com/lostops/lab",
    version: env!("CARGO_PKG_VERSION"),
    doc: "Objects that are files: a provider to test the kit and Terraform with.",
    provider: &config::Lab,
    resources: resources::ALL,
    data_sources: data_sources::ALL,
    functions: functions::ALL,
    ephemerals: ephemeral::ALL,
};

fn main() -> ExitCode {
    serve::run(&LAB)
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_is_wrong_with_the_schemas() {
        assert_eq!(kit::schema::faults(&super::LAB), Vec::<String>::new());
    }
}
