//! Every query of every dashboard and rule, asked of the stores that run. A query answers with data, or every metric
//! of it that is not here stands in the list with a reason.

use acceptance_tests::wait_until;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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

/// What became of a query.
enum Told {
    /// Data.
    Data,
    /// None, and it is known why.
    Quiet(&'static str),
    /// None that could be explained.
    Wrong(String),
}

/// How many queries were told what.
#[derive(Default)]
struct Count {
    data: usize,
    quiet: BTreeMap<&'static str, usize>,
    unasked: usize,
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
    let mut count = Count::default();
    for (dashboard, content) in dashboards::all() {
        for panel in content["panels"].as_array().expect("there are panels") {
            for target in panel["targets"].as_array().unwrap_or(&Vec::new()) {
                let told = match (target["datasource"]["uid"].as_str(), loki, tempo) {
                    (Some("loki"), None, _) | (Some("tempo"), _, None) => {
                        count.unasked += 1;
                        continue;
                    }
                    (Some("loki"), Some(loki), _) => of_loki(loki, &filled(text(target, "expr"), ".+")),
                    // Grafana draws it from Prometheus, with queries that the table beside it has too.
                    (Some("tempo"), ..) if target["queryType"] == "serviceMap" => continue,
                    (Some("tempo"), _, Some(tempo)) => of_tempo(tempo, &filled(text(target, "query"), ".*")),
                    _ => of_prometheus(prometheus, &filled(text(target, "expr"), ".*"), &names),
                };
                match told {
                    Told::Data => count.data += 1,
                    Told::Quiet(why) => *count.quiet.entry(why).or_default() += 1,
                    Told::Wrong(why) => wrong.push(format!("{dashboard}, {}: {why}", panel["title"])),
                }
            }
        }
    }
    let rules: usize =
        [Some(prometheus), loki].into_iter().flatten().map(|store| rules(store, &names, &mut wrong)).sum();
    if wrong.is_empty() {
        let Count { data, quiet, unasked } = count;
        for (why, queries) in &quiet {
            eprintln!("live: {queries} queries without data: {why}");
        }
        let quiet: usize = quiet.values().sum();
        eprintln!(
            "live: of the dashboards' queries {data} have data, {quiet} have none for a reason that is listed, and {unasked} are of stores that are not here; {rules} rules are healthy"
        );
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

fn of_prometheus(address: &str, query: &str, names: &BTreeSet<String>) -> Told {
    let answer = http::ask(address, "/api/v1/query", &[("query", query)]);
    let result = answer.json();
    if result["status"] != "success" {
        return Told::Wrong(format!("{query}: {}", answer.body));
    }
    let unknown = unknown(address, query, names);
    if !unknown.is_empty() {
        return Told::Wrong(format!("{query}: nothing exposes {unknown:?}"));
    }
    told(query, &result["data"]["result"])
}

/// Whether a list has something in it, or may be empty.
fn told(query: &str, list: &Value) -> Told {
    let some = list.as_array().is_some_and(|list| !list.is_empty());
    if some {
        return Told::Data;
    }
    silent::why(query).map_or_else(|| Told::Wrong(format!("{query}: no data")), Told::Quiet)
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

fn of_loki(address: &str, query: &str) -> Told {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let span = [("start", (now - 600).to_string()), ("end", now.to_string())];
    let mut parameters = vec![("query", query), ("step", "60"), ("limit", "5")];
    parameters.extend(span.iter().map(|(key, value)| (*key, value.as_str())));
    let answer = http::ask(address, "/loki/api/v1/query_range", &parameters);
    let result = answer.json();
    if result["status"] != "success" {
        return Told::Wrong(format!("{query}: {}", answer.body));
    }
    told(query, &result["data"]["result"])
}

fn of_tempo(address: &str, query: &str) -> Told {
    let answer = http::ask(address, "/api/search", &[("q", query), ("limit", "5")]);
    told(query, &answer.json()["traces"])
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
