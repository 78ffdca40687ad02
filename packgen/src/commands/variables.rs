//! The flags that set variables, and the order in which they count.

use clap::Args;
use packgen::hcl::variables::{Format, Inputs, Layer, Source};
use packgen::jobspec::{bare, patch};
use packgen::pack::Request;
use packgen::source::{Diagnostic, Diagnostics, FileId, Span};
use packgen::tree::Tree;

use super::session::{Beside, Session, VARIABLE_PREFIX, problem};

/// Flags of all commands that render.
#[derive(Debug, Args)]
pub struct Variables {
    /// Set a variable: `--var domain=example.com`, `--var 'ports=[80, 443]'`, `--var 'storage={ size = "20GiB" }'`.
    #[arg(long = "var", value_name = "NAME=VALUE", help_heading = "Variables")]
    var: Vec<String>,
    /// Read variables from a file: .hcl, .json or .yaml; later ones go over earlier ones.
    #[arg(short = 'f', long = "var-file", value_name = "FILE", help_heading = "Variables")]
    files: Vec<String>,
    /// Name of this use of the pack; job ids begin with it.
    #[arg(long, help_heading = "Variables")]
    name: Option<String>,
    /// Lay `job "x" { … }` blocks from an HCL file over the jobs.
    #[arg(long = "patch", value_name = "FILE", help_heading = "Variables")]
    patches: Vec<String>,
}

impl Variables {
    /// What a pack is rendered with.
    pub fn request(&self, session: &Session) -> Result<Request, Diagnostics> {
        let patches = self.patches.iter().map(|path| read_patch(session, path)).collect::<Result<_, _>>()?;
        Ok(Request { name: self.name.clone(), inputs: self.inputs(session)?, patches, open: false })
    }

    /// The job in a jobspec, evaluated as Nomad does it.
    pub fn jobspec(
        &self,
        session: &Session,
        file: FileId,
        path: &str,
    ) -> Result<(Tree, Diagnostics), Diagnostics> {
        let inputs = self.inputs(session)?;
        Ok(evaluated(session, file, path, inputs))
    }

    /// A jobspec has no instances.
    pub fn refuse_name(&self) -> Result<(), Diagnostics> {
        match &self.name {
            Some(_) => Err(problem("usage", "`--name` is for packs; a jobspec says its own name")),
            None => Ok(()),
        }
    }

    /// Lays the patches over a jobspec.
    pub fn patch(&self, session: &Session, tree: &mut Tree) -> Result<Diagnostics, Diagnostics> {
        let mut findings = Diagnostics::new();
        for path in &self.patches {
            findings.extend(patch::apply(std::slice::from_mut(tree), &read_patch(session, path)?));
        }
        Ok(findings)
    }

    /// What the flags and the environment give.
    pub fn inputs(&self, session: &Session) -> Result<Inputs, Diagnostics> {
        let mut inputs = Inputs::default();
        for path in &self.files {
            let file = session.read(path)?;
            let text = session.sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
            inputs.layers.push(Layer::file(&session.sources, file, Format::of(path, &text))?);
        }
        let own = Session::variables();
        let pairs = own.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        inputs.layers.push(Layer::texts(&session.sources, Source::Environment, VARIABLE_PREFIX, pairs));
        for flag in &self.var {
            let Some(pair) = flag.split_once('=') else {
                let finding = Diagnostic::error("usage", format!("`--var {flag}` sets nothing"), Span::NONE);
                return Err(finding.help("write `--var NAME=VALUE`").into());
            };
            inputs.layers.push(Layer::texts(&session.sources, Source::Flag, "--var ", [pair]));
        }
        Ok(inputs)
    }
}

/// The job in a jobspec with these values.
pub fn evaluated(session: &Session, file: FileId, path: &str, variables: Inputs) -> (Tree, Diagnostics) {
    bare::read(&session.sources, file, &bare::Inputs { files: &Beside::file(path), variables })
}

fn read_patch(session: &Session, path: &str) -> Result<Tree, Diagnostics> {
    let file = session.read(path)?;
    let (tree, findings) = evaluated(session, file, path, Inputs::default());
    if findings.has_errors() { Err(findings) } else { Ok(tree) }
}
