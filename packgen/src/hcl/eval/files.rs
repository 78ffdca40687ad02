//! Files as expressions see them. Who evaluates decides which there are; nothing here opens one.

use crate::lasting::Bytes;

/// The files that expressions may read, by names relative to the file that is evaluated.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Bytes<'_>, String>;

    /// Whether there is such a file.
    fn exists(&self, path: &str) -> Result<bool, String>;

    /// The files below `folder` whose names fit `pattern`, in order.
    fn list(&self, folder: &str, pattern: &str) -> Result<Vec<String>, String>;

    /// The absolute path of a path.
    fn absolute(&self, path: &str) -> Result<String, String>;

    /// The home folder, for paths that begin with `~`.
    fn home(&self) -> Result<String, String>;
}

/// No files at all.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Bytes<'_>, String> {
        Err("files cannot be read here".to_owned())
    }

    fn exists(&self, _: &str) -> Result<bool, String> {
        Err("files cannot be read here".to_owned())
    }

    fn list(&self, _: &str, _: &str) -> Result<Vec<String>, String> {
        Err("files cannot be read here".to_owned())
    }

    fn absolute(&self, _: &str) -> Result<String, String> {
        Err("files cannot be read here".to_owned())
    }

    fn home(&self) -> Result<String, String> {
        Err("files cannot be read here".to_owned())
    }
}
