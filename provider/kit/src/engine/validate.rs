//! What is wrong with a configuration, as far as it is known: attribute checks, block counts.

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::ty::Type;
use crate::value::Value;

/// Applies every check of the schema. Terraform itself has checked types and required attributes.
pub(super) fn validate(block: &Block, config: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    deprecation(block.deprecated.as_deref(), at, found);
    for attribute in &block.attributes {
        check(attribute, config.field(&attribute.name), &at.field(&attribute.name), found);
    }
    for nested in &block.blocks {
        let here = at.field(&nested.name);
        let value = config.field(&nested.name);
        count(nested, value, &here, found);
        nested.each(value, &here, |inner, place| validate(&nested.block, inner, place, found));
    }
}

fn check(attribute: &Attribute, value: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    if value.is_null() {
        return;
    }
    deprecation(attribute.deprecated.as_deref(), at, found);
    let before = found.len();
    check_value(attribute, value, at, found);
    if attribute.sensitive || attribute.write_only {
        found[before..].iter_mut().for_each(|problem| mask(value, problem));
    }
}

/// Terraform passes the word on to editors, and says nothing to who uses it.
fn deprecation(instead: Option<&str>, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    let Some(instead) = instead else { return };
    let path = at.path();
    let (what, place) = if path.0.is_empty() {
        ("This is deprecated".to_owned(), String::new())
    } else {
        (format!("{path} is deprecated"), format!("{path}: "))
    };
    found.push(Diagnostic::warning(what, format!("{place}{instead}")).at(path));
}

/// Terraform shows diagnostics as they are, so a check that quotes what it was given must not give away a secret.
fn mask(value: &Value, problem: &mut Diagnostic) {
    let mut hide = |text: &str| {
        if !text.is_empty() {
            problem.detail = problem.detail.replace(text, "(sensitive)");
        }
    };
    match value {
        Value::String(text) => {
            hide(&format!("{text:?}"));
            hide(text);
        }
        Value::Number(number) => hide(&number.to_string()),
        Value::List(elements) | Value::Set(elements) => elements.iter().for_each(|e| mask(e, problem)),
        Value::Map(fields) => fields.values().for_each(|e| mask(e, problem)),
        Value::Dynamic(typed) => mask(&typed.1, problem),
        Value::Null | Value::Unknown(_) | Value::Bool(_) => {}
    }
}

fn check_value(attribute: &Attribute, value: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(fits) = attribute.fits.filter(|_| value.is_wholly_known())
        && let Err(problem) = fits(value, at)
    {
        return found.push(problem);
    }
    attribute.checks.iter().for_each(|check| check.run(value, at, found));
    if let Some(object) = &attribute.object {
        check_objects(object, &attribute.ty, value, at, found);
    }
}

/// The checks of a struct's fields, wherever in a collection its objects stand.
fn check_objects(object: &Block, ty: &Type, value: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    match (ty, value) {
        (Type::Object(_), Value::Map(_)) => validate(object, value, at, found),
        (Type::List(ty), Value::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                check_objects(object, ty, element, &at.index(index), found);
            }
        }
        (Type::Set(ty), Value::Set(elements)) => {
            for element in elements {
                check_objects(object, ty, element, &at.element(), found);
            }
        }
        (Type::Map(ty), Value::Map(fields)) => {
            for (key, element) in fields {
                check_objects(object, ty, element, &at.key(key), found);
            }
        }
        _ => {}
    }
}

/// Terraform counts single, list and set blocks; labelled ones are ours to count.
fn count(nested: &NestedBlock, value: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
    let (Nesting::Map, Value::Map(labelled)) = (nested.nesting, value) else { return };
    let (min, max, count) = (nested.min as usize, nested.max as usize, labelled.len());
    let name = &nested.name;
    let problem = if count < min {
        format!("expected at least {min} {name:?} {}, got {count}", blocks(min))
    } else if max > 0 && count > max {
        format!("expected at most {max} {name:?} {}, got {count}", blocks(max))
    } else {
        return;
    };
    found.push(Diagnostic::invalid(at, problem));
}

fn blocks(count: usize) -> &'static str {
    if count == 1 { "block" } else { "blocks" }
}

/// What is written to attributes that are never stored, for clients too old to promise that.
pub(super) fn write_only_needs_newer(
    block: &Block,
    config: &Value,
    at: &At<'_>,
    found: &mut Vec<Diagnostic>,
) {
    for attribute in block.attributes.iter().filter(|a| a.write_only) {
        if !config.field(&attribute.name).is_null() {
            let problem =
                "write-only attributes need Terraform 1.11 or newer: older ones would store the value";
            found.push(Diagnostic::invalid(&at.field(&attribute.name), problem));
        }
    }
    for nested in &block.blocks {
        nested.each(config.field(&nested.name), &at.field(&nested.name), |inner, place| {
            write_only_needs_newer(&nested.block, inner, place, found);
        });
    }
}
