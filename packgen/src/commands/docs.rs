//! `packgen docs`: a pack's README.

use std::path::Path;

use clap::Args;
use packgen::pack::docs;

use super::reply::Reply;
use super::session::{Session, problem};
use super::target;
use super::{Outcome, Run};

/// Print a pack's README, written from its files
#[derive(Debug, Args)]
pub struct Docs {
    /// A built-in pack or a pack's folder.
    pack: String,
    /// Write README.md into the pack's folder instead of printing it.
    #[arg(short, long)]
    write: bool,
    /// Change nothing; exit with status 2 if README.md in the pack's folder is not what would be written.
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

impl Run for Docs {
    fn run(&self, session: &Session) -> Outcome {
        let (pack, findings) = target::pack(session, &self.pack)?;
        let text = docs::readme(&pack)?;
        let reply = Reply::default().findings(findings).field("readme", text.clone());
        let path = Path::new(&self.pack).join("README.md");
        if (self.write || self.check) && !path.parent().is_some_and(Path::is_dir) {
            return Err(problem(
                "usage",
                format!("{} is built in: there is no folder with a README.md", self.pack),
            ));
        }
        if self.check {
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            let different = there != text;
            let words = if different {
                format!("{} is out of date: run `packgen docs --write {}`\n", path.display(), self.pack)
            } else {
                String::new()
            };
            return Ok(Reply { different, ..reply.words(words) });
        }
        if self.write {
            std::fs::write(&path, text)
                .map_err(|error| problem("io", format!("{}: {error}", path.display())))?;
            return Ok(reply.words(format!("wrote {}\n", path.display())));
        }
        Ok(Reply { text, ..reply })
    }
}
