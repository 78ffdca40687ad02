//! What Grafana is given at its start: in each variant only datasources that are there, with the uids that links and
//! dashboards use, and links only to those.

use libtest_mimic::Trial;
use serde_json::Value;

use crate::pack::render;
use crate::resolved::Resolved;
use acceptance_tests::variants::{STACK, Variant};

pub fn trials() -> Vec<Trial> {
    let of = |variant: &'static Variant| {
        Trial::test(format!("grafana::provisioning::{}", variant.name), move || {
            check(variant);
            Ok(())
        })
    };
    STACK.iter().map(of).collect()
}

fn check(variant: &Variant) {
    let rendered = render(variant.variables);
    let Some(job) = rendered.job("grafana") else { return };
    let files = Resolved::new(job);
    let path = files.path("local/provisioning/datasources/stack.yaml");
    let text = std::fs::read_to_string(path).expect("datasources are carried");
    let document: Value = serde_saphyr::from_str(&text).expect("datasources are YAML");
    let datasources = document["datasources"].as_array().expect("there are datasources");
    let uids: Vec<&str> = datasources.iter().filter_map(|source| source["uid"].as_str()).collect();
    for (source, name) in
        [("alertmanager", "alertmanager"), ("loki", "loki"), ("prometheus", "prometheus"), ("tempo", "tempo")]
    {
        assert_eq!(uids.contains(&source), rendered.job(name).is_some(), "{source} in {uids:?}");
    }
    for source in datasources {
        let url = source["url"].as_str().unwrap_or_default();
        assert!(url.starts_with("http://") && source["access"] == "proxy", "{source}");
        links(&source["jsonData"], &uids);
    }
}

/// Every uid that a link names is the uid of a datasource.
fn links(value: &Value, uids: &[&str]) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let (true, Some(uid)) = (key.to_lowercase().ends_with("uid"), value.as_str()) {
                    assert!(uids.contains(&uid), "{key} leads to {uid}, which is not in {uids:?}");
                }
                links(value, uids);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| links(item, uids)),
        _ => {}
    }
}
