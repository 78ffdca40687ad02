//! What a message says about a value that is not known yet. It is kept, because Terraform compares it when it comes
//! back; what we do not understand of it is dropped, because it is only ever a hint.

use std::sync::Arc;

use kit::{At, Number, Refinement, Value};

use super::read::Reader;

/// The extension type of an unknown value about which something is known.
pub(super) const REFINED: i8 = 12;

const NOT_NULL: i64 = 1;
const PREFIX: i64 = 2;
const LOWER: i64 = 3;
const UPPER: i64 = 4;
const MIN_LENGTH: i64 = 5;
const MAX_LENGTH: i64 = 6;

/// What an extension's payload says; nothing, if it cannot be understood.
pub(super) fn read(kind: i8, payload: &[u8]) -> Option<Arc<Refinement>> {
    if kind != REFINED {
        return None;
    }
    let mut reader = Reader::new(payload);
    let length = reader.map_length(&At::ROOT).ok()?;
    let mut known = Refinement::default();
    for _ in 0..length {
        read_one(&mut reader, &mut known)?;
    }
    // Nothing said is the same as no refinement, and has to compare so.
    (known != Refinement::default()).then(|| Arc::new(known))
}

fn read_one(reader: &mut Reader<'_>, known: &mut Refinement) -> Option<()> {
    let at = At::ROOT;
    match reader.int(&at).ok()? {
        NOT_NULL => known.not_null = !reader.bool(&at).ok()?,
        PREFIX => known.prefix = Some(reader.text(&at).ok()?.to_owned()),
        LOWER => known.lower = Some(bound(reader)?),
        UPPER => known.upper = Some(bound(reader)?),
        MIN_LENGTH => known.min_length = Some(reader.int(&at).ok()?),
        MAX_LENGTH => known.max_length = Some(reader.int(&at).ok()?),
        // Its value could be anything, so what follows cannot be told apart from it.
        _ => return None,
    }
    Some(())
}

fn bound(reader: &mut Reader<'_>) -> Option<(Number, bool)> {
    if rmp::decode::read_array_len(&mut reader.rest).ok()? != 2 {
        return None;
    }
    Some((reader.number(&At::ROOT).ok()?, reader.bool(&At::ROOT).ok()?))
}

/// The payload that says this.
pub(super) fn payload(known: &Refinement) -> Vec<u8> {
    let mut entries: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut say = |key, value: &Value| entries.push((key, super::write::untyped(value)));
    if known.not_null {
        say(NOT_NULL, &Value::Bool(false));
    }
    if let Some(prefix) = &known.prefix {
        say(PREFIX, &Value::String(prefix.clone()));
    }
    for (key, limit) in [(LOWER, &known.lower), (UPPER, &known.upper)] {
        if let Some((number, inclusive)) = limit {
            say(key, &Value::List(vec![Value::Number(number.clone()), Value::Bool(*inclusive)]));
        }
    }
    for (key, length) in [(MIN_LENGTH, known.min_length), (MAX_LENGTH, known.max_length)] {
        if let Some(length) = length {
            say(key, &Value::Number(length.into()));
        }
    }
    super::write::entries(&entries)
}
