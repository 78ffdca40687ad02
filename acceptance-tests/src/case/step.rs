//! One step of a case: apply a configuration, see that everything is as its comments say.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::line::Line;
use crate::cluster::Cluster;
use crate::outcome::Outcome;
use crate::workspace::Workspace;

/// A configuration and what is to be so before and after it.
#[derive(Clone, Debug)]
pub struct Step {
    name: String,
    text: String,
    /// What its comments say.
    pub lines: Vec<Line>,
}

impl Step {
    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lines = Line::read(&text).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        Self { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text, lines }
    }

    /// Whether the step has a provider block of its own.
    pub fn configures_provider(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("provider "))
    }

    /// Runs it.
    pub fn run(&self, here: &Workspace) {
        self.prepare(here);
        here.config(&self.text);
        self.check_plan(here);
        let mut arguments = vec!["apply", "-auto-approve", "-json"];
        arguments.extend(self.lines.iter().flat_map(|line| match line {
            Line::With(more) => more.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }));
        let outcome = here.run(&arguments);
        here.cluster.iter().filter_map(|cluster| cluster.fake.as_ref()).for_each(|fake| fake.heal());
        self.check_report(&outcome);
        self.check_state(here, &outcome);
        if outcome.code == Some(0) {
            let changes = i32::from(self.lines.contains(&Line::Changes)) * 2;
            let plan = here.run(&["plan", "-detailed-exitcode"]);
            assert!(plan.code == Some(changes), "{}: the second plan: {plan}", self.name);
        }
    }

    fn prepare(&self, here: &Workspace) {
        for line in &self.lines {
            match line {
                Line::Write(name, text) => here.put(name, text),
                Line::Remove(name) => here.remove(name),
                Line::Cluster(deed) => deed.before(self.cluster(here), &self.name),
                _ => {}
            }
        }
    }

    fn cluster<'h>(&self, here: &'h Workspace) -> &'h Cluster {
        here.cluster.as_ref().unwrap_or_else(|| panic!("{}: there is no cluster here", self.name))
    }

    /// What a plan knows is not in its report: only where a step asks, one is saved and shown.
    fn check_plan(&self, here: &Workspace) {
        if !self.lines.iter().any(|line| matches!(line, Line::Planned(..) | Line::Unknown(_))) {
            return;
        }
        here.run(&["plan", "-out=plan"]).ok();
        let shown = here.run(&["show", "-json", "plan"]).ok().json();
        for line in &self.lines {
            match line {
                Line::Planned(path, value) => {
                    let found = planned(&shown, path, "after");
                    assert_eq!(found, value, "{}: planned value of {path}", self.name);
                }
                Line::Unknown(path) => {
                    let found = planned(&shown, path, "after_unknown");
                    assert_eq!(found, &Value::Bool(true), "{}: {path} is known in the plan", self.name);
                }
                _ => {}
            }
        }
    }

    fn check_report(&self, outcome: &Outcome) {
        let (name, report) = (&self.name, outcome.report());
        let mut expected = [("error", Vec::new()), ("warning", Vec::new())];
        let mut plan: Option<Vec<(String, String)>> = None;
        for line in &self.lines {
            match line {
                Line::Expect(severity, text) => {
                    assert!(report.has(severity, text), "{name}: no {severity} {text:?}: {outcome}");
                    let list = expected.iter_mut().filter(|(of, _)| of == severity);
                    list.for_each(|(_, texts)| texts.push(text.clone()));
                }
                Line::Plan(change) => plan.get_or_insert_default().extend(change.clone()),
                Line::Output(output, value) => {
                    assert_eq!(report.outputs.get(output), Some(value), "{name}: output {output}: {outcome}");
                }
                _ => {}
            }
        }
        for (severity, texts) in &expected {
            let others = report.others(severity, texts);
            assert!(others.is_empty(), "{name}: unexpected: {others:#?}");
        }
        let fails = !expected[0].1.is_empty();
        assert_eq!(outcome.code, Some(i32::from(fails)), "{name}: {outcome}");
        if let Some(mut plan) = plan {
            let mut changes = report.changes;
            plan.sort();
            changes.sort();
            assert_eq!(changes, plan, "{name}: the planned changes");
        }
    }

    fn check_state(&self, here: &Workspace, outcome: &Outcome) {
        let name = &self.name;
        for line in &self.lines {
            match line {
                Line::State(path, value) => {
                    assert_eq!(here.state().attribute(path), value, "{name}: saved {path}: {outcome}");
                }
                Line::Tainted(address) => {
                    assert!(here.state().is_tainted(address), "{name}: {address} is not tainted: {outcome}");
                }
                Line::Absent(address) => {
                    let state = here.state();
                    assert!(state.instance(address).is_null(), "{name}: {address} is saved: {outcome}");
                }
                Line::File(file, text) => {
                    assert_eq!(here.object(file).as_ref(), Some(text), "{name}: file {file}: {outcome}");
                }
                Line::NoFile(file) => {
                    assert_eq!(here.object(file), None, "{name}: file {file} is there: {outcome}");
                }
                Line::Cluster(deed) => deed.after(self.cluster(here), name),
                _ => {}
            }
        }
    }
}

/// A value in a plan: `after` or `after_unknown` of a path such as `lab_file.a.path`.
fn planned<'p>(plan: &'p Value, path: &str, what: &str) -> &'p Value {
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    let mut of_path = changes.filter_map(|change| {
        let inner = path.strip_prefix(change["address"].as_str()?)?.strip_prefix('.')?;
        Some((&change["change"][what], inner))
    });
    let (value, inner) = of_path.next().unwrap_or_else(|| panic!("{path} is not in the plan"));
    inner.split('.').fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) if value.is_array() => &value[index],
        _ => &value[step],
    })
}
