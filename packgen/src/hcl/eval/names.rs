//! Names that mean nothing while a job is made: they stay as text, because the node knows them.
//!
//! Nomad keeps *every* name that it does not know. For packs a list decides, so that a typo is found.

use super::{Dialect, Evaluated, Scope, error};
use crate::hcl::syntax::{NamePath, Step};
use crate::hcl::text::{Origin, Text};
use crate::hcl::types::nearest;
use crate::hcl::value::{Kind, Value};
use crate::source::{Diagnostic, Span};

/// Roots of names that Nomad resolves where the task runs.
const RUNTIME_ROOTS: [&str; 8] =
    ["attr", "device", "env", "meta", "node", "secret", "VAULT_NAMESPACE", "VAULT_TOKEN"];

/// The value of a name that nothing defines.
pub(super) fn unresolved(scope: &Scope<'_>, path: &NamePath, span: Span) -> Evaluated {
    let text = match scope.env.dialect() {
        Dialect::Constant => return Err(not_constant(path, span)),
        Dialect::Template => return Err(unknown(scope, path, span)),
        Dialect::Pack if !is_runtime(path) => return Err(unknown(scope, path, span)),
        Dialect::Pack => format!("${{{}}}", scope.env.sources().slice(span)),
        Dialect::Nomad => as_nomad_keeps_it(scope, span)?,
    };
    Ok(Value::new(Kind::String(Text::from_origin(text, Origin::Runtime)), span))
}

/// Whether a node can know this name. A lone word in capitals may be a variable of the task's environment.
fn is_runtime(path: &NamePath) -> bool {
    let root = &*path.root.value;
    let capitals =
        root.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    RUNTIME_ROOTS.contains(&root) || root.starts_with("NOMAD_") || (capitals && path.steps.is_empty())
}

fn not_constant(path: &NamePath, span: Span) -> Diagnostic {
    let message = format!("`{}` cannot be used here: the value must be a constant", &*path.root.value);
    error("not-constant", message, span)
        .help("a text with `${…}` that is meant for the node is written `$${…}`")
}

fn unknown(scope: &Scope<'_>, path: &NamePath, span: Span) -> Diagnostic {
    let root = &*path.root.value;
    let bound = scope.bound_names();
    let of_node: &[&str] = if scope.env.dialect() == Dialect::Pack { &RUNTIME_ROOTS } else { &[] };
    let known = bound.iter().copied().chain(scope.env.root_names()).chain(of_node.iter().copied());
    let whole = scope.env.sources().slice(span);
    let help = match nearest(root, known) {
        Some(close) => format!("did you mean `{close}`? To keep the text as it is, write `$${{{whole}}}`"),
        None if path.steps.is_empty() => {
            format!("a text is written in quotes; to keep it for the node, write `$${{{whole}}}`")
        }
        None => format!("to keep the text as it is, write `$${{{whole}}}`"),
    };
    let shown = match path.steps.first() {
        Some(Step::Attr(step)) => format!("{root}.{}", &*step.value),
        _ => root.to_owned(),
    };
    error("unknown-name", format!("there is no name `{shown}`"), span).help(help)
}

/// What Nomad makes of a name that it does not know: the source text around it, looked at byte by byte.
///
/// It looks back over blanks for `${`. If that is there, the text begins with it; then it looks forward
/// from the byte *after* the next, and each `}` found over blanks brings the text from the end of the name
/// up to it once more. What is neither ends the search with a `}`.
fn as_nomad_keeps_it(scope: &Scope<'_>, span: Span) -> Result<String, Diagnostic> {
    let Some(file) = scope.env.sources().file(span.file) else { return Ok(String::new()) };
    let text = file.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let before = part(0, start).trim_end_matches(' ');
    if !before.ends_with("${") {
        return Ok(format!("${{{}}}", part(start, end)));
    }
    let mut kept = part(before.len() - 2, end).to_owned();
    for (at, byte) in text.bytes().enumerate().skip(end + 1) {
        match byte {
            b'}' => {
                scope.env.charge(at - end, span)?;
                kept.push_str(part(end, at));
            }
            b' ' => {}
            _ => {
                kept.push('}');
                return Ok(kept);
            }
        }
    }
    // Only where the text is a part of something larger does it end here.
    Ok(kept + "}")
}
