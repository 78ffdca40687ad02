//! `templatefile`: a file that is an HCL template, with the values it may use. Packs only.

use super::{Args, Failure, Flow, Function, Param, Purity, files};
use crate::hcl::eval::{Dialect, Env};
use crate::hcl::syntax::{is_identifier, parse_template};
use crate::hcl::types::{Type, convert};
use crate::hcl::value::Value;
use crate::source::Diagnostics;

pub(super) const ROWS: &[Function] =
    &[Function::new("templatefile", &[Param::text("path"), Param::any("vars")], templatefile)
        .purity(Purity::Files)
        .flow(Flow::Parts)
        .not_in_nomad()
        .doc("The text of a template file, with `${…}` and `%{…}` evaluated; it sees the given values and nothing else.")];

/// The text; nobody has checked yet where in it a user's text lands.
pub(crate) fn templatefile(args: &Args<'_>) -> Result<Value, Failure> {
    let values =
        args.value(1)?.entries().ok_or_else(|| Failure::arg(1, "an object with the values is required"))?;
    let env = args.scope.env();
    let bytes = files::bytes(args)?;
    let file = env.sources().add_bytes(args.text(0)?.as_str(), bytes).map_err(Failure::finding_of)?;
    let template = parse_template(env.sources(), file).map_err(first)?;
    let mut inner = Env::new(env.sources(), Dialect::Template).with_functions(env.extra_functions());
    for entry in values {
        if !is_identifier(&entry.key) {
            return Err(Failure::arg(1, format!("{:?} cannot be a name in a template", entry.key.as_str())));
        }
        inner.define(entry.key.shared().clone(), entry.value.clone());
    }
    let result = inner.scope().eval(&template).map_err(Failure::finding_of)?;
    convert(&result, &Type::String).map_err(|wrong| Failure::new(wrong.message))
}

fn first(findings: Diagnostics) -> Failure {
    match findings.into_iter().next() {
        Some(finding) => Failure::finding_of(finding),
        None => Failure::new("the template cannot be read"),
    }
}
