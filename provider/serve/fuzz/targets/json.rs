//! Any bytes are JSON or an error; what was read survives being written and read again, and fits a type or does not.
#![no_main]

use kit::{At, Type};
use libfuzzer_sys::fuzz_target;
use serve::codec::json;

fuzz_target!(|input: &[u8]| {
    let Ok(value) = json::decode(input) else { return };
    assert_eq!(json::decode(&json::encode(&value)).expect("what was written can be read"), value);
    for ty in [Type::Dynamic, Type::list(Type::Dynamic), Type::set(Type::map(Type::Number)), Type::natural(&value)] {
        let _ = kit::engine::as_type(&ty, &value, &At::ROOT);
    }
});
