//! A text file: the plainest resource, with everything that every resource should have.

use kit::check::{dns_label, one_of};
use kit::{Block, Computed, Cx, Diagnostic, Private, Resource, Result, State};

use crate::store::{Store, store};

/// A text file in the lab's folder.
#[derive(Block)]
pub struct File {
    /// Name of the file. Another name is another file.
    #[attr(force_new, check = dns_label)]
    pub name: String,
    /// What is in it.
    pub content: String,
    /// Who may read it.
    #[attr(default = "team", check = one_of(&["me", "team", "all"]))]
    pub audience: String,
    /// Who is responsible for it. Unset: the lab's owner.
    #[attr(computed, held)]
    pub owner: Option<String>,
    /// What there is to say about it.
    pub remark: Option<String>,
    /// What there was to say about it.
    #[attr(deprecated = "Use `remark`.")]
    pub comment: Option<String>,
    /// Where it is.
    #[attr(stable)]
    pub path: Computed<String>,
    /// When it was last written.
    pub written: Computed<i64>,
}

/// `lab_file`
pub struct FileResource;

impl Resource for FileResource {
    type Model = File;
    const NAME: &'static str = "lab_file";

    async fn create(&self, cx: &Cx, mut planned: File, state: &mut State<'_, File>) -> Result<()> {
        let store = store(cx)?;
        store.note(&format!("create {}", planned.name))?;
        if store.get(&planned.name)?.is_some() {
            let detail =
                format!("There is a file {:?} that Terraform did not make. Import it.", planned.name);
            return Err(Diagnostic::error("The file exists", detail).attribute("name").into());
        }
        planned.owner.get_or_insert_with(|| store.owner.clone());
        planned.path.set(store.path(&planned.name).display().to_string());
        write(&store, planned, state)
    }

    async fn read(&self, cx: &Cx, mut current: File, _: &mut Private) -> Result<Option<File>> {
        let store = store(cx)?;
        let Some(content) = store.get(&current.name)? else { return Ok(None) };
        current.content = content;
        current.written.set(store.written(&current.name)?);
        Ok(Some(current))
    }

    async fn update(&self, cx: &Cx, _: File, planned: File, state: &mut State<'_, File>) -> Result<()> {
        let store = store(cx)?;
        store.note(&format!("update {}", planned.name))?;
        write(&store, planned, state)
    }

    async fn delete(&self, cx: &Cx, prior: File, _: &mut State<'_, File>) -> Result<()> {
        let store = store(cx)?;
        store.note(&format!("delete {}", prior.name))?;
        store.remove(&prior.name)
    }

    async fn import(&self, cx: &Cx, id: &str) -> Result<Option<File>> {
        let store = store(cx)?;
        if let Err(problem) = dns_label(id) {
            return Err(
                Diagnostic::error("Not the name of a file", format!("The import id: {problem}.")).into()
            );
        }
        let file = |content| File {
            name: id.to_owned(),
            content,
            audience: "team".to_owned(),
            owner: Some(store.owner.clone()),
            remark: None,
            comment: None,
            path: Computed::Known(store.path(id).display().to_string()),
            written: Computed::Unset,
        };
        Ok(store.get(id)?.map(file))
    }

    fn check(&self, file: &File) -> Vec<Diagnostic> {
        let torn = file.audience == "all" && file.owner.is_none();
        let problem = "owner: a file for all needs somebody to ask.";
        torn.then(|| Diagnostic::error("Nobody to ask", problem).attribute("owner")).into_iter().collect()
    }
}

fn write(store: &Store, mut file: File, state: &mut State<'_, File>) -> Result<()> {
    store.put(&file.name, &file.content)?;
    file.written.set(store.written(&file.name)?);
    state.record(&file);
    Ok(())
}
