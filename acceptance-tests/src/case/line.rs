//! What the comments at the top of a step can say.

use serde_json::Value;

use super::deed::Deed;
use crate::cli::Needs;

/// One expectation, or one thing to do before the step.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// `needs: terraform 1.11, tofu 1.11` — older programs skip the test.
    Needs(Needs),
    /// `outside: hello = "text"` — makes or changes an object behind Terraform's back.
    Write(String, String),
    /// `outside: hello absent` — removes one.
    Remove(String),
    /// `with: -replace=lab_file.a` — further arguments of `apply`.
    With(Vec<String>),
    /// `plan: lab_file.a update` — a planned change; all of them have to be listed. `plan: nothing` lists none.
    Plan(Option<(String, String)>),
    /// `planned: lab_file.a.path = "…"` — a value that the plan knows.
    Planned(String, Value),
    /// `planned: lab_file.a.written unknown` — a value that the plan does not know.
    Unknown(String),
    /// `expect: error "…"` or `expect: warning "…"` — text that is reported. An expected error fails the step.
    Expect(String, String),
    /// `state: lab_file.a.content = "text"` — a value that is saved.
    State(String, Value),
    /// `state: lab_file.a tainted`
    Tainted(String),
    /// `state: lab_file.a absent`
    Absent(String),
    /// `output: name = true`
    Output(String, Value),
    /// `file: hello = "text"` — an object that is there afterwards.
    File(String, String),
    /// `file: hello absent` — one that is not.
    NoFile(String),
    /// `then: changes` — the second plan is not empty.
    Changes,
    /// What is about a cluster.
    Cluster(Deed),
}

impl Line {
    /// The lines of a configuration: those comments before its first other line that have the form `# word: …`.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let comments = text.lines().take_while(|line| line.starts_with('#'));
        let pairs = comments.filter_map(|line| line.trim_start_matches('#').trim().split_once(": "));
        let pairs = pairs.filter(|(word, _)| !word.contains(' '));
        pairs
            .map(|(word, rest)| Self::of(word, rest).ok_or_else(|| format!("cannot read `# {word}: {rest}`")))
            .collect()
    }

    fn of(word: &str, rest: &str) -> Option<Self> {
        let text = |(name, text): (&str, &str)| Some((name.to_owned(), serde_json::from_str(text).ok()?));
        let value = |(name, json): (&str, &str)| Some((name.to_owned(), serde_json::from_str(json).ok()?));
        let equation = rest.split_once(" = ");
        let words = rest.split_once(' ').map(|(first, second)| (first.to_owned(), second));
        match (word, equation, words) {
            ("needs", ..) => needs(rest).map(Self::Needs),
            ("with", ..) => Some(Self::With(rest.split_whitespace().map(str::to_owned).collect())),
            ("plan", None, None) => (rest == "nothing").then_some(Self::Plan(None)),
            ("plan", _, Some((address, action))) => Some(Self::Plan(Some((address, action.to_owned())))),
            ("then", ..) => (rest == "changes").then_some(Self::Changes),
            ("expect", _, Some((severity, quoted))) => {
                let known = ["error", "warning"].contains(&severity.as_str());
                known.then_some(Self::Expect(severity, serde_json::from_str(quoted).ok()?))
            }
            ("outside", Some(pair), _) => text(pair).map(|(name, text)| Self::Write(name, text)),
            ("outside", None, Some((name, "absent"))) => Some(Self::Remove(name)),
            ("file", Some(pair), _) => text(pair).map(|(name, text)| Self::File(name, text)),
            ("file", None, Some((name, "absent"))) => Some(Self::NoFile(name)),
            ("planned", Some(pair), _) => value(pair).map(|(path, value)| Self::Planned(path, value)),
            ("planned", None, Some((path, "unknown"))) => Some(Self::Unknown(path)),
            ("state", Some(pair), _) => value(pair).map(|(path, value)| Self::State(path, value)),
            ("state", None, Some((address, "tainted"))) => Some(Self::Tainted(address)),
            ("state", None, Some((address, "absent"))) => Some(Self::Absent(address)),
            ("output", Some(pair), _) => value(pair).map(|(name, value)| Self::Output(name, value)),
            _ => Deed::read(word, rest).map(Self::Cluster),
        }
    }
}

/// `terraform 1.11, tofu 1.11`
fn needs(text: &str) -> Option<Needs> {
    let (terraform, tofu) = text.split_once(", ")?;
    let version = |text: &str, name: &str| {
        let (major, minor) = text.strip_prefix(name)?.trim().split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    Some(Needs::since(version(terraform, "terraform")?, version(tofu, "tofu")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Line, String> {
        Line::read(&format!("# {line}\n")).map(|mut lines| lines.remove(0))
    }

    #[test]
    fn every_line_is_read() {
        let name = || "a".to_owned();
        let expected = [
            ("needs: terraform 1.11, tofu 1.10", Line::Needs(Needs::since((1, 11), (1, 10)))),
            ("outside: a = \"x = y\"", Line::Write(name(), "x = y".to_owned())),
            ("outside: a absent", Line::Remove(name())),
            ("with: -x -y", Line::With(vec!["-x".to_owned(), "-y".to_owned()])),
            ("plan: a update", Line::Plan(Some((name(), "update".to_owned())))),
            ("plan: nothing", Line::Plan(None)),
            ("planned: a = 1", Line::Planned(name(), 1.into())),
            ("planned: a unknown", Line::Unknown(name())),
            (r#"expect: error "no \"x\"""#, Line::Expect("error".to_owned(), "no \"x\"".to_owned())),
            ("state: a = null", Line::State(name(), Value::Null)),
            ("state: a tainted", Line::Tainted(name())),
            ("state: a absent", Line::Absent(name())),
            ("output: a = true", Line::Output(name(), true.into())),
            ("file: a = \"x\"", Line::File(name(), "x".to_owned())),
            ("file: a absent", Line::NoFile(name())),
            ("then: changes", Line::Changes),
        ];
        for (line, meaning) in expected {
            assert_eq!(read(line), Ok(meaning), "{line}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_no_prose() {
        for line in
            ["plans: a update", "plan: something", "expect: mistake \"x\"", "state: a == 1", "file: a = 1"]
        {
            assert_eq!(read(line), Err(format!("cannot read `# {line}`")));
        }
        assert_eq!(
            Line::read("# This is prose: really.\nresource \"x\" \"y\" {}\n# plan: too late"),
            Ok(vec![])
        );
    }
}
