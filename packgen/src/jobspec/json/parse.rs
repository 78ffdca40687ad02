//! A job as the API has it → a tree, so that a running job can be compared, printed and patched.
//!
//! The other way round than the rest of this folder: what is zero or `null` was not written. Fields that
//! only servers set are left out.

use serde_json::{Map, Value as Json};

use crate::hcl::{Entry, Value};
use crate::source::{Diagnostic, Span, Spanned};
use crate::tree::{Attr, Block, Name, Tree};

use super::super::duration;
use super::super::grammar::{self, Body, Count, Slot, Type};

type Object = Map<String, Json>;

/// The tree of a job, with or without the `{"Job": …}` around it that the API takes.
pub fn tree(json: &Json) -> Result<Tree, Diagnostic> {
    let job = json.get("Job").unwrap_or(json);
    let Some(object) = job.as_object().filter(|object| object.contains_key("TaskGroups")) else {
        let message = "this is no job of Nomad's API: an object with `TaskGroups` is expected";
        return Err(Diagnostic::error("json-job", message, Span::NONE));
    };
    let mut job = block("job", &grammar::JOB, object);
    job.labels = vec![name(text(object, "ID"))];
    job.attrs.retain(|attr| {
        &*attr.name.value != "id"
            && !(&*attr.name.value == "name" && attr.value.as_str() == Some(text(object, "ID")))
    });
    Ok(Tree { blocks: vec![job] })
}

fn name(text: &str) -> Name {
    Spanned::new(text.into(), Span::NONE)
}

fn text<'j>(object: &'j Object, field: &str) -> &'j str {
    object.get(field).and_then(Json::as_str).unwrap_or("")
}

fn block(ty: &str, body: &'static Body, object: &Object) -> Block {
    let label = body.label.filter(|field| !field.is_empty()).map(|field| name(text(object, field)));
    let mut out = Block {
        ty: name(ty),
        labels: label.into_iter().collect(),
        attrs: Vec::new(),
        blocks: Vec::new(),
        via: None,
        span: Span::NONE,
    };
    if body.map.is_some() {
        out.attrs = object.iter().map(|(key, json)| attr(key, value(json))).collect();
        return out;
    }
    for def in body.attrs.iter().filter(|def| !def.field.is_empty()) {
        out.attrs.extend(
            object.get(def.field).and_then(|json| written(def, json)).map(|value| attr(def.name, value)),
        );
    }
    for slot in body.blocks {
        out.blocks.extend(blocks(body, slot, object));
    }
    out
}

fn attr(key: &str, value: Value) -> Attr {
    Attr { name: name(key), value, expr: Span::NONE, literal_object: false }
}

/// The value of a field, unless it says nothing.
fn written(def: &grammar::Attr, json: &Json) -> Option<Value> {
    let zero = match json {
        Json::Null => true,
        _ if def.pointer => false,
        Json::String(text) => text.is_empty(),
        Json::Bool(value) => !value,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::Array(_) | Json::Object(_) => false,
    };
    match json {
        _ if zero => None,
        Json::Number(number) if def.ty == Type::Duration => {
            number.as_i64().map(|nanos| Value::string(duration::text(nanos)))
        }
        json => Some(value(json)),
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(),
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => number.as_i64().map_or_else(|| float(number), Value::from),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::tuple(items.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::object(entries.iter().map(|(key, json)| Entry::new(key.as_str(), value(json))).collect())
        }
    }
}

fn float(number: &serde_json::Number) -> Value {
    let exact = number.as_u64().and_then(|number| crate::hcl::Number::parse(&number.to_string()).ok());
    let float = || number.as_f64().and_then(crate::hcl::Number::from_f64);
    exact.or_else(float).map_or_else(Value::null, Value::number)
}

/// The blocks that one field holds. Ports, identities and scaling are kept in fields of other names.
fn blocks(body: &Body, slot: &'static Slot, object: &Object) -> Vec<Block> {
    let make = |json: &Json| json.as_object().map(|inner| block(slot.name, slot.body, inner));
    let field = |field: &str| object.get(field).unwrap_or(&Json::Null);
    match (body.name, slot.name) {
        ("NetworkResource", "port") => {
            list(field("ReservedPorts")).chain(list(field("DynamicPorts"))).filter_map(make).collect()
        }
        ("NetworkResource", "reserved_ports") => Vec::new(),
        ("Task", "identity") => {
            list(field("Identity")).chain(list(field("Identities"))).filter_map(make).collect()
        }
        ("Task", "scaling") => list(field(slot.field)).filter_map(make).map(scaled_by).collect(),
        _ if slot.field.is_empty() => Vec::new(),
        _ => match (slot.count, field(slot.field)) {
            (Count::ByLabel, Json::Object(inner)) => inner.values().filter_map(make).collect(),
            (_, json) => list(json).filter_map(make).collect(),
        },
    }
}

/// The items of an array; anything else that is there is its only item.
fn list(json: &Json) -> Box<dyn Iterator<Item = &Json> + '_> {
    match json {
        Json::Array(items) => Box::new(items.iter()),
        Json::Null => Box::new(std::iter::empty()),
        one => Box::new(std::iter::once(one)),
    }
}

fn scaled_by(mut block: Block) -> Block {
    let by_memory = block.attr("type").and_then(|attr| attr.value.as_str()) == Some("vertical_mem");
    block.labels = vec![name(if by_memory { "mem" } else { "cpu" })];
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, read};
    use crate::jobspec::json;
    use crate::jobspec::print::print;
    use crate::source::SourceMap;

    #[test]
    fn a_job_comes_back_as_it_was() {
        let text = "job \"j\" {\n  type = \"batch\"\n\n  group \"g\" {\n    count = 0\n\n    network {\n      port \"a\" {\n        static = 80\n      }\n\n      port \"b\" {}\n    }\n\n    volume \"v\" {\n      type   = \"host\"\n      source = \"s\"\n    }\n\n    task \"t\" {\n      driver       = \"docker\"\n      kill_timeout = \"1m30s\"\n\n      config {\n        image = \"a:1\"\n        n     = 1.5\n      }\n\n      env {\n        A = \"1\"\n      }\n\n      scaling \"mem\" {\n        type = \"vertical_mem\"\n        max  = 3\n      }\n\n      identity {\n        env = true\n      }\n    }\n  }\n}\n";
        let sources = SourceMap::new();
        let file = sources.add("t.nomad.hcl", text);
        let (written, findings) = read(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        let json = json::job(&written.blocks[0]).unwrap();
        let back = tree(&serde_json::json!({ "Job": json })).unwrap();
        assert_eq!(print(&back).unwrap(), text);
        assert_eq!(json::job(&back.blocks[0]).unwrap(), json);
    }

    #[test]
    fn what_is_no_job_is_refused() {
        for json in [serde_json::json!(null), serde_json::json!({}), serde_json::json!([1])] {
            assert_eq!(tree(&json).unwrap_err().code, "json-job");
        }
    }
}
