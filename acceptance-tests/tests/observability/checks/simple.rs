//! Programs that check a file by themselves.

use std::path::Path;
use std::process::Command;

use crate::pack::Job;
use crate::programs::must;
use crate::resolved::Resolved;

pub fn prometheus(promtool: &Path, files: &Resolved, _: Job<'_>) {
    let config = files.path("local/prometheus.yaml");
    let said = must(Command::new(promtool).args(["check", "config", "--lint=all"]).arg(config));
    assert!(said.contains("7 rule files found") || said.contains("SUCCESS"), "{said}");
}

pub fn loki(loki: &Path, files: &Resolved, _: Job<'_>) {
    let config = format!("-config.file={}", files.path("local/loki.yaml").display());
    let mut command = Command::new(loki);
    must(with_keys(&mut command).args([&config, "-config.expand-env=true", "-verify-config"]));
}

pub fn tempo(tempo: &Path, files: &Resolved, _: Job<'_>) {
    let config = format!("-config.file={}", files.path("local/tempo.yaml").display());
    let mut command = Command::new(tempo);
    let said =
        must(with_keys(&mut command).args([&config, "-config.expand-env=true", "-config.verify=true"]));
    assert!(!said.contains("deprecated"), "{said}");
}

pub fn blackbox(blackbox: &Path, files: &Resolved, _: Job<'_>) {
    let config = format!("--config.file={}", files.path("local/blackbox.yaml").display());
    must(Command::new(blackbox).args([&config, "--config.check"]));
}

fn with_keys(command: &mut Command) -> &mut Command {
    command.env("S3_ACCESS_KEY_ID", "key").env("S3_SECRET_ACCESS_KEY", "secret")
}
