//! Finds the tree and the program, and says what is missing.

use std::path::PathBuf;

/// The tree and the program; says what is missing, which is a failure if it was asked for.
pub fn tools() -> Option<(PathBuf, PathBuf)> {
    let tree = std::env::var_os("LOSTOPS_NOMAD_TREE").map(PathBuf::from).filter(|tree| tree.is_dir());
    if tree.is_none() {
        skip("nomad tree");
    }
    tree.zip(nomad())
}

/// The program.
pub fn nomad() -> Option<PathBuf> {
    let found = std::env::var_os("LOSTOPS_NOMAD").map(PathBuf::from).or_else(|| on_path("nomad"));
    if found.is_none() {
        skip("nomad");
    }
    found
}

fn skip(what: &str) {
    let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name.trim() == what.replace(' ', "-")), "{what} not found");
    println!("skipped: {what} not found");
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
