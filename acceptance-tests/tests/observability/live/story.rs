//! What happens inside: the stack comes up, a request is made, and everything about it is found.

use acceptance_tests::{find, wait_until};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::hook::Posted;
use super::machine::{ADDRESS, Machine, NOMAD};
use super::request::{self, Receiver, Request};
use super::{app, found, hook, images, nomad, queries, rest, stand_in};
use crate::http;
use crate::pack::{Rendered, render};
use crate::programs::{must, packgen, run};
use acceptance_tests::variants::STACK;

/// How long it may take until a request is seen in all three stores.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// How much memory the stack may use at rest, in MiB.
const AT_REST: f64 = 1536.0;
/// And how many cores.
const CORES_AT_REST: f64 = 0.5;

/// Tells it, in a folder.
pub fn tell(folder: &Path) {
    found::versions();
    let machine = Machine::start(folder);
    let variables = variables(&machine);
    let rendered = render(&variables);
    images::make(&machine, &rendered);
    let posted = hook::listen(&format!("{ADDRESS}:9999"));
    nomad::volumes(&rendered);
    let started = Instant::now();
    up(folder, &variables);
    eprintln!("live: healthy after {:.0} s", started.elapsed().as_secs_f32());
    stand_in::check(&rendered);
    judged();
    hosts(folder);
    one_request(folder, &rendered);
    called(&posted);
    let store = |name: &str| found::has(name).then(|| nomad::service(name));
    queries::all(queries::Stores {
        prometheus: &nomad::service("prometheus"),
        loki: store("loki").as_deref(),
        tempo: store("tempo").as_deref(),
    });
    kept(folder, &variables);
    at_rest(&machine);
    let restarts = nomad::restarts();
    assert!(restarts.is_empty(), "restarted: {restarts:#?}");
    // What is stopped leaves no control groups behind.
    nomad::stop_all();
}

/// What the programs take while nothing but a request in two seconds comes in.
fn at_rest(machine: &Machine) {
    let uses = rest::watch(machine);
    let memory: f64 = uses.iter().map(|one| one.memory).sum();
    let cores: f64 = uses.iter().map(|one| one.cores).sum();
    for rest::Use { name, memory, cores } in &uses {
        eprintln!("live: at rest {name} has {memory:.0} MiB resident and takes {cores:.3} cores");
    }
    eprintln!("live: at rest all have {memory:.0} MiB and take {cores:.2} cores");
    let kept = memory < AT_REST && cores < CORES_AT_REST;
    assert!(kept, "{memory:.0} MiB and {cores:.2} cores, promised are {AT_REST} and {CORES_AT_REST}");
}

/// An alert's route without its secret is refused before anything is made; with it, everything becomes healthy.
fn up(folder: &Path, variables: &str) {
    let (file, secrets) = (folder.join("variables.hcl"), folder.join("secrets.json"));
    fs::write(&file, variables).expect("a file can be written");
    fs::write(&secrets, SECRETS).expect("a file can be written");
    let (started, told) = run(&mut packgen_run(folder, &file));
    let asked_for = ["webhook_url", "deadman_url"].iter().all(|name| told.contains(name));
    assert!(!started && asked_for, "a route without its secret is not refused: {told}");
    assert_eq!(http::get(NOMAD, "/v1/jobs").json(), serde_json::json!([]), "nothing was started");
    must(packgen_run(folder, &file).arg("--secret-file").arg(&secrets));
}

fn packgen_run(folder: &Path, variables: &Path) -> Command {
    let mut command = Command::new(packgen().expect("packgen is here"));
    command.args(["run", "observability_stack", "--address", &format!("http://{NOMAD}")]);
    command.arg("-f").arg(variables).current_dir(folder);
    command
}

/// Every job of every variant, as the server itself sees it.
fn judged() {
    for variant in STACK {
        for job in render(variant.variables).jobs() {
            if let Err(why) = nomad::judged(job.json()) {
                panic!("{}, {}: {why}", variant.name, job.name());
            }
        }
    }
}

/// Where no Alloy measures the host, the exporter does that Debian has: as any service with the tag `metrics`.
fn hosts(folder: &Path) {
    let Some(exporter) = find(found::NODE_EXPORTER).filter(|_| !found::has("alloy")) else { return };
    let file = folder.join("node.nomad.hcl");
    let job = NODE.replace("EXPORTER", &exporter.display().to_string());
    fs::write(&file, job).expect("a file can be written");
    nomad::run(&file);
}

fn one_request(folder: &Path, rendered: &Rendered) {
    let request = Request::now();
    let file = folder.join("shop.nomad.hcl");
    app::write(&file, rendered.output("otel_env"), &request.trace);
    nomad::run(&file);
    let (endpoint, attributes) = environment();
    assert_eq!(endpoint, format!("http://{ADDRESS}:4318"), "the Alloy of the app's node");
    let prometheus = nomad::service("prometheus");
    let to = if found::has("alloy") {
        Receiver::Alloy(endpoint.trim_start_matches("http://").to_owned())
    } else {
        Receiver::Stores {
            prometheus: prometheus.clone(),
            loki: found::has("loki").then(|| nomad::service("loki")),
            tempo: found::has("tempo").then(|| nomad::service("tempo-otlp")),
        }
    };
    let request = request.by(&attributes);
    let made = Instant::now();
    request.send(&to);
    let trace = &request.trace;
    if found::has("loki") {
        logged(made, &nomad::service("loki"), trace);
    }
    if found::has("tempo") {
        let tempo = nomad::service("tempo");
        let spans = || http::get(&tempo, &format!("/api/traces/{trace}")).body.contains("GET /cart");
        seen(made, "the trace", spans);
    }
    let count = "http_server_request_duration_seconds_count{service_name=\"shop\", http_route=\"/buy\"} == 1";
    seen(made, "the metric", || !values(&prometheus, count).is_empty());
    seen(made, "the exemplar", || exemplars(&prometheus).contains(trace));
    eprintln!("live: everything about a request was seen after {:.2} s", made.elapsed().as_secs_f32());
    request::keep_on(&request, &to);
    followed(&prometheus);
}

/// The lines of the request: what the app printed, and what it sent.
fn logged(made: Instant, loki: &str, trace: &str) {
    let printed =
        format!("{{nomad_job=\"shop\", nomad_group=\"web\", nomad_task=\"app\"}} | trace_id=\"{trace}\"");
    let sent = format!("{{nomad_job_name=\"shop\"}} | trace_id=\"{trace}\"");
    if found::has("alloy") {
        seen(made, "what the app printed", || lines(loki, &printed).contains("msg=paid"));
    }
    seen(made, "the log that was sent", || lines(loki, &sent).contains("not paid"));
}

/// What the stack makes of requests by itself.
fn followed(prometheus: &str) {
    let graph = "traces_service_graph_request_total{client=\"shop\", server=\"cart\"}";
    let drawn = || !values(prometheus, graph).is_empty();
    assert!(!found::has("tempo") || wait_until(Duration::from_mins(1), drawn), "no service graph");
    let fails = "app:errors:rate5m{service_name=\"shop\"} > 0";
    assert!(
        wait_until(Duration::from_mins(2), || !values(prometheus, fails).is_empty()),
        "no rate of errors"
    );
}

/// Where the app was told to send, and as whom, from its own log.
fn environment() -> (String, String) {
    let mut line = String::new();
    let there = wait_until(Duration::from_mins(1), || {
        line = nomad::printed("shop", "app");
        line.contains("attributes=")
    });
    assert!(there, "the app prints nothing");
    let word = |name: &str| {
        let (_, rest) = line.split_once(name).unwrap_or_default();
        rest.split([' ', ';', '\n']).next().unwrap_or_default().to_owned()
    };
    let attributes = word("attributes=");
    assert!(attributes.contains("nomad.job.name=shop") && attributes.contains("host.name="), "{line}");
    (word("endpoint="), attributes)
}

fn seen(made: Instant, what: &str, so: impl FnMut() -> bool) {
    let left = SEEN_WITHIN.saturating_sub(made.elapsed());
    assert!(wait_until(left, so), "{what} is not seen within {SEEN_WITHIN:?}");
    eprintln!("live: {what} was seen {:.2} s after the request", made.elapsed().as_secs_f32());
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

/// Prometheus and Grafana are updated one after the other: what they have kept is there afterwards, and so are the secrets.
fn kept(folder: &Path, variables: &str) {
    let before =
        SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs().to_string();
    let count = "http_server_request_duration_seconds_count{service_name=\"shop\"}";
    let then = |address: &str| {
        let asked = [("query", count), ("time", before.as_str())];
        http::ask(address, "/api/v1/query", &asked).json()["data"]["result"][0]["value"].to_string()
    };
    let known = then(&nomad::service("prometheus"));
    assert!(known.contains('"'), "nothing is known of the requests: {known}");
    let updated = folder.join("updated.hcl");
    fs::write(&updated, format!("{variables}{UPDATE}")).expect("a file can be written");
    must(&mut packgen_run(folder, &updated));
    assert_eq!(then(&nomad::service("prometheus")), known, "Prometheus has forgotten what it knew");
    if stand_in::is_for("grafana") {
        let found = nomad::printed("grafana", "grafana");
        assert!(found.contains("data is there"), "Grafana's data is gone: {found}");
    }
}

/// Changes that make new allocations.
const UPDATE: &str = "prometheus = { resources = { cpu = 101 } }\ngrafana = { resources = { cpu = 101 } }\n";

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

/// The stack of the programs that are here.
pub fn variables(machine: &Machine) -> String {
    let mut text = VARIABLES.replace("SOCKET", &machine.socket().display().to_string());
    let _ = writeln!(text, "components = {}", found::components());
    if !found::has("alloy") {
        let _ = writeln!(text, "agents = {{ nomad_servers = [\"{NOMAD}\"] }}");
    }
    if found::has("blackbox") {
        let _ = writeln!(text, "probe = {{ nomad = {{ target = \"http://{NOMAD}/v1/status/leader\" }} }}");
    }
    text
}

const NODE: &str = r#"
job "node" {
  group "node" {
    network {
      port "http" {
        static = 9100
      }
    }
    service {
      name     = "node"
      provider = "nomad"
      port     = "http"
      tags     = ["metrics", "metrics_job=node"]
    }
    task "exporter" {
      driver = "raw_exec"
      config {
        command = "EXPORTER"
        args    = ["--web.listen-address=${NOMAD_ADDR_http}"]
      }
      resources {
        cpu    = 20
        memory = 64
      }
    }
  }
}
"#;

const VARIABLES: &str = r#"
discovery = "nomad"
cluster = "lab"
docker_socket = "SOCKET"
alloy = { journal = false }
alerting = { webhook = {}, deadman = { every = "1m" }, group_wait = "1s" }
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
