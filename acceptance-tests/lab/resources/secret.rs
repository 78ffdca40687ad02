//! A secret: a value that passes through to the file and is stored nowhere else.

use kit::{Block, Cx, Diagnostic, Private, Resource, Result, State};

use crate::store::{Store, store};

/// A secret in the lab's folder.
#[derive(Block)]
pub struct Secret {
    /// Name of the file.
    #[attr(force_new)]
    pub name: String,
    /// The secret itself.
    #[attr(sensitive, write_only)]
    pub value_wo: Option<String>,
    /// Raise it to have a changed secret written.
    pub value_wo_version: i64,
    /// Who may know it.
    #[block(set)]
    pub reader: Vec<Reader>,
    /// Where else it is written.
    #[block]
    pub copy: Vec<Copy>,
}

/// Who may know a secret.
#[derive(Block)]
pub struct Reader {
    /// Who that is.
    pub name: String,
}

/// Where else a secret is written, with a note of its own.
#[derive(Block)]
pub struct Copy {
    /// Name of that file.
    pub name: String,
    /// What stands above the secret there.
    #[attr(write_only)]
    pub heading_wo: Option<String>,
}

/// `lab_secret`
pub struct SecretResource;

impl Resource for SecretResource {
    type Model = Secret;
    const NAME: &'static str = "lab_secret";

    async fn create(&self, cx: &Cx, planned: Secret, state: &mut State<'_, Secret>) -> Result<()> {
        write(&*store(cx)?, &planned)?;
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, cx: &Cx, current: Secret, _: &mut Private) -> Result<Option<Secret>> {
        Ok(store(cx)?.get(&current.name)?.map(|_| current))
    }

    async fn update(
        &self,
        cx: &Cx,
        prior: Secret,
        planned: Secret,
        state: &mut State<'_, Secret>,
    ) -> Result<()> {
        let store = store(cx)?;
        if prior.value_wo_version != planned.value_wo_version {
            write(&store, &planned)?;
        }
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, cx: &Cx, prior: Secret, _: &mut State<'_, Secret>) -> Result<()> {
        let store = store(cx)?;
        prior.copy.iter().try_for_each(|copy| store.remove(&copy.name))?;
        store.remove(&prior.name)
    }
}

fn write(store: &Store, secret: &Secret) -> Result<()> {
    let Some(value) = &secret.value_wo else {
        let detail = "value_wo: it is needed whenever `value_wo_version` changes.";
        return Err(Diagnostic::error("No secret to write", detail).attribute("value_wo").into());
    };
    for copy in &secret.copy {
        let heading = copy.heading_wo.as_deref().unwrap_or("secret");
        store.put(&copy.name, &format!("{heading}: {value}"))?;
    }
    store.put(&secret.name, value)
}
