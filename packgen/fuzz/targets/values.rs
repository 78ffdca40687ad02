//! Any bytes are values of variables or findings, in HCL, JSON and YAML (the first byte says which). What was read
//! survives being written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use packgen::hcl::data::{json, yaml};
use packgen::hcl::variables::{Format, Layer};
use packgen::source::SourceMap;

fuzz_target!(|input: &[u8]| {
    let Some((kind, text)) = input.split_first() else { return };
    let sources = SourceMap::new();
    let Ok(file) = sources.add_bytes("values", text) else { return };
    let format = [Format::Hcl, Format::Json, Format::Yaml][usize::from(kind.wrapping_sub(b'0')) % 3];
    if let Err(findings) = Layer::file(&sources, file, format) {
        assert!(findings.has_errors());
        let _ = findings.text(&sources);
    }
    // What Nomad's functions wrote is brought to NFC, in which an escape and an accent after it can become one letter.
    let Some(text) = std::str::from_utf8(text).ok().filter(|text| text.is_ascii()) else { return };
    if let Ok(value) = json::decode(text) {
        let written = json::encode(&value).expect("what was read can be written");
        assert_eq!(json::decode(&written).expect("what was written can be read"), value);
    }
    if let Ok(value) = yaml::decode(text)
        && let Ok(written) = yaml::encode(&value)
    {
        // A null has a type, which no text shows.
        let again = yaml::decode(&written).expect("what was written can be read");
        assert_eq!(json::encode(&again).map(|text| text.to_string()), json::encode(&value).map(|text| text.to_string()));
    }
});
