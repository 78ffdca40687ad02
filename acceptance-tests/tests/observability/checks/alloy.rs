//! Alloy reads its configuration, and would print it the same way.

use std::path::Path;
use std::process::Command;

use crate::pack::Job;
use crate::programs::must;
use crate::resolved::Resolved;

pub fn check(alloy: &Path, files: &Resolved, _: Job<'_>) {
    let config = files.path("local/config.alloy");
    must(environment(Command::new(alloy).arg("validate")).arg(&config));
    let printed = must(Command::new(alloy).arg("fmt").arg(&config));
    let written = std::fs::read_to_string(&config).expect("the configuration is there");
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(bare(&printed), bare(&written), "Alloy reads something else than is written");
}

fn environment(command: &mut Command) -> &mut Command {
    command
        .env("NOMAD_ADDR_otlp_grpc", "127.0.0.1:4317")
        .env("NOMAD_ADDR_otlp_http", "127.0.0.1:4318")
        .env("NODE_NAME", "node")
        .env("NOMAD_AGENT", "127.0.0.1:4646")
}
