//! A block with everything a check needs: how it came to be, and its attributes read as their types.

use std::sync::Arc;

use crate::hcl::Text;
use crate::source::{Diagnostic, Span};
use crate::tree::{Attr, Block, Trail, Via};

use super::grammar::{INT, Type};
use super::read::{Datum, read};

/// A block on the way down a tree.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'t> {
    /// The block.
    pub block: &'t Block,
    via: Option<&'t Arc<Via>>,
}

/// What is known about an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// Nothing is written, or `null`.
    Absent,
    /// It is not known yet, or of the wrong type (which is said elsewhere).
    Later,
    /// This is it.
    Is(T),
}

impl<T> Known<T> {
    /// The value, or `default` if none is written; `None` if it is not known yet.
    pub fn or(self, default: T) -> Option<T> {
        match self {
            Known::Absent => Some(default),
            Known::Later => None,
            Known::Is(value) => Some(value),
        }
    }

    /// The value, if one is written and known.
    pub fn is(self) -> Option<T> {
        if let Known::Is(value) = self { Some(value) } else { None }
    }

    /// Whether nothing is written.
    pub fn is_absent(&self) -> bool {
        matches!(self, Known::Absent)
    }

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Absent => Known::Absent,
            Known::Later => Known::Later,
            Known::Is(value) => Known::Is(change(value)),
        }
    }
}

impl<'t> Cursor<'t> {
    /// A block at the top of a tree.
    pub fn top(block: &'t Block) -> Self {
        Cursor { block, via: block.via.as_ref() }
    }

    /// A block inside this one.
    #[must_use]
    pub fn inside(self, block: &'t Block) -> Self {
        Cursor { block, via: block.via.as_ref().or(self.via) }
    }

    /// The blocks of a type inside this one.
    pub fn blocks_of(self, ty: &'t str) -> impl Iterator<Item = Cursor<'t>> {
        self.block.blocks_of(ty).map(move |block| self.inside(block))
    }

    /// The first block of a type inside this one.
    pub fn block_of(self, ty: &'t str) -> Option<Cursor<'t>> {
        self.blocks_of(ty).next()
    }

    /// Whether there is a block of this type inside.
    pub fn has(self, ty: &str) -> bool {
        self.block.blocks_of(ty).next().is_some()
    }

    /// Its only label; empty if it has none.
    pub fn label(self) -> &'t str {
        self.block.labels.first().map_or("", |label| &label.value)
    }

    /// The attribute of this name, unless it is `null`.
    pub fn attr(self, name: &str) -> Option<&'t Attr> {
        self.block.attr(name).filter(|attr| !attr.value.is_null())
    }

    /// An attribute read as a type.
    pub fn datum(self, name: &str, ty: Type) -> Known<Datum> {
        let Some(attr) = self.attr(name) else { return Known::Absent };
        match read(ty, &attr.value) {
            Ok(Datum::Unknown(_)) | Err(_) => Known::Later,
            Ok(datum) => Known::Is(datum),
        }
    }

    /// A string.
    pub fn text(self, name: &str) -> Known<Text> {
        self.datum(name, Type::Str).map(|datum| if let Datum::Text(text) = datum { text } else { "".into() })
    }

    /// A string that is `""` if none is written; `None` if it is not known yet.
    pub fn text_or_empty(self, name: &str) -> Option<Text> {
        self.text(name).or("".into())
    }

    /// Whether a string is written that is not empty; `false` also if it is not known yet.
    pub fn has_text(self, name: &str) -> bool {
        self.text(name).is().is_some_and(|text| !text.is_empty())
    }

    /// A whole number.
    pub fn int(self, name: &str) -> Known<i64> {
        self.datum(name, INT).map(|datum| {
            if let Datum::Int(value) = datum { i64::try_from(value).unwrap_or(i64::MAX) } else { 0 }
        })
    }

    /// `true` or `false`.
    pub fn bool(self, name: &str) -> Known<bool> {
        self.datum(name, Type::Bool).map(|datum| matches!(datum, Datum::Bool(true)))
    }

    /// Whether the attribute is known to be `true`.
    pub fn is_true(self, name: &str) -> bool {
        self.bool(name) == Known::Is(true)
    }

    /// A duration in nanoseconds.
    pub fn nanos(self, name: &str) -> Known<i64> {
        self.datum(name, Type::Duration).map(|datum| if let Datum::Nanos(value) = datum { value } else { 0 })
    }

    /// Strings; none if none are written or known.
    pub fn texts(self, name: &str) -> Vec<Text> {
        match self.datum(name, Type::Strs) {
            Known::Is(Datum::Texts(texts)) => texts,
            _ => Vec::new(),
        }
    }

    /// The entries of a body whose keys the user chose, written as a block or as an attribute.
    pub fn entries(self, name: &'t str) -> Vec<Attr> {
        if let Some(Attr { value, expr, .. }) = self.attr(name) {
            let entry = |entry: &crate::hcl::Entry| Attr {
                name: crate::source::Spanned::new(entry.key.shared().clone(), entry.key_at.or(*expr)),
                value: entry.value.clone(),
                expr: *expr,
                literal_object: false,
            };
            return value.entries().unwrap_or_default().iter().map(entry).collect();
        }
        self.block_of(name).map_or_else(Vec::new, |inner| inner.block.free_form())
    }

    /// An error about the block.
    pub fn error(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.explain(Diagnostic::error(code, message, self.head()))
    }

    /// A warning about the block.
    pub fn warning(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.explain(Diagnostic::warning(code, message, self.head()))
    }

    /// An error about an attribute, or about the block if it is not written.
    pub fn error_at(self, name: &str, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.place(name, Diagnostic::error(code, message, Span::NONE))
    }

    /// A warning about an attribute, or about the block if it is not written.
    pub fn warning_at(self, name: &str, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.place(name, Diagnostic::warning(code, message, Span::NONE))
    }

    /// Adds to a finding how the block came to be.
    pub fn explain(self, mut finding: Diagnostic) -> Diagnostic {
        let mut step = self.via;
        while let Some(via) = step {
            let what = match &via.what {
                Trail::Dynamic { block, key } => format!("in dynamic {block:?}, item {key}"),
                Trail::Patch => "in this patch".to_owned(),
            };
            finding = finding.note(what, via.at);
            step = via.up.as_ref();
        }
        finding
    }

    /// Puts a finding at an attribute's value, and says where the value was made if that is elsewhere.
    pub fn place_at(self, attr: &Attr, mut finding: Diagnostic) -> Diagnostic {
        finding.at = attr.expr.or(attr.name.span);
        let made = attr.value.at;
        let elsewhere = made.is_some()
            && (made.file != finding.at.file || made.end <= finding.at.start || made.start >= finding.at.end);
        if elsewhere {
            finding = finding.note("the value comes from here", made);
        }
        self.explain(finding)
    }

    /// The type and labels of the block.
    pub fn head(self) -> Span {
        self.block
            .labels
            .last()
            .map_or(self.block.ty.span, |label| self.block.ty.span.to(label.span))
            .or(self.block.span)
    }

    fn place(self, name: &str, finding: Diagnostic) -> Diagnostic {
        match self.block.attr(name) {
            Some(attr) => self.place_at(attr, finding),
            None => self.explain(finding.or_at(self.head())),
        }
    }
}
