//! A pack in a folder on disk. Links may not lead out of it, devices are not opened, hidden files are not seen.

use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::Folder;
use crate::source::MAX_FILE_BYTES;

/// How many files a pack may have.
const MAX_FILES: usize = 5_000;

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    shown: String,
}

impl Disk {
    /// The folder at this path; it must be there.
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display().to_string();
        let root = path.canonicalize().map_err(|error| reason(&shown, &error))?;
        if !root.is_dir() {
            return Err(format!("{shown} is no folder"));
        }
        let shown = match shown.trim_end_matches('/') {
            "." => String::new(),
            other => format!("{other}/"),
        };
        Ok(Disk { root, shown })
    }

    /// The name of the folder itself.
    pub fn name(&self) -> String {
        self.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn walk(&self, folder: &Path, prefix: &str, depth: usize, out: &mut Vec<String>) -> Result<(), String> {
        let entries =
            std::fs::read_dir(folder).map_err(|error| reason(&folder.display().to_string(), &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| error.to_string())?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            let Ok(kind) = std::fs::metadata(entry.path()) else { continue };
            if kind.is_dir() && depth < 16 && self.resolve(&path)?.is_some() {
                self.walk(&entry.path(), &format!("{path}/"), depth + 1, out)?;
            } else if kind.is_file() {
                out.push(path);
            }
            if out.len() > MAX_FILES {
                return Err(format!(
                    "{}: a pack has at most {MAX_FILES} files; is this the right folder?",
                    self.root.display()
                ));
            }
        }
        Ok(())
    }

    /// Where the path leads after all links; `None` if nothing is there.
    fn resolve(&self, path: &str) -> Result<Option<PathBuf>, String> {
        match self.root.join(path).canonicalize() {
            Ok(real) if real.starts_with(&self.root) => Ok(Some(real)),
            Ok(_) => {
                Err(format!("{path:?} is a link that leads out of the pack's folder: copy the file into it"))
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(reason(path, &error)),
        }
    }
}

impl Folder for Disk {
    fn shown(&self) -> Cow<'_, str> {
        self.shown.as_str().into()
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let Some(real) = self.resolve(path)? else { return Ok(None) };
        read_regular(&real, path).map(Some)
    }

    fn files(&self) -> Result<Vec<String>, String> {
        let mut out = Vec::new();
        self.walk(&self.root, "", 0, &mut out)?;
        out.sort();
        Ok(out)
    }
}

/// Reads a regular file, never more of it than is accepted anyway.
pub fn read_regular(real: &Path, shown: &str) -> Result<Vec<u8>, String> {
    let kind = std::fs::metadata(real).map_err(|error| reason(shown, &error))?;
    if !kind.is_file() {
        return Err(format!("{shown} is no regular file"));
    }
    // One more than it seems to have, so that its end is seen without asking for memory again.
    let mut bytes = Vec::with_capacity(usize::try_from(kind.len()).unwrap_or(0).min(MAX_FILE_BYTES) + 1);
    let file = File::open(real).map_err(|error| reason(shown, &error))?;
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| reason(shown, &error))?;
    if bytes.len() > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES >> 20;
        return Err(format!(
            "{shown} is larger than {limit} MiB: have the task fetch it as an `artifact` instead"
        ));
    }
    Ok(bytes)
}

/// The error in words that do not depend on the system's numbers.
fn reason(shown: &str, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{shown}: there is no such file or folder"),
        ErrorKind::PermissionDenied => format!("{shown}: no permission to read it"),
        ErrorKind::NotADirectory => format!("{shown}: a part of the path is no folder"),
        _ => format!("{shown}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_folder_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let pack = temp.path().join("pack");
        std::fs::create_dir_all(pack.join("files")).unwrap();
        std::fs::write(temp.path().join("outside"), "secret").unwrap();
        std::fs::write(pack.join("files/a"), "inside").unwrap();
        std::os::unix::fs::symlink("../../outside", pack.join("files/out")).unwrap();
        std::os::unix::fs::symlink("a", pack.join("files/in")).unwrap();
        std::os::unix::fs::symlink("loop", pack.join("files/loop")).unwrap();
        let disk = Disk::open(&pack).unwrap();
        assert_eq!(disk.read("files/in").unwrap().unwrap(), b"inside");
        assert!(disk.read("files/out").unwrap_err().contains("leads out"));
        assert!(disk.read("files/loop").is_err());
        assert!(disk.read("files").unwrap_err().contains("no regular file"));
        assert_eq!(disk.read("files/a/b").unwrap(), None);
        assert_eq!(disk.read("nope").unwrap(), None);
        assert!(Disk::open(&temp.path().join("outside")).unwrap_err().contains("no folder"));
    }
}
