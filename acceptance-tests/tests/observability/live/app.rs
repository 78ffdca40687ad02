//! An app that knows nothing but the pack's `otel_env`: it prints where it would send, and a line about a request.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

use super::images::APP;

/// Writes the app's job. `trace` is the request's trace.
pub fn write(file: &Path, otel_env: &Value, trace: &str) {
    let mut env = format!("        TRACE_ID = \"{trace}\"\n");
    for (name, value) in otel_env.as_object().expect("an environment") {
        let _ = writeln!(env, "        {name} = \"{}\"", value.as_str().unwrap_or_default());
    }
    std::fs::write(file, JOB.replace("IMAGE", APP).replace("ENVIRONMENT", env.trim_end()))
        .expect("a file can be written");
}

const JOB: &str = r#"
job "shop" {
  group "web" {
    task "app" {
      driver = "docker"
      config {
        image = "IMAGE"
        args = ["-c", "echo endpoint=$OTEL_EXPORTER_OTLP_ENDPOINT attributes=$OTEL_RESOURCE_ATTRIBUTES; echo level=error msg=paid trace_id=$TRACE_ID; exec sleep 3600"]
      }
      env {
ENVIRONMENT
      }
      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
"#;
