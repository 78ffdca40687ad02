//! Folders for what one connection needs, its key among it. They are gone when who made them is done; who is killed tidies
//! nothing up, so the next process removes what is left. By a lock that ends with its process it knows what that is.
//!
//! Must never touch a folder that is another user's, or one that somebody still holds.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

const PREFIX: &str = "lostops-ssh-";

/// A folder for its owner alone. It is gone when this is.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    /// Ends after the folder.
    _held: File,
}

impl Folder {
    /// A new one there. The first of a process removes what others have left there that are gone.
    pub(super) fn new(scratch: &Path) -> io::Result<Self> {
        static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let this = loop {
            if let Some(held) = Self::hold(scratch)? {
                break held;
            }
        };
        if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(scratch.to_owned()) {
            sweep(scratch, fs::metadata(this.path())?.uid());
        }
        Ok(this)
    }

    /// A new one that is held; none if somebody took it for one that was left, in the moment before.
    fn hold(scratch: &Path) -> io::Result<Option<Self>> {
        let private = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix(PREFIX).permissions(private).tempdir_in(scratch)?;
        let Some(held) = absent(File::open(folder.path()))? else { return Ok(None) };
        // Where there are no locks nobody removes anything.
        let _ = held.lock();
        let there = absent(fs::metadata(folder.path()))?;
        Ok(there.map(|_| Self { folder, _held: held }))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it, for its owner alone.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file?.write_all(text.as_bytes())?;
        Ok(path)
    }
}

fn absent<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Removes the folders of that user which nobody holds any more. What cannot be removed is left to the next.
fn sweep(scratch: &Path, user: u32) {
    let entries = fs::read_dir(scratch).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        if let Some(_held) = abandoned(&entry, user) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The lock of a folder that is that user's alone, if nobody has it.
fn abandoned(entry: &DirEntry, user: u32) -> Option<File> {
    let found = entry.metadata().ok()?;
    let private = found.is_dir() && found.uid() == user && found.mode() & 0o777 == 0o700;
    let folder = File::open(entry.path()).ok().filter(|_| private)?;
    folder.try_lock().ok()?;
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a process leaves that was killed.
    fn left(scratch: &Path) -> PathBuf {
        let Folder { folder, _held } = Folder::hold(scratch).unwrap().unwrap();
        folder.keep()
    }

    #[test]
    fn what_nobody_holds_is_removed_and_nothing_else() {
        let scratch = tempfile::tempdir().unwrap();
        let living = Folder::new(scratch.path()).unwrap();
        let user = fs::metadata(living.path()).unwrap().uid();
        let key = living.write("key", "k").unwrap();
        let [stale, open] = [(); 2].map(|()| left(scratch.path()));
        fs::write(stale.join("key"), "k").unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        let others = scratch.path().join("lostops-others");
        fs::rename(left(scratch.path()), &others).unwrap();
        let linked = scratch.path().join("lostops-ssh-linked");
        std::os::unix::fs::symlink(&others, &linked).unwrap();

        sweep(scratch.path(), user + 1);
        assert!(stale.exists(), "it is another user's");
        sweep(scratch.path(), user);
        assert!(!stale.exists());
        for kept in [&key, &open, &others, &linked] {
            assert!(kept.exists(), "{}", kept.display());
        }
    }

    #[test]
    fn the_first_folder_of_a_process_sweeps() {
        let scratch = tempfile::tempdir().unwrap();
        left(scratch.path());
        drop(Folder::new(scratch.path()).unwrap());
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn who_sweeps_and_who_makes_do_not_harm_each_other() {
        let scratch = tempfile::tempdir().unwrap();
        let user = fs::metadata(scratch.path()).unwrap().uid();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..300).for_each(|_| sweep(scratch.path(), user)));
                scope.spawn(|| {
                    for _ in 0..300 {
                        let folder = Folder::new(scratch.path()).unwrap();
                        assert!(folder.write("key", "k").unwrap().exists());
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    }
}
