//! Words for the person at the terminal: what was attempted, what came back, what to do.

use std::fmt;

use crate::path::{At, Path};

/// An error stops the operation, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation goes on.
    Warning,
}

/// One problem, told to the person who runs Terraform. Terraform itself adds the resource's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One line, no full stop. Terraform collapses warnings with equal summaries: name the object.
    pub summary: String,
    /// What was attempted, what came back, what to do. Lines that begin with a space are not wrapped.
    pub detail: String,
    /// The attribute it is about.
    pub path: Option<Path>,
}

impl Diagnostic {
    /// An error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: None }
    }

    /// A warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// An author's code panicked.
    pub fn crash() -> Self {
        Self::error(
            "The provider crashed in this operation",
            "This is a bug in the provider. The rest of the run went on, and what was recorded before is in the state. \
             Set TF_LOG=error to see where it happened, and please report that.",
        )
    }

    /// The same, about the attribute at this path.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }

    /// The same, about the attribute of this dotted name.
    #[must_use]
    pub fn attribute(self, dotted: &str) -> Self {
        self.at(Path::of(dotted))
    }

    /// A value that is not what its schema says: names the attribute, for Terraform's own location can be ambiguous.
    pub fn invalid(at: &At<'_>, problem: impl fmt::Display) -> Self {
        let path = at.path();
        if path.0.is_empty() {
            return Self::error("Invalid value", problem.to_string());
        }
        Self::error(format!("Invalid value for {path}"), format!("{path}: {problem}")).at(path)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

/// Why a verb failed: one or several problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Vec<Diagnostic>);

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

/// What a verb returns.
pub type Result<T, E = Failure> = std::result::Result<T, E>;
