//! Alert rules: promtool accepts them and their tests; every alert is tested, and says what a person needs to know.

use libtest_mimic::Trial;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::pack::folder;
use crate::programs::{here, must};

/// How many alerts there have to be.
const LEAST: usize = 40;

pub fn trials(quiet: bool) -> Vec<Trial> {
    let mut trials = vec![Trial::test("rules::texts", || {
        texts();
        Ok(())
    })];
    let Some(promtool) = here("promtool", "rules", quiet) else { return trials };
    for file in yaml("tests/rules") {
        let promtool = promtool.clone();
        let name = format!("rules::{}", file.file_stem().unwrap_or_default().to_string_lossy());
        trials.push(Trial::test(name, move || {
            let rules = folder().join("files/rules").join(file.file_name().unwrap_or_default());
            must(Command::new(&promtool).args(["check", "rules", "--lint=all", "--lint-fatal"]).arg(rules));
            must(Command::new(&promtool).args(["test", "rules"]).arg(file));
            Ok(())
        }));
    }
    trials
}

/// The rule files that Prometheus reads, or their tests.
fn yaml(of: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(of)).expect("the folder is there").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files
}

fn texts() {
    let tests: String = yaml("tests/rules").iter().map(read).collect();
    let mut alerts = 0;
    for file in yaml("files/rules") {
        let of_loki = file.to_string_lossy().contains(".loki.");
        for (name, rule) in rules(&file) {
            alerts += 1;
            for key in ["summary", "cause", "action"] {
                let text = rule["annotations"][key].as_str().unwrap_or_default();
                assert!(text.len() > 15, "{name} says nothing under {key}");
            }
            let severity = rule["labels"]["severity"].as_str().unwrap_or_default();
            assert!(
                ["none", "info", "warning", "critical"].contains(&severity),
                "{name}: severity {severity:?}"
            );
            assert!(of_loki || tests.contains(&format!("{name}\"")), "{name} is never seen to fire");
        }
    }
    assert!(alerts >= LEAST, "{alerts} alerts");
}

fn read(file: &PathBuf) -> String {
    fs::read_to_string(file).expect("a file of the pack can be read")
}

fn rules(file: &PathBuf) -> Vec<(String, Value)> {
    let document: Value = serde_saphyr::from_str(&read(file)).expect("rules are YAML");
    let groups = document["groups"].as_array().expect("rules have groups").clone();
    let rules = groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default());
    rules.filter_map(|rule| Some((rule["alert"].as_str()?.to_owned(), rule.clone()))).collect()
}
