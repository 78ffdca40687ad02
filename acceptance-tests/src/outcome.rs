//! What a command came to, and words for when that is not what was expected.

use crate::report::Report;

/// A command that has ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The command line.
    pub what: String,
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it printed as errors.
    pub stderr: String,
}

impl Outcome {
    /// The same, if it succeeded.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        self.exits(0)
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert!(self.code == Some(code), "expected exit code {code}, but {self}");
        self
    }

    /// The same, if it printed this. Line breaks and Terraform's boxes do not count.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.said(text), "expected {text:?}, but {self}");
        self
    }

    /// Whether it printed this.
    pub fn said(&self, text: &str) -> bool {
        let printed = plain(&format!("{}\n{}", self.stdout, self.stderr));
        printed.contains(&plain(text))
    }

    /// What a command with `-json` reported.
    pub fn report(&self) -> Report {
        Report::read(&self.stdout)
    }

    /// What a command with `-json` printed as one value.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON ({error}): {self}"))
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, code, stdout, stderr } = self;
        write!(f, "`{what}` ended with {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// Text without its layout.
pub(crate) fn plain(text: &str) -> String {
    let bare = text.replace(['│', '╷', '╵'], " ");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}
