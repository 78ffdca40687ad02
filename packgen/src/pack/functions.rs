//! The functions that packs have beside Nomad's: `template`, and `templatefile` with what it makes checked.

use crate::hcl::Value;
use crate::hcl::functions::{Args, Failure, Flow, Function, Param, Purity, templatefile};
use crate::source::{Diagnostic, Span};

use super::template::{self, carrier::finished};

const PARAMS: &[Param] = &[Param::text("path"), Param::any("values")];

/// All functions that only packs have. `shown` stands before paths in findings.
pub(super) fn all(shown: &str) -> Vec<Function> {
    let shown = shown.to_owned();
    vec![
        Function::shared("template", PARAMS, move |args| render(args, &shown))
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

fn render(args: &Args<'_>, shown: &str) -> Result<Value, Failure> {
    let path = args.text(0)?.as_str();
    let env = args.scope.env();
    if path.strip_suffix(".hbs").is_none() {
        return Err(Failure::arg(
            0,
            "a handlebars file ends in .hbs; its kind stands before that: loki.yaml.hbs",
        ));
    }
    if args.value(1)?.entries().is_none() {
        return Err(Failure::arg(1, "an object with the values is required"));
    }
    let bytes = env.files().read(path).map_err(|wrong| Failure::arg(0, wrong))?;
    let file = env.sources().add_bytes(format!("{shown}{path}"), bytes).map_err(Failure::finding_of)?;
    template::render(env.sources(), file, path, args.value(1)?).map_err(|findings| {
        let mut errors = findings.into_iter();
        let first = errors.next().map_or_else(|| Failure::new("the template failed"), Failure::finding_of);
        errors.for_each(|finding| env.warn(finding));
        first
    })
}
