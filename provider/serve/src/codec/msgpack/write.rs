//! Writes a value of a known type, in the forms that Terraform itself would choose.

use std::collections::BTreeMap;

use kit::{At, Diagnostic, Number, Refinement, Type, Value};
use rmp::encode::{self, ByteBuf};

use super::refinement;
use crate::codec::json;

/// The bytes of a value of this type. A value that is not of it is the provider's mistake, and an error.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, Diagnostic> {
    let mut out = ByteBuf::new();
    write(value, ty, &At::ROOT, &mut out)?;
    Ok(out.into_vec())
}

/// The bytes of a value that is of its natural type, which it always fits.
pub(super) fn untyped(value: &Value) -> Vec<u8> {
    encode(value, &Type::natural(value)).unwrap_or_default()
}

/// A map from whole numbers to what is encoded already.
pub(super) fn entries(entries: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut out = ByteBuf::new();
    always(&encode::write_map_len(&mut out, length(entries.len())));
    for (key, value) in entries {
        always(&encode::write_sint(&mut out, *key));
        out.as_mut_vec().extend_from_slice(value);
    }
    out.into_vec()
}

/// Writing to memory cannot fail; rmp says so by a type without values.
fn always<T, E>(written: &Result<T, E>) {
    debug_assert!(written.is_ok(), "memory took no bytes");
}

/// Messages are far below four billion elements.
fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn write(value: &Value, ty: &Type, at: &At<'_>, out: &mut ByteBuf) -> Result<(), Diagnostic> {
    match (value, ty) {
        (Value::Null, _) => always(&encode::write_nil(out)),
        (Value::Unknown(known), _) => write_unknown(known.as_deref(), out),
        (Value::Bool(flag), Type::Bool) => always(&encode::write_bool(out, *flag)),
        (Value::Number(number), Type::Number) => write_number(number, out),
        (Value::String(text), Type::String) => always(&encode::write_str(out, text)),
        (Value::Dynamic(typed), Type::Dynamic) => write_dynamic(&typed.0, &typed.1, at, out)?,
        (value, Type::Dynamic) => write_dynamic(&Type::natural(value), value, at, out)?,
        // Inside a collection without types of its own, the collection's type has said what this is.
        (Value::Dynamic(typed), ty) => write(&typed.1, ty, at, out)?,
        (Value::List(elements) | Value::Set(elements), Type::List(element) | Type::Set(element)) => {
            always(&encode::write_array_len(out, length(elements.len())));
            for (index, value) in elements.iter().enumerate() {
                write(value, element, &at.index(index), out)?;
            }
        }
        (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            always(&encode::write_array_len(out, length(elements.len())));
            for (index, (value, ty)) in elements.iter().zip(types).enumerate() {
                write(value, ty, &at.index(index), out)?;
            }
        }
        (Value::Map(fields), Type::Map(element)) => {
            always(&encode::write_map_len(out, length(fields.len())));
            for (key, value) in fields {
                always(&encode::write_str(out, key));
                write(value, element, &at.key(key), out)?;
            }
        }
        (Value::Map(fields), Type::Object(types)) => write_object(fields, types, at, out)?,
        (value, ty) => return Err(mismatch(value, ty, at)),
    }
    Ok(())
}

fn write_object(
    fields: &BTreeMap<String, Value>,
    types: &BTreeMap<std::borrow::Cow<'static, str>, Type>,
    at: &At<'_>,
    out: &mut ByteBuf,
) -> Result<(), Diagnostic> {
    if let Some(stray) = fields.keys().find(|name| !types.contains_key(name.as_str())) {
        let problem =
            format_args!("the provider set {stray:?}, which its schema does not have. This is a bug in it");
        return Err(Diagnostic::invalid(at, problem));
    }
    always(&encode::write_map_len(out, length(types.len())));
    for (name, ty) in types {
        always(&encode::write_str(out, name));
        write(fields.get(name.as_ref()).unwrap_or(&Value::Null), ty, &at.field(name), out)?;
    }
    Ok(())
}

fn mismatch(value: &Value, ty: &Type, at: &At<'_>) -> Diagnostic {
    let problem =
        format_args!("the provider set {}, its schema says {ty}. This is a bug in it", value.kind());
    Diagnostic::invalid(at, problem)
}

fn write_unknown(known: Option<&Refinement>, out: &mut ByteBuf) {
    match known.filter(|known| **known != Refinement::default()) {
        None => out.as_mut_vec().extend_from_slice(&[0xd4, 0, 0]),
        Some(known) => {
            let payload = refinement::payload(known);
            always(&encode::write_ext_meta(out, length(payload.len()), refinement::REFINED));
            out.as_mut_vec().extend_from_slice(&payload);
        }
    }
}

fn write_number(number: &Number, out: &mut ByteBuf) {
    if let Some(int) = number.as_i64() {
        always(&encode::write_sint(out, int));
    } else if let Some(float) = number.as_exact_f64().filter(|float| float.fract() != 0.0) {
        always(&encode::write_f64(out, float));
    } else {
        always(&encode::write_str(out, &number.to_string()));
    }
}

fn write_dynamic(ty: &Type, value: &Value, at: &At<'_>, out: &mut ByteBuf) -> Result<(), Diagnostic> {
    always(&encode::write_array_len(out, 2));
    always(&encode::write_bin(out, &json::encode(&ty.name())));
    write(value, ty, at, out)
}
