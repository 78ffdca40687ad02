//! Declarations and inputs → the value of `var`.

use std::sync::Arc;

use super::{Given, Inputs, Source, Variable};
use crate::hcl::eval::{Dialect, Env, error};
use crate::hcl::syntax::parse_expression;
use crate::hcl::text::{Origin, Text};
use crate::hcl::types::{Type, apply_defaults, convert, nearest};
use crate::hcl::value::{Entry, Kind, Mapping, Sequence, Value};
use crate::source::{Diagnostic, Diagnostics, FileId, SourceMap, Span};

/// The value of `var`, and what is wrong with it or breaks a rule.
pub fn resolve(
    variables: &[Variable],
    inputs: &Inputs,
    dialect: Dialect,
    sources: &SourceMap,
) -> (Value, Diagnostics) {
    let (all, mut findings) = values(variables, inputs, dialect, sources);
    let incomplete = findings.has_errors();
    findings.append(rules(variables, &all, incomplete, dialect, sources));
    (all, findings)
}

/// The value of `var`. A variable that is wrong or missing is not in it; the findings say why.
///
/// In a pack, objects and maps of all layers are merged, the default below them. In a bare jobspec the
/// last layer that names a variable gives its value, as in Nomad.
pub fn values(
    variables: &[Variable],
    inputs: &Inputs,
    dialect: Dialect,
    sources: &SourceMap,
) -> (Value, Diagnostics) {
    let mut findings = Diagnostics::new();
    unknown_names(variables, inputs, &mut findings);
    let mut entries = Vec::with_capacity(variables.len());
    for variable in variables {
        match value_of(variable, inputs, dialect, sources) {
            Ok(value) => {
                let key = Text::from(variable.name.value.clone());
                entries.push(Entry { key, key_at: variable.name.span, value });
            }
            Err(wrong) => findings.extend(wrong),
        }
    }
    (Value::object(entries), findings)
}

/// Which rules of the variables are broken. If `all` is `incomplete`, which has been said, a rule that stumbles over
/// that says nothing more.
pub fn rules(
    variables: &[Variable],
    all: &Value,
    incomplete: bool,
    dialect: Dialect,
    sources: &SourceMap,
) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for variable in variables {
        if let Some(value) = all.get(&variable.name.value) {
            // A pack's conditions see all variables, so that contradictions can be told; Nomad's see their own.
            let var = if dialect == Dialect::Pack { all.clone() } else { alone(variable, value) };
            let scene = Scene { var, incomplete };
            validate(variable, value, scene, sources, &mut findings);
        }
    }
    findings
}

/// `var` as it holds this variable only.
fn alone(variable: &Variable, value: &Value) -> Value {
    Value::object(vec![Entry::new(variable.name.value.clone(), value.clone())])
}

fn unknown_names(variables: &[Variable], inputs: &Inputs, findings: &mut Diagnostics) {
    let layers = inputs.layers.iter().filter(|layer| layer.source != Source::Environment);
    for (name, _) in layers.flat_map(|layer| &layer.values) {
        if variables.iter().any(|variable| variable.name.value == name.value) {
            continue;
        }
        let finding =
            error("unknown-variable", format!("there is no variable `{}`", &*name.value), name.span);
        let renamed =
            variables.iter().find(|variable| variable.renamed_from.iter().any(|old| **old == *name.value));
        let known = variables.iter().map(|variable| &*variable.name.value);
        findings.push(match (renamed, nearest(&name.value, known)) {
            (Some(variable), _) => finding.help(format!("it is called `{}` now", &*variable.name.value)),
            (None, Some(close)) => finding.help(format!("did you mean `{close}`?")),
            (None, None) => finding,
        });
    }
}

fn value_of(
    variable: &Variable,
    inputs: &Inputs,
    dialect: Dialect,
    sources: &SourceMap,
) -> Result<Value, Diagnostics> {
    let ty = variable.value_type();
    let mut given: Option<Value> = None;
    for (_, own) in inputs
        .layers
        .iter()
        .flat_map(|layer| &layer.values)
        .filter(|(name, _)| name.value == variable.name.value)
    {
        let value = match own {
            Given::Value(value) => value.clone(),
            Given::Text(file) => read_text(*file, variable, &ty, sources)?,
        };
        let value = marked(&value);
        given = Some(match given {
            Some(weaker) if dialect == Dialect::Pack => merged(&weaker, &value),
            _ => value,
        });
    }
    let given = given.filter(|value| variable.nullable || !value.is_null());
    let value = match (given, &variable.default) {
        (None, None) => return Err(unset(variable).into()),
        (None, Some(default)) => default.clone(),
        (Some(given), Some(default)) if dialect == Dialect::Pack => {
            converted(variable, &merged(default, &given), &ty)?
        }
        (Some(given), _) => converted(variable, &given, &ty)?,
    };
    Ok(value.with_sensitive(variable.sensitive))
}

fn unset(variable: &Variable) -> Diagnostic {
    let name = &*variable.name.value;
    let finding = error("unset-variable", format!("the variable `{name}` has no value"), variable.name.span);
    let what = variable.description.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    finding.help(format!("give one: --var {name}=…{what}"))
}

fn converted(variable: &Variable, value: &Value, ty: &Type) -> Result<Value, Diagnostics> {
    // Without a declared type the default's decides, and what it cannot become stays as it is given.
    let result = convert(&apply_defaults(value, ty), ty);
    result.map_err(|wrong| {
        let message = format!("var.{}{}: {}", &*variable.name.value, wrong.path, wrong.message);
        error("type", message, wrong.at.or(value.at)).note("declared here", variable.span).into()
    })
}

/// Strings and numbers, and variables without a type, are taken as they are; others are expressions.
fn read_text(
    file: FileId,
    variable: &Variable,
    ty: &Type,
    sources: &SourceMap,
) -> Result<Value, Diagnostics> {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    let untyped = variable.ty.is_none() && variable.default.is_none();
    if untyped || matches!(ty, Type::String | Type::Number) {
        let at = Span::new(file, 0, text.len());
        return Ok(Value::string(text).with_at(at));
    }
    let expr = parse_expression(sources, file)?;
    Ok(Env::new(sources, Dialect::Constant).scope().eval(&expr)?)
}

/// Objects and maps of both, entry by entry; anything else is the stronger one.
fn merged(weaker: &Value, stronger: &Value) -> Value {
    let (Some(below), Some(above)) = (weaker.entries(), stronger.entries()) else { return stronger.clone() };
    let mut entries = below.to_vec();
    for entry in above {
        match below.binary_search_by(|own| own.key.as_str().cmp(&entry.key)) {
            Ok(at) => {
                if let Some(own) = entries.get_mut(at) {
                    let value = merged(&own.value, &entry.value);
                    *own = Entry { value, ..entry.clone() };
                }
            }
            Err(_) => entries.push(entry.clone()),
        }
    }
    Value::object(entries).with_at(stronger.at).with_sensitive(weaker.sensitive || stronger.sensitive)
}

/// The value with all its strings marked as typed by a user.
fn marked(value: &Value) -> Value {
    let text = |text: &Text, at: Span| Text::from_origin(text.shared().clone(), Origin::User(at));
    let items = |items: &[Value]| items.iter().map(marked).collect::<Vec<_>>();
    let entries = |entries: &[Entry]| {
        let entry = |own: &Entry| Entry {
            key: text(&own.key, own.key_at.or(own.value.at)),
            key_at: own.key_at,
            value: marked(&own.value),
        };
        entries.iter().map(entry).collect::<Vec<_>>()
    };
    let kind = match &value.kind {
        Kind::String(own) => Kind::String(text(own, value.at)),
        Kind::List(list) => {
            Kind::List(Arc::new(Sequence { element: list.element.clone(), items: items(&list.items) }))
        }
        Kind::Set(set) => {
            Kind::Set(Arc::new(Sequence { element: set.element.clone(), items: items(&set.items) }))
        }
        Kind::Tuple(own) => Kind::Tuple(items(own).into()),
        Kind::Map(map) => {
            Kind::Map(Arc::new(Mapping { element: map.element.clone(), entries: entries(&map.entries) }))
        }
        Kind::Object(own) => Kind::Object(entries(own).into()),
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}

/// What a condition sees.
struct Scene {
    var: Value,
    incomplete: bool,
}

fn validate(
    variable: &Variable,
    value: &Value,
    scene: Scene,
    sources: &SourceMap,
    findings: &mut Diagnostics,
) {
    if variable.validations.is_empty() {
        return;
    }
    let mut env = Env::new(sources, Dialect::Template);
    env.define("var", scene.var);
    for validation in &variable.validations {
        let result = env.scope().eval(&validation.condition);
        if result.is_err() && scene.incomplete {
            continue;
        }
        let Some(result) = findings.take(result) else { continue };
        if result.is_unknown() {
            continue;
        }
        let at = validation.condition.span;
        match convert(&result, &Type::Bool).ok().and_then(|result| result.as_bool()) {
            Some(true) => {}
            Some(false) => {
                let place = if value.at.is_some() { value.at } else { variable.span };
                let finding = error(
                    "validation",
                    format!("var.{}: {}", &*variable.name.value, validation.message),
                    place,
                );
                findings.push(finding.note("this is the rule", validation.span));
            }
            None => findings.push(error("type", "a condition is true or false", at)),
        }
    }
}
