//! A template file as an expression: its text stands in the export, what it is given stays as it was written. So
//! variables go on to decide what is in it.

use crate::hcl::eval::Env;
use crate::hcl::syntax::{Expr, parse_template};
use crate::source::{Diagnostic, Diagnostics, Span};

use super::super::Pack;
use super::expression;

/// Name that the values of a template file have in the text that it becomes.
const OWN: &str = "given";

/// What stands before the values of an inlined template.
pub(super) const BEFORE: &str = "[for given in [";

/// What stands behind the values of the template at this path. `span` is where the file is asked for.
pub(super) fn after(
    pack: &Pack,
    env: &Env<'_>,
    path: &Expr,
    span: Span,
    out: &mut Diagnostics,
) -> Option<String> {
    let path = out.take(env.scope().eval(path))?;
    let path = path.as_str()?;
    let read = env.files().read(path).map_err(|wrong| Diagnostic::error("io", wrong, span));
    let bytes = out.take(read)?;
    let file = out.take(pack.sources.add_bytes(path, bytes))?;
    let parsed = match parse_template(&pack.sources, file) {
        Ok(parsed) => parsed,
        Err(found) => {
            out.extend(found);
            return None;
        }
    };
    let text = expression::template(&parsed, &|name| Some(format!("{OWN}.{name}")));
    Some(format!("] : {text}][0]"))
}
