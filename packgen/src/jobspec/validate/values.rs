//! Values that the grammar alone can judge: allowed words, ranges, what is outdated.

use crate::source::{Diagnostic, Diagnostics};
use crate::tree::Attr;

use super::super::cursor::Cursor;
use super::super::grammar::{self, Allowed, Body, Runtime};
use super::super::read::{Datum, read};
use super::did_you_mean;

/// Checks all values in a block and in the blocks inside it.
pub(super) fn body(body: &'static Body, at: Cursor<'_>, out: &mut Diagnostics) {
    for attr in &at.block.attrs {
        if let Some(def) = body.attr(&attr.name) {
            value(def, at, attr, out);
        }
    }
    for inner in &at.block.blocks {
        if let Some(slot) = body.block(&inner.ty) {
            let inner = at.inside(inner);
            if !slot.deprecated.is_empty() {
                out.push(outdated(slot.name, slot.deprecated, inner.block.ty.span, inner));
            }
            self::body(slot.body, inner, out);
        }
    }
}

fn value(def: &grammar::Attr, at: Cursor<'_>, attr: &Attr, out: &mut Diagnostics) {
    if attr.value.is_null() {
        return;
    }
    if !def.deprecated.is_empty() {
        out.push(outdated(def.name, def.deprecated, attr.name.span, at));
    }
    match read(def.ty, &attr.value) {
        Ok(Datum::Text(text)) => {
            let found = word(def, text.as_str()).or_else(|| stays(def, text.as_str()));
            out.extend(found.map(|finding| at.place_at(attr, finding)));
        }
        Ok(Datum::Int(number)) => out.extend(range(def, number).map(|finding| at.place_at(attr, finding))),
        _ => {}
    }
}

fn outdated(name: &str, instead: &str, at: crate::source::Span, cursor: Cursor<'_>) -> Diagnostic {
    cursor.explain(Diagnostic::warning("deprecated", format!("`{name}` is outdated: {instead}"), at))
}

fn word(def: &grammar::Attr, text: &str) -> Option<Diagnostic> {
    let none = crate::source::Span::NONE;
    let (values, code) = match def.allowed {
        Allowed::Any => return None,
        Allowed::Only(values) => (values, "value"),
        Allowed::Known(values) => (values, "value-unknown"),
    };
    let fits = |value: &&str| match value.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == *value,
    };
    if text.is_empty() || values.iter().any(fits) {
        return None;
    }
    let help =
        did_you_mean(text, values.iter().copied()).unwrap_or_else(|| format!("it can be {}", listed(values)));
    if matches!(def.allowed, Allowed::Only(_)) {
        Some(Diagnostic::error(code, format!("`{}` cannot be {text:?}", def.name), none).help(help))
    } else if text.contains("${") {
        None
    } else {
        Some(
            Diagnostic::warning(code, format!("`{}` is {text:?}, which is not known here", def.name), none)
                .help(help),
        )
    }
}

/// A name that exists only at run time, where nobody looks for it at run time.
fn stays(def: &grammar::Attr, text: &str) -> Option<Diagnostic> {
    let marks = ["${attr.", "${meta.", "${node.", "${device.", "${NOMAD_"];
    let mark = marks.into_iter().find(|mark| def.rt == Runtime::None && text.contains(mark))?;
    let message =
        format!("`{}` is read when the job is submitted: `{mark}…}}` stays as it is written", def.name);
    Some(Diagnostic::warning("run-time-name", message, crate::source::Span::NONE))
}

/// Words as they are listed in a sentence.
fn listed(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn range(def: &grammar::Attr, number: i128) -> Option<Diagnostic> {
    let (least, most) = def.range;
    let below = least.is_some_and(|least| number < i128::from(least));
    let above = most.is_some_and(|most| number > i128::from(most));
    if !below && !above {
        return None;
    }
    let wanted = match (least, most) {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    let message = format!("`{}` must be {wanted}, not {number}", def.name);
    Some(Diagnostic::error("range", message, crate::source::Span::NONE))
}
