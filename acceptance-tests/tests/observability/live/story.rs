//! What happens inside: the stack comes up, a request is made, and everything about it is found.

use acceptance_tests::wait_until;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::hook::Posted;
use super::machine::{ADDRESS, Machine, NOMAD};
use super::request::{self, Request};
use super::{app, hook, images, nomad, queries};
use crate::http;
use crate::pack::{Rendered, render};
use crate::programs::{must, packgen, run};

/// How long it may take until a request is seen in all three stores.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// How much memory the stack may use at rest, in MiB.
const AT_REST: f64 = 1536.0;

/// Tells it, in a folder.
pub fn tell(folder: &Path) {
    let machine = Machine::start(folder);
    let variables = VARIABLES.replace("SOCKET", &machine.socket().display().to_string());
    let rendered = render(&variables);
    images::make(&machine, &rendered);
    let posted = hook::listen(&format!("{ADDRESS}:9999"));
    nomad::volumes(&rendered);
    let started = Instant::now();
    up(folder, &variables);
    eprintln!("live: healthy after {:.0} s", started.elapsed().as_secs_f32());
    one_request(folder, &rendered);
    called(&posted);
    queries::all(queries::Stores {
        prometheus: &nomad::service("prometheus"),
        loki: &nomad::service("loki"),
        tempo: &nomad::service("tempo"),
    });
    let memory = machine.memory();
    eprintln!("live: all containers together use {memory:.0} MiB");
    assert!(memory < AT_REST, "{memory:.0} MiB are used, {AT_REST} were promised");
    let restarts = nomad::restarts();
    assert!(restarts.is_empty(), "restarted: {restarts:#?}");
    // What is stopped leaves no control groups behind.
    nomad::stop_all();
}

/// An alert's route without its secret is refused before anything is made; with it, everything becomes healthy.
fn up(folder: &Path, variables: &str) {
    let (file, secrets) = (folder.join("variables.hcl"), folder.join("secrets.json"));
    fs::write(&file, variables).expect("a file can be written");
    fs::write(&secrets, SECRETS).expect("a file can be written");
    let packgen = || {
        let mut command = Command::new(packgen().expect("packgen is here"));
        command.args(["run", "observability_stack", "--address", &format!("http://{NOMAD}")]);
        command.arg("-f").arg(&file).current_dir(folder);
        command
    };
    let (started, told) = run(&mut packgen());
    let asked_for = ["webhook_url", "deadman_url"].iter().all(|name| told.contains(name));
    assert!(!started && asked_for, "a route without its secret is not refused: {told}");
    assert_eq!(http::get(NOMAD, "/v1/jobs").json(), serde_json::json!([]), "nothing was started");
    must(packgen().arg("--secret-file").arg(&secrets));
}

fn one_request(folder: &Path, rendered: &Rendered) {
    let request = Request::now();
    let file = folder.join("shop.nomad.hcl");
    app::write(&file, rendered.output("otel_env"), &request.trace);
    let (loki, tempo, prometheus) =
        (nomad::service("loki"), nomad::service("tempo"), nomad::service("prometheus"));
    nomad::run(&file);
    let (endpoint, attributes) = environment(&loki);
    assert_eq!(endpoint, format!("http://{ADDRESS}:4318"), "the Alloy of the app's node");
    let request = request.by(&attributes);
    let made = Instant::now();
    request.send(endpoint.trim_start_matches("http://"));
    let trace = &request.trace;
    let printed =
        format!("{{nomad_job=\"shop\", nomad_group=\"web\", nomad_task=\"app\"}} | trace_id=\"{trace}\"");
    let sent = format!("{{nomad_job_name=\"shop\"}} | trace_id=\"{trace}\"");
    seen(made, "what the app printed", || lines(&loki, &printed).contains("msg=paid"));
    seen(made, "the log that was sent", || lines(&loki, &sent).contains("not paid"));
    seen(made, "the trace", || http::get(&tempo, &format!("/api/traces/{trace}")).body.contains("GET /cart"));
    let count = "http_server_request_duration_seconds_count{service_name=\"shop\", http_route=\"/buy\"} == 1";
    seen(made, "the metric", || !values(&prometheus, count).is_empty());
    seen(made, "the exemplar", || exemplars(&prometheus).contains(trace));
    eprintln!(
        "live: a request was seen as log, trace, metric and exemplar after {:.1} s",
        made.elapsed().as_secs_f32()
    );
    request::keep_on(&request, endpoint.trim_start_matches("http://"));
    let graph = "traces_service_graph_request_total{client=\"shop\", server=\"cart\"}";
    assert!(
        wait_until(Duration::from_mins(1), || !values(&prometheus, graph).is_empty()),
        "no service graph"
    );
    let fails = "app:errors:rate5m{service_name=\"shop\"} > 0";
    assert!(
        wait_until(Duration::from_mins(2), || !values(&prometheus, fails).is_empty()),
        "no rate of errors"
    );
}

/// Where the app was told to send, and as whom, from its own log.
fn environment(loki: &str) -> (String, String) {
    let mut line = String::new();
    let there = wait_until(Duration::from_mins(1), || {
        line = lines(loki, "{nomad_job=\"shop\"} |= \"endpoint=\"");
        line.contains("endpoint=")
    });
    assert!(there, "the app's log does not arrive");
    let word = |name: &str| {
        let (_, rest) = line.split_once(name).unwrap_or_default();
        rest.split([' ', '"']).next().unwrap_or_default().to_owned()
    };
    let attributes = word("attributes=");
    assert!(attributes.contains("nomad.job.name=shop") && attributes.contains("host.name="), "{line}");
    (word("endpoint="), attributes)
}

fn seen(made: Instant, what: &str, so: impl FnMut() -> bool) {
    let left = SEEN_WITHIN.saturating_sub(made.elapsed());
    assert!(wait_until(left, so), "{what} is not seen within {SEEN_WITHIN:?}");
}

/// The dead man's switch is called, and an alert reaches its receiver with its texts.
fn called(posted: &Posted) {
    let heard = |path: &str, words: &[&str]| {
        let posted = posted.lock().expect("nobody panicked");
        posted.iter().any(|(at, body)| at == path && words.iter().all(|word| body.contains(word)))
    };
    let patience = Duration::from_secs(90);
    assert!(
        wait_until(patience, || heard("/deadman", &["Watchdog", "firing"])),
        "no word from the dead man's switch"
    );
    let words = ["TestAlert", "firing", "critical", "why", "what to do", "\"cluster\":\"lab\""];
    assert!(wait_until(patience, || heard("/alert", &words)), "the alert does not arrive: {posted:?}");
}

fn lines(loki: &str, query: &str) -> String {
    http::ask(loki, "/loki/api/v1/query_range", &[("query", query), ("limit", "10")]).json()["data"]["result"]
        .to_string()
}

fn values(prometheus: &str, query: &str) -> Vec<Value> {
    let answer = http::ask(prometheus, "/api/v1/query", &[("query", query)]).json();
    answer["data"]["result"].as_array().cloned().unwrap_or_default()
}

fn exemplars(prometheus: &str) -> String {
    let query = "http_server_request_duration_seconds_bucket";
    let span = [("query", query), ("start", "2000-01-01T00:00:00Z"), ("end", "2100-01-01T00:00:00Z")];
    http::ask(prometheus, "/api/v1/query_exemplars", &span).body
}

const SECRETS: &str =
    r#"{ "webhook_url": "http://10.99.0.2:9999/alert", "deadman_url": "http://10.99.0.2:9999/deadman" }"#;

const VARIABLES: &str = r#"
discovery = "nomad"
cluster = "lab"
components = ["alertmanager", "alloy", "blackbox", "loki", "prometheus", "tempo"]
docker_socket = "SOCKET"
alloy = { journal = false }
alerting = { webhook = {}, deadman = { every = "1m" }, group_wait = "1s" }
probe = { nomad = { target = "http://10.99.0.2:4646/v1/status/leader" } }
rules = {
  test = <<-EOT
    groups:
      - name: test
        rules:
          - alert: TestAlert
            expr: vector(1)
            labels: {severity: critical}
            annotations: {summary: this is a test, cause: why, action: what to do}
  EOT
}
"#;
