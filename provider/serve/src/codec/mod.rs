//! Values and schemas as they travel: msgpack, JSON and the protocol's messages, to and from the kit's own types.
//!
//! Whatever a hostile peer sends becomes an error with a place; it must never become a panic or memory without bound.

pub mod diagnostic;
pub mod json;
pub mod msgpack;
pub mod schema;

use kit::{At, Diagnostic, Private, Type, Value};
use prost::bytes::Bytes;
use tfplugin5::DynamicValue;

/// A message's value, of this type. What is absent is null.
pub fn decode(message: Option<DynamicValue>, ty: &Type) -> Result<Value, Diagnostic> {
    let Some(message) = message else { return Ok(Value::Null) };
    if !message.msgpack.is_empty() {
        return msgpack::decode(&message.msgpack, ty);
    }
    if message.json.is_empty() {
        return Ok(Value::Null);
    }
    let value = json::decode(&message.json).map_err(|problem| malformed("a value", &problem))?;
    kit::engine::as_type(ty, &value, &At::ROOT)
}

/// A value as a message.
pub fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, Diagnostic> {
    Ok(DynamicValue { msgpack: msgpack::encode(value, ty)?.into(), json: Bytes::new() })
}

/// What is kept beside a state, from its bytes.
pub fn private(bytes: &[u8]) -> Result<Private, Diagnostic> {
    if bytes.is_empty() {
        return Ok(Private::default());
    }
    match json::decode(bytes) {
        Ok(Value::Map(kept)) => Ok(Private(kept)),
        Ok(_) => Err(malformed("the private data of this resource", &"it is not an object")),
        Err(problem) => Err(malformed("the private data of this resource", &problem)),
    }
}

/// The bytes of what is kept beside a state.
pub fn private_bytes(private: Private) -> Bytes {
    if private.0.is_empty() { Bytes::new() } else { json::encode(&Value::Map(private.0)).into() }
}

/// Something from Terraform that cannot be read.
pub fn malformed(what: &str, problem: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot read {what} from Terraform"),
        format!(
            "{problem}. Either side may be at fault: try another version of Terraform or of this provider."
        ),
    )
}
