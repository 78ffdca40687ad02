//! A jobspec as the job that Nomad's own parser makes of it, by packgen's library, which is held to that parser by
//! tests of its own.

use packgen::jobspec::{bare, json};
use packgen::source::SourceMap;
use serde_json::Value;

/// The job of a jobspec, or where it is wrong: `line,column: why`.
pub fn jobspec(text: &str) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add("input.hcl", text);
    let (tree, findings) = bare::read(&sources, file, &bare::Inputs::default());
    if let Some(error) = findings.iter().find(|finding| finding.is_error()) {
        let place = sources.place(error.at);
        let place = place.trim_start_matches("input.hcl:").replacen(':', ",", 1);
        return Err(format!("{place}: {}", error.message));
    }
    let job = tree.blocks.first().ok_or_else(|| "1,1: Missing job block".to_owned())?;
    json::job(job).map_err(|error| format!("1,1: {}", error.message))
}
