//! A pack in a folder on disk. Links may not lead out of it, devices are not opened, hidden files are not seen.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::lasting::Bytes;

use super::Folder;
use crate::source::MAX_FILE_BYTES;

/// How many files a pack may have.
const MAX_FILES: usize = 5_000;

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    shown: String,
    /// What was found to be a file with no link on the way to it, once all were looked for: where it is needs no further
    /// question.
    plain: OnceLock<BTreeSet<String>>,
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
        Ok(Disk { root, shown, plain: OnceLock::new() })
    }

    /// The name of the folder itself.
    pub fn name(&self) -> String {
        self.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn walk(&self, folder: &Path, prefix: &str, depth: usize, out: &mut Found) -> Result<(), String> {
        let entries =
            std::fs::read_dir(folder).map_err(|error| reason(&folder.display().to_string(), &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| error.to_string())?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            let Ok(mut kind) = entry.file_type() else { continue };
            let is_link = kind.is_symlink();
            if is_link {
                let Ok(target) = std::fs::metadata(entry.path()) else { continue };
                kind = target.file_type();
            }
            if kind.is_dir() && depth < 16 && (!is_link || self.resolve(&path)?.is_some()) {
                let before = out.linked;
                out.linked |= is_link;
                self.walk(&entry.path(), &format!("{path}/"), depth + 1, out)?;
                out.linked = before;
            } else if kind.is_file() {
                if !is_link && !out.linked {
                    out.plain.insert(path.clone());
                }
                out.files.push(path);
            }
            if out.files.len() > MAX_FILES {
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

    fn read(&self, path: &str) -> Result<Option<Bytes<'_>>, String> {
        if self.plain.get().is_some_and(|plain| plain.contains(path)) {
            return contents(&self.root.join(path), path).map(|bytes| Some(bytes.into()));
        }
        let Some(real) = self.resolve(path)? else { return Ok(None) };
        read_regular(&real, path).map(|bytes| Some(bytes.into()))
    }

    fn files(&self) -> Result<Vec<String>, String> {
        let mut found = Found::default();
        self.walk(&self.root, "", 0, &mut found)?;
        self.plain.get_or_init(|| found.plain);
        found.files.sort();
        Ok(found.files)
    }
}

/// What a walk through the folder has found.
#[derive(Default)]
struct Found {
    files: Vec<String>,
    /// Those without a link on the way.
    plain: BTreeSet<String>,
    /// Whether a link leads to where the walk is.
    linked: bool,
}

/// Reads a regular file; others are not even opened.
pub fn read_regular(real: &Path, shown: &str) -> Result<Vec<u8>, String> {
    let kind = std::fs::metadata(real).map_err(|error| reason(shown, &error))?;
    if !kind.is_file() {
        return Err(format!("{shown} is no regular file"));
    }
    contents(real, shown)
}

/// Reads a file, never more of it than is accepted anyway.
fn contents(real: &Path, shown: &str) -> Result<Vec<u8>, String> {
    let file = File::open(real).map_err(|error| reason(shown, &error))?;
    let length = file.metadata().map_or(0, |about| usize::try_from(about.len()).unwrap_or(0));
    // One more than it seems to have, so that its end is seen without asking for memory again.
    let mut bytes = Vec::with_capacity(length.min(MAX_FILE_BYTES) + 1);
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
        std::fs::create_dir(temp.path().join("folder")).unwrap();
        std::fs::write(temp.path().join("folder/b"), "secret").unwrap();
        std::os::unix::fs::symlink("../../folder", pack.join("files/folder")).unwrap();
        std::os::unix::fs::symlink("files", pack.join("same")).unwrap();
        let disk = Disk::open(&pack).unwrap();
        assert!(disk.files().unwrap_err().contains("leads out"));
        std::fs::remove_file(pack.join("files/folder")).unwrap();
        let files = ["files/a", "files/in", "files/out", "same/a", "same/in", "same/out"];
        assert_eq!(disk.files().unwrap(), files);
        assert_eq!(&*disk.read("files/a").unwrap().unwrap(), b"inside");
        assert_eq!(&*disk.read("same/a").unwrap().unwrap(), b"inside");
        assert!(disk.read("same/out").unwrap_err().contains("leads out"));
        assert_eq!(&*disk.read("files/in").unwrap().unwrap(), b"inside");
        assert!(disk.read("files/out").unwrap_err().contains("leads out"));
        assert!(disk.read("files/loop").is_err());
        assert!(disk.read("files").unwrap_err().contains("no regular file"));
        assert!(disk.read("files/a/b").unwrap().is_none());
        assert!(disk.read("nope").unwrap().is_none());
        assert!(Disk::open(&temp.path().join("outside")).unwrap_err().contains("no folder"));
    }
}
