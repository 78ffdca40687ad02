//! `provider::lostops::validate_jobspec`: what Nomad would say of a jobspec, without a Nomad.

use kit::{Block, CallError, Function};
use packgen::jobspec::{bare, validate};
use packgen::source::{Diagnostics, SourceMap};

/// Checks a Nomad jobspec against the whole grammar and the rules that Nomad applies when a job is registered.
///
/// It needs no Nomad. The result says whether Nomad would take the job, and lists every finding with its place, the
/// line and the cure, so that a `precondition` can show them:
/// `condition = provider::lostops::validate_jobspec(local.job).valid`.
#[derive(Block)]
pub struct Parameters {
    /// The jobspec, as HCL text. Its variables have to have defaults.
    pub jobspec: String,
}

/// What was found.
#[derive(Block)]
pub struct Verdict {
    /// Whether Nomad would take the job.
    pub valid: bool,
    /// Why it would not.
    pub errors: Vec<String>,
    /// What it would take, but you might not want.
    pub warnings: Vec<String>,
}

/// The function.
pub struct ValidateJobspec;

impl Function for ValidateJobspec {
    type Parameters = Parameters;
    type Output = Verdict;
    const NAME: &'static str = "validate_jobspec";

    fn call(&self, given: Parameters) -> Result<Verdict, CallError> {
        let sources = SourceMap::new();
        let findings = findings(&sources, &given.jobspec);
        let told = |error: bool| {
            findings.iter().filter(|f| f.is_error() == error).map(|f| f.text(&sources)).collect::<Vec<_>>()
        };
        Ok(Verdict { valid: !findings.has_errors(), errors: told(true), warnings: told(false) })
    }
}

fn findings(sources: &SourceMap, jobspec: &str) -> Diagnostics {
    let file = sources.add("jobspec", jobspec);
    let (tree, mut findings) = bare::read(sources, file, &bare::Inputs::default());
    if !findings.has_errors() {
        findings.extend(validate::check(&tree, validate::Options::default()));
    }
    findings
}
