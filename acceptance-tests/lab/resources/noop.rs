//! Nothing at all: what a resource costs when its author does no work.

use kit::{Block, Computed, Cx, Private, Resource, Result, State};

/// Something that exists in the state only.
#[derive(Block)]
pub struct Noop {
    /// What it remembers.
    pub input: Option<String>,
    /// The same for all of them.
    #[attr(stable)]
    pub id: Computed<String>,
}

/// `lab_noop`
pub struct NoopResource;

impl Resource for NoopResource {
    type Model = Noop;
    const NAME: &'static str = "lab_noop";

    async fn create(&self, _: &Cx, mut planned: Noop, state: &mut State<'_, Noop>) -> Result<()> {
        planned.id.set("noop");
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Noop, _: &mut Private) -> Result<Option<Noop>> {
        Ok(Some(current))
    }

    async fn update(&self, _: &Cx, _: Noop, planned: Noop, state: &mut State<'_, Noop>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Noop, _: &mut State<'_, Noop>) -> Result<()> {
        Ok(())
    }
}
