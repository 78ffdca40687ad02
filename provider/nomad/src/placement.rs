//! Why the scheduler could not place a group, in words that say what to change.
//!
//! Knows what the scheduler counted; must never claim a reason that it did not count.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::json::or_empty;

/// What the scheduler counted while it looked for a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Unplaced {
    /// Nodes that it looked at.
    pub nodes_evaluated: i64,
    /// Nodes that did not fit.
    pub nodes_filtered: i64,
    /// Nodes in the job's pool.
    pub nodes_in_pool: i64,
    /// Nodes that were ready, by datacenter.
    #[serde(deserialize_with = "or_empty")]
    pub nodes_available: BTreeMap<String, i64>,
    /// How many nodes each constraint ruled out.
    #[serde(deserialize_with = "or_empty")]
    pub constraint_filtered: BTreeMap<String, i64>,
    /// Nodes that would have fitted but were full.
    pub nodes_exhausted: i64,
    /// How many nodes lacked what.
    #[serde(deserialize_with = "or_empty")]
    pub dimension_exhausted: BTreeMap<String, i64>,
    /// Limits of the namespace that were reached.
    #[serde(deserialize_with = "or_empty")]
    pub quota_exhausted: Vec<String>,
    /// How many more of the group failed in the same way.
    pub coalesced_failures: i64,
}

impl Unplaced {
    /// How many could not be placed.
    pub fn count(&self) -> i64 {
        self.coalesced_failures + 1
    }

    /// The reasons, each with what would help, most telling first.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = self.nodes();
        let constraints = self.constraint_filtered.iter().map(|(text, nodes)| constraint(text, *nodes));
        reasons.extend(constraints);
        let dimensions = self.dimension_exhausted.iter().map(|(text, nodes)| dimension(text, *nodes));
        reasons.extend(dimensions);
        reasons.extend(self.quota_exhausted.iter().map(|quota| format!("the quota is used up: {quota}")));
        if reasons.is_empty() {
            reasons.push(format!(
                "none of the {} that were looked at fits ({} ruled out, {} full)",
                nodes(self.nodes_evaluated),
                self.nodes_filtered,
                self.nodes_exhausted
            ));
        }
        reasons
    }

    /// Reasons that lie in which nodes there are.
    fn nodes(&self) -> Vec<String> {
        if self.nodes_evaluated > 0 || self.nodes_available.values().any(|count| *count > 0) {
            return Vec::new();
        }
        let help = "add one, or correct `node_pool` or `datacenters`";
        vec![format!("no node that is ready and eligible is in the job's node pool and datacenters: {help}")]
    }
}

fn nodes(count: i64) -> String {
    if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") }
}

fn constraint(text: &str, count: i64) -> String {
    let on = nodes(count);
    if let Some(driver) = text.strip_prefix("missing drivers") {
        return format!(
            "{on}: no driver{driver} there: install it, or turn it on in the client's configuration"
        );
    }
    if text.contains("missing compatible host volumes") {
        return format!("{on}: no such host volume, or not with that access: create it, or correct `volume`");
    }
    if text.contains("missing network") {
        return format!("{on}: no such network: correct `network`, or add the host network");
    }
    if text.contains("CSI") {
        return format!("{on}: {text}: register the volume and run its plugin there");
    }
    if text.contains("distinct_hosts") {
        return format!("{on}: `distinct_hosts` allows one of it per node: add nodes, or lower `count`");
    }
    format!("{on}: ruled out by the constraint `{text}`")
}

fn dimension(text: &str, count: i64) -> String {
    let on = nodes(count);
    let help = match text {
        "memory" => "lower `memory` in `resources`, stop something, or add a node",
        "cpu" | "cores" => "lower `cpu` or `cores` in `resources`, stop something, or add a node",
        "disk" => "lower `size` in `ephemeral_disk`, or add a node",
        _ if text.contains("reserved port collision") => {
            "the static port is taken: choose another, or free it"
        }
        _ if text.contains("dynamic port") => "no free dynamic ports: add a node",
        _ if text.contains("device") => "no free device: stop something, or add a node",
        _ => "stop something, or add a node",
    };
    match text {
        "memory" | "cpu" | "cores" | "disk" => format!("{on}: not enough {text}: {help}"),
        _ => format!("{on}: {text}: {help}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(entries: serde_json::Value) -> Unplaced {
        serde_json::from_value(entries).expect("counts")
    }

    #[test]
    fn no_node_at_all_is_told_from_no_fitting_node() {
        for none in
            [serde_json::json!({"NodesAvailable": null}), serde_json::json!({"NodesAvailable": {"dc9": 0}})]
        {
            let reasons = counted(none).reasons();
            assert!(reasons[0].starts_with("no node that is ready") && reasons.len() == 1, "{reasons:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_what_helps() {
        let full = counted(serde_json::json!({
            "NodesEvaluated": 4, "NodesFiltered": 2, "NodesInPool": 4, "NodesAvailable": {"dc1": 4},
            "ConstraintFiltered": {"missing drivers \"docker\"": 1, "${attr.cpu.arch} = arm64": 1},
            "NodesExhausted": 2, "DimensionExhausted": {"memory": 1, "network: reserved port collision http=80": 1},
            "CoalescedFailures": 2
        }));
        assert_eq!(full.count(), 3);
        insta::assert_snapshot!(full.reasons().join("\n"), @r#"
        1 node: ruled out by the constraint `${attr.cpu.arch} = arm64`
        1 node: no driver "docker" there: install it, or turn it on in the client's configuration
        1 node: not enough memory: lower `memory` in `resources`, stop something, or add a node
        1 node: network: reserved port collision http=80: the static port is taken: choose another, or free it
        "#);
    }

    #[test]
    fn a_reason_that_nobody_counted_is_not_made_up() {
        let odd = counted(serde_json::json!({"NodesEvaluated": 1, "NodesFiltered": 1}));
        assert_eq!(odd.reasons(), ["none of the 1 node that were looked at fits (1 ruled out, 0 full)"]);
    }
}
