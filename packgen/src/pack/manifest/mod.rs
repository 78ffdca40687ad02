//! `pack.hcl`: what a pack is called, which jobs it has and when, the volumes and secrets they need, and
//! what it tells afterwards.
//!
//! What decides about the folder (names, which job a volume belongs to) is constant; what depends on
//! variables is kept as an expression and evaluated with each render.

mod fields;
mod read;

pub(super) use read::is_name;

use crate::hcl::Type;
use crate::hcl::syntax::Expr;
use crate::jobspec::grammar::Release;
use crate::source::{Diagnostics, FileId, SourceMap, Span};
use crate::tree::Name;

/// The content of `pack.hcl`.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The pack's name.
    pub name: Name,
    /// Its version.
    pub version: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// More about it, for its page.
    pub description: Option<String>,
    /// The oldest release of Nomad that it runs on.
    pub nomad: Option<Release>,
    /// Whether it is there to keep data: then nobody destroys its jobs by mistake, unless its user turns that off.
    pub keeps_data: bool,
    /// Its jobs, in the order in which they are written.
    pub jobs: Vec<JobEntry>,
    /// The volumes that must be there before its jobs are.
    pub volumes: Vec<VolumeEntry>,
    /// The secrets that its jobs read.
    pub secrets: Vec<SecretEntry>,
    /// What it tells about itself.
    pub outputs: Vec<OutputEntry>,
}

/// `job "name" { … }`: the file `name.nomad.hcl`.
#[derive(Clone, Debug)]
pub struct JobEntry {
    /// The job's name in the pack.
    pub name: Name,
    /// Whether it runs; always, if not written.
    pub when: Option<Expr>,
    /// The jobs that must run first.
    pub after: Vec<Name>,
    /// What it does, for the pack's page.
    pub description: Option<String>,
}

/// `volume "name" { … }`: a dynamic host volume.
#[derive(Clone, Debug)]
pub struct VolumeEntry {
    /// Its name in the pack.
    pub name: Name,
    /// The job that uses it.
    pub job: Name,
    /// Whether it is needed; whenever its job runs, if not written.
    pub when: Option<Expr>,
    /// Its name in Nomad; `<job id>-<name>` if not written.
    pub called: Option<Expr>,
    /// The node pool it is made in; the job's, if not written.
    pub node_pool: Option<Expr>,
    /// How large it is at least: `"20GiB"`.
    pub size: Option<Expr>,
    /// The user that owns it.
    pub uid: Option<Expr>,
    /// The group that owns it.
    pub gid: Option<Expr>,
    /// Its permissions: `"0750"`.
    pub mode: Option<Expr>,
    /// What it holds, for the pack's page.
    pub description: Option<String>,
    /// Type and label of the block.
    pub at: Span,
}

/// `secret "name" { … }`: an entry of the Nomad variable of a job.
#[derive(Clone, Debug)]
pub struct SecretEntry {
    /// Its name in the pack.
    pub name: Name,
    /// The jobs that read it.
    pub jobs: Vec<Name>,
    /// Its key in the Nomad variable.
    pub key: String,
    /// Whether it is needed; whenever one of its jobs runs, if not written.
    pub when: Option<Expr>,
    /// How it is made if nobody gives one.
    pub generate: Option<Generate>,
    /// What it is for.
    pub description: String,
    /// Type and label of the block.
    pub at: Span,
}

/// How a secret is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generate {
    /// How many characters it has.
    pub length: usize,
    /// Which ones.
    pub alphabet: Alphabet,
}

/// The characters of a secret that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Letters and digits.
    Alphanumeric,
    /// Small letters `a` to `f` and digits.
    Hex,
}

/// `output "name" { … }`.
#[derive(Clone, Debug)]
pub struct OutputEntry {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value.
    pub value: Expr,
    /// Whether it is a secret.
    pub sensitive: bool,
    /// What it is for.
    pub description: String,
}

impl Manifest {
    /// Reads `pack.hcl`. What could be read is there even if something was wrong.
    pub fn read(sources: &SourceMap, file: FileId) -> (Manifest, Diagnostics) {
        read::manifest(sources, file)
    }

    /// The job of this name.
    pub fn job(&self, name: &str) -> Option<&JobEntry> {
        self.jobs.iter().find(|job| &**job.name == name)
    }
}

#[cfg(test)]
mod tests;
