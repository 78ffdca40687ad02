//! What Terraform reports line by line with `-json`: planned changes, diagnostics, outputs.

use serde_json::Value;

use crate::outcome::plain;

/// Everything that one command reported.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Address and action of each planned change, in Terraform's order.
    pub changes: Vec<(String, String)>,
    /// Address and action of everything that changed outside of Terraform.
    pub drift: Vec<(String, String)>,
    /// Errors and warnings.
    pub messages: Vec<Message>,
    /// The outputs, by name.
    pub outputs: serde_json::Map<String, Value>,
}

/// An error or a warning.
#[derive(Clone, Debug)]
pub struct Message {
    /// `error` or `warning`.
    pub severity: String,
    /// Summary and detail, without their layout.
    pub text: String,
}

impl Report {
    /// Reads the lines.
    pub fn read(lines: &str) -> Self {
        let mut report = Self::default();
        for event in lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            report.add(&event);
        }
        report
    }

    fn add(&mut self, event: &Value) {
        match event["type"].as_str() {
            Some("planned_change") => self.changes.push(change(event)),
            Some("resource_drift") => self.drift.push(change(event)),
            Some("diagnostic") => self.messages.extend(message(&event["diagnostic"])),
            Some("outputs") => {
                let outputs = event["outputs"].as_object().into_iter().flatten();
                self.outputs =
                    outputs.map(|(name, output)| (name.clone(), output["value"].clone())).collect();
            }
            _ => {}
        }
    }

    /// The errors or warnings that nobody expected: all of this severity that contain none of these texts.
    pub fn others(&self, severity: &str, expected: &[String]) -> Vec<&Message> {
        let known = |message: &Message| expected.iter().any(|text| message.text.contains(&plain(text)));
        self.messages.iter().filter(|m| m.severity == severity && !known(m)).collect()
    }

    /// Whether there is an error or warning with this text.
    pub fn has(&self, severity: &str, text: &str) -> bool {
        let text = plain(text);
        self.messages.iter().any(|message| message.severity == severity && message.text.contains(&text))
    }
}

fn change(event: &Value) -> (String, String) {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (word(&event["change"]["resource"]["addr"]), word(&event["change"]["action"]))
}

/// The warning that a provider is used straight from its build folder is how these tests work.
fn message(diagnostic: &Value) -> Option<Message> {
    let word = |name: &str| diagnostic[name].as_str().unwrap_or_default();
    let text = plain(&format!("{} {}", word("summary"), word("detail")));
    (!text.starts_with("Provider development overrides are in effect"))
        .then(|| Message { severity: word("severity").to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_changes_messages_and_outputs() {
        let lines = r#"
            {"type":"planned_change","change":{"resource":{"addr":"a.b"},"action":"update"}}
            {"type":"resource_drift","change":{"resource":{"addr":"c.d"},"action":"delete"}}
            {"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Provider development overrides are in effect"}}
            {"type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"such\n  thing"}}
            {"type":"outputs","outputs":{"x":{"value":1}}}
            not json
        "#;
        let report = Report::read(lines);
        assert_eq!(report.changes, [("a.b".to_owned(), "update".to_owned())]);
        assert_eq!(report.drift, [("c.d".to_owned(), "delete".to_owned())]);
        assert!(report.has("error", "No such thing") && !report.has("warning", "No such thing"));
        assert_eq!(report.others("error", &["such  thing".to_owned()]).len(), 0);
        assert_eq!(report.others("error", &[]).len(), 1);
        assert_eq!(report.messages.len(), 1, "how these tests work is no message");
        assert_eq!(report.outputs["x"], 1);
    }
}
