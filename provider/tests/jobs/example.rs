//! What `examples/resources/<type>/resource.tf` writes in its first resource, as far as it is constant.

use std::fs;
use std::path::Path;

use kit::Value;
use kit::schema::{Block, Nesting};
use packgen::hcl;
use packgen::hcl::eval::{Dialect, Env};
use packgen::hcl::syntax::{Body, parse_body};
use packgen::source::SourceMap;

use crate::drive::written;

/// The configuration that the example of a resource writes.
pub fn of(name: &str, schema: &Block) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/resources").join(name);
    let text = fs::read_to_string(path.join("resource.tf")).expect("an example");
    let sources = SourceMap::new();
    let file = sources.add("resource.tf", text);
    let (body, _) = parse_body(&sources, file);
    let block = body.blocks().find(|block| &*block.ty.value == "resource").expect("a resource");
    value(&sources, &block.body, schema)
}

fn value(sources: &SourceMap, body: &Body, schema: &Block) -> Value {
    let env = Env::new(sources, Dialect::Constant);
    let mut fields: Vec<(&str, Value)> = Vec::new();
    for attribute in &schema.attributes {
        let Some(given) = body.attribute(&attribute.name) else { continue };
        // What refers to something else is for Terraform to evaluate.
        let Ok(constant) = env.scope().eval(&given.expr) else { continue };
        let json = kit::engine::as_type(&attribute.ty, &plain(&constant), &kit::At::ROOT);
        fields.push((&attribute.name, json.expect("a value of the attribute's type")));
    }
    for nested in schema.blocks.iter().filter(|nested| nested.name != "timeouts") {
        let inner = body.blocks().filter(|block| *block.ty.value == *nested.name);
        let inner: Vec<(String, Value)> = inner
            .map(|block| {
                let label = block.labels.first().map(|label| label.value.to_string()).unwrap_or_default();
                (label, value(sources, &block.body, &nested.block))
            })
            .collect();
        if inner.is_empty() {
            continue;
        }
        let values = inner.iter().map(|(_, value)| value.clone());
        let whole = match nested.nesting {
            Nesting::Single => inner[0].1.clone(),
            Nesting::List => Value::List(values.collect()),
            Nesting::Set => Value::set(values),
            Nesting::Map => Value::object(inner.clone()),
        };
        fields.push((&nested.name, whole));
    }
    written(schema, &fields)
}

fn plain(value: &hcl::Value) -> Value {
    match &value.kind {
        hcl::Kind::Bool(flag) => Value::Bool(*flag),
        hcl::Kind::Number(number) => Value::Number(number.to_string().parse().unwrap()),
        hcl::Kind::String(text) => Value::string(text.as_str()),
        hcl::Kind::Null(_) | hcl::Kind::Unknown(_) => Value::Null,
        _ => match (value.items(), value.entries()) {
            (Some(items), _) => Value::List(items.iter().map(plain).collect()),
            (_, Some(entries)) => {
                Value::object(entries.iter().map(|entry| (entry.key.as_str(), plain(&entry.value))))
            }
            _ => Value::Null,
        },
    }
}
