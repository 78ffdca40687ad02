//! What a pack says about itself, for people and for programs: written from its files, nowhere twice.

mod guide;
mod readme;
mod takes;

use serde_json::{Value as Json, json};

use crate::hcl::variables::Variable;
use crate::hcl::{Field, Type, Value};
use crate::source::SourceMap;

use super::Pack;

pub use readme::readme;

/// One thing that a pack has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it is, behind the name.
    pub head: String,
    /// What it is for.
    pub doc: String,
}

/// The variables: type, default, what they are for.
pub fn variables(pack: &Pack) -> Vec<Row> {
    let row = |variable: &Variable| Row {
        name: variable.name.to_string(),
        head: format!(": {}{}", variable.value_type(), default_words(pack.sources(), variable)),
        doc: doc(variable.description.as_deref()),
    };
    pack.variables().iter().map(row).collect()
}

fn default_words(sources: &SourceMap, variable: &Variable) -> String {
    match default_text(sources, variable) {
        None => ", required".to_owned(),
        Some(text) if text == "null" => String::new(),
        Some(text) => format!(" = {text}"),
    }
}

/// The default as it is written, on one line.
fn default_text(sources: &SourceMap, variable: &Variable) -> Option<String> {
    let default = variable.default.as_ref()?;
    let written = sources.slice(default.at);
    let lines: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Some(if lines.is_empty() { plain(default).to_string() } else { lines.join(" ") })
}

/// The secrets.
pub fn secrets(pack: &Pack) -> Vec<Row> {
    let row = |secret: &super::manifest::SecretEntry| Row {
        name: secret.name.to_string(),
        head: if secret.generate.is_some() { " (made if none is given)".to_owned() } else { String::new() },
        doc: doc(Some(&secret.description)),
    };
    pack.manifest().secrets.iter().map(row).collect()
}

/// The volumes.
pub fn volumes(pack: &Pack) -> Vec<Row> {
    let row = |volume: &super::manifest::VolumeEntry| Row {
        name: volume.name.to_string(),
        head: format!(" of job {}", &*volume.job.value),
        doc: doc(volume.description.as_deref()),
    };
    pack.manifest().volumes.iter().map(row).collect()
}

/// The outputs.
pub fn outputs(pack: &Pack) -> Vec<Row> {
    let row = |output: &super::manifest::OutputEntry| Row {
        name: output.name.to_string(),
        head: format!(": {}", output.ty),
        doc: doc(Some(&output.description)),
    };
    pack.manifest().outputs.iter().map(row).collect()
}

fn doc(text: Option<&str>) -> String {
    text.map(str::trim).filter(|text| !text.is_empty()).unwrap_or("(not described)").to_owned()
}

/// All of it as data.
pub fn json(pack: &Pack) -> Json {
    let manifest = pack.manifest();
    let jobs: Vec<Json> = manifest
        .jobs
        .iter()
        .map(|job| {
            let after: Vec<&str> = job.after.iter().map(|name| &*name.value).collect();
            json!({ "name": &*job.name.value, "always": job.when.is_none(), "after": after, "description": job.description })
        })
        .collect();
    let variables: Vec<Json> = pack.variables().iter().map(variable_json).collect();
    let secrets: Vec<Json> = manifest
        .secrets
        .iter()
        .map(|secret| {
            let jobs: Vec<&str> = secret.jobs.iter().map(|name| &*name.value).collect();
            json!({ "name": &*secret.name.value, "jobs": jobs, "key": secret.key, "generated": secret.generate.is_some(), "description": secret.description })
        })
        .collect();
    let volumes: Vec<Json> = manifest
        .volumes
        .iter()
        .map(|volume| json!({ "name": &*volume.name.value, "job": &*volume.job.value, "description": volume.description }))
        .collect();
    let outputs: Vec<Json> = manifest
        .outputs
        .iter()
        .map(|output| json!({ "name": &*output.name.value, "type": output.ty.to_string(), "sensitive": output.sensitive, "description": output.description }))
        .collect();
    json!({
        "name": &*manifest.name.value,
        "pack_version": manifest.version,
        "summary": manifest.summary,
        "description": manifest.description,
        "nomad": manifest.nomad.map(|release| format!(">= {release}")),
        "jobs": jobs,
        "variables": variables,
        "secrets": secrets,
        "volumes": volumes,
        "outputs": outputs,
    })
}

fn variable_json(variable: &Variable) -> Json {
    let rules: Vec<&str> = variable.validations.iter().map(|rule| rule.message.as_str()).collect();
    let mut json = json!({
        "name": &*variable.name.value,
        "type": variable.value_type().to_string(),
        "required": variable.default.is_none(),
        "sensitive": variable.sensitive,
        "description": variable.description,
        "rules": rules,
    });
    if let (Some(default), Some(fields)) = (&variable.default, json.as_object_mut()) {
        fields.insert("default".to_owned(), plain(default));
    }
    if let (Some(parts), Some(fields)) = (parts(&variable.value_type()), json.as_object_mut()) {
        fields.insert("fields".to_owned(), parts);
    }
    json
}

/// The fields of an object type, or of the objects in a collection.
fn parts(ty: &Type) -> Option<Json> {
    let Type::Object(fields) = ty else { return ty.element().and_then(parts) };
    let field = |field: &Field| {
        let mut json =
            json!({ "name": &*field.name, "type": field.ty.to_string(), "required": !field.optional });
        if let (Some(default), Some(entries)) = (&field.default, json.as_object_mut()) {
            entries.insert("default".to_owned(), plain(default));
        }
        if let (Some(parts), Some(entries)) = (parts(&field.ty), json.as_object_mut()) {
            entries.insert("fields".to_owned(), parts);
        }
        json
    };
    Some(fields.iter().map(field).collect())
}

/// A constant as JSON.
fn plain(value: &Value) -> Json {
    let text = crate::hcl::data::json::encode(value).ok();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Json::Null)
}
