//! Nomad jobspecs: what may stand in them, whether it does, and how it looks outside of HCL.

pub mod bare;
pub mod cursor;
pub mod diff;
pub mod duration;
pub mod format;
pub mod grammar;
pub mod json;
pub mod pairing;
pub mod patch;
pub mod print;
pub mod read;
pub mod rules;
mod shorthand;
pub mod validate;

use crate::source::{Diagnostics, FileId, SourceMap};
use crate::tree::Tree;

/// Reads one bare jobspec as Nomad does, and says all that is wrong with it.
pub fn check(
    sources: &SourceMap,
    file: FileId,
    inputs: &bare::Inputs<'_>,
    options: validate::Options,
) -> (Tree, Diagnostics) {
    let (tree, mut findings) = bare::read(sources, file, inputs);
    if !findings.has_errors() {
        findings.extend(validate::check(&tree, options));
    }
    (tree, findings)
}

/// Formats a text, as `nomad fmt` does; comments stay. What is no HCL is refused.
pub fn format(sources: &SourceMap, file: FileId) -> Result<String, Diagnostics> {
    let (_, findings) = crate::hcl::syntax::parse_body(sources, file);
    if findings.has_errors() {
        return Err(findings);
    }
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    Ok(format::format(&text))
}
