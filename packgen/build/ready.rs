//! Reads the syntax of a built-in pack as a render does: the same files in the same order, so that all places in it are
//! those that a render gives them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use crate::hcl::syntax::{Body, parse_body};
use crate::source::{FileId, SourceMap};

/// Writes the syntax of all files that a pack is made of.
pub fn pack(folder: &Path, out: &mut String) -> Result<(), Box<dyn Error>> {
    let sources = SourceMap::new();
    let first = body(&sources, &folder.join("pack.hcl"), out)?;
    let blocks = first.iter().flat_map(Body::blocks).filter(|block| &*block.ty.value == "job");
    let jobs = blocks.filter_map(|block| block.labels.first()).map(|name| format!("{}.nomad.hcl", &**name));
    for path in ["variables.hcl", "locals.hcl"].map(str::to_owned).into_iter().chain(jobs) {
        body(&sources, &folder.join(path), out)?;
    }
    Ok(())
}

fn body(sources: &SourceMap, file: &Path, out: &mut String) -> Result<Option<Body>, Box<dyn Error>> {
    if !file.is_file() {
        return Ok(None);
    }
    let shown = file.display().to_string();
    let id: FileId = sources.add_bytes(&*shown, std::fs::read(file)?).map_err(|wrong| wrong.text(sources))?;
    let (body, findings) = parse_body(sources, id);
    if !findings.is_empty() {
        return Err(findings.text(sources).into());
    }
    let source = crate::hcl::body(&body);
    writeln!(out, "    (FileId::nth({}), include_str!({shown:?}), {source}),", id.number())?;
    Ok(Some(body))
}
