//! The kit's diagnostics as the protocol's.

use kit::{Path, Severity, Step};
use tfplugin5::attribute_path::step::Selector;
use tfplugin5::{AttributePath, Diagnostic, attribute_path, diagnostic};

/// One diagnostic.
pub fn diagnostic(from: kit::Diagnostic) -> Diagnostic {
    let severity = match from.severity {
        Severity::Error => diagnostic::Severity::Error,
        Severity::Warning => diagnostic::Severity::Warning,
    };
    Diagnostic {
        severity: severity.into(),
        summary: from.summary,
        detail: from.detail,
        attribute: from.path.filter(|path| !path.0.is_empty()).map(path),
    }
}

/// All of them.
pub fn diagnostics(from: impl IntoIterator<Item = kit::Diagnostic>) -> Vec<Diagnostic> {
    from.into_iter().map(diagnostic).collect()
}

/// A path.
pub fn path(path: Path) -> AttributePath {
    let selectors = path.0.into_iter().map(|step| match step {
        Step::Field(name) => Selector::AttributeName(name),
        Step::Key(key) => Selector::ElementKeyString(key),
        Step::Index(index) => Selector::ElementKeyInt(i64::try_from(index).unwrap_or(i64::MAX)),
    });
    AttributePath {
        steps: selectors.map(|selector| attribute_path::Step { selector: Some(selector) }).collect(),
    }
}
