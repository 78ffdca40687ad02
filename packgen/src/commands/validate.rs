//! `packgen validate`: everything that Nomad would refuse, and more, without Nomad.

use std::path::{Path, PathBuf};

use clap::Args;
use packgen::hcl::variables::Inputs;
use packgen::jobspec::validate;
use packgen::pack::{Pack, Request};
use packgen::source::{Diagnostics, FileId};
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::{Session, problem};
use super::target::{self, Target};
use super::variables::{Variables, evaluated};
use super::{Outcome, Run};

/// Check jobspecs and packs without asking Nomad
#[derive(Debug, Args)]
pub struct Validate {
    /// Jobspecs, packs, folders with jobspecs, or `-` for standard input.
    #[arg(value_name = "FILE|DIR|PACK|-", required = true)]
    targets: Vec<String>,
    #[command(flatten)]
    variables: Variables,
}

impl Run for Validate {
    fn run(&self, session: &Session) -> Outcome {
        let mut reply = Reply::default();
        let mut checked: Vec<Value> = Vec::new();
        let inputs = self.variables.inputs(session)?;
        let words = self.words()?;
        for word in &words {
            let before = session.sources.count();
            let findings = match target::find(session, word) {
                Ok(Target::Pack(pack, findings)) => self.pack(session, &pack, findings)?,
                Ok(Target::File(file, path)) => check(session, file, &path, &inputs),
                Err(findings) => findings,
            };
            if findings.is_empty() {
                session.sources.forget(before);
            }
            if session.as_json {
                checked.push(json!({ "target": word, "ok": !findings.has_errors() }));
            }
            reply = reply.findings(findings);
        }
        if !reply.findings.has_errors() {
            let count = words.len();
            let what = if count == 1 { "it is valid".to_owned() } else { format!("all {count} are valid") };
            reply = reply.words(format!("{what}\n"));
        }
        Ok(reply.field("checked", checked))
    }
}

impl Validate {
    /// A folder that is no pack stands for the jobspecs in it.
    fn words(&self) -> Result<Vec<String>, Diagnostics> {
        let mut words = Vec::new();
        for word in &self.targets {
            let path = Path::new(word);
            if word == "-" || !path.is_dir() || path.join("pack.hcl").exists() {
                words.push(word.clone());
                continue;
            }
            let before = words.len();
            jobspecs(path, &mut words)?;
            if words.len() == before {
                return Err(problem(
                    "no-jobs",
                    format!("{word} holds neither a pack.hcl nor a file *.nomad.hcl or *.nomad"),
                ));
            }
        }
        Ok(words)
    }

    /// Variables that have no value are taken as not known: what does not depend on them is checked.
    fn pack(
        &self,
        session: &Session,
        pack: &Pack,
        mut findings: Diagnostics,
    ) -> Result<Diagnostics, Diagnostics> {
        let request = Request { open: true, ..self.variables.request(session)? };
        match pack.render(&request) {
            Ok(rendered) => findings.extend(rendered.findings),
            Err(found) => findings.extend(found),
        }
        Ok(findings)
    }
}

fn check(session: &Session, file: FileId, path: &str, inputs: &Inputs) -> Diagnostics {
    let (tree, mut findings) = evaluated(session, file, path, inputs.clone());
    if !findings.has_errors() {
        findings.extend(validate::check(&tree, validate::Options::default()));
    }
    findings
}

/// All jobspecs below a folder, in order.
fn jobspecs(folder: &Path, out: &mut Vec<String>) -> Result<(), Diagnostics> {
    let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).map_err(wrong)?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let link = path.symlink_metadata().is_ok_and(|kind| kind.is_symlink());
        if name.starts_with('.') || link {
            continue;
        }
        if path.is_dir() {
            jobspecs(&path, out)?;
        } else if name.ends_with(".nomad.hcl") || path.extension().is_some_and(|ending| ending == "nomad") {
            out.push(path.display().to_string());
        }
    }
    Ok(())
}
