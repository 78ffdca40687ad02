//! Any bytes are a jobspec or findings, in HCL and in JSON. A job that is right survives being printed and read
//! again, as HCL and as the API's JSON; a text that is formatted twice is formatted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use packgen::jobspec::{self, bare, json, print, validate};
use packgen::source::SourceMap;

fuzz_target!(|input: &[u8]| {
    let sources = SourceMap::new();
    let Ok(file) = sources.add_bytes("job.nomad.hcl", input) else { return };
    if let Ok(once) = jobspec::format(&sources, file) {
        let again = sources.add("again.nomad.hcl", once.as_str());
        assert_eq!(jobspec::format(&sources, again).expect("what was formatted is HCL"), once);
    }
    let (tree, findings) = bare::read(&sources, file, &bare::Inputs::default());
    let found = validate::check(&tree, validate::Options::default());
    let _ = (findings.text(&sources), found.text(&sources));
    if findings.has_errors() || found.has_errors() {
        return;
    }
    let job = json::job(&tree.blocks[0]).expect("a right job has its JSON");
    // Names in JSON can be such that HCL has none.
    let Ok(printed) = print::print(&tree) else { return };
    let printed = sources.add("printed.nomad.hcl", printed.as_str());
    let (again, findings) = bare::read(&sources, printed, &bare::Inputs::default());
    assert!(!findings.has_errors(), "{}", findings.text(&sources));
    assert_eq!(json::job(&again.blocks[0]).expect("it has its JSON"), job);
    let back = json::tree(&job).expect("the API's JSON is a job");
    assert_eq!(json::job(&back.blocks[0]).expect("it has its JSON"), job);
});
