//! One run of a command: the texts it reads, and the world it reads them from (files, standard input,
//! environment). The only reader of these besides `packgen::pack::Disk`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use packgen::hcl::eval::Files;
use packgen::lasting::Bytes;
use packgen::pack::{glob, read_regular};
use packgen::source::{Diagnostic, Diagnostics, FileId, MAX_FILE_BYTES, SourceMap, Span};

use super::terminal::Terminal;

/// Prefix of environment variables that set variables.
pub const VARIABLE_PREFIX: &str = "PACKGEN_VAR_";

/// One run of a command.
#[derive(Debug)]
pub struct Session {
    /// The texts.
    pub sources: Arc<SourceMap>,
    /// For words while a command is running.
    pub terminal: Terminal,
    /// Whether a JSON document is wanted, so that commands can leave out what only that shows.
    pub as_json: bool,
}

impl Session {
    /// Nothing read yet.
    pub fn new(terminal: Terminal, as_json: bool) -> Self {
        Session { sources: Arc::new(SourceMap::new()), terminal, as_json }
    }

    /// An environment variable that is set and not empty.
    pub fn environment(name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// Adds a file, or standard input for `-`.
    pub fn read(&self, path: &str) -> Result<FileId, Diagnostics> {
        if path != "-" {
            return read(&self.sources, path);
        }
        let bytes = standard_input().map_err(|message| problem("io", message))?;
        Ok(self.sources.add_bytes("<stdin>", bytes)?)
    }

    /// The environment variables that set variables, by the name of the variable, in order.
    pub fn variables() -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter_map(|(name, value)| Some((name.strip_prefix(VARIABLE_PREFIX)?.to_owned(), value)))
            .collect();
        found.sort();
        found
    }
}

/// Adds a file to these texts.
pub fn read(sources: &SourceMap, path: &str) -> Result<FileId, Diagnostics> {
    let bytes = read_regular(Path::new(path), path).map_err(|message| problem("io", message))?;
    Ok(sources.add_bytes(path, bytes)?)
}

/// A finding without a place in a text.
pub fn problem(code: &'static str, message: impl Into<String>) -> Diagnostics {
    Diagnostic::error(code, message, Span::NONE).into()
}

fn standard_input() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limited = std::io::stdin().lock().take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes);
    limited.map_err(|error| format!("standard input cannot be read: {error}"))?;
    Ok(bytes)
}

/// The files that a bare jobspec may read: all that the user may, relative to the jobspec, as Nomad does it.
#[derive(Debug)]
pub struct Beside {
    folder: PathBuf,
}

impl Beside {
    /// The files beside a jobspec; for standard input those in the current folder.
    pub fn file(path: &str) -> Self {
        let folder =
            Path::new(path).parent().filter(|_| path != "-").map(Path::to_path_buf).unwrap_or_default();
        Beside { folder }
    }
}

impl Files for Beside {
    fn read(&self, path: &str) -> Result<Bytes<'_>, String> {
        read_regular(&self.folder.join(path), path).map(Bytes::from)
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        match std::fs::metadata(self.folder.join(path)) {
            Ok(found) if found.is_file() => Ok(true),
            Ok(_) => Err(format!("{path} is no regular file")),
            Err(_) => Ok(false),
        }
    }

    fn list(&self, folder: &str, pattern: &str) -> Result<Vec<String>, String> {
        let regex = glob(pattern)?;
        let mut found = Vec::new();
        walk(&self.folder.join(folder), "", &mut found)?;
        found.retain(|path| regex.is_match(path));
        found.sort();
        Ok(found)
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        let absolute = std::path::absolute(path).map_err(|error| error.to_string())?;
        Ok(absolute.display().to_string())
    }

    fn home(&self) -> Result<String, String> {
        std::env::var("HOME").map_err(|_| "the home folder is not known: HOME is not set".to_owned())
    }
}

/// All regular files below a folder.
fn walk(folder: &Path, prefix: &str, out: &mut Vec<String>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), out)?;
        } else if entry.path().is_file() {
            out.push(path);
        }
        if out.len() > 100_000 {
            return Err(format!("{}: too many files", folder.display()));
        }
    }
    Ok(())
}
