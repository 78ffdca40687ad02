//! The world outside of Terraform: a folder in which every object is a file, and a diary of who did what.
//!
//! Knows files and nothing of the nouns. A test changes these files to make things drift, and reads the diary.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use kit::{Cx, Diagnostic, Failure, Result};

/// The folder, and whose it is.
pub struct Store {
    folder: PathBuf,
    /// Who owns what nobody else is named for.
    pub owner: String,
}

impl Store {
    /// The store in this folder, which is made when the first object is.
    pub fn new(folder: impl Into<PathBuf>, owner: String) -> Self {
        Self { folder: folder.into(), owner }
    }

    /// Where the object of this name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes or changes an object.
    pub fn put(&self, name: &str, text: &str) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(self.path(name), text))
            .map_err(|error| self.failed("write", name, &error))
    }

    /// What an object holds; none if there is no such object.
    pub fn get(&self, name: &str) -> Result<Option<String>> {
        match fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", name, &error)),
        }
    }

    /// When an object was last written, in nanoseconds since 1970.
    pub fn written(&self, name: &str) -> Result<i64> {
        let modified = fs::metadata(self.path(name)).and_then(|data| data.modified());
        let time = modified.map_err(|error| self.failed("look at", name, &error))?;
        let age = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(i64::try_from(age.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Removes an object. One that is gone already is no error.
    pub fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.failed("remove", name, &error)),
            _ => Ok(()),
        }
    }

    /// Writes a line into the diary.
    pub fn note(&self, line: &str) -> Result<()> {
        let append = || {
            fs::create_dir_all(&self.folder)?;
            // In one piece: several processes write at once.
            let mut diary = OpenOptions::new().create(true).append(true).open(self.path(".diary"))?;
            diary.write_all(format!("{line}\n").as_bytes())
        };
        append().map_err(|error| self.failed("write", ".diary", &error))
    }

    fn failed(&self, what: &str, name: &str, error: &io::Error) -> Failure {
        let path = self.path(name);
        let detail = format!(
            "{}: {error}. Check that the provider's `folder` is one you may write to.",
            path.display()
        );
        Diagnostic::error(format!("Cannot {what} {name}"), detail).into()
    }
}

/// The store that the provider block named.
pub fn store(cx: &Cx) -> Result<std::sync::Arc<Store>> {
    cx.provider()
}
