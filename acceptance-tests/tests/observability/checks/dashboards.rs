//! Dashboards: whole, with panels that Grafana has itself, on datasources that the stack provides, with variables
//! that they define, and nothing on top of anything else.

use libtest_mimic::Trial;
use serde_json::Value;
use std::collections::HashSet;
use std::fs;

use crate::pack::folder;

const PANELS: &[&str] = &["bargauge", "heatmap", "logs", "nodeGraph", "row", "stat", "table", "timeseries"];
const BUILT_IN: &[&str] = &["__rate_interval", "__range", "__auto", "__all", "__interval"];

/// All dashboards of the pack: name and content.
pub fn all() -> Vec<(String, Value)> {
    let entries = fs::read_dir(folder().join("files/dashboards")).expect("there are dashboards").flatten();
    let mut all: Vec<(String, Value)> = entries
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("a dashboard can be read");
            let name = entry.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).expect("a dashboard is JSON"))
        })
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

pub fn trials() -> Vec<Trial> {
    let of = |(name, dashboard): (String, Value)| {
        Trial::test(format!("grafana::dashboards::{name}"), move || {
            check(&name, &dashboard);
            Ok(())
        })
    };
    all().into_iter().map(of).collect()
}

fn check(name: &str, dashboard: &Value) {
    assert_eq!(dashboard["uid"], format!("lostops-{name}"));
    let title = dashboard["title"].as_str().unwrap_or_default();
    assert!(
        !title.is_empty() && dashboard["description"].as_str().is_some(),
        "a dashboard says what it is for"
    );
    let variables: HashSet<&str> = list(&dashboard["templating"]["list"])
        .iter()
        .filter_map(|variable| variable["name"].as_str())
        .chain(BUILT_IN.iter().copied())
        .collect();
    let panels = list(&dashboard["panels"]);
    let ids: HashSet<&Value> = panels.iter().map(|panel| &panel["id"]).collect();
    assert_eq!(ids.len(), panels.len(), "panels have ids of their own");
    for panel in panels {
        let kind = panel["type"].as_str().unwrap_or_default();
        assert!(PANELS.contains(&kind), "{}: {kind} is no panel of Grafana's own", panel["title"]);
        assert!(kind == "row" || !list(&panel["targets"]).is_empty(), "{} asks nothing", panel["title"]);
        for target in list(&panel["targets"]) {
            asks(panel, target, &variables);
        }
    }
    apart(panels);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn asks(panel: &Value, target: &Value, variables: &HashSet<&str>) {
    let (kind, uid) = (&target["datasource"]["type"], &target["datasource"]["uid"]);
    assert!(
        kind == uid && ["loki", "prometheus", "tempo"].iter().any(|own| uid == own),
        "{}: {uid}",
        panel["title"]
    );
    let query = target["expr"].as_str().or(target["query"].as_str()).unwrap_or_default();
    for part in query.split('$').skip(1) {
        let name: String = part.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
        assert!(variables.contains(name.as_str()), "{}: ${name} is not defined", panel["title"]);
    }
}

/// No panel lies on another, and none leaves the grid of 24 columns.
fn apart(panels: &[Value]) {
    let mut taken: HashSet<(u64, u64)> = HashSet::new();
    for panel in panels {
        let at = |key: &str| panel["gridPos"][key].as_u64().expect("a panel has a place");
        assert!(at("x") + at("w") <= 24, "{} leaves the grid", panel["title"]);
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert!(taken.insert((x, y)), "{} lies on another panel", panel["title"]);
            }
        }
    }
}
