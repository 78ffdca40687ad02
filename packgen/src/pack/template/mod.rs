//! `template("loki.yaml.hbs", { … })`: a configuration file from a handlebars template.
//!
//! Strict (what is missing is an error), typed (a list has no text), and safe: a value is escaped for the
//! place where it lands, by the kind of file that the template's name tells (`loki.yaml.hbs`: YAML). The
//! result knows which of its parts a user typed.

mod builtin;
pub(super) mod carrier;
mod compile;
pub(super) mod encode;
mod engine;
mod helpers;
mod path;
mod piece;
mod place;
mod tree;
mod unused;

use std::borrow::Cow;

use handlebars::{TemplateError, TemplateErrorReason};

use crate::hcl::Value;
use crate::source::{Diagnostics, FileId, SourceMap};

use place::Place;
use tree::{At, Element, List};

/// How many blocks may be open in each other.
const MAX_NESTING: usize = 100;

/// A template that was read.
pub struct Template {
    place: Place,
    elements: List<Element>,
    /// The name of what it makes.
    name: String,
}

impl Template {
    /// Reads the template in `file`; `path` tells which kind of file it makes.
    pub fn read(sources: &SourceMap, file: FileId, path: &str) -> Result<Template, Diagnostics> {
        let place = Place::new(sources, file);
        let elements = compile(&place)?;
        Ok(Template { place, elements, name: path.strip_suffix(".hbs").unwrap_or(path).to_owned() })
    }

    /// Runs it over an object of values.
    pub fn render(&self, vars: &Value) -> Result<Value, Diagnostics> {
        unused::check(&self.elements, vars, &self.place)?;
        let output = engine::run(&self.elements, &self.place, vars)?;
        let text = carrier::write(&output.pieces, &self.name, &self.place)?;
        Ok(Value::string(text).with_sensitive(output.sensitive))
    }
}

/// The parts of a template; those of a built-in pack are known already.
fn compile(place: &Place) -> Result<List<Element>, Diagnostics> {
    if let Some(known) = builtin::find(place.text()) {
        return Ok(Cow::Borrowed(known));
    }
    if let Some(at) = too_deep(place.text()) {
        return Err(place
            .error("too-deep", format!("more than {MAX_NESTING} blocks are open in each other"), at)
            .into());
    }
    compile::compile(place.text()).map(Cow::Owned).map_err(|error| syntax(&error, place).into())
}

fn syntax(error: &TemplateError, place: &Place) -> crate::source::Diagnostic {
    let at = error.pos().map_or(At { line: 1, column: 1 }, |(line, column)| At { line, column });
    let message = match error.reason() {
        TemplateErrorReason::MismatchingClosedHelper(open, close) => {
            format!("`{{{{#{open}}}}}` is closed by `{{{{/{close}}}}}`")
        }
        TemplateErrorReason::InvalidSyntax(_) => "this is no tag that templates have".to_owned(),
        other => other.to_string(),
    };
    let finding = place.error("template-syntax", message, at);
    finding.help("a text `{{` that is meant as it is, is written `\\{{`; every `{{#…}}` needs its `{{/…}}`")
}

/// The crate's parser calls itself for each open block: a limit keeps it from filling the stack.
fn too_deep(text: &str) -> Option<At> {
    let mut open = 0_usize;
    for (number, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("{{") {
            let tag = line.get(at..).unwrap_or("").trim_start_matches(['{', '~']);
            match tag.chars().next() {
                Some('#') => open += 1,
                Some('/') => open = open.saturating_sub(1),
                _ => {}
            }
            if open > MAX_NESTING {
                return Some(At {
                    line: number + 1,
                    column: line.get(..at).unwrap_or("").chars().count() + 1,
                });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
