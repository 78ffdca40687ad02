//! What is in a file that somebody else made.

use kit::{Block, Computed, Cx, DataSource, Diagnostic, Result};

use crate::store::store;

/// A file in the lab's folder, whoever made it.
#[derive(Block)]
pub struct File {
    /// Name of the file.
    pub name: String,
    /// What to find where there is no such file. Unset: that is an error.
    pub otherwise: Option<String>,
    /// What is in it.
    pub content: Computed<String>,
    /// Its lines.
    pub lines: Computed<Vec<String>>,
}

/// `lab_file`
pub struct FileDataSource;

impl DataSource for FileDataSource {
    type Model = File;
    const NAME: &'static str = "lab_file";

    async fn read(&self, cx: &Cx, file: &mut File) -> Result<()> {
        let store = store(cx)?;
        store.note(&format!("look {}", file.name))?;
        let Some(content) = store.get(&file.name)?.or_else(|| file.otherwise.clone()) else {
            let detail = format!("name: there is no file {:?} in the lab.", file.name);
            return Err(Diagnostic::error("No such file", detail).attribute("name").into());
        };
        file.lines.set(content.lines().map(str::to_owned).collect::<Vec<_>>());
        file.content.set(content);
        Ok(())
    }

    fn check(&self, file: &File) -> Vec<Diagnostic> {
        let nameless = file.name.is_empty();
        let problem = Diagnostic::error("No name", "name: a file has one.").attribute("name");
        nameless.then_some(problem).into_iter().collect()
    }
}
