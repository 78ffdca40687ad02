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

/// Whether it is known why a metric is not here.
pub fn absent(metric: &str) -> bool {
    begins().any(|begins| metric.starts_with(begins))
}

fn begins() -> impl Iterator<Item = &'static str> {
    ABSENT.iter().map(|(begins, _)| *begins).chain(found::missing_metrics())
}

/// Whether it is known why a query is silent: by its words, or by a metric of it that is not here.
pub fn quiet(query: &str) -> bool {
    QUIET.iter().map(|(part, _)| *part).chain(begins()).any(|part| query.contains(part))
}
