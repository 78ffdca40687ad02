//! `variable "x" { … }` and `variables { … }`.

use std::sync::Arc;

use super::{Validation, Variable};
use crate::hcl::eval::{Dialect, Env, error};
use crate::hcl::syntax::{Attribute, BlockSyntax, Expr, Step, is_identifier};
use crate::hcl::types::{Type, TypeRules, apply_defaults, convert, nearest, parse_type};
use crate::hcl::value::Value;
use crate::source::{Diagnostic, Diagnostics, SourceMap, Spanned};

const IN_NOMAD: [&str; 3] = ["default", "description", "type"];
const IN_PACKS: [&str; 6] = ["default", "description", "nullable", "renamed_from", "sensitive", "type"];

/// The variable that a block declares. What can be read is there even if something was wrong.
pub fn declared(
    block: BlockSyntax,
    dialect: Dialect,
    sources: &SourceMap,
) -> (Option<Variable>, Diagnostics) {
    let mut findings = Diagnostics::new();
    let BlockSyntax { labels, body, header, .. } = block;
    let [name] = labels.as_slice() else {
        findings.push(error("labels", "a variable has one label: its name", header));
        return (None, findings);
    };
    if !is_identifier(name) {
        let message = format!("{:?} cannot be the name of a variable", &*name.value);
        let finding = error("name", message, name.span);
        findings
            .push(finding.help("a name has letters, digits, `_` and `-`, and begins with a letter or `_`"));
    }
    let mut reader = Reader { dialect, env: Env::new(sources, Dialect::Constant), findings };
    let mut variable = Variable {
        name: name.clone(),
        ty: None,
        default: None,
        description: None,
        sensitive: false,
        nullable: true,
        renamed_from: Vec::new(),
        validations: Vec::new(),
        span: header,
    };
    for attribute in body.attributes() {
        reader.attribute(attribute, &mut variable);
    }
    reader.default(body.attribute("default"), &mut variable);
    for inner in body.into_blocks() {
        match (&*inner.ty.value, inner.labels.is_empty()) {
            ("validation", true) => {
                let validation = reader.validation(inner, &name.value);
                variable.validations.extend(validation);
            }
            (other, _) => {
                let finding =
                    error("unexpected-block", format!("a variable has no block `{other}`"), inner.header);
                reader.findings.push(finding.help("it has `validation { condition, error_message }`"));
            }
        }
    }
    (Some(variable), reader.findings)
}

/// The variables of Nomad's short form: `variables { name = default }`.
pub fn declared_in_map(block: &BlockSyntax, sources: &SourceMap) -> (Vec<Variable>, Diagnostics) {
    let mut findings = Diagnostics::new();
    let env = Env::new(sources, Dialect::Constant);
    for inner in block.body.blocks() {
        findings.push(error("unexpected-block", "`variables` holds attributes only", inner.header));
    }
    let mut found = Vec::new();
    for attribute in block.body.attributes() {
        if let Some(value) = findings.take(env.scope().eval(&attribute.expr)) {
            found.push(Variable {
                name: attribute.name.clone(),
                ty: None,
                default: Some(value),
                description: None,
                sensitive: false,
                nullable: true,
                renamed_from: Vec::new(),
                validations: Vec::new(),
                span: attribute.name.span,
            });
        }
    }
    (found, findings)
}

struct Reader<'a> {
    dialect: Dialect,
    env: Env<'a>,
    findings: Diagnostics,
}

impl Reader<'_> {
    fn attribute(&mut self, attribute: &Attribute, variable: &mut Variable) {
        let name = &*attribute.name.value;
        let known: &[&str] = if self.dialect == Dialect::Pack { &IN_PACKS } else { &IN_NOMAD };
        if !known.contains(&name) {
            let finding = self.no_attribute(attribute, known);
            self.findings.push(finding);
            return;
        }
        let expr = &attribute.expr;
        match name {
            "type" => {
                let rules =
                    if self.dialect == Dialect::Pack { TypeRules::Optional } else { TypeRules::Exact };
                variable.ty = self.findings.take(parse_type(expr, rules));
            }
            "description" => {
                variable.description =
                    self.constant(expr, &Type::String).and_then(|value| value.as_str().map(str::to_owned));
            }
            "sensitive" => variable.sensitive = self.flag(expr, false),
            "nullable" => variable.nullable = self.flag(expr, true),
            "renamed_from" => {
                let names = self.constant(expr, &Type::list(Type::String));
                let names = names.iter().flat_map(|names| names.items().unwrap_or_default());
                variable.renamed_from = names.filter_map(Value::as_str).map(str::to_owned).collect();
            }
            _ => {}
        }
    }

    fn no_attribute(&self, attribute: &Attribute, known: &[&str]) -> Diagnostic {
        let name = &*attribute.name.value;
        let finding =
            error("unexpected-attribute", format!("a variable has no `{name}`"), attribute.name.span);
        if self.dialect != Dialect::Pack && IN_PACKS.contains(&name) {
            return finding.help("Nomad's language does not have it; packs have it");
        }
        let close = nearest(name, known.iter().copied()).map(|close| format!("did you mean `{close}`?"));
        finding.help(close.unwrap_or_else(|| format!("it has {}", known.join(", "))))
    }

    fn constant(&mut self, expr: &Expr, ty: &Type) -> Option<Value> {
        let value = self.findings.take(self.env.scope().eval(expr))?;
        let converted = convert(&value, ty).map_err(|wrong| error("type", wrong.message, expr.span));
        self.findings.take(converted)
    }

    fn flag(&mut self, expr: &Expr, otherwise: bool) -> bool {
        self.constant(expr, &Type::Bool).and_then(|value| value.as_bool()).unwrap_or(otherwise)
    }

    fn default(&mut self, attribute: Option<&Attribute>, variable: &mut Variable) {
        let Some(expr) = attribute.map(|attribute| &attribute.expr) else { return };
        let Some(value) = self.findings.take(self.env.scope().eval(expr)) else { return };
        let Some(ty) = &variable.ty else {
            variable.default = Some(value);
            return;
        };
        if value.is_null() && !variable.nullable {
            self.findings.push(error(
                "null",
                "a variable that is not nullable cannot be null by default",
                expr.span,
            ));
        }
        match convert(&apply_defaults(&value, ty), ty) {
            Ok(value) => variable.default = Some(value),
            Err(wrong) => {
                let place =
                    if wrong.path.is_empty() { String::new() } else { format!("in {}: ", wrong.path) };
                let message = format!("the default does not fit the type: {place}{}", wrong.message);
                self.findings.push(error("type", message, wrong.at.or(expr.span)));
            }
        }
    }

    fn validation(&mut self, block: BlockSyntax, variable: &str) -> Option<Validation> {
        let BlockSyntax { body, header, .. } = block;
        for attribute in body.attributes() {
            if !matches!(&*attribute.name.value, "condition" | "error_message") {
                let finding = error(
                    "unexpected-attribute",
                    format!("a validation has no `{}`", &*attribute.name.value),
                    attribute.name.span,
                );
                self.findings.push(finding.help("it has condition and error_message"));
            }
        }
        let (mut condition, mut message) = (None, None);
        for attribute in body.into_attributes() {
            match &*attribute.name.value {
                "condition" => condition = Some(attribute.expr),
                "error_message" => message = Some(attribute.expr),
                _ => {}
            }
        }
        let missing = |name: &str| error("missing", format!("a validation needs `{name}`"), header);
        let condition = self.findings.take(condition.ok_or_else(|| missing("condition")));
        let message = self.findings.take(message.ok_or_else(|| missing("error_message")));
        let (condition, message) = (condition?, message?);
        self.check_names(&condition, variable);
        let text = self.constant(&message, &Type::String)?;
        let text = text.as_str().unwrap_or_default().to_owned();
        if text.trim().is_empty() {
            self.findings.push(error("missing", "an error message says what is wrong", message.span));
        }
        Some(Validation { condition: Arc::new(condition), message: text, span: header })
    }

    /// A condition looks at its own variable; in a pack also at others, to tell what contradicts them.
    fn check_names(&mut self, condition: &Expr, variable: &str) {
        let mut own = 0;
        let mut foreign = Vec::new();
        condition.names(&mut |path, span| {
            let step = match path.steps.first() {
                Some(Step::Attr(name)) => Some(&*name.value),
                _ => None,
            };
            if &*path.root.value == "var" && step == Some(variable) {
                own += 1;
            } else if self.dialect != Dialect::Pack || &*path.root.value != "var" {
                foreign.push(Spanned::new(path.root.value.clone(), span));
            }
        });
        for name in foreign {
            let usable = if self.dialect == Dialect::Pack { "variables" } else { &format!("var.{variable}") };
            let message = format!("the condition can use {usable} only, not `{}`", &*name.value);
            self.findings.push(error("unknown-name", message, name.span));
        }
        if own == 0 {
            let message = format!("the condition must look at var.{variable}");
            self.findings.push(error("missing", message, condition.span));
        }
    }
}
