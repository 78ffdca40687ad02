//! `packgen fmt`: one way to lay out HCL. Comments stay; only blanks change.

use std::path::{Path, PathBuf};

use clap::Args;
use packgen::hcl::syntax::parse_body;
use packgen::jobspec::format::format;
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::{Session, problem};
use super::{Outcome, Run};

/// Lay out HCL files in one way: jobspecs, packs, variables
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files, folders (every `.hcl` and `.nomad` file in them), or `-` for standard input to standard output.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// Change nothing; name the files that would change and exit with status 2 if there are any.
    #[arg(long)]
    check: bool,
}

impl Run for Fmt {
    fn run(&self, session: &Session) -> Outcome {
        let mut reply = Reply::default();
        let mut changed: Vec<Value> = Vec::new();
        for path in self.files()? {
            let count = session.sources.count();
            let file = session.read(&path)?;
            let (_, findings) = parse_body(&session.sources, file);
            let broken = findings.has_errors();
            let before = session.sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
            if findings.is_empty() {
                session.sources.forget(count);
            }
            reply = reply.findings(findings);
            if broken {
                continue;
            }
            let after = format(&before);
            if path == "-" && !self.check {
                reply.text.clone_from(&after);
                reply = reply.field("text", after.clone());
            }
            if *before == *after {
                continue;
            }
            changed.push(json!({ "file": path }));
            if path != "-" {
                reply.line(&path);
            }
            if self.check {
                reply.different = true;
            } else if path != "-" {
                replace(Path::new(&path), &after)?;
            }
        }
        Ok(reply.field("changed", changed))
    }
}

impl Fmt {
    fn files(&self) -> Result<Vec<String>, packgen::source::Diagnostics> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path != "-" && Path::new(path).is_dir() {
                hcl_files(Path::new(path), &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        Ok(files)
    }
}

/// All HCL files below a folder, in order; hidden ones are left out.
fn hcl_files(folder: &Path, out: &mut Vec<String>) -> Result<(), packgen::source::Diagnostics> {
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
            hcl_files(&path, out)?;
        } else if matches!(path.extension().and_then(|ending| ending.to_str()), Some("hcl" | "nomad")) {
            let shown = path.display().to_string();
            out.push(shown.strip_prefix("./").map_or(shown.clone(), str::to_owned));
        }
    }
    Ok(())
}

/// Puts the new text in place of the old one in one step, so that no half-written file is ever seen.
fn replace(path: &Path, text: &str) -> Result<(), packgen::source::Diagnostics> {
    let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", path.display()));
    let path = path.canonicalize().map_err(wrong)?;
    let mode = std::fs::metadata(&path).map_err(wrong)?.permissions();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.packgen-{}", std::process::id()));
    let written = std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, mode))
        .and_then(|()| std::fs::rename(&beside, &path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        wrong(error)
    })
}
