//! The packs that are a part of the program: every folder in `packs/`.

use std::borrow::Cow;

use super::Folder;
use crate::lasting::Bytes;

/// A file of a pack: its path and what is in it.
type Included = (&'static str, Bytes<'static>);

/// Names and files, both in order; made by `build.rs`.
static PACKS: &[(&str, &[Included])] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// A built-in pack.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    name: &'static str,
    files: &'static [Included],
}

impl Builtin {
    /// The pack of this name.
    pub fn find(name: &str) -> Option<Builtin> {
        Self::all().find(|pack| pack.name == name)
    }

    /// All built-in packs, by name.
    pub fn all() -> impl Iterator<Item = Builtin> {
        PACKS.iter().map(|(name, files)| Builtin { name, files })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.name
    }
}

impl Folder for Builtin {
    fn shown(&self) -> Cow<'_, str> {
        format!("{}/", self.name).into()
    }

    fn read(&self, path: &str) -> Result<Option<Bytes<'_>>, String> {
        Ok(self.files.iter().find(|(own, _)| *own == path).map(|(_, bytes)| bytes.clone()))
    }

    fn files(&self) -> Result<Vec<String>, String> {
        let mut all: Vec<String> = self.files.iter().map(|(path, _)| (*path).to_owned()).collect();
        all.sort();
        Ok(all)
    }
}
