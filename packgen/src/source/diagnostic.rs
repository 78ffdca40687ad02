//! What is wrong, where, and what to do about it. A finding never prints itself and never ends the program.

use super::{SourceMap, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The result cannot be used.
    Error,
    /// The result can be used, but is probably not what was meant.
    Warning,
}

impl Severity {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A second place, or a remark, that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// What is said.
    pub message: String,
    /// The place it speaks about; [`Span::NONE`] for a remark.
    pub at: Span,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A stable name in `kebab-case` for machines and for the documentation.
    pub code: &'static str,
    /// One sentence without a full stop: what is wrong, and what was expected.
    pub message: String,
    /// Where; [`Span::NONE`] if no text is to blame.
    pub at: Span,
    /// Further places and remarks.
    pub notes: Vec<Note>,
    /// The cure.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            at,
            notes: Vec::new(),
            help: None,
        }
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Diagnostic { severity: Severity::Warning, ..Self::error(code, message, at) }
    }

    /// Adds a second place or a remark.
    #[must_use]
    pub fn note(mut self, message: impl Into<String>, at: Span) -> Self {
        self.notes.push(Note { message: message.into(), at });
        self
    }

    /// Sets the cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the cure if there is one.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Puts the finding at `at` if it has no place yet.
    #[must_use]
    pub fn or_at(mut self, at: Span) -> Self {
        self.at = self.at.or(at);
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The finding as text: message, place, source line, caret, notes, cure.
    pub fn text(&self, sources: &SourceMap) -> String {
        super::render::text(self, sources)
    }

    /// The finding as a JSON object.
    pub fn json(&self, sources: &SourceMap) -> serde_json::Value {
        super::render::json(self, sources)
    }
}

/// Most findings that are kept: nobody reads more.
const MAX_FINDINGS: usize = 200;

/// Findings in the order they were made. The same finding (of many iterations, say) is kept once, and
/// after two hundred of them the rest is only counted.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: std::collections::HashSet<u64>,
    dropped: usize,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding unless its code, message and place are there already.
    pub fn push(&mut self, finding: Diagnostic) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (finding.code, &finding.message, finding.at).hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return;
        }
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
            return;
        }
        self.dropped += 1;
        // An error is worth more than a warning: there must be one left if there was one.
        let last_warning = self.list.iter().rposition(|kept| !kept.is_error());
        if let Some(at) = last_warning.filter(|_| finding.is_error()) {
            self.list.remove(at);
            self.list.push(finding);
        }
    }

    /// Adds all that another list has, also how many it only counted.
    pub fn append(&mut self, findings: Diagnostics) {
        self.dropped += findings.dropped;
        self.extend(findings);
    }

    /// Adds what a fallible step found and hands on its value.
    pub fn take<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|finding| self.push(finding)).ok()
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// All of them as text, an empty line between two.
    pub fn text(&self, sources: &SourceMap) -> String {
        let more = if self.dropped > 0 { Some(format!("and {} more\n", self.dropped)) } else { None };
        self.list.iter().map(|finding| finding.text(sources)).chain(more).collect::<Vec<_>>().join("\n")
    }

    /// All of them as a JSON array.
    pub fn json(&self, sources: &SourceMap) -> serde_json::Value {
        self.list.iter().map(|finding| finding.json(sources)).collect()
    }

    /// `value` if no error was found, otherwise all findings.
    pub fn ok<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(finding: Diagnostic) -> Self {
        let mut all = Self::new();
        all.push(finding);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_finding_is_kept_once_and_too_many_are_counted() {
        let sources = SourceMap::new();
        let mut findings = Diagnostics::new();
        for at in 0..500 {
            let warning = Diagnostic::warning("w", format!("number {}", at / 2), Span::NONE);
            findings.push(warning);
        }
        assert_eq!(findings.len(), 200);
        assert!(!findings.has_errors() && findings.text(&sources).ends_with("and 50 more\n"));
        findings.push(Diagnostic::error("e", "late", Span::NONE));
        assert!(findings.has_errors());
    }
}
