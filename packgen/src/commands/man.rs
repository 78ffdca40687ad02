//! `packgen man`: the manual.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use super::reply::Reply;
use super::session::{Session, problem};
use super::{Cli, Outcome, Run};

/// Print the manual page, or write the pages of all commands
#[derive(Debug, Args)]
pub struct Man {
    /// Write `packgen.1`, `packgen-render.1` and so on into this folder.
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Run for Man {
    fn run(&self, _: &Session) -> Outcome {
        let command = Cli::command();
        let main = page(command.clone(), None)?;
        let Some(folder) = &self.out else { return Ok(Reply::text(main.clone()).field("page", main)) };
        std::fs::create_dir_all(folder)
            .map_err(|error| problem("io", format!("{}: {error}", folder.display())))?;
        let mut pages = vec![("packgen".to_owned(), main)];
        for inner in command.get_subcommands() {
            let name = format!("packgen-{}", inner.get_name());
            pages.push((name.clone(), page(inner.clone(), Some(&name))?));
        }
        for (name, text) in &pages {
            let path = folder.join(format!("{name}.1"));
            std::fs::write(&path, text)
                .map_err(|error| problem("io", format!("{}: {error}", path.display())))?;
        }
        let names: Vec<String> = pages.into_iter().map(|(name, _)| format!("{name}.1")).collect();
        Ok(Reply::default().words(format!("wrote {}\n", names.join(", "))).field("pages", names))
    }
}

fn page(command: clap::Command, title: Option<&str>) -> Result<String, packgen::source::Diagnostics> {
    let mut out = Vec::new();
    let page = Page::new(command);
    let page = if let Some(title) = title { page.title(title) } else { page };
    page.render(&mut out).map_err(|error| problem("io", error.to_string()))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
