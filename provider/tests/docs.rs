//! The documentation in `provider/docs` is what the schemas and `examples/` say. `make docs` writes it anew.

#![expect(clippy::unwrap_used, reason = "a page that cannot be written fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lostops::LOSTOPS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn example(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(path)).ok()
}

fn written(folder: &Path, root: &Path, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() == "guides" {
            // Written by hand.
        } else if path.is_dir() {
            written(&path, root, into);
        } else if let (Ok(name), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path)) {
            into.insert(name.to_string_lossy().replace('\\', "/"), text);
        }
    }
}

fn write(pages: &BTreeMap<String, String>) {
    let mut found = BTreeMap::new();
    written(&root(), &root(), &mut found);
    for stale in found.keys().filter(|name| !pages.contains_key(*name)) {
        fs::remove_file(root().join(stale)).unwrap();
    }
    for (name, text) in pages {
        let path = root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn pages_are_fresh() {
    let pages = kit::docs::pages(&LOSTOPS, &example);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        write(&pages);
    }
    let mut found = BTreeMap::new();
    written(&root(), &root(), &mut found);
    let stale: Vec<&String> =
        pages.keys().chain(found.keys()).filter(|name| pages.get(*name) != found.get(*name)).collect();
    assert!(stale.is_empty(), "`make docs` writes these anew: {stale:?}");
}
