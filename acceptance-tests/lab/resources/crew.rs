//! A crew: something that can be half-made, that is not thrown away for it, and whose drift shows.

use std::time::Duration;

use kit::{Block, Computed, Cx, Diagnostic, Plan, Private, Resource, Result, State};

use crate::store::{Store, store};

/// A crew of people, who come one after the other.
#[derive(Block)]
pub struct Crew {
    /// Its name.
    #[attr(force_new)]
    pub name: String,
    /// How many people it has.
    #[attr(check = kit::check::between(1, 9))]
    pub size: i64,
    /// How many milliseconds each of them takes to come.
    #[attr(default = 0)]
    pub delay: u32,
    /// Whether everybody has come. If not, the next apply sends for the others.
    pub complete: Computed<bool>,
    /// Who has come.
    pub members: Computed<Vec<String>>,
    /// Who has left since.
    pub drift: Computed<Vec<String>>,
}

/// `lab_crew`
pub struct CrewResource;

impl Resource for CrewResource {
    type Model = Crew;
    const NAME: &'static str = "lab_crew";

    async fn plan(&self, _: &Cx, plan: &mut Plan<Crew>) -> Result<()> {
        plan.draft.drift.set([]);
        let unfinished = plan.prior.as_ref().is_some_and(|prior| prior.complete != Computed::Known(true));
        if unfinished {
            plan.draft.complete = Computed::Unknown;
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, planned: Crew, state: &mut State<'_, Crew>) -> Result<()> {
        store(cx)?.put(&planned.name, "hired")?;
        gather(cx, planned, state).await
    }

    async fn read(&self, cx: &Cx, mut current: Crew, _: &mut Private) -> Result<Option<Crew>> {
        let store = store(cx)?;
        if store.get(&current.name)?.is_none() {
            return Ok(None);
        }
        let before = current.members.known().cloned().unwrap_or_default();
        let (here, gone) = split(&store, before)?;
        if !gone.is_empty() {
            current.drift.set(gone.iter().map(|name| format!("{name}: here → gone")).collect::<Vec<_>>());
            current.members.set(here);
        }
        Ok(Some(current))
    }

    async fn update(&self, cx: &Cx, _: Crew, planned: Crew, state: &mut State<'_, Crew>) -> Result<()> {
        gather(cx, planned, state).await
    }

    async fn delete(&self, cx: &Cx, prior: Crew, _: &mut State<'_, Crew>) -> Result<()> {
        let store = store(cx)?;
        (1..=9).try_for_each(|number| store.remove(&member(&prior, number)))?;
        store.remove(&prior.name)
    }
}

/// Sends for everybody. Who does not come, even because Terraform is to stop, is a warning and no error: an error on
/// create would have the others sent away again.
async fn gather(cx: &Cx, mut crew: Crew, state: &mut State<'_, Crew>) -> Result<()> {
    let store = store(cx)?;
    let absent = store.get("absent")?.unwrap_or_default();
    let (mut here, mut complete) = (Vec::new(), true);
    for name in (1..=crew.size).map(|number| member(&crew, number)) {
        store.note(&format!("wait for {name}"))?;
        let wait = tokio::time::sleep(Duration::from_millis(crew.delay.into()));
        let stopped = cx.or_stop(wait).await.is_err();
        if stopped || absent.lines().any(|line| line == name) {
            complete = false;
            let detail = "The crew works without them. The next apply sends for them again.";
            cx.warn(Diagnostic::warning(format!("{name} did not come"), detail));
        } else {
            store.put(&name, "here")?;
            here.push(name);
        }
    }
    crew.members.set(here);
    crew.complete.set(complete);
    state.record(&crew);
    Ok(())
}

fn member(crew: &Crew, number: i64) -> String {
    format!("{}-{number}", crew.name)
}

fn split(store: &Store, names: Vec<String>) -> Result<(Vec<String>, Vec<String>)> {
    let (mut here, mut gone) = (Vec::new(), Vec::new());
    for name in names {
        let found = store.get(&name)?.is_some();
        if found { here.push(name) } else { gone.push(name) }
    }
    Ok((here, gone))
}
