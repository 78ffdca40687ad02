//! A pack for those who do not have packgen: as files that plain Nomad takes ([`hcl2`]), or as a pack of
//! HashiCorp's nomad-pack ([`nomad_pack`]).
//!
//! The source stays as it is written: variables, locals and the job's own text. Only what the reader does
//! not have is replaced. What comes out is then evaluated by Nomad's rules and compared with what the pack
//! renders: a file that would give another job is never handed out.

mod expression;
mod hcl2;
mod inline;
mod nomad_pack;
mod rewrite;
mod validation;
mod value;

use crate::jobspec::{bare, diff, validate};
use crate::source::{Diagnostic, Diagnostics, SourceMap, Span};
use crate::tree::Block;

use super::RenderedJob;

pub(super) use hcl2::hcl2;
pub(super) use nomad_pack::nomad_pack;

/// Files, each with its path in the folder of the export, and warnings.
pub(super) type Exported = (Vec<(String, String)>, Diagnostics);

/// Whether a text, read by Nomad's rules, is the job that the pack renders. `ours` forgets what the reader
/// adds on purpose.
fn prove(text: &str, job: &RenderedJob, ours: impl Fn(&mut Block), out: &mut Diagnostics) {
    let sources = SourceMap::new();
    let file = sources.add(format!("{}.nomad.hcl", job.id), text);
    let mut read = bare::evaluate(&sources, file, &bare::Inputs::default());
    let mut found = read.findings;
    if !found.has_errors() {
        found.extend(validate::check(&read.tree, validate::Options::default()));
    }
    let wrong = |words: String| {
        let message = format!("job {:?} cannot be said in plain Nomad HCL: {words}", job.name);
        Diagnostic::error("not-portable", message, job.block().map_or(Span::NONE, |block| block.span))
            .help("plain Nomad takes no `null` for most attributes, and knows none of the functions that only packs have")
    };
    for finding in found.iter().filter(|finding| finding.is_error()) {
        let line = sources.slice(finding.at);
        out.push(wrong(format!("{} ({})", finding.message, line.lines().next().unwrap_or(""))));
    }
    read.tree.blocks.iter_mut().for_each(ours);
    let (Some(ours), Some(theirs)) = (job.block(), read.tree.blocks.first()) else { return };
    if !found.has_errors() {
        for change in diff::jobs(ours, theirs) {
            out.push(wrong(format!("it would differ: {change}")));
        }
    }
}
