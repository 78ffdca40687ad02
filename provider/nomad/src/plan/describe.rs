//! A plan in words: which attribute becomes what, what happens to how many of a group, and what cannot be placed why.
//!
//! Pure. Must never show a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::diff::{Change, DesiredUpdates, Plan};
use super::{lines, values};
use crate::Secret;

/// What a description leaves out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Texts that are not shown wherever they turn up.
    pub secrets: Vec<Secret>,
    /// Groups whose count somebody else sets.
    pub scaled_groups: BTreeSet<String>,
}

/// A plan in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Whether the job differs, apart from what only the servers added.
    pub change: Change,
    /// What differs.
    pub lines: Vec<Line>,
    /// What happens to how many of each group.
    pub groups: BTreeMap<String, GroupCounts>,
    /// What cannot be placed now, by group: how many, and the reasons.
    pub unplaced: BTreeMap<String, (i64, Vec<String>)>,
    /// What would have to make room: names of allocations.
    pub preempted: Vec<String>,
    /// What Nomad finds strange, one by one.
    pub warnings: Vec<String>,
    /// When a periodic job would run next, as RFC 3339.
    pub next_launch: Option<String>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it is new, gone or different; none where Nomad does not say how it differs.
    pub change: Change,
    /// Where, as in a jobspec: `group.web.count`.
    pub path: String,
    /// What is now.
    pub old: String,
    /// What would be then.
    pub new: String,
}

/// What happens to how many of a group.
pub type GroupCounts = DesiredUpdates;

/// Puts a plan into words.
pub fn describe(plan: &Plan, options: &Options) -> Described {
    let mut lines = plan.diff.as_ref().map(|diff| lines::job(diff, options)).unwrap_or_default();
    for line in &mut lines {
        for secret in &options.secrets {
            line.old = secret.hide_in(std::mem::take(&mut line.old));
            line.new = secret.hide_in(std::mem::take(&mut line.new));
        }
    }
    let told = plan.diff.as_ref().map(|diff| diff.kind).unwrap_or_default();
    let annotations = plan.annotations.clone().unwrap_or_default();
    let unplaced = plan.unplaced.iter().map(|(name, why)| (name.clone(), (why.count(), why.reasons())));
    Described {
        change: if lines.is_empty() && told == Change::Edited { Change::None } else { told },
        lines,
        groups: annotations.groups,
        unplaced: unplaced.collect(),
        preempted: annotations.preempted_allocs.into_iter().map(|alloc| alloc.name).collect(),
        warnings: warnings(&plan.warnings),
        // Go writes a time that is none as the beginning of the calendar.
        next_launch: Some(plan.next_periodic_launch.clone())
            .filter(|time| !time.is_empty() && !time.starts_with("0001-")),
    }
}

/// Nomad's warnings are a tree in text; the leaves are what matters.
fn warnings(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("* ").trim());
    let heading = |line: &&str| {
        line.ends_with("warnings:")
            || line.ends_with("warning:")
            || line.ends_with("occurred:")
            || line.is_empty()
    };
    lines.filter(|line| !heading(line)).map(str::to_owned).collect()
}

impl Line {
    /// The same seen from the other side: what was wanted, and what was found.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let change = match self.change {
            Change::Added => Change::Deleted,
            Change::Deleted => Change::Added,
            other => other,
        };
        Self { change, path: self.path.clone(), old: self.new.clone(), new: self.old.clone() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, path, old, new } = self;
        let told = |text: &str| if text.is_empty() { String::new() } else { format!(" ({text})") };
        match change {
            Change::None => write!(f, "{path}: changed in a way that Nomad's diff does not name"),
            Change::Added => write!(f, "{path}: added{}", told(new)),
            Change::Deleted => write!(f, "{path}: removed{}", told(old)),
            Change::Edited if old == new => write!(f, "{path}: changed, but the values are hidden"),
            Change::Edited => write!(f, "{path}: {}", values::change(old, new)),
        }
    }
}

impl fmt::Display for GroupCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.place, "placed"),
            (self.destructive_update, "replaced"),
            (self.canary, "placed as canary"),
            (self.in_place_update, "changed in place"),
            (self.migrate, "moved"),
            (self.stop, "stopped"),
            (self.ignore, "left alone"),
        ];
        let said =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let said = said.collect::<Vec<_>>().join(", ");
        f.write_str(if said.is_empty() { "nothing happens" } else { &said })
    }
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.change {
            Change::None => "unchanged",
            Change::Added => "new",
            Change::Deleted => "gone",
            Change::Edited => "changed",
        };
        write!(f, "job: {word}")?;
        for line in &self.lines {
            write!(f, "\n{line}")?;
        }
        for (name, counts) in &self.groups {
            write!(f, "\ngroup {name}: {counts}")?;
        }
        for (name, (count, reasons)) in &self.unplaced {
            write!(f, "\ngroup {name}: {count} cannot be placed now: {}", reasons.join("; "))?;
        }
        if !self.preempted.is_empty() {
            write!(f, "\nmakes room for it: {}", self.preempted.join(", "))?;
        }
        self.warnings.iter().try_for_each(|warning| write!(f, "\nNomad warns: {warning}"))?;
        self.next_launch.iter().try_for_each(|time| write!(f, "\nruns next at {time}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn field(kind: &str, name: &str, old: &str, new: &str) -> Value {
        json!({"Type": kind, "Name": name, "Old": old, "New": new})
    }

    fn object(kind: &str, name: &str, fields: &[Value], objects: &[Value]) -> Value {
        json!({"Type": kind, "Name": name, "Fields": fields, "Objects": objects})
    }

    fn plan(group: &Value) -> Plan {
        let diff = json!({"Type": "Edited", "Fields": null, "Objects": null, "TaskGroups": [group]});
        serde_json::from_value(json!({"JobModifyIndex": 7, "Diff": diff, "NextPeriodicLaunch": null}))
            .expect("a plan")
    }

    fn lines(plan: &Plan, options: &Options) -> String {
        let described = describe(plan, options);
        described.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    fn group(fields: &[Value], objects: &[Value], tasks: &[Value]) -> Value {
        json!({"Type": "Edited", "Name": "web", "Fields": fields, "Objects": objects, "Tasks": tasks})
    }

    #[test]
    fn attributes_are_named_as_in_a_jobspec() {
        let resources = object("Edited", "Resources", &[field("Edited", "MemoryMB", "64", "128")], &[]);
        let task = json!({
            "Type": "Edited", "Name": "app", "Objects": [resources],
            "Fields": [field("Edited", "KillTimeout", "5000000000", "15000000000"), field("Added", "Env[A]", "", "b")],
        });
        let count = field("Edited", "Count", "1", "3");
        let update = object("Edited", "Update", &[field("None", "Canary", "0", "0")], &[]);
        let said = lines(&plan(&group(&[count], &[update], &[task])), &Options::default());
        insta::assert_snapshot!(said, @r#"
        group.web.count: 1 → 3
        group.web.update: changed in a way that Nomad's diff does not name
        group.web.task.app.kill_timeout: 5s → 15s
        group.web.task.app.env.A: unset → "b"
        group.web.task.app.resources.memory: 64 → 128
        "#);
    }

    #[test]
    fn one_gone_and_one_new_of_the_same_are_one_that_changed() {
        let port = |kind: &str, value: &str| {
            let fields = match kind {
                "Added" => [field(kind, "Label", "", "http"), field(kind, "Value", "", value)],
                _ => [field(kind, "Label", "http", ""), field(kind, "Value", value, "")],
            };
            object(kind, "Static Port", &fields, &[])
        };
        let network = |kind: &str, value: &str| object(kind, "Network", &[], &[port(kind, value)]);
        let tags = [
            field("Added", "Tags", "", "c"),
            field("Deleted", "Tags", "b", ""),
            field("None", "Tags", "a", "a"),
        ];
        let service = [field("None", "Name", "api", "api")];
        let service = object("Edited", "Service", &service, &[object("Edited", "Tags", &tags, &[])]);
        let objects = [network("Added", "81"), network("Deleted", "80"), service];
        insta::assert_snapshot!(lines(&plan(&group(&[], &objects, &[])), &Options::default()), @r#"
        group.web.network.port.http.static: 80 → 81
        group.web.service.api.tags: "b" → "c"
        "#);
    }

    #[test]
    fn two_of_the_same_kind_are_not_mixed_up() {
        let constraint = |kind: &str, value: &str| {
            let new = kind == "Added";
            let (old, new) = if new { ("", value) } else { (value, "") };
            object(kind, "Constraint", &[field(kind, "RTarget", old, new)], &[])
        };
        let objects = [constraint("Added", "a"), constraint("Added", "b"), constraint("Deleted", "c")];
        insta::assert_snapshot!(lines(&plan(&group(&[], &objects, &[])), &Options::default()), @r#"
        group.web.constraint: added (value "a")
        group.web.constraint: added (value "b")
        group.web.constraint: removed (value "c")
        "#);
    }

    #[test]
    fn what_only_the_servers_added_is_no_change() {
        let noise = plan(&group(&[], &[object("Edited", "Scaling", &[], &[])], &[]));
        assert_eq!(describe(&noise, &Options::default()).change, Change::None);
        let scaled = plan(&group(&[field("Edited", "Count", "9", "1")], &[], &[]));
        let options = Options { scaled_groups: ["web".to_owned()].into(), ..Options::default() };
        assert_eq!(describe(&scaled, &options).change, Change::None);
        assert_eq!(describe(&scaled, &Options::default()).change, Change::Edited);
    }

    #[test]
    fn secrets_are_not_shown_and_lines_can_be_turned_round() {
        let env = json!({"Type": "Edited", "Name": "app", "Fields": [field("Edited", "Env[P]", "hunter2", "hunter3")]});
        let options = Options { secrets: vec!["hunter2".into(), "hunter3".into()], ..Options::default() };
        let plan = plan(&group(&[], &[], &[env]));
        assert_eq!(lines(&plan, &options), "group.web.task.app.env.P: changed, but the values are hidden");
        let line = Line { change: Change::Added, path: "a".into(), old: String::new(), new: "b".into() };
        assert_eq!(line.reversed().to_string(), "a: removed (b)");
    }

    #[test]
    fn counts_and_warnings_are_words() {
        let counts = GroupCounts { destructive_update: 1, ignore: 2, ..GroupCounts::default() };
        assert_eq!(counts.to_string(), "1 replaced, 2 left alone");
        assert_eq!(GroupCounts::default().to_string(), "nothing happens");
        let text = "2 warnings:\n\n* Group \"a\" has warnings: 1 error occurred:\n\t* first\n* second";
        assert_eq!(warnings(text), ["first", "second"]);
    }
}
