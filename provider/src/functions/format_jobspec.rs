//! `provider::lostops::format_jobspec`: a jobspec as `packgen fmt` would write it.

use kit::{Block, CallError, Function};
use packgen::jobspec::format;
use packgen::source::SourceMap;

/// Formats a Nomad jobspec.
///
/// Only blanks change: lines are indented by their brackets, and the `=` of neighbouring lines stand under one another.
/// Comments stay. Text that is not HCL is an error that names the line.
#[derive(Block)]
pub struct Parameters {
    /// The jobspec, as HCL text.
    pub jobspec: String,
}

/// The function.
pub struct FormatJobspec;

impl Function for FormatJobspec {
    type Parameters = Parameters;
    type Output = String;
    const NAME: &'static str = "format_jobspec";

    fn call(&self, given: Parameters) -> Result<String, CallError> {
        let sources = SourceMap::new();
        let file = sources.add("jobspec", given.jobspec.as_str());
        let (_, findings) = packgen::hcl::syntax::parse_body(&sources, file);
        if findings.has_errors() {
            return Err(CallError::argument("jobspec", findings.text(&sources)));
        }
        Ok(format::format(&given.jobspec))
    }
}
