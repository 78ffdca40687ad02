//! `packgen export`: a pack for those who do not have packgen.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use packgen::source::{Diagnostic, Diagnostics, Span};

use super::reply::Reply;
use super::session::{Session, problem};
use super::target;
use super::variables::Variables;
use super::{Outcome, Run};

/// Write a pack for those who do not have packgen
///
/// `hcl2` writes one file per job, which `nomad job run -var name=value` takes. `nomad-pack` writes a pack
/// that HashiCorp's nomad-pack runs. Variables stay variables in both; what cannot be is said.
#[derive(Debug, Args)]
pub struct Export {
    /// What to write.
    #[arg(value_enum)]
    format: Format,
    /// A built-in pack or a pack's folder.
    pack: String,
    #[command(flatten)]
    variables: Variables,
    /// With nomad-pack: fix the variables that cannot be variables there at the values that they have now.
    #[arg(long)]
    freeze: bool,
    /// The folder to write into.
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Hcl2,
    NomadPack,
}

impl Run for Export {
    fn run(&self, session: &Session) -> Outcome {
        if self.freeze && self.format == Format::Hcl2 {
            return Err(problem(
                "usage",
                "`--freeze` is for nomad-pack; `hcl2` says what it has fixed by itself",
            ));
        }
        let (pack, findings) = target::pack(session, &self.pack)?;
        let request = self.variables.request(session)?;
        let (files, found) = match self.format {
            Format::Hcl2 => pack.export_hcl2(&request)?,
            Format::NomadPack => pack.export_nomad_pack(&request, self.freeze)?,
        };
        let mut reply = Reply::default().findings(findings).findings(found);
        if self.format == Format::NomadPack {
            self.refuse_leftovers(&files)?;
        }
        let mut names = Vec::new();
        for (name, text) in files {
            write(&self.out.join(&name), &text)?;
            reply = reply.words(format!("wrote {}\n", self.out.join(&name).display()));
            names.push(name);
        }
        Ok(reply.field("files", names))
    }
}

impl Export {
    /// nomad-pack would run a template that is left from another export.
    fn refuse_leftovers(&self, files: &[(String, String)]) -> Result<(), Diagnostics> {
        let Ok(entries) = std::fs::read_dir(self.out.join("templates")) else { return Ok(()) };
        for entry in entries.flatten() {
            let name = format!("templates/{}", entry.file_name().to_string_lossy());
            if !files.iter().any(|(own, _)| *own == name) {
                let path = self.out.join(&name);
                let message = format!("{} is not of this pack, and nomad-pack would run it", path.display());
                return Err(Diagnostic::error("leftover", message, Span::NONE)
                    .help("remove it first")
                    .into());
            }
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostics> {
    let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", path.display()));
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(wrong)?;
    std::fs::write(path, text).map_err(wrong)
}
