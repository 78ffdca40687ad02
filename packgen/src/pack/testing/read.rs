//! Reads a test file: `run "name" { … }` blocks, and `variables { … }` that all of them share.

use crate::hcl::eval::{Dialect, Env};
use crate::hcl::syntax::{BlockSyntax, Body, Expr, parse_body};
use crate::hcl::types::{convert, nearest};
use crate::hcl::{Type, Value};
use crate::source::{Diagnostic, Diagnostics, FileId, SourceMap, Spanned};
use crate::tree::Name;

/// A `run` block.
#[derive(Debug)]
pub(super) struct Run {
    /// Its name.
    pub name: Name,
    /// The name of the instance.
    pub instance: Option<String>,
    /// Values of variables.
    pub variables: Vec<(Name, Value)>,
    /// Whether variables without a value are not known yet.
    pub open: bool,
    /// Words of the error that must be found.
    pub expect_error: Option<Name>,
    /// What must be true.
    pub asserts: Vec<Assert>,
}

/// An `assert` block.
#[derive(Debug)]
pub(super) struct Assert {
    /// What must be true.
    pub condition: Expr,
    /// What is said if it is not.
    pub message: String,
}

const ATTRIBUTES: [&str; 3] = ["expect_error", "name", "open"];

/// The runs of a file.
pub(super) fn file(sources: &SourceMap, file: FileId) -> (Vec<Run>, Diagnostics) {
    let (body, mut out) = parse_body(sources, file);
    let mut reader = Reader { env: Env::new(sources, Dialect::Constant), out: Diagnostics::new() };
    let mut shared = Vec::new();
    let mut runs: Vec<Run> = Vec::new();
    for attribute in body.attributes() {
        reader.out.push(Diagnostic::error(
            "root-unknown",
            "a test file has the blocks `run` and `variables`",
            attribute.name.span,
        ));
    }
    for block in body.blocks() {
        match (&*block.ty.value, block.labels.as_slice()) {
            ("variables", []) => shared = reader.values(&block.body),
            ("run", [name]) => {
                if let Some(first) = runs.iter().find(|run| run.name.value == name.value) {
                    let message = format!("run {:?} is there twice", &*name.value);
                    reader.out.push(
                        Diagnostic::error("duplicate", message, name.span)
                            .note("first here", first.name.span),
                    );
                }
                runs.push(reader.run(block, name, &shared));
            }
            (other, _) => {
                let close = nearest(other, ["run", "variables"].into_iter())
                    .map(|close| format!("did you mean `{close}`?"));
                let finding = Diagnostic::error(
                    "root-unknown",
                    "a test file has the blocks `run \"name\"` and `variables`",
                    block.header,
                );
                reader.out.push(finding.maybe_help(close));
            }
        }
    }
    out.extend(reader.out);
    (runs, out)
}

struct Reader<'s> {
    env: Env<'s>,
    out: Diagnostics,
}

impl Reader<'_> {
    fn run(&mut self, block: &BlockSyntax, name: &Name, shared: &[(Name, Value)]) -> Run {
        let mut run = Run {
            name: name.clone(),
            instance: self.text(&block.body, "name").map(|name| name.to_string()),
            variables: shared.to_vec(),
            open: self
                .constant(&block.body, "open", &Type::Bool)
                .and_then(|value| value.as_bool())
                .unwrap_or(false),
            expect_error: self.text(&block.body, "expect_error"),
            asserts: Vec::new(),
        };
        for attribute in
            block.body.attributes().filter(|attribute| !ATTRIBUTES.contains(&&*attribute.name.value))
        {
            let close = nearest(&attribute.name.value, ATTRIBUTES.into_iter())
                .map(|close| format!("did you mean `{close}`?"));
            let message = format!("`run` has no attribute `{}`", &*attribute.name.value);
            let finding = Diagnostic::error("attribute-unknown", message, attribute.name.span);
            self.out.push(
                finding.help(close.unwrap_or_else(|| "variables stand in `variables { … }`".to_owned())),
            );
        }
        for inner in block.body.blocks() {
            match &*inner.ty.value {
                "variables" => {
                    for (name, value) in self.values(&inner.body) {
                        run.variables.retain(|(other, _)| other.value != name.value);
                        run.variables.push((name, value));
                    }
                }
                "assert" => run.asserts.extend(self.assert(inner)),
                other => {
                    let close = nearest(other, ["assert", "variables"].into_iter())
                        .map(|close| format!("did you mean `{close}`?"));
                    self.out.push(
                        Diagnostic::error(
                            "block-unknown",
                            format!("`run` has no block `{other}`"),
                            inner.header,
                        )
                        .maybe_help(close),
                    );
                }
            }
        }
        if run.asserts.is_empty() && run.expect_error.is_none() {
            let finding = Diagnostic::warning(
                "test-empty",
                format!("run {:?} checks only that the pack renders", &*name.value),
                name.span,
            );
            self.out
                .push(finding.help("add `assert { condition = … error_message = \"…\" }` or `expect_error`"));
        }
        run
    }

    fn values(&mut self, body: &Body) -> Vec<(Name, Value)> {
        let mut values = Vec::new();
        for attribute in body.attributes() {
            if let Some(value) = self.out.take(self.env.scope().eval(&attribute.expr)) {
                values.push((attribute.name.clone(), value));
            }
        }
        for block in body.blocks() {
            let finding =
                Diagnostic::error("unexpected-block", "`variables` has attributes only", block.header);
            self.out.push(finding.help(format!("write `{} = {{ … }}`", &*block.ty.value)));
        }
        values
    }

    fn assert(&mut self, block: &BlockSyntax) -> Option<Assert> {
        let message = self.text(&block.body, "error_message");
        let condition = block.body.attribute("condition").map(|attribute| attribute.expr.clone());
        if let (Some(condition), Some(message)) = (condition, message) {
            return Some(Assert { condition, message: message.to_string() });
        }
        let message = "`assert` needs `condition` and `error_message`";
        self.out.push(Diagnostic::error("attribute-missing", message, block.header));
        None
    }

    fn text(&mut self, body: &Body, name: &str) -> Option<Name> {
        let value = self.constant(body, name, &Type::String)?;
        value.as_text().map(|text| Spanned::new(text.shared().clone(), value.at))
    }

    fn constant(&mut self, body: &Body, name: &str, ty: &Type) -> Option<Value> {
        let expr = &body.attribute(name)?.expr;
        let value = self.out.take(self.env.scope().eval(expr))?;
        let converted = convert(&value, ty)
            .map_err(|wrong| Diagnostic::error("type", format!("`{name}`: {}", wrong.message), expr.span));
        self.out.take(converted).filter(|value| !value.is_null()).map(|value| value.with_at(expr.span))
    }
}
