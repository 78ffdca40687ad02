//! What has no data here, and why. Nothing else may be silent.

use super::found;

/// Metrics that nothing exposes here, by how they begin.
const ABSENT: &[(&str, &str)] = &[
    ("consul_", "no Consul runs here"),
    ("traefik_", "no ingress runs here"),
    ("grafana_", "Grafana cannot be had here"),
    ("lostops_backup_", "no backup runs here"),
    ("nomad_agent_tls_", "this Nomad serves no TLS"),
    ("nomad_client_allocs_oom_killed", "nothing ran out of memory"),
    ("nomad_client_allocs_restart", "nothing restarts here"),
    ("nomad_raft_state_", "the election is over, and forgotten after a minute"),
    ("nomad_nomad_plan_submit", "nothing was planned in the last minute"),
    ("nomad_nomad_worker_", "nothing was scheduled in the last minute"),
    ("node_nf_conntrack_", "this kernel does not track connections"),
    ("node_pressure_", "this kernel does not measure pressure"),
    ("probe_ssl_", "the probe here speaks no TLS"),
    ("loki_discarded_", "nothing was refused"),
    ("tempo_discarded_", "nothing was refused"),
    ("loki_compactor_apply_retention_last", "retention has not run yet"),
    ("tempodb_blocklist_length", "no block was written yet"),
    ("loki_write_dropped_", "nothing was lost"),
    ("alertmanager_notifications_failed_", "no message failed"),
];

/// Queries that are right and have nothing to tell here, by a part of them.
const QUIET: &[(&str, &str)] = &[
    ("service_name=\"journal\"", "no journal is kept here"),
    ("health_type!=\"healthy\"", "everything is healthy"),
    ("_failed{", "nothing failed"),
    ("_send_failed_", "nothing failed"),
    ("> 0", "nothing failed, was lost or is limited"),
    ("detected_level=~\"debug", "nobody chose a level"),
    ("duration > 500ms", "the request was faster"),
];

/// What is silent besides where no Alloy runs.
const WITHOUT_ALLOY: &[(&str, &str)] = &[("nomad_job=~", "no Alloy is here that reads what tasks print")];
/// Why there are no metrics of a program that was not found.
const NOT_FOUND: &str = "the program that exposes it is not here";

/// Whether it is known why a metric is not here.
pub fn absent(metric: &str) -> bool {
    begins().any(|(begins, _)| metric.starts_with(begins))
}

fn begins() -> impl Iterator<Item = (&'static str, &'static str)> {
    ABSENT.iter().copied().chain(found::missing_metrics().map(|begins| (begins, NOT_FOUND)))
}

/// Why a query is silent, if that is known: by its words, or by a metric of it that is not here.
pub fn why(query: &str) -> Option<&'static str> {
    let alloy = if found::has("alloy") { &[] } else { WITHOUT_ALLOY };
    let parts = begins().chain(QUIET.iter().copied()).chain(alloy.iter().copied());
    parts.into_iter().find_map(|(part, why)| query.contains(part).then_some(why))
}
