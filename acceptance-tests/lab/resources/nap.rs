//! A nap: work that takes its time, and whether it can be woken.

use std::time::Duration;

use kit::{Block, Computed, Cx, Private, Resource, Result, State, Timeouts};

use crate::store::store;

/// A nap, which is a file while somebody sleeps and afterwards.
#[derive(Block)]
pub struct Nap {
    /// Name of the file.
    #[attr(force_new)]
    pub name: String,
    /// How long it takes.
    pub milliseconds: u32,
    /// Whether the sleeper cannot be woken: a wish to stop is not heard.
    #[attr(default = false)]
    pub deaf: bool,
    /// Whether it came to its end.
    pub rested: Computed<bool>,
}

/// `lab_nap`
pub struct NapResource;

impl Resource for NapResource {
    type Model = Nap;
    const NAME: &'static str = "lab_nap";
    const TIMEOUTS: Timeouts = Timeouts { create: "1m", ..Timeouts::USUAL };

    async fn create(&self, cx: &Cx, planned: Nap, state: &mut State<'_, Nap>) -> Result<()> {
        sleep(cx, planned, state).await
    }

    async fn read(&self, cx: &Cx, current: Nap, _: &mut Private) -> Result<Option<Nap>> {
        Ok(store(cx)?.get(&current.name)?.map(|_| current))
    }

    async fn update(&self, cx: &Cx, _: Nap, planned: Nap, state: &mut State<'_, Nap>) -> Result<()> {
        sleep(cx, planned, state).await
    }

    async fn delete(&self, cx: &Cx, prior: Nap, _: &mut State<'_, Nap>) -> Result<()> {
        store(cx)?.remove(&prior.name)
    }
}

async fn sleep(cx: &Cx, mut nap: Nap, state: &mut State<'_, Nap>) -> Result<()> {
    let store = store(cx)?;
    store.put(&nap.name, "asleep")?;
    nap.rested.set(false);
    // Recorded before the wait: whatever ends it early, the file is not forgotten.
    state.record(&nap);
    store.note(&format!("asleep {}", nap.name))?;
    let wait = tokio::time::sleep(Duration::from_millis(nap.milliseconds.into()));
    if nap.deaf {
        wait.await;
    } else if let Err(stopped) = cx.or_stop(wait).await {
        store.note(&format!("woken {}", nap.name))?;
        return Err(stopped);
    }
    store.note(&format!("rested {}", nap.name))?;
    nap.rested.set(true);
    state.record(&nap);
    Ok(())
}
