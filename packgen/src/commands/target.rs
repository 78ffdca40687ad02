//! What a command is about: a built-in pack, a pack's folder, a jobspec, or standard input.

use std::path::Path;
use std::sync::Arc;

use packgen::hcl::syntax::parse_body;
use packgen::jobspec::validate::did_you_mean;
use packgen::pack::{Builtin, Disk, Folder, Pack};
use packgen::source::{Diagnostic, Diagnostics, FileId, Span};

use super::session::{Session, problem};

/// What a command is about.
pub enum Target {
    /// A pack, and what was found while it was read.
    Pack(Box<Pack>, Diagnostics),
    /// A jobspec, and the path it came from.
    File(FileId, String),
}

/// Finds what a word on the command line stands for. A name without a slash is a built-in pack first.
pub fn find(session: &Session, word: &str) -> Result<Target, Diagnostics> {
    let path = Path::new(word);
    let is_name = !word.contains('/') && !word.starts_with('.') && word != "-";
    if is_name && let Some(builtin) = Builtin::find(word) {
        return load(session, Arc::new(builtin));
    }
    if word != "-" && path.is_dir() {
        return load(session, Arc::new(Disk::open(path).map_err(|message| problem("io", message))?));
    }
    if is_name && !path.exists() {
        return Err(unknown(word).into());
    }
    session.read(word).map(|file| Target::File(file, word.to_owned()))
}

/// Finds a pack; a jobspec is an error.
pub fn pack(session: &Session, word: &str) -> Result<(Pack, Diagnostics), Diagnostics> {
    match find(session, word)? {
        Target::Pack(pack, findings) => Ok((*pack, findings)),
        Target::File(file, path) => {
            let is_pack = path.ends_with("pack.hcl")
                && parse_body(&session.sources, file).0.blocks().any(|block| &*block.ty.value == "pack");
            let help = if is_pack {
                "name the folder, not the file in it"
            } else {
                "name a built-in pack or a folder with a pack.hcl"
            };
            Err(Diagnostic::error("no-pack", format!("{path} is no pack"), Span::NONE).help(help).into())
        }
    }
}

fn load(session: &Session, folder: Arc<dyn Folder>) -> Result<Target, Diagnostics> {
    let (pack, findings) = Pack::load(folder, session.sources.clone())?;
    Ok(Target::Pack(Box::new(pack), findings))
}

fn unknown(word: &str) -> Diagnostic {
    let finding = Diagnostic::error(
        "no-pack",
        format!("there is neither a built-in pack nor a file called {word:?}"),
        Span::NONE,
    );
    let close = did_you_mean(word, Builtin::all().map(Builtin::name));
    finding.help(close.unwrap_or_else(|| {
        "`packgen list` names the built-in packs; a folder is written with a slash: ./web".to_owned()
    }))
}
