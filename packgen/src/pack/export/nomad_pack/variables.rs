//! The pack's variables twice: as nomad-pack declares them, and as the HCL variables of each job, whose
//! defaults are the values that nomad-pack was given.

use std::fmt::Write as _;

use crate::hcl::quote::{References, key, quoted};
use crate::hcl::syntax::{Expr, ExprKind, ObjectKey, parse_body};
use crate::hcl::variables::{Validation, Variable};
use crate::hcl::{Type, Value};
use crate::jobspec::format::format;
use crate::source::{Diagnostic, Diagnostics, SourceMap, Span};

use super::super::super::Pack;
use super::super::rewrite::spliced;
use super::super::validation::{looks_at_itself, names};
use super::super::value;
use super::condition::{Condition, string, variable};
use super::piece::{Context, Piece};

/// The variable that holds all those that rules look at together.
const TOGETHER: &str = "values_together";

/// nomad-pack's `variables.hcl`. Descriptions, types and defaults are those of the pack, word by word.
pub(super) fn file(pack: &Pack, fixed: &[String]) -> Result<String, Diagnostics> {
    let sources = SourceMap::new();
    let read = pack.folder.read("variables.hcl");
    let bytes = read.map_err(|wrong| Diagnostic::error("io", wrong, Span::NONE))?.unwrap_or_default();
    let file = sources.add_bytes("variables.hcl", bytes)?;
    let (body, _) = parse_body(&sources, file);
    let mut out = String::new();
    if !fixed.iter().any(|name| name == "name") {
        out.push_str("variable \"name\" {\ndescription = \"Name of this use of the pack; job ids begin with it. Give it to `--name` too.\"\ntype = string\ndefault = \"\"\n}\n\n");
    }
    for block in body.blocks() {
        let Some(name) = block.labels.first() else { continue };
        let known = pack.variables.iter().find(|variable| variable.name.value == name.value);
        let Some(known) = known.filter(|_| !fixed.iter().any(|fixed| **fixed == *name.value)) else {
            continue;
        };
        let _ = writeln!(out, "variable {} {{", quoted(&name.value, References::Escape));
        for attribute in block.body.attributes() {
            let text = match (&*attribute.name.value, &known.default) {
                ("default", Some(default)) if !is_plain(&attribute.expr) => value::text(default),
                ("default" | "description" | "type", _) => sources.slice(attribute.expr.span),
                _ => continue,
            };
            let _ = writeln!(out, "{} = {text}", &*attribute.name.value);
        }
        out.push_str("}\n\n");
    }
    Ok(format(out.trim_end()) + "\n")
}

/// Whether nomad-pack can read a default: it calls no function and knows no names.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::String(_) => true,
        ExprKind::Parens(inner) | ExprKind::Unary(_, inner) => is_plain(inner),
        ExprKind::Tuple(items) => items.iter().all(is_plain),
        ExprKind::Object(items) => items.iter().all(|item| is_key(&item.key) && is_plain(&item.value)),
        _ => false,
    }
}

fn is_key(key: &ObjectKey) -> bool {
    match key {
        ObjectKey::Word(..) => true,
        ObjectKey::Expr(key) => matches!(key.kind, ExprKind::String(_)),
    }
}

/// The declarations that stand above each job.
pub(super) fn declared(pack: &Pack) -> Vec<Piece> {
    let mut out = vec![
        Piece::Text("variable \"name\" {\n  type    = string\n  default = ".to_owned()),
        Piece::Hcl("name".to_owned()),
        Piece::Text("\n}\n\n".to_owned()),
    ];
    let shown: Vec<&Variable> = pack.variables.iter().filter(|variable| !variable.sensitive).collect();
    for variable in &shown {
        let name = &*variable.name.value;
        out.push(Piece::Text(format!("variable {} {{\n", quoted(name, References::Escape))));
        out.push(Piece::Text(type_line(&variable.value_type().concrete())));
        out.extend([
            Piece::Text("  default = ".to_owned()),
            Piece::Hcl(name.to_owned()),
            Piece::Text("\n".to_owned()),
        ]);
        for rule in variable.validations.iter().filter(|rule| looks_at_itself(rule, name)) {
            out.push(Piece::Text(validation(pack, rule, None)));
        }
        out.push(Piece::Text("}\n\n".to_owned()));
    }
    out.extend(together(pack, &shown));
    out
}

fn type_line(ty: &Type) -> String {
    if ty.holds_any() || *ty == Type::Any { String::new() } else { format!("  type    = {ty}\n") }
}

/// Nomad lets a rule look at its own variable only: rules that look at several get one that holds them.
fn together(pack: &Pack, shown: &[&Variable]) -> Vec<Piece> {
    let of = |variable: &Variable| {
        let own = variable.name.to_string();
        variable
            .validations
            .iter()
            .filter(move |rule| !looks_at_itself(rule, &own))
            .cloned()
            .collect::<Vec<_>>()
    };
    let rules: Vec<Validation> = pack.variables.iter().flat_map(of).collect();
    let used = |variable: &&&Variable| {
        rules.iter().any(|rule| names(rule).iter().any(|name| **name == *variable.name.value))
    };
    let used: Vec<&&Variable> = shown.iter().filter(used).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let mut out = vec![Piece::Text(format!("variable \"{TOGETHER}\" {{\n"))];
    let fields: Vec<String> = used
        .iter()
        .map(|variable| format!("{} = {}", key(&variable.name.value), variable.value_type().concrete()))
        .chain(["name = string".to_owned()])
        .collect();
    if used.iter().all(|variable| !variable.value_type().holds_any() && variable.value_type() != Type::Any) {
        out.push(Piece::Text(format!("  type = object({{ {} }})\n", fields.join(", "))));
    }
    out.push(Piece::Text("  default = {\n    name = ".to_owned()));
    out.extend([Piece::Hcl("name".to_owned()), Piece::Text("\n".to_owned())]);
    for variable in used {
        out.push(Piece::Text(format!("    {} = ", key(&variable.name.value))));
        out.extend([Piece::Hcl(variable.name.to_string()), Piece::Text("\n".to_owned())]);
    }
    out.push(Piece::Text("  }\n".to_owned()));
    out.extend(rules.iter().map(|rule| Piece::Text(validation(pack, rule, Some(TOGETHER)))));
    out.push(Piece::Text("}\n\n".to_owned()));
    out
}

fn validation(pack: &Pack, rule: &Validation, within: Option<&str>) -> String {
    let mut edits: Vec<(Span, String)> = Vec::new();
    rule.condition.names(&mut |path, _| {
        if let Some(within) = within {
            edits.push((path.root.span, format!("var.{within}")));
        }
    });
    let condition = spliced(&pack.sources, rule.condition.span, edits, |text| text).concat();
    let message = quoted(&rule.message, References::Escape);
    format!("  validation {{\n    condition     = {condition}\n    error_message = {message}\n  }}\n")
}

/// The variables that are null unless they are given: nomad-pack takes null for missing.
pub(super) fn unset(pack: &Pack, fixed: &[String]) -> Vec<String> {
    let is_null = |variable: &&Variable| variable.default.as_ref().is_some_and(Value::is_null);
    let free = |name: &String| !fixed.contains(name);
    pack.variables.iter().filter(is_null).map(|variable| variable.name.to_string()).filter(free).collect()
}

/// The file with what all templates share.
pub(super) fn template(context: &Context<'_>, pack: &Pack) -> String {
    let mut out = format!(
        "[[/* Any value as an HCL expression: JSON, in which nothing opens a template. */ -]]\n\
         [[ define {} ]][[ . | toJson | replace \"\\\\\\\\\" \"\\\\u005c\" | replace \"\\\\b\" \"\\\\u0008\" | replace \"\\\\f\" \"\\\\u000c\" \
         | replace \"${{\" \"$${{\" | replace \"%{{\" \"%%{{\" ]][[ end ]]\n",
        string(&context.helper("value"))
    );
    let _ = writeln!(out, "[[ define {} -]]", string(&context.helper("variables")));
    for guard in guards(context, pack) {
        out.push_str(&guard);
    }
    for (_, pieces) in context.includes {
        out.push_str(&context.written(pieces));
    }
    out.push_str("[[ end ]]\n");
    out
}

/// What would not be found out otherwise.
fn guards(context: &Context<'_>, pack: &Pack) -> Vec<String> {
    let mut out = Vec::new();
    let is_free = |name: &str| !context.fixed.iter().any(|fixed| fixed == name);
    if is_free("name") {
        out.push(format!(
            "[[ with {} ]][[ if not (regexMatch \"^[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?$\" .) ]]\
             [[ fail \"`name` has up to 63 small letters, digits and `-`, begins with a letter and ends with none of `-`\" ]][[ end ]][[ end -]]\n",
            variable("name")
        ));
    }
    for required in
        pack.variables.iter().filter(|variable| variable.is_required() && is_free(&variable.name.value))
    {
        let name = &*required.name.value;
        out.push(format!(
            "[[ if {} ]][[ fail {} ]][[ end -]]\n",
            Condition::Null(name.to_owned()).go(),
            string(&format!("`{name}` has no value: write --var {name}=…"))
        ));
    }
    out
}
