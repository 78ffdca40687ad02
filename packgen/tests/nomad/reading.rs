//! A jobspec as Nomad's command line reads it, and as we do.

use std::path::{Path, PathBuf};
use std::process::Command;

use packgen::hcl::eval::Files;
use packgen::jobspec::{bare, json, validate};
use packgen::lasting::Bytes;
use packgen::source::{Diagnostics, SourceMap};
use packgen::tree::Tree;
use serde_json::Value as Json;

/// What one side made of a jobspec.
pub type Outcome = Result<Json, String>;

pub fn theirs(nomad: &Path, file: &Path) -> Outcome {
    let out = Command::new(nomad).args(["job", "run", "-output"]).arg(file).output().unwrap();
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    let whole: Json = serde_json::from_slice(&out.stdout).map_err(|error| error.to_string())?;
    Ok(whole["Job"].clone())
}

/// What we make of it.
pub fn ours(file: &Path) -> Outcome {
    let tree = tree(file)?;
    json::job(&tree.blocks[0]).map_err(|finding| finding.message)
}

/// The tree of a jobspec, or what Nomad's parser would refuse in it.
pub fn tree(file: &Path) -> Result<Tree, String> {
    let sources = SourceMap::new();
    let bytes = std::fs::read(file).unwrap();
    let id = sources.add_bytes(file.display().to_string(), bytes).map_err(|finding| finding.message)?;
    let disk = Disk(file.parent().unwrap().to_owned());
    let inputs = bare::Inputs { files: &disk, ..bare::Inputs::default() };
    let (tree, mut findings) = bare::read(&sources, id, &inputs);
    validate::structure(&tree, validate::Options::default(), &mut findings);
    if findings.has_errors() { Err(words(&findings)) } else { Ok(tree) }
}

/// All errors in one line.
pub fn words(findings: &Diagnostics) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error());
    errors.map(|one| format!("{} ({})", one.message, one.code)).collect::<Vec<_>>().join("; ")
}

/// Files beside the jobspec.
struct Disk(PathBuf);

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Bytes<'_>, String> {
        std::fs::read(self.0.join(path)).map(Bytes::from).map_err(|error| error.to_string())
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        Ok(self.0.join(path).is_file())
    }

    fn list(&self, _: &str, _: &str) -> Result<Vec<String>, String> {
        Err("not in this test".to_owned())
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        Ok(self.0.join(path).display().to_string())
    }

    fn home(&self) -> Result<String, String> {
        Err("not in this test".to_owned())
    }
}
