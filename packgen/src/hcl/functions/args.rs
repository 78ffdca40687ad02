//! The arguments of a call, and how a function says that they are wrong.

use std::sync::Arc;

use super::Function;
use crate::hcl::Number;
use crate::hcl::eval::{Scope, error};
use crate::hcl::text::{Origin, Text};
use crate::hcl::value::{Entry, Kind, Mapping, Sequence, Value};
use crate::source::{Diagnostic, Span};

/// The arguments of a call.
pub struct Args<'a> {
    /// Where the call stands.
    pub scope: &'a Scope<'a>,
    /// The values.
    pub values: Vec<Value>,
    /// Where each was written.
    pub spans: Vec<Span>,
    /// The whole call.
    pub at: Span,
}

/// Why a function gives nothing.
#[derive(Clone, Debug)]
pub struct Failure {
    arg: Option<usize>,
    message: String,
    finding: Option<Box<Diagnostic>>,
}

impl Failure {
    /// It cannot be done.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { arg: None, message: message.into(), finding: None }
    }

    /// The argument at this place is wrong.
    pub fn arg(at: usize, message: impl Into<String>) -> Self {
        Failure { arg: Some(at), message: message.into(), finding: None }
    }

    /// A finding with a place of its own.
    pub fn finding_of(finding: Diagnostic) -> Self {
        Failure { arg: None, message: String::new(), finding: Some(Box::new(finding)) }
    }

    /// The same, said of a part.
    pub(super) fn within(mut self, part: &str) -> Self {
        self.message = format!("{part}: {}", self.message);
        self
    }

    pub(super) fn finding(self, function: &Function, args: &Args<'_>) -> Diagnostic {
        if let Some(finding) = self.finding {
            return finding.note(format!("in this call of `{}`", function.name), args.at);
        }
        match self.arg.and_then(|at| Some((function.param(at)?, *args.spans.get(at)?))) {
            Some((param, span)) => super::argument(function, param, &self.message, span),
            None => error("call-failed", format!("`{}`: {}", function.name, self.message), args.at),
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::new(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Failure::new(message)
    }
}

impl Args<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The argument at this place.
    pub fn value(&self, at: usize) -> Result<&Value, Failure> {
        self.values.get(at).ok_or_else(|| Failure::new(format!("argument {} is missing", at + 1)))
    }

    /// A string with its origins.
    pub fn text(&self, at: usize) -> Result<&Text, Failure> {
        self.value(at)?.as_text().ok_or_else(|| Failure::arg(at, "a string is required"))
    }

    /// A number.
    pub fn number(&self, at: usize) -> Result<&Number, Failure> {
        self.value(at)?.as_number().ok_or_else(|| Failure::arg(at, "a number is required"))
    }

    /// A whole number.
    pub fn integer(&self, at: usize) -> Result<i64, Failure> {
        self.number(at)?.to_i64().ok_or_else(|| Failure::arg(at, "a whole number is required"))
    }

    /// The elements of a list, set or tuple.
    pub fn items(&self, at: usize) -> Result<&[Value], Failure> {
        self.value(at)?.items().ok_or_else(|| Failure::arg(at, "a list is required"))
    }

    /// The first place where a user typed a part of an argument.
    pub(super) fn user_origin(&self) -> Option<Origin> {
        self.values.iter().find_map(user_origin)
    }
}

fn user_origin(value: &Value) -> Option<Origin> {
    let of_text = |text: &Text| {
        text.origins().iter().map(|range| range.origin).find(|origin| matches!(origin, Origin::User(_)))
    };
    if let Kind::String(text) = &value.kind {
        return of_text(text);
    }
    let keys = value.entries().unwrap_or_default().iter().find_map(|entry| of_text(&entry.key));
    keys.or_else(|| value.parts().find_map(user_origin))
}

/// The value with all its strings marked as typed by the user.
pub(super) fn blended(value: &Value, origin: Origin) -> Value {
    let mark = |text: &Text| Text::from_origin(text.shared().clone(), origin);
    let entry = |entry: &Entry| Entry {
        key: mark(&entry.key),
        value: blended(&entry.value, origin),
        ..entry.clone()
    };
    let items = |items: &[Value]| items.iter().map(|item| blended(item, origin)).collect::<Vec<_>>();
    let kind = match &value.kind {
        Kind::String(text) => Kind::String(mark(text)),
        Kind::List(list) => {
            Kind::List(Arc::new(Sequence { element: list.element.clone(), items: items(&list.items) }))
        }
        Kind::Set(set) => {
            Kind::Set(Arc::new(Sequence { element: set.element.clone(), items: items(&set.items) }))
        }
        Kind::Tuple(tuple) => Kind::Tuple(items(tuple).into()),
        Kind::Map(map) => Kind::Map(Arc::new(Mapping {
            element: map.element.clone(),
            entries: map.entries.iter().map(entry).collect(),
        })),
        Kind::Object(entries) => Kind::Object(entries.iter().map(entry).collect()),
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}
