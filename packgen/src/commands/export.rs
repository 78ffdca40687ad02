//! `packgen export`: a pack's jobs for those who do not have packgen.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::reply::Reply;
use super::session::{Session, problem};
use super::target;
use super::variables::Variables;
use super::{Outcome, Run};

/// Write a pack's jobs as files that plain Nomad takes
///
/// `hcl2` writes one file per job, which `nomad job run -var name=value` takes: variables stay variables.
#[derive(Debug, Args)]
pub struct Export {
    /// What to write.
    #[arg(value_enum)]
    format: Format,
    /// A built-in pack or a pack's folder.
    pack: String,
    #[command(flatten)]
    variables: Variables,
    /// The folder to write into.
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Hcl2,
}

impl Run for Export {
    fn run(&self, session: &Session) -> Outcome {
        let (pack, findings) = target::pack(session, &self.pack)?;
        let request = self.variables.request(session)?;
        let (files, found) = match self.format {
            Format::Hcl2 => pack.export_hcl2(&request)?,
        };
        let wrong = |error: std::io::Error| problem("io", format!("{}: {error}", self.out.display()));
        std::fs::create_dir_all(&self.out).map_err(wrong)?;
        let mut reply = Reply::default().findings(findings).findings(found);
        let mut names = Vec::new();
        for (name, text) in files {
            std::fs::write(self.out.join(&name), text).map_err(wrong)?;
            reply = reply.words(format!("wrote {}\n", self.out.join(&name).display()));
            names.push(name);
        }
        Ok(reply.field("files", names))
    }
}
