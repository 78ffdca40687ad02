//! `packgen new`: a pack to begin with.

use std::path::PathBuf;

use clap::Args;
use packgen::pack::scaffold;

use super::reply::Reply;
use super::session::{Session, problem};
use super::{Outcome, Run};

/// Make a folder with a small pack that works
#[derive(Debug, Args)]
pub struct New {
    /// The folder; its name is the pack's name. It must not be there yet, or be empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Run for New {
    fn run(&self, _: &Session) -> Outcome {
        let shown = self.folder.display();
        let name =
            self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let files = scaffold(&name).map_err(|message| problem("name", message))?;
        if std::fs::read_dir(&self.folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(problem("exists", format!("{shown} is there already and not empty")));
        }
        for (path, text) in &files {
            let path = self.folder.join(path);
            let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            let written = folder.and_then(|()| std::fs::write(&path, text));
            written.map_err(|error| problem("io", format!("{}: {error}", path.display())))?;
        }
        let names: Vec<String> = files.into_iter().map(|(path, _)| path).collect();
        let reply = Reply::default()
            .words(format!("made {shown}: {}\ntry: packgen test {shown}\n", names.join(", ")));
        Ok(reply.field("files", names).field("pack", name))
    }
}
