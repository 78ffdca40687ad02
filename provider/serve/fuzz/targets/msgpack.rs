//! Any bytes, read as a value of any type, are a value or an error; a value survives being written and read again.
#![no_main]

use kit::Type;
use libfuzzer_sys::fuzz_target;
use serve::codec::{json, msgpack};

fuzz_target!(|input: &[u8]| {
    let Some(split) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (name, bytes) = (&input[..split], &input[split + 1..]);
    let Some(ty) = json::decode(name).ok().as_ref().and_then(Type::named_by) else { return };
    let Ok(value) = msgpack::decode(bytes, &ty) else { return };
    let written = msgpack::encode(&value, &ty).expect("what was read can be written");
    assert_eq!(msgpack::decode(&written, &ty).expect("what was written can be read"), value);
});
