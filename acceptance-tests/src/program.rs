//! Finds the real programs that a test needs, and says so where one is missing.

use std::env;
use std::path::PathBuf;

/// The program of this name: the path in `LOSTOPS_<NAME>`, else the first one on `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let variable = format!("LOSTOPS_{}", name.to_uppercase().replace('-', "_"));
    if let Some(path) = env::var_os(&variable).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        assert!(path.is_file(), "{variable} names {}, which is no file", path.display());
        return Some(path);
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether a missing program is a failure: `LOSTOPS_REQUIRE=terraform,nomad` lists those that have to be there.
pub fn required(name: &str) -> bool {
    env::var("LOSTOPS_REQUIRE").is_ok_and(|list| list.split(',').any(|word| word.trim() == name))
}
