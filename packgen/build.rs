//! Lists the built-in packs: every folder in `packs/` with a `pack.hcl`, so that to add a pack is to add a
//! folder. The list is Rust source; the files themselves are included by the compiler.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let packs = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("packs");
    println!("cargo::rerun-if-changed={}", packs.display());
    let mut out = String::from("&[\n");
    for pack in folder(&packs)? {
        if pack.join("pack.hcl").is_file() {
            writeln!(out, "    ({:?}, &[", name(&pack))?;
            files(&pack, "", &mut out)?;
            out.push_str("    ]),\n");
        }
    }
    out.push_str("]\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("packs.rs"), out)?;
    Ok(())
}

fn files(at: &Path, prefix: &str, out: &mut String) -> Result<(), Box<dyn Error>> {
    for entry in folder(at)? {
        let path = format!("{prefix}{}", name(&entry));
        if entry.is_dir() {
            println!("cargo::rerun-if-changed={}", entry.display());
            files(&entry, &format!("{path}/"), out)?;
        } else {
            let file = entry.display().to_string();
            writeln!(out, "        ({path:?}, include_bytes!({file:?})),")?;
        }
    }
    Ok(())
}

/// What is in a folder, in order; hidden files are left out.
fn folder(at: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(at)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.retain(|entry| !name(entry).starts_with('.'));
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
