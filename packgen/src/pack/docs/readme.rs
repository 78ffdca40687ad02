//! A pack's README. Whoever changes a variable runs `packgen docs` again; a test finds out if nobody did.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::hcl::variables::Variable;
use crate::hcl::{Field, Type};
use crate::source::Diagnostics;

use super::{Pack, Row, default_text, guide, outputs, plain, secrets, takes, volumes};

/// The page, in Markdown. What the pack asks for is found out by rendering it, which may fail.
pub fn readme(pack: &Pack) -> Result<String, Diagnostics> {
    let manifest = pack.manifest();
    let mut out = format!("# {}\n\n{}\n\n", &*manifest.name.value, sentence(&manifest.summary));
    if let Some(description) = &manifest.description {
        let _ = writeln!(out, "{}\n", description.trim());
    }
    let release = manifest.nomad.map(|release| format!(", for Nomad {release} or newer")).unwrap_or_default();
    let _ = writeln!(
        out,
        "Version {}{release}. This page is written by `packgen docs` from the pack's files.\n",
        manifest.version
    );
    usage(&mut out, pack);
    out.push_str(&guide::guide(pack)?);
    jobs(&mut out, pack);
    asked(&mut out, &takes::table(pack)?);
    if !pack.variables().is_empty() {
        out.push_str("## Variables\n\n");
        pack.variables().iter().for_each(|variable| one(&mut out, pack, variable));
    }
    rows(
        &mut out,
        "Secrets",
        "They are stored in Nomad variables before the jobs start, and are in no jobspec.",
        &secrets(pack),
    );
    rows(
        &mut out,
        "Volumes",
        "They are made before the jobs start, and stay when the jobs go.",
        &volumes(pack),
    );
    rows(&mut out, "Outputs", "", &outputs(pack));
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out)
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn usage(out: &mut String, pack: &Pack) {
    let name = &*pack.manifest().name.value;
    let required = || pack.variables().iter().filter(|variable| variable.default.is_none());
    let mut flags = String::new();
    for variable in required() {
        let _ = write!(flags, " --var {}={}", &*variable.name.value, example(&variable.value_type()));
    }
    let _ = writeln!(out, "```sh\npackgen render {name}{flags}\npackgen run {name}{flags}\n```\n");
}

/// A value of a type, as one would write it on a command line.
fn example(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "true",
        Type::Number => "1",
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => "'[…]'",
        Type::Map(_) | Type::Object(_) => "'{…}'",
        Type::String | Type::Any => "…",
    }
}

fn jobs(out: &mut String, pack: &Pack) {
    out.push_str("## Jobs\n\n");
    for job in &pack.manifest().jobs {
        let doc = job.description.as_deref().map(|text| format!(": {}", sentence(text))).unwrap_or_default();
        let when = job
            .when
            .as_ref()
            .map(|when| format!(" Runs if `{}`.", one_line(&pack.sources().slice(when.span))))
            .unwrap_or_default();
        let after: Vec<String> = job.after.iter().map(|name| format!("`{}`", &*name.value)).collect();
        let after =
            if after.is_empty() { String::new() } else { format!(" Starts after {}.", after.join(", ")) };
        let _ = writeln!(out, "- `{}`{doc}{when}{after}", &*job.name.value);
    }
    out.push('\n');
}

fn asked(out: &mut String, table: &str) {
    if !table.is_empty() {
        let _ = writeln!(out, "## What it asks for\n\nAs long as nothing else is said.\n\n{table}");
    }
}

fn one(out: &mut String, pack: &Pack, variable: &Variable) {
    let _ = writeln!(out, "### `{}`\n", &*variable.name.value);
    let default = match default_text(pack.sources(), variable) {
        None => "**required**".to_owned(),
        Some(text) if text == "null" => "not set by default".to_owned(),
        Some(text) => format!("default {}", code(&text)),
    };
    let secret = if variable.sensitive { ", sensitive" } else { "" };
    let _ = writeln!(out, "{}, {default}{secret}\n", words(&variable.value_type()));
    if let Some(description) = &variable.description {
        let _ = writeln!(out, "{}\n", description.trim());
    }
    let before = out.len();
    fields(out, &variable.value_type(), 0);
    if out.len() > before {
        out.push('\n');
    }
    for rule in &variable.validations {
        let _ = writeln!(out, "- Rule: {}", one_line(&rule.message));
    }
    if !variable.validations.is_empty() {
        out.push('\n');
    }
}

/// A type in words; the fields of objects are listed apart.
fn words(ty: &Type) -> String {
    match ty {
        Type::Object(_) => "object".to_owned(),
        Type::List(element) if matches!(**element, Type::Object(_)) => "list of objects".to_owned(),
        Type::Set(element) if matches!(**element, Type::Object(_)) => "set of objects".to_owned(),
        Type::Map(element) if matches!(**element, Type::Object(_)) => "map of objects".to_owned(),
        other => format!("`{other}`"),
    }
}

fn fields(out: &mut String, ty: &Type, depth: usize) {
    let Type::Object(own) = ty else {
        if let Some(element) = ty.element() {
            fields(out, element, depth);
        }
        return;
    };
    for field in own.iter() {
        let _ = writeln!(
            out,
            "{}- `{}`: {}{}",
            "  ".repeat(depth),
            field.name,
            words(&field.ty),
            field_default(field)
        );
        fields(out, &field.ty, depth + 1);
    }
}

fn field_default(field: &Field) -> String {
    match (&field.default, field.optional) {
        (Some(default), _) => format!(", default {}", code(&said(plain(default)).to_string())),
        (None, true) => ", optional".to_owned(),
        (None, false) => ", **required**".to_owned(),
    }
}

/// Without what is not set, which an object's type adds.
fn said(default: Json) -> Json {
    match default {
        Json::Object(fields) => {
            let set = fields.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(set.map(|(name, value)| (name, said(value))).collect())
        }
        other => other,
    }
}

fn rows(out: &mut String, title: &str, about: &str, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    if !about.is_empty() {
        let _ = writeln!(out, "{about}\n");
    }
    for row in rows {
        let _ = writeln!(
            out,
            "- `{}`{}: {}",
            row.name,
            row.head.trim_start_matches(':').trim_end(),
            sentence(&one_line(&row.doc))
        );
    }
    out.push('\n');
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as code, whatever backticks are in it.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
