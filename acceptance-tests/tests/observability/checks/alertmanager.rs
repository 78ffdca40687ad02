//! Alertmanager's configuration, and whom an alert reaches.

use std::path::Path;
use std::process::Command;

use crate::pack::Job;
use crate::programs::must;
use crate::resolved::Resolved;

/// Labels of an alert, and the receivers that hear of it, in the variant that has all of them.
const ROUTES: &[(&[&str], &str)] = &[
    (&["alertname=X", "severity=critical"], "discord,email,slack,webhook"),
    (&["alertname=X", "severity=warning"], "discord,slack,webhook"),
    (&["alertname=X", "severity=info"], "discord"),
    (&["alertname=Watchdog", "severity=none"], "deadman"),
    (&["alertname=X", "severity=none"], "nobody"),
];

pub fn check(amtool: &Path, files: &Resolved, _: Job<'_>) {
    let config = files.path("local/alertmanager.yaml");
    must(Command::new(amtool).arg("check-config").arg(&config));
    let written = std::fs::read_to_string(&config).expect("the configuration is there");
    let all = written.contains("name: discord");
    for (labels, receivers) in ROUTES {
        let mut command = Command::new(amtool);
        command
            .args(["config", "routes", "test"])
            .arg(format!("--config.file={}", config.display()))
            .args(*labels);
        let reached = must(&mut command);
        let expected = if all { receivers } else { "nobody" };
        assert_eq!(reached.trim(), expected, "{labels:?}");
    }
}
