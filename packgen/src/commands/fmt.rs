//! `packgen fmt`: one way to lay out HCL. Comments stay; only blanks change.

use std::collections::HashSet;
use std::fs::{DirEntry, File, FileType};
use std::io::Write;
use std::path::Path;

use clap::Args;
use packgen::hcl::syntax::parse_body;
use packgen::jobspec::format::format;
use packgen::parallel;
use packgen::source::{Diagnostics, FileId, SourceMap};
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::{Session, problem, read};
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

/// How many files are worked on before it is told what became of them: so many texts are in memory at once.
const BATCH: usize = 64;

/// A file that can be laid out.
struct Laid {
    after: String,
    changed: bool,
}

impl Run for Fmt {
    fn run(&self, session: &Session) -> Outcome {
        let mut reply = Reply::default();
        let mut changed: Vec<Value> = Vec::new();
        for batch in self.files()?.chunks(BATCH) {
            let done = parallel::each(batch.iter().collect(), |_| 0, |path: &String| self.silently(path));
            for (path, done) in batch.iter().zip(done) {
                let laid = match done {
                    Some(laid) => Some(laid?),
                    None => self.with_findings(session, path, &mut reply)?,
                };
                let Some(Laid { after, changed: is_changed }) = laid else { continue };
                if is_changed {
                    changed.push(json!({ "file": path }));
                    reply.different |= self.check;
                }
                if path != "-" && is_changed {
                    reply.line(path);
                } else if path == "-" && !self.check {
                    reply.text.push_str(&after);
                    reply = reply.field("text", after);
                }
            }
        }
        Ok(reply.field("changed", changed))
    }
}

impl Fmt {
    /// Lays out a file about which there is nothing to say; `None` for all others.
    fn silently(&self, path: &str) -> Option<Result<Laid, Diagnostics>> {
        if path == "-" {
            return None;
        }
        let sources = SourceMap::new();
        let file = read(&sources, path).ok()?;
        let (_, findings) = parse_body(&sources, file);
        findings.is_empty().then(|| self.laid(&sources, file, path))
    }

    /// Lays out a file about which there may be something to say.
    fn with_findings(
        &self,
        session: &Session,
        path: &str,
        reply: &mut Reply,
    ) -> Result<Option<Laid>, Diagnostics> {
        let file = session.read(path)?;
        let (_, findings) = parse_body(&session.sources, file);
        let broken = findings.has_errors();
        reply.findings.extend(findings);
        if broken { Ok(None) } else { self.laid(&session.sources, file, path).map(Some) }
    }

    fn laid(&self, sources: &SourceMap, file: FileId, path: &str) -> Result<Laid, Diagnostics> {
        let before = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
        let after = format(&before);
        let changed = *before != *after;
        if changed && !self.check && path != "-" {
            replace(Path::new(path), &after)?;
        }
        Ok(Laid { after, changed })
    }

    fn files(&self) -> Result<Vec<String>, Diagnostics> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path != "-" && Path::new(path).is_dir() {
                hcl_files(Path::new(path), &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        if self.paths.len() > 1 {
            // Each file once, by whatever names it was given: no two may be written at the same time.
            let mut seen = HashSet::new();
            let real = |path: &String| Path::new(path).canonicalize().ok().filter(|_| path != "-");
            files.retain(|path| real(path).is_none_or(|real| seen.insert(real)));
        }
        Ok(files)
    }
}

/// All HCL files below a folder, in order; hidden ones are left out.
fn hcl_files(folder: &Path, out: &mut Vec<String>) -> Result<(), Diagnostics> {
    let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", folder.display()));
    let mut entries: Vec<DirEntry> = std::fs::read_dir(folder).map_err(wrong)?.flatten().collect();
    entries.sort_by_key(DirEntry::path);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type());
        let link = kind.as_ref().is_ok_and(FileType::is_symlink);
        if entry.file_name().as_encoded_bytes().starts_with(b".") || link {
            continue;
        }
        if kind.is_ok_and(|kind| kind.is_dir()) {
            hcl_files(&path, out)?;
        } else if matches!(path.extension().and_then(|ending| ending.to_str()), Some("hcl" | "nomad")) {
            let shown = path.display().to_string();
            out.push(shown.strip_prefix("./").map_or(shown.clone(), str::to_owned));
        }
    }
    Ok(())
}

/// Puts the new text in place of the old one in one step, so that no half-written file is ever seen.
fn replace(path: &Path, text: &str) -> Result<(), Diagnostics> {
    let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", path.display()));
    let kind = path.symlink_metadata().map_err(wrong)?;
    let link = kind.is_symlink();
    let path = if link { path.canonicalize().map_err(wrong)? } else { path.to_path_buf() };
    let mode = if link { std::fs::metadata(&path).map_err(wrong)? } else { kind }.permissions();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.packgen-{}", std::process::id()));
    let filled = |mut file: File| {
        file.write_all(text.as_bytes())?;
        // Most often it has them already: to set them anew would be written to the disk.
        if file.metadata()?.permissions() == mode { Ok(()) } else { file.set_permissions(mode) }
    };
    let written = File::create(&beside).and_then(filled).and_then(|()| std::fs::rename(&beside, &path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        wrong(error)
    })
}
