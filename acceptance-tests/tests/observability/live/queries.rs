//! Every query of every dashboard and rule, asked of the stores that run. A query answers with data, or every metric
//! of it that is not here stands in the list with a reason.

use acceptance_tests::wait_until;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::silent;
use crate::checks::dashboards;
use crate::http;

/// How long it may take until there is something to tell: a rate needs two samples.
const PATIENCE: Duration = Duration::from_mins(2);

/// The stores, by their addresses.
#[derive(Clone, Copy, Debug)]
pub struct Stores<'a> {
    /// Prometheus.
    pub prometheus: &'a str,
    /// Loki, if it runs.
    pub loki: Option<&'a str>,
    /// Tempo, if it runs.
    pub tempo: Option<&'a str>,
}

/// Asks them all, until all are answered.
pub fn all(stores: Stores<'_>) {
    let mut wrong = Vec::new();
    let answered = wait_until(PATIENCE, || {
        wrong = once(stores);
        wrong.is_empty()
    });
    assert!(answered, "{} queries:\n{}", wrong.len(), wrong.join("\n"));
}

fn once(Stores { prometheus, loki, tempo }: Stores<'_>) -> Vec<String> {
    let names = names(prometheus);
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (dashboard, content) in dashboards::all() {
        for panel in content["panels"].as_array().expect("there are panels") {
            for target in panel["targets"].as_array().unwrap_or(&Vec::new()) {
                let problem = match (target["datasource"]["uid"].as_str(), loki, tempo) {
                    (Some("loki"), None, _) | (Some("tempo"), _, None) => continue,
                    (Some("loki"), Some(loki), _) => of_loki(loki, &filled(text(target, "expr"), ".+")),
                    (Some("tempo"), ..) if target["queryType"] == "serviceMap" => None,
                    (Some("tempo"), _, Some(tempo)) => of_tempo(tempo, &filled(text(target, "query"), ".*")),
                    _ => of_prometheus(prometheus, &filled(text(target, "expr"), ".*"), &names),
                };
                asked += 1;
                wrong.extend(problem.map(|problem| format!("{dashboard}, {}: {problem}", panel["title"])));
            }
        }
    }
    let rules: usize =
        [Some(prometheus), loki].into_iter().flatten().map(|store| rules(store, &names, &mut wrong)).sum();
    if wrong.is_empty() {
        eprintln!("live: {asked} queries of dashboards and {rules} rules were answered");
    }
    wrong
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// A query as Grafana would send it, with everything chosen.
fn filled(query: &str, any: &str) -> String {
    let times = query.replace("$__rate_interval", "1m").replace("$__range", "5m").replace("$__auto", "1m");
    let mut query = times.replace("$search", "");
    for name in ["app", "job", "namespace", "node", "task", "level"] {
        let every = if name == "level" { ".*" } else { any };
        query = query.replace(&format!("${name}"), every);
    }
    query
}

fn names(prometheus: &str) -> BTreeSet<String> {
    let answer = http::get(prometheus, "/api/v1/label/__name__/values").json();
    let names = answer["data"].as_array().expect("there are metrics");
    names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn of_prometheus(address: &str, query: &str, names: &BTreeSet<String>) -> Option<String> {
    let answer = http::ask(address, "/api/v1/query", &[("query", query)]);
    let result = answer.json();
    if result["status"] != "success" {
        return Some(format!("{query}: {}", answer.body));
    }
    let empty = result["data"]["result"].as_array().is_none_or(Vec::is_empty);
    let unknown = unknown(address, query, names);
    match (empty, unknown.is_empty()) {
        (_, false) => Some(format!("{query}: nothing exposes {unknown:?}")),
        (true, true) if !silent::quiet(query) => Some(format!("{query}: no data")),
        _ => None,
    }
}

/// The metrics of a query that nothing exposes, without a reason.
fn unknown(address: &str, query: &str, names: &BTreeSet<String>) -> Vec<String> {
    let parsed = http::ask(address, "/api/v1/parse_query", &[("query", query)]).json();
    let mut used = BTreeSet::new();
    selectors(&parsed["data"], &mut used);
    let known = |name: &String| names.contains(name) || silent::absent(name);
    used.into_iter().filter(|name| !known(name)).collect()
}

fn selectors(node: &Value, into: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            if let ("vectorSelector" | "matrixSelector", Some(name)) =
                (kind, fields.get("name").and_then(Value::as_str))
            {
                into.extend((!name.is_empty()).then(|| name.to_owned()));
            }
            fields.values().for_each(|value| selectors(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| selectors(item, into)),
        _ => {}
    }
}

fn of_loki(address: &str, query: &str) -> Option<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let span = [("start", (now - 600).to_string()), ("end", now.to_string())];
    let mut parameters = vec![("query", query), ("step", "60"), ("limit", "5")];
    parameters.extend(span.iter().map(|(key, value)| (*key, value.as_str())));
    let answer = http::ask(address, "/loki/api/v1/query_range", &parameters);
    let result = answer.json();
    let empty = result["data"]["result"].as_array().is_none_or(Vec::is_empty);
    match result["status"] == "success" {
        false => Some(format!("{query}: {}", answer.body)),
        true if empty && !silent::quiet(query) => Some(format!("{query}: no lines")),
        true => None,
    }
}

fn of_tempo(address: &str, query: &str) -> Option<String> {
    let answer = http::ask(address, "/api/search", &[("q", query), ("limit", "5")]);
    let found = answer.json()["traces"].as_array().is_some_and(|traces| !traces.is_empty());
    (!found && !silent::quiet(query)).then(|| format!("{query}: {}", answer.body))
}

/// The rules as their evaluator sees them: all healthy, and on metrics that are exposed.
fn rules(address: &str, names: &BTreeSet<String>, wrong: &mut Vec<String>) -> usize {
    let path = if http::get(address, "/api/v1/rules").status == 200 {
        "/api/v1/rules"
    } else {
        "/prometheus/api/v1/rules"
    };
    let answer = http::get(address, path).json();
    let groups = answer["data"]["groups"].as_array().cloned().unwrap_or_default();
    let rules: Vec<Value> =
        groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default()).collect();
    assert!(!rules.is_empty(), "{address} has no rules: {answer}");
    for rule in &rules {
        let (name, query) = (text(rule, "name"), text(rule, "query"));
        if rule["health"] != "ok" {
            wrong.push(format!("rule {name}: {} {}", rule["health"], rule["lastError"]));
        }
        let unknown = if path == "/api/v1/rules" { unknown(address, query, names) } else { Vec::new() };
        if !unknown.is_empty() {
            wrong.push(format!("rule {name}: nothing exposes {unknown:?}"));
        }
    }
    rules.len()
}
