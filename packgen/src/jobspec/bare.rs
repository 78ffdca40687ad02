//! One jobspec file, read as `nomad job run` reads it: variables, locals, one job; HCL or JSON.
//!
//! It reads no file and no environment by itself; what it may read is handed in.

use crate::hcl::eval::{Dialect, Files, NoFiles};
use crate::hcl::jobfile::{self, Evaluated};
use crate::hcl::variables;
use crate::source::{Diagnostics, FileId, SourceMap};
use crate::tree::Tree;

use super::grammar::path;

/// What a file is read with.
pub struct Inputs<'i> {
    /// The files that its functions may read.
    pub files: &'i dyn Files,
    /// Values of its variables.
    pub variables: variables::Inputs,
}

impl Default for Inputs<'_> {
    fn default() -> Self {
        Inputs { files: &NoFiles, variables: variables::Inputs::default() }
    }
}

/// The job in a file, with expressions evaluated and `dynamic` blocks expanded.
pub fn read(sources: &SourceMap, file: FileId, inputs: &Inputs<'_>) -> (Tree, Diagnostics) {
    let done = evaluate(sources, file, inputs);
    (done.tree, done.findings)
}

/// The same, with the variables that the file declares, and what has to be known before it is complete.
pub fn evaluate(sources: &SourceMap, file: FileId, inputs: &Inputs<'_>) -> Evaluated {
    let options = jobfile::Options {
        inputs: &inputs.variables,
        files: inputs.files,
        free_form: path::free_form,
        shape: Some(path::shape),
        ..jobfile::Options::new(Dialect::Nomad)
    };
    jobfile::evaluate(sources, file, &options)
}
