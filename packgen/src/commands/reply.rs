//! What a command gives back: text or data, findings, and whether there are differences.

use std::borrow::Cow;
use std::fmt::Write as _;

use packgen::source::Diagnostics;
use serde_json::{Map, Value};

/// What a command gives back.
#[derive(Debug, Default)]
pub struct Reply {
    /// For standard output, where no JSON is wanted.
    pub text: String,
    /// Texts that follow it, an empty line between them: jobs, which are too much to be put together first.
    pub jobs: Vec<Cow<'static, str>>,
    /// For standard error, where no JSON is wanted.
    pub words: String,
    /// The fields of the JSON document.
    pub json: Map<String, Value>,
    /// What was found on the way.
    pub findings: Diagnostics,
    /// Whether differences were found that the exit status tells.
    pub different: bool,
    /// Whether lines of the text begin with `+`, `-` or `~` and may be coloured.
    pub changes: bool,
}

impl Reply {
    /// A reply with text for people.
    pub fn text(text: impl Into<String>) -> Self {
        Reply { text: text.into(), ..Reply::default() }
    }

    /// Adds a line of text.
    pub fn line(&mut self, line: impl std::fmt::Display) {
        let _ = writeln!(self.text, "{line}");
    }

    /// Adds a field to the JSON document.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.json.insert(name.to_owned(), value.into());
        self
    }

    /// Adds findings.
    #[must_use]
    pub fn findings(mut self, findings: Diagnostics) -> Self {
        self.findings.extend(findings);
        self
    }

    /// Adds words for people.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words.push_str(&words.into());
        self
    }
}
