//! A job tree as the JSON that Nomad's API takes: field by field what Nomad's own parser makes of the file.
//!
//! Fields that no one wrote are there too, with the zero value that Nomad shows for them. The tree must
//! have passed [`super::validate`]; what still cannot be said in JSON is an error with its place.

mod inherit;
mod parse;
mod special;

use serde_json::{Map, Value as Json};

use crate::hcl::{Kind, Value};
use crate::source::Diagnostic;
use crate::tree::{Attr, Block};

use super::grammar::{self, Body, Count, MapOf, Slot, Type, Zero};
use super::read::{Datum, read};

pub use parse::tree;

/// The API object of a `job` block.
pub fn job(block: &Block) -> Result<Json, Diagnostic> {
    let mut job = object(&grammar::JOB, block)?;
    inherit::complete(&mut job, block)?;
    Ok(Json::Object(job))
}

/// A block as the object that the API has for it.
fn object(body: &'static Body, block: &Block) -> Result<Map<String, Json>, Diagnostic> {
    let mut out = Map::new();
    for (field, zero) in body.fixed {
        out.insert((*field).to_owned(), zero_json(*zero));
    }
    if let Some(field) = body.label.filter(|field| !field.is_empty()) {
        out.insert(
            field.to_owned(),
            block.labels.first().map_or_else(String::new, |label| label.to_string()).into(),
        );
    }
    for def in body.attrs.iter().filter(|def| !def.field.is_empty()) {
        let written = block.attr(def.name).filter(|attr| !attr.value.is_null());
        let value = match written {
            Some(attr) => attr_json(def.ty, attr)?,
            None => zero_json(zero_of(def)),
        };
        out.insert(def.field.to_owned(), value);
    }
    for slot in body.blocks.iter().filter(|slot| !slot.field.is_empty()) {
        let value = slot_json(slot, block)?;
        if !(slot.omitted && value.is_null()) {
            out.insert(slot.field.to_owned(), value);
        }
    }
    special::finish(body, block, &mut out);
    Ok(out)
}

fn zero_json(zero: Zero) -> Json {
    match zero {
        Zero::Null => Json::Null,
        Zero::Text => "".into(),
        Zero::Number => 0.into(),
        Zero::False => false.into(),
    }
}

fn zero_of(def: &grammar::Attr) -> Zero {
    match def.ty {
        _ if def.pointer => Zero::Null,
        Type::Str => Zero::Text,
        Type::Bool => Zero::False,
        Type::Int(..) | Type::Number | Type::Duration => Zero::Number,
        Type::Strs | Type::Ports | Type::Map | Type::Maps | Type::NumberMaps | Type::Any => Zero::Null,
    }
}

fn slot_json(slot: &'static Slot, block: &Block) -> Result<Json, Diagnostic> {
    if slot.or_attribute
        && let Some(attr) = block.attr(slot.name)
    {
        return attr_json(Type::Map, attr);
    }
    let mut blocks = block.blocks_of(slot.name).peekable();
    if blocks.peek().is_none() {
        return Ok(Json::Null);
    }
    match slot.count {
        Count::One => blocks.next().map_or(Ok(Json::Null), |one| body_json(slot.body, one)),
        Count::Many => blocks.map(|one| body_json(slot.body, one)).collect(),
        Count::ByLabel => {
            let labelled = |one: &Block| {
                let label = one.labels.first().map_or_else(String::new, |label| label.to_string());
                Ok((label, body_json(slot.body, one)?))
            };
            blocks.map(labelled).collect::<Result<Map<_, _>, _>>().map(Json::Object)
        }
    }
}

fn body_json(body: &'static Body, block: &Block) -> Result<Json, Diagnostic> {
    match body.map {
        Some(map) => map_json(map, block),
        None => object(body, block).map(Json::Object),
    }
}

/// A body whose keys the user chose.
fn map_json(map: MapOf, block: &Block) -> Result<Json, Diagnostic> {
    let entry = |attr: Attr| Ok((attr.name.to_string(), attr_json(map.value, &attr)?));
    block.free_form().into_iter().map(entry).collect::<Result<Map<_, _>, _>>().map(Json::Object)
}

fn attr_json(ty: Type, attr: &Attr) -> Result<Json, Diagnostic> {
    let place = attr.value.at.or(attr.expr);
    match read(ty, &attr.value) {
        Ok(Datum::Unknown(why)) => {
            Err(Diagnostic::error("not-known", format!("`{}` is not known yet: {why}", &**attr.name), place))
        }
        Ok(datum) => Ok(datum_json(datum)),
        Err(problem) => Err(Diagnostic::error("type", format!("`{}`: {problem}", &**attr.name), place)),
    }
}

fn datum_json(datum: Datum) -> Json {
    match datum {
        Datum::Null | Datum::Unknown(_) => Json::Null,
        Datum::Text(text) => text.as_str().into(),
        Datum::Bool(value) => value.into(),
        Datum::Int(value) => int_json(value),
        Datum::Number(value) => number_json(&value),
        Datum::Nanos(value) => value.into(),
        Datum::Texts(items) => items.iter().map(|item| Json::from(item.as_str())).collect(),
        Datum::Ints(items) => items.into_iter().map(int_json).collect(),
        Datum::Map(entries) => {
            entries.iter().map(|(key, value)| (key.to_string(), Json::from(value.as_str()))).collect()
        }
        Datum::Any(value) => any_json(&value),
    }
}

fn int_json(value: i128) -> Json {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => value.into(),
        (_, Ok(value)) => value.into(),
        _ => Json::Null,
    }
}

fn number_json(value: &crate::hcl::Number) -> Json {
    value.to_i64().map_or_else(|| value.to_f64().into(), Json::from)
}

/// A value as JSON; what is unknown in it becomes `null`.
fn any_json(value: &Value) -> Json {
    match &value.kind {
        Kind::Null(_) | Kind::Unknown(_) => Json::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(value) => number_json(value),
        Kind::String(text) => text.as_str().into(),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            value.items().unwrap_or_default().iter().map(any_json).collect()
        }
        Kind::Map(_) | Kind::Object(_) => {
            let entries = value.entries().unwrap_or_default().iter();
            entries.map(|entry| (entry.key.to_string(), any_json(&entry.value))).collect()
        }
    }
}
