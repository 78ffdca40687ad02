//! Trouble: everything that can go wrong in a verb, on demand.

use kit::check::one_of;
use kit::{Block, Computed, Cx, Diagnostic, Plan, Private, Resource, Result, State};

use crate::store::store;

/// A file that makes trouble when and how it is told to.
#[derive(Block)]
pub struct Trouble {
    /// Name of the file.
    #[attr(force_new)]
    pub name: String,
    /// What goes wrong. Deleting goes by what was last applied.
    #[attr(check = one_of(&[
        "before create", "after create", "create panics", "create aborts", "nothing recorded", "plan", "read",
        "before update", "during update", "delete", "plan delete",
    ]))]
    pub fails: Option<String>,
    /// What is in it.
    #[attr(default = "")]
    pub content: String,
    /// How often something was tried with it.
    pub tries: Computed<i64>,
}

/// `lab_trouble`
pub struct TroubleResource;

impl Resource for TroubleResource {
    type Model = Trouble;
    const NAME: &'static str = "lab_trouble";

    async fn plan(&self, _: &Cx, plan: &mut Plan<Trouble>) -> Result<()> {
        plan.draft.fail("plan")
    }

    async fn plan_delete(&self, _: &Cx, prior: Trouble) -> Result<()> {
        prior.fail("plan delete")
    }

    async fn create(&self, cx: &Cx, mut planned: Trouble, state: &mut State<'_, Trouble>) -> Result<()> {
        planned.fail("before create")?;
        store(cx)?.put(&planned.name, &planned.content)?;
        if planned.is("nothing recorded") {
            return Ok(());
        }
        planned.tries.set(tried(state));
        state.record(&planned);
        planned.crash();
        planned.fail("after create")
    }

    async fn read(&self, cx: &Cx, mut current: Trouble, private: &mut Private) -> Result<Option<Trouble>> {
        current.fail("read")?;
        let Some(content) = store(cx)?.get(&current.name)? else { return Ok(None) };
        current.content = content;
        current.tries = private.get("tries").map_or(Computed::Unset, Computed::Known);
        Ok(Some(current))
    }

    async fn update(
        &self,
        cx: &Cx,
        mut prior: Trouble,
        mut planned: Trouble,
        state: &mut State<'_, Trouble>,
    ) -> Result<()> {
        let tries = tried(state);
        planned.fail("before update")?;
        store(cx)?.put(&planned.name, &planned.content)?;
        prior.content.clone_from(&planned.content);
        prior.tries.set(tries);
        state.record(&prior);
        planned.fail("during update")?;
        planned.tries.set(tries);
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, cx: &Cx, mut prior: Trouble, state: &mut State<'_, Trouble>) -> Result<()> {
        prior.tries.set(tried(state));
        state.record(&prior);
        prior.fail("delete")?;
        store(cx)?.remove(&prior.name)
    }
}

/// Counts one more try, beside the state.
fn tried(state: &mut State<'_, Trouble>) -> i64 {
    let tries = state.private().get::<i64>("tries").unwrap_or_default() + 1;
    state.private().set("tries", &tries);
    tries
}

impl Trouble {
    fn is(&self, what: &str) -> bool {
        self.fails.as_deref() == Some(what)
    }

    fn fail(&self, when: &str) -> Result<()> {
        if self.is(when) {
            let detail = format!("{:?} was told to fail at this point: {when}.", self.name);
            return Err(Diagnostic::error(format!("Trouble: {when}"), detail).attribute("fails").into());
        }
        Ok(())
    }

    fn crash(&self) {
        assert!(!self.is("create panics"), "{} was told to", self.name);
        if self.is("create aborts") {
            std::process::abort();
        }
    }
}
