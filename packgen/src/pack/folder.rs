//! The files of a pack: built in, in memory, or a folder of a user's. Nothing outside of it can be read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Regex;

use crate::hcl::eval::Files;
use crate::lasting::Bytes;

/// Where the files of a pack are. Paths are relative, parts are separated by `/`.
pub trait Folder: Send + Sync {
    /// What stands before a file's path where it is shown: `packs/web/`.
    fn shown(&self) -> Cow<'_, str>;

    /// The bytes of a file; `None` if there is no such file.
    fn read(&self, path: &str) -> Result<Option<Bytes<'_>>, String>;

    /// The paths of all files, in order.
    fn files(&self) -> Result<Vec<String>, String>;
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// A folder that is shown by this name.
    pub fn new(name: impl Into<String>) -> Self {
        Memory { name: name.into(), files: BTreeMap::new() }
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl Folder for Memory {
    fn shown(&self) -> Cow<'_, str> {
        format!("{}/", self.name).into()
    }

    fn read(&self, path: &str) -> Result<Option<Bytes<'_>>, String> {
        Ok(self.files.get(path).map(|bytes| bytes.as_slice().into()))
    }

    fn files(&self) -> Result<Vec<String>, String> {
        Ok(self.files.keys().cloned().collect())
    }
}

/// A pack's folder as its expressions see it.
pub(super) struct Sandbox<'f>(pub &'f dyn Folder);

impl Sandbox<'_> {
    /// The path inside of the folder, or why there is none.
    fn inside(path: &str) -> Result<String, String> {
        if path.starts_with(['/', '~', '\\']) || path.get(1..3) == Some(":\\") {
            return Err(format!("{path:?} is not in the pack's folder: write a path relative to it"));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part.contains('\0') || (part == ".." && parts.pop().is_none()) {
                return Err(format!("{path:?} leaves the pack's folder: copy the file into it"));
            }
            if part != ".." {
                parts.push(part);
            }
        }
        Ok(parts.join("/"))
    }

    fn no_file(&self, path: &str) -> String {
        let known = self.0.files().unwrap_or_default();
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let same_name = known.iter().find(|file| name(file) == name(path));
        match same_name
            .map(String::as_str)
            .or_else(|| crate::hcl::types::nearest(path, known.iter().map(String::as_str)))
        {
            Some(close) => format!("the pack has no file {path:?}; did you mean {close:?}?"),
            None => format!("the pack has no file {path:?}"),
        }
    }
}

impl Files for Sandbox<'_> {
    fn read(&self, path: &str) -> Result<Bytes<'_>, String> {
        let inside = Self::inside(path)?;
        self.0.read(&inside)?.ok_or_else(|| self.no_file(&inside))
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        Ok(self.0.read(&Self::inside(path)?)?.is_some())
    }

    fn list(&self, folder: &str, pattern: &str) -> Result<Vec<String>, String> {
        let folder = Self::inside(folder)?;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let regex = glob(pattern)?;
        let files = self.0.files()?;
        let inside = files.iter().filter_map(|file| file.strip_prefix(&prefix));
        Ok(inside.filter(|file| regex.is_match(file)).map(str::to_owned).collect())
    }

    fn absolute(&self, _: &str) -> Result<String, String> {
        Err("a pack has no absolute paths".to_owned())
    }

    fn home(&self) -> Result<String, String> {
        Err("a pack has no home folder".to_owned())
    }
}

/// A pattern of file names as a regular expression: `*`, `**`, `?`, `[…]`, `{a,b}`.
pub fn glob(pattern: &str) -> Result<Regex, String> {
    let mut out = String::from("^");
    let mut rest = pattern.chars().peekable();
    let mut braces = 0_usize;
    while let Some(char) = rest.next() {
        match char {
            '*' if rest.next_if_eq(&'*').is_some() => {
                let slash = rest.next_if_eq(&'/').is_some();
                out.push_str(if slash { "(?:.*/)?" } else { ".*" });
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => {
                let set: String = rest.by_ref().take_while(|char| *char != ']').collect();
                let (not, set) = set.strip_prefix(['!', '^']).map_or(("", set.as_str()), |set| ("^", set));
                let set = set.replace('\\', "\\\\").replace('[', "\\[").replace("&&", "&\\&");
                out.push_str(&["[", not, &set, "]"].concat());
            }
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '\\' => out.push_str(&regex::escape(&rest.next().unwrap_or('\\').to_string())),
            _ => out.push_str(&regex::escape(&char.to_string())),
        }
    }
    out.push('$');
    Regex::new(&out).map_err(|_| format!("{pattern:?} is no pattern of file names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> Memory {
        Memory::new("web").with("files/a.yaml", "1").with("files/sub/b.yaml", "2").with("pack.hcl", "3")
    }

    #[test]
    fn nothing_outside_can_be_read() {
        let folder = folder();
        let files = Sandbox(&folder);
        assert_eq!(&*files.read("./files/../files/a.yaml").unwrap(), b"1");
        for path in ["../x", "/etc/passwd", "~/x", "files/../../x", "C:\\x", "a\0b"] {
            assert!(files.read(path).is_err(), "{path}");
            assert!(files.exists(path).is_err(), "{path}");
            assert!(files.list(path, "*").is_err(), "{path}");
        }
        assert_eq!(
            files.read("a.yaml").unwrap_err(),
            "the pack has no file \"a.yaml\"; did you mean \"files/a.yaml\"?"
        );
    }

    #[test]
    fn patterns_find_files() {
        let folder = folder();
        let files = Sandbox(&folder);
        assert_eq!(files.list("files", "*.yaml").unwrap(), ["a.yaml"]);
        assert_eq!(files.list("files", "**/*.yaml").unwrap(), ["a.yaml", "sub/b.yaml"]);
        assert_eq!(files.list(".", "{pack,x}.[gh]cl").unwrap(), ["pack.hcl"]);
        assert!(files.list(".", "[").is_err());
    }
}
