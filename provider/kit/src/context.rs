//! What a verb may use while it runs: the configured provider, the way to warn, and the wish to stop.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::engine::duration;
use crate::model::{Attr, Block};
use crate::path::{At, Path};
use crate::value::Value;

/// What the provider block came to.
#[derive(Clone, Default)]
pub enum ProviderData {
    /// Terraform has not configured the provider in this process.
    #[default]
    Unconfigured,
    /// The provider block holds something that is not known before apply.
    NotKnownYet(Path),
    /// What the provider's `configure` returned.
    Ready(Arc<dyn Any + Send + Sync>),
}

impl fmt::Debug for ProviderData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unconfigured => "Unconfigured",
            Self::NotKnownYet(_) => "NotKnownYet",
            Self::Ready(_) => "Ready",
        })
    }
}

/// The limit that a `timeouts` block or its default sets. Who has a clock cancels the token.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Cancelled when the time is over.
    pub over: CancellationToken,
    /// The limit in words, such as `20m`.
    pub words: String,
}

/// What a verb may use while it runs.
#[derive(Debug, Default)]
pub struct Cx {
    provider: ProviderData,
    stop: CancellationToken,
    pub(crate) limit: Option<Limit>,
    warnings: Mutex<Vec<Diagnostic>>,
}

impl Cx {
    /// A context with the configured provider and the token that `Stop` cancels.
    pub fn new(provider: ProviderData, stop: CancellationToken) -> Self {
        Self { provider, stop, ..Self::default() }
    }

    /// The same, with a limit in time.
    #[must_use]
    pub fn limited(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// What the provider's `configure` returned.
    pub fn provider<T: Any + Send + Sync>(&self) -> Result<Arc<T>> {
        let data = match &self.provider {
            ProviderData::Ready(data) => Arc::clone(data).downcast().ok(),
            ProviderData::NotKnownYet(path) => return Err(not_known_yet(path).into()),
            ProviderData::Unconfigured => None,
        };
        data.ok_or_else(|| {
            Diagnostic::error("Provider not configured", "This needs the provider to be configured first.")
                .into()
        })
    }

    /// Tells the user something without failing.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// Cancelled when the user wants to stop: record what exists, then return.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Waits for `work`, or fails as soon as the user wants to stop. For waits only: `work` is dropped half-way.
    pub async fn or_stop<F: Future>(&self, work: F) -> Result<F::Output> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.stop.cancelled() => Err(Diagnostic::error(
                "Stopped",
                "Terraform was asked to stop while this was waiting. What exists so far is recorded in the state.",
            ).into()),
        }
    }

    /// How long this verb may take in all, for an author who wants to say what he knows before he is cut off.
    pub fn time_limit(&self) -> Option<Duration> {
        duration(&self.limit.as_ref()?.words).ok()
    }

    /// Runs `verb`, but not beyond the limit.
    pub(crate) async fn within_limit<T>(
        &self,
        what: &str,
        verb: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let Some(limit) = &self.limit else { return uncrashed(verb).await };
        tokio::select! {
            biased;
            done = uncrashed(verb) => done,
            () = limit.over.cancelled() => Err(Failure::from(Diagnostic::error(
                format!("Timeout during {what}"),
                format!(
                    "It did not finish within {}. What exists so far is recorded in the state. \
                     Raise `{what}` in the `timeouts` block if it only needs longer.",
                    limit.words
                ),
            ))),
        }
    }

    /// The warnings so far, in order.
    pub(crate) fn take_warnings(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs an author's verb to its end, or to its panic: the process has reported that, and what was recorded until then
/// is still to be saved.
async fn uncrashed<T>(verb: impl Future<Output = Result<T>>) -> Result<T> {
    let mut verb = std::pin::pin!(verb);
    poll_fn(|task| {
        // The slot holds whole values only, so there is nothing half-written to see behind a panic.
        let polled = catch_unwind(AssertUnwindSafe(|| verb.as_mut().poll(task)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Diagnostic::crash().into())))
    })
    .await
}

fn not_known_yet(path: &Path) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not known yet",
        format!(
            "The provider's {path} depends on something that Terraform makes only in this apply. \
             Give it a known value, or pass the connection to the resource itself."
        ),
    )
}

/// What an author keeps beside the state and no user sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Private(pub BTreeMap<String, Value>);

impl Private {
    /// Keeps a value under a name.
    pub fn set(&mut self, name: &str, value: &impl Attr) {
        self.0.insert(name.to_owned(), value.encode());
    }

    /// The value kept under a name, if there is one of this type.
    pub fn get<T: Attr>(&self, name: &str) -> Option<T> {
        T::decode(self.0.get(name)?, &At::ROOT).ok()
    }
}

/// What Terraform will save, whatever happens next. It lives outside the author's future: a verb that is cut off by
/// its limit loses nothing that it recorded.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// The object; none if it does not exist.
    pub value: Option<Value>,
    /// What is kept beside it.
    pub private: Private,
}

/// An author's view of the slot.
#[derive(Debug)]
pub struct State<'s, M> {
    slot: &'s mut Slot,
    model: PhantomData<M>,
}

impl<'s, M: Block> State<'s, M> {
    pub(crate) fn new(slot: &'s mut Slot) -> Self {
        Self { slot, model: PhantomData }
    }

    /// Records what exists. Call it as soon as it exists, and again when more is known.
    pub fn record(&mut self, model: &M) {
        self.slot.value = Some(Block::encode(model));
    }

    /// What is kept beside the state.
    pub fn private(&mut self) -> &mut Private {
        &mut self.slot.private
    }
}
