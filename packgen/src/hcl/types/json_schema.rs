//! A type as JSON Schema, for editors and for whoever fills in a pack's variables.

use serde_json::{Map, Value as Json, json};

use super::Type;
use crate::hcl::data::json;
use crate::hcl::value::Value;

impl Type {
    /// The JSON Schema of values of this type. What may be left out may also be null.
    pub fn json_schema(&self) -> Json {
        match self {
            Type::Any => json!({}),
            Type::Bool => json!({ "type": "boolean" }),
            Type::Number => json!({ "type": "number" }),
            Type::String => json!({ "type": "string" }),
            Type::List(element) => json!({ "type": "array", "items": element.json_schema() }),
            Type::Set(element) => {
                json!({ "type": "array", "items": element.json_schema(), "uniqueItems": true })
            }
            Type::Map(element) => json!({ "type": "object", "additionalProperties": element.json_schema() }),
            Type::Tuple(elements) => {
                let items: Vec<Json> = elements.iter().map(Type::json_schema).collect();
                json!({ "type": "array", "prefixItems": items, "minItems": items.len(), "maxItems": items.len() })
            }
            Type::Object(fields) => {
                let mut properties = Map::new();
                for field in fields.iter() {
                    let mut schema = field.ty.json_schema();
                    if field.optional {
                        schema = json!({ "anyOf": [schema, { "type": "null" }] });
                    }
                    if let (Some(default), Some(object)) = (&field.default, schema.as_object_mut()) {
                        object.insert("default".to_owned(), plain(default));
                    }
                    properties.insert(field.name.to_string(), schema);
                }
                let required: Vec<&str> =
                    fields.iter().filter(|field| !field.optional).map(|field| &*field.name).collect();
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
            }
        }
    }
}

/// The value as JSON; null if JSON cannot hold it.
fn plain(value: &Value) -> Json {
    json::encode(value).ok().and_then(|text| serde_json::from_str(text.as_str()).ok()).unwrap_or(Json::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::types::Field;

    #[test]
    fn objects_say_what_is_required() {
        let field = |name: &str, ty: Type, optional: bool, default: Option<Value>| Field {
            name: name.into(),
            ty,
            optional,
            default,
        };
        let ty = Type::Object(
            [
                field("a", Type::Number, false, None),
                field("b", Type::list(Type::String), true, Some(Value::tuple(vec![]))),
            ]
            .into(),
        );
        let schema = ty.json_schema();
        assert_eq!(schema["required"], json!(["a"]));
        assert_eq!(schema["properties"]["a"], json!({ "type": "number" }));
        assert_eq!(schema["properties"]["b"]["default"], json!([]));
        assert_eq!(schema["properties"]["b"]["anyOf"][1], json!({ "type": "null" }));
    }
}
