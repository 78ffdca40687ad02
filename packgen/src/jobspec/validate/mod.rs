//! Whether a job is right: first what Nomad's parser refuses, then what its servers refuse, then advice.
//!
//! Everything is found in one go, each finding with its place. The second part runs only if the first
//! found no error, as it could not trust what it reads.

mod drivers;
mod structure;
mod values;

use crate::source::Diagnostics;
use crate::tree::Tree;

use super::cursor::Cursor;
use super::grammar::{self, Release};
use super::rules;

/// Whose rules a file is read by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// A bare jobspec: as Nomad reads it. What we think unwise is a warning.
    #[default]
    Nomad,
    /// A file of a pack: `null` means "not written" everywhere, and what a driver would refuse is an error.
    Pack,
}

/// How to check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whose rules apply.
    pub dialect: Dialect,
    /// The oldest release that the job must run on, if that matters.
    pub target: Option<Release>,
}

/// All findings about a tree.
pub fn check(tree: &Tree, options: Options) -> Diagnostics {
    let mut out = Diagnostics::new();
    structure(tree, options, &mut out);
    if !out.has_errors() {
        register(tree, options, &mut out);
    }
    out
}

/// A cure that names the closest of `known`, if one is close enough to be meant.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    crate::hcl::types::nearest(name, known.into_iter()).map(|closest| format!("did you mean `{closest}`?"))
}

/// What Nomad's parser refuses: unknown names, wrong types, what is missing or there twice.
pub fn structure(tree: &Tree, options: Options, out: &mut Diagnostics) {
    structure::tree(tree, options, out);
}

/// What Nomad's servers refuse when the job is registered, and advice.
pub fn register(tree: &Tree, options: Options, out: &mut Diagnostics) {
    for job in tree.blocks.iter().map(Cursor::top) {
        values::body(&grammar::JOB, job, out);
        drivers::job(job, options, out);
        rules::job(job, out);
    }
}
