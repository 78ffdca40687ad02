//! A pack's own tests: `tests/*.hcl`, each `run` renders the pack once and looks at what became of it.
//!
//! Nothing is started and nobody is asked. What a condition sees is in [`view`].

mod read;
mod view;

use crate::hcl::eval::{Dialect, Env};
use crate::hcl::types::convert;
use crate::hcl::variables::{Inputs, Layer, Source};
use crate::hcl::{Type, Value};
use crate::source::{Diagnostic, Diagnostics, Span};

use super::folder::Sandbox;
use super::{Pack, Request};

use read::Run;

/// How one `run` went.
#[derive(Debug)]
pub struct Tested {
    /// Its file, relative to the pack.
    pub file: String,
    /// Its name.
    pub name: String,
    /// What is wrong; empty if all is well.
    pub findings: Diagnostics,
}

impl Tested {
    /// Whether all is well.
    pub fn passed(&self) -> bool {
        !self.findings.has_errors()
    }
}

/// Runs all tests of a pack. A test file that cannot be read is an error of its own.
pub(super) fn run(pack: &Pack) -> Result<Vec<Tested>, Diagnostics> {
    let files = pack.folder().files().map_err(|message| Diagnostic::error("io", message, Span::NONE))?;
    let mut tested = Vec::new();
    let mut out = Diagnostics::new();
    for path in files.iter().filter(|path| path.starts_with("tests/") && path.strip_suffix(".hcl").is_some())
    {
        let bytes =
            pack.folder().read(path).map_err(|message| Diagnostic::error("io", message, Span::NONE))?;
        let name = format!("{}{path}", pack.folder().shown());
        let file = pack.sources().add_bytes(name, bytes.unwrap_or_default())?;
        let (runs, found) = read::file(pack.sources(), file);
        out.extend(found);
        for run in runs {
            let findings = one(pack, &run);
            tested.push(Tested { file: path.clone(), name: run.name.to_string(), findings });
        }
    }
    if out.has_errors() { Err(out) } else { Ok(tested) }
}

fn one(pack: &Pack, run: &Run) -> Diagnostics {
    let layer = Layer::values(
        Source::File,
        run.variables.iter().map(|(name, value)| (name.to_string(), value.clone())),
    );
    let request = Request {
        name: run.instance.clone(),
        inputs: Inputs::default().with(layer),
        patches: Vec::new(),
        open: run.open,
    };
    match (pack.render(&request), &run.expect_error) {
        (Err(found), Some(expected)) => expected_error(found, expected),
        (Ok(_), Some(expected)) => {
            let message =
                format!("the pack rendered, but an error with the words {:?} was expected", &*expected.value);
            Diagnostic::error("test-expected-error", message, expected.span).into()
        }
        (Err(found), None) => {
            let mut findings = found;
            findings.push(Diagnostic::error(
                "test-render",
                format!("test {:?} does not render", &*run.name.value),
                run.name.span,
            ));
            findings
        }
        (Ok(rendered), None) => {
            let scene = view::scene(&rendered);
            asserted(pack, run, &scene)
        }
    }
}

fn expected_error(found: Diagnostics, expected: &crate::tree::Name) -> Diagnostics {
    let said = |finding: &Diagnostic| {
        let help = finding.help.as_deref().unwrap_or("");
        finding.message.contains(&*expected.value) || help.contains(&*expected.value)
    };
    if found.iter().any(said) {
        return Diagnostics::new();
    }
    let message =
        format!("no error has the words {:?}; what was found instead stands above", &*expected.value);
    let mut findings = found;
    findings.push(Diagnostic::error("test-expected-error", message, expected.span));
    findings
}

fn asserted(pack: &Pack, run: &Run, scene: &[(&'static str, Value)]) -> Diagnostics {
    let sandbox = Sandbox(pack.folder());
    let mut env = Env::new(pack.sources(), Dialect::Template).with_files(&sandbox);
    for (name, value) in scene {
        env.define(*name, value.clone());
    }
    let mut findings = Diagnostics::new();
    for assert in &run.asserts {
        let Some(value) = findings.take(env.scope().eval(&assert.condition)) else { continue };
        match convert(&value, &Type::Bool).ok().and_then(|value| value.as_bool()) {
            Some(true) => {}
            Some(false) => {
                findings.push(Diagnostic::error(
                    "test-failed",
                    assert.message.clone(),
                    assert.condition.span,
                ));
            }
            None => findings.push(Diagnostic::error(
                "type",
                "a condition is true or false",
                assert.condition.span,
            )),
        }
    }
    findings
}

#[cfg(test)]
mod tests;
