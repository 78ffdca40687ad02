//! The functions that packs have beside Nomad's: `template`, and `templatefile` with what it makes checked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::hcl::Value;
use crate::hcl::functions::{Args, Failure, Flow, Function, Param, Purity, templatefile};
use crate::source::{Diagnostic, Diagnostics, Span};

use super::template::{Template, carrier::finished};

const PARAMS: &[Param] = &[Param::text("path"), Param::any("values")];

/// All functions that only packs have. `shown` stands before paths in findings.
pub(super) fn all(shown: &str) -> Vec<Function> {
    let shelf = Shelf { shown: shown.to_owned(), read: Mutex::default() };
    vec![
        Function::shared("template", PARAMS, move |args| render(args, &shelf))
            .purity(Purity::Files)
            .flow(Flow::Keep)
            .doc("The text of a handlebars file with these values; each is escaped for its place, by the file's ending."),
        Function::shared("templatefile", PARAMS, written)
            .purity(Purity::Files)
            .flow(Flow::Parts)
            .doc("The text of a template file, with `${…}` and `%{…}` evaluated; it sees the given values and nothing else. What a user typed has to stay in its place there."),
    ]
}

/// Text of a template that escapes by hand; what was forgotten is an error.
fn written(args: &Args<'_>) -> Result<Value, Failure> {
    let made = templatefile(args)?;
    let path = args.text(0)?;
    let name = path.as_str().strip_suffix(".tftpl").unwrap_or(path.as_str());
    let Some(text) = made.as_text() else { return Ok(made) };
    let Err(left) = finished::check(text, name) else { return Ok(made) };
    let at = args.spans.first().copied().unwrap_or(args.at);
    let finding = Diagnostic::error("unsafe-value", left.message, at).maybe_help(left.help);
    let line = format!("it stands in line {} of what {} makes", left.line, path.as_str());
    let finding = finding.note(line, Span::NONE);
    let finding =
        if left.user.is_some() { finding.note("the text comes from here", left.user) } else { finding };
    Err(Failure::finding_of(finding))
}

/// The templates that were read already, by their paths: jobs of a pack often share one.
struct Shelf {
    shown: String,
    read: Mutex<HashMap<String, Arc<Template>>>,
}

impl Shelf {
    fn template(&self, path: &str, args: &Args<'_>) -> Result<Arc<Template>, Failure> {
        // Locked until it is there: jobs are evaluated side by side, and each text is added once.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(path) {
            return Ok(known.clone());
        }
        let env = args.scope.env();
        let bytes = env.files().read(path).map_err(|wrong| Failure::arg(0, wrong))?;
        let name = format!("{}{path}", self.shown);
        let file = env.sources().add_bytes(name, bytes).map_err(Failure::finding_of)?;
        let template = Template::read(env.sources(), file, path).map_err(|found| failure(found, args))?;
        let template = Arc::new(template);
        read.insert(path.to_owned(), template.clone());
        Ok(template)
    }
}

fn render(args: &Args<'_>, shelf: &Shelf) -> Result<Value, Failure> {
    let path = args.text(0)?.as_str();
    if path.strip_suffix(".hbs").is_none() {
        return Err(Failure::arg(
            0,
            "a handlebars file ends in .hbs; its kind stands before that: loki.yaml.hbs",
        ));
    }
    if args.value(1)?.entries().is_none() {
        return Err(Failure::arg(1, "an object with the values is required"));
    }
    shelf.template(path, args)?.render(args.value(1)?).map_err(|found| failure(found, args))
}

/// The first finding; the others are told beside it.
fn failure(findings: Diagnostics, args: &Args<'_>) -> Failure {
    let mut errors = findings.into_iter();
    let first = errors.next().map_or_else(|| Failure::new("the template failed"), Failure::finding_of);
    errors.for_each(|finding| args.scope.env().warn(finding));
    first
}
