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
    let Ok(file) = sources.add_bytes("values", text.to_vec()) else { return };
    let format = [Format::Hcl, Format::Json, Format::Yaml][usize::from(kind.wrapping_sub(b'0')) % 3];
    if let Err(findings) = Layer::file(&sources, file, format) {
        assert!(findings.has_errors());
        let _ = findings.text(&sources);
    }
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok(value) = json::decode(text) {
        let written = json::encode(&value).expect("what was read can be written");
        assert_eq!(json::decode(&written).expect("what was written can be read"), value);
    }
    if let Ok(value) = yaml::decode(text)
        && let Ok(written) = yaml::encode(&value)
    {
        assert_eq!(yaml::decode(&written).expect("what was written can be read"), value);
    }
});
