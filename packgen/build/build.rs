//! Lists the built-in packs: every folder in `packs/` with a `pack.hcl`, so that to add a pack is to add a
//! folder. The list is Rust source; the files themselves are included by the compiler. Their syntax and their templates
//! are read here, so that no render has to, and what cannot be read is no program.

#[allow(dead_code, unused_imports, unfulfilled_lint_expectations, reason = "the program needs more of it")]
mod hcl;
#[allow(dead_code, reason = "the program needs more of it")]
#[path = "../src/lasting.rs"]
mod lasting;
mod ready;
#[allow(dead_code, unused_imports, reason = "the program needs more of it")]
#[path = "../src/source/mod.rs"]
mod source;
mod templates;
/// What the syntax tree takes from `src/tree.rs`.
mod tree {
    pub type Name = crate::source::Spanned<crate::lasting::Str>;
}

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let packs = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("packs");
    println!("cargo::rerun-if-changed={}", packs.display());
    let mut out = Out::default();
    for pack in folder(&packs)? {
        if pack.join("pack.hcl").is_file() {
            writeln!(out.packs, "    ({:?}, &[", name(&pack))?;
            files(&pack, "", &mut out)?;
            out.packs.push_str("    ]),\n");
            ready::pack(&pack, &mut out.ready)?;
        }
    }
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    for (file, list) in [("packs.rs", out.packs), ("templates.rs", out.templates), ("ready.rs", out.ready)] {
        std::fs::write(folder.join(file), format!("&[\n{list}]\n"))?;
    }
    // To find its place anew at each start costs half a millisecond, a tenth of a render.
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=packgen=-no-pie");
    }
    Ok(())
}

/// What is written.
#[derive(Default)]
struct Out {
    packs: String,
    templates: String,
    ready: String,
}

fn files(at: &Path, prefix: &str, out: &mut Out) -> Result<(), Box<dyn Error>> {
    for entry in folder(at)? {
        let path = format!("{prefix}{}", name(&entry));
        println!("cargo::rerun-if-changed={}", entry.display());
        if entry.is_dir() {
            files(&entry, &format!("{path}/"), out)?;
        } else {
            let file = entry.display().to_string();
            let bytes = match String::from_utf8(std::fs::read(&entry)?) {
                Ok(_) => format!("Bytes::Fixed(include_str!({file:?}))"),
                Err(_) => format!("Bytes::Read(Cow::Borrowed(include_bytes!({file:?})))"),
            };
            writeln!(out.packs, "        ({path:?}, {bytes}),")?;
            if entry.extension().is_some_and(|ending| ending == "hbs") {
                template(&entry, out)?;
            }
        }
    }
    Ok(())
}

fn template(file: &Path, out: &mut Out) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let elements =
        templates::compile::compile(&text).map_err(|wrong| format!("{}: {wrong}", file.display()))?;
    let file = file.display().to_string();
    writeln!(out.templates, "    (include_str!({file:?}), {}),", templates::source(&elements))?;
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
