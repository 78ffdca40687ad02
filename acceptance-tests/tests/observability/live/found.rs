//! Which of the stack's programs are here. In the jobs of those that are not, something stands in for them; whatever
//! depends on such a program is left out of the story, never taken as told.

use acceptance_tests::find;
use std::process::Command;

use super::stand_in;
use crate::programs::{here, run};

/// A component that the stack can do without, its program, and how its metrics begin.
struct Part {
    component: &'static str,
    program: &'static str,
    metrics: &'static [&'static str],
}

const PARTS: &[Part] = &[
    Part {
        component: "alloy",
        program: "alloy",
        metrics: &["alloy_", "loki_write_", "nomad_client_", "otelcol_", "prometheus_remote_storage_"],
    },
    Part { component: "blackbox", program: "blackbox_exporter", metrics: &["probe_"] },
    Part { component: "loki", program: "loki", metrics: &["loki_"] },
    Part { component: "tempo", program: "tempo", metrics: &["tempo_", "tempodb_", "traces_"] },
];

/// The program that measures a host, where no Alloy does.
pub const NODE_EXPORTER: &str = "prometheus-node-exporter";

/// Components whose programs are called like them, and which no stack is without.
const ALWAYS: &[&str] = &["alertmanager", "prometheus"];

/// Whether a component's program is here.
pub fn has(component: &str) -> bool {
    let of_part = PARTS.iter().find(|part| part.component == component).map(|part| part.program);
    let program = of_part.or_else(|| ALWAYS.iter().find(|name| **name == component).copied());
    program.is_some_and(|program| find(program).is_some())
}

/// The components that can run, as a list in the language of variables.
pub fn components() -> String {
    let runs = |component: &&str| has(component) || stand_in::is_for(component);
    let parts = PARTS.iter().map(|part| part.component).chain(["grafana"]).filter(runs);
    let all: Vec<String> = ALWAYS.iter().copied().chain(parts).map(|name| format!("{name:?}")).collect();
    format!("[{}]", all.join(", "))
}

/// Says which programs take part, in which versions.
pub fn versions() {
    let always = ["nomad", "dockerd", "prometheus", "alertmanager", NODE_EXPORTER];
    for name in always.into_iter().chain(PARTS.iter().map(|part| part.program)) {
        let Some(program) = find(name) else { continue };
        let (_, told) = run(Command::new(program).arg("--version"));
        eprintln!("live: real: {}", told.lines().next().unwrap_or(name));
    }
}

/// Says what is missing.
pub fn say(quiet: bool) {
    for part in PARTS {
        here(part.program, "a part of the live run", quiet);
    }
}

/// How the metrics begin of which there are none, because a program is missing.
pub fn missing_metrics() -> impl Iterator<Item = &'static str> {
    let missing = PARTS.iter().filter(|part| find(part.program).is_none());
    let of_hosts = (!has("alloy") && find(NODE_EXPORTER).is_none()).then_some("node_");
    missing.flat_map(|part| part.metrics.iter().copied()).chain(of_hosts)
}
