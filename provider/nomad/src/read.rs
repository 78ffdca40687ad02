//! Something that can be looked at: once, or again and again whenever it changes.
//!
//! `.await` looks once; `follow` is Nomad's and Consul's blocking query. Must never miss a change, never spin, and
//! never believe that a return means a change.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::http::{Answer, Http, Lane, Request};

/// How long a server may hold one question back; short, so that places among its connections are shared.
const HOLD: Duration = Duration::from_secs(10);

/// What a server may add to that, and the way there and back.
const SLACK: Duration = Duration::from_secs(10);

/// The least time between two questions about the same thing.
const PACE: Duration = Duration::from_millis(100);

/// Something that can be looked at.
#[must_use = "await it, or follow it"]
pub struct Read<T> {
    http: Arc<Http>,
    request: Request,
    absent: Option<fn() -> T>,
    what: PhantomData<fn() -> T>,
}

/// A value and the moment it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed<T> {
    /// The value.
    pub value: T,
    /// The number of the change that made it so.
    pub index: u64,
}

impl<T: DeserializeOwned> Read<T> {
    pub(crate) fn new(http: &Arc<Http>, request: Request) -> Self {
        Self { http: Arc::clone(http), request, absent: None, what: PhantomData }
    }

    /// Looks, and says of which moment the answer is.
    pub async fn indexed(self) -> Result<Indexed<T>, Error> {
        self.look().await
    }

    /// Follows it from now on.
    pub fn follow(mut self) -> Follow<T> {
        self.request.lane = Lane::Wait;
        self.request.answer = Some(HOLD + SLACK);
        Follow { read: self, index: 0, asked: None }
    }

    /// Lets any server answer, which spares the leader but may be a moment old.
    pub fn stale(mut self) -> Self {
        self.request = self.request.with("stale", "true");
        self
    }

    async fn look(&self) -> Result<Indexed<T>, Error> {
        let answer = self.http.send(&self.request).await?;
        let index = index(self.http.product().index_header, &answer.headers);
        let value = match self.absent {
            Some(absent) if answer.status == 404 => absent(),
            _ => decoded(&self.http, &self.request, &answer)?,
        };
        Ok(Indexed { value, index })
    }
}

impl<T: DeserializeOwned> Read<Option<T>> {
    /// Of something that may not be there.
    pub(crate) fn optional(http: &Arc<Http>, request: Request) -> Self {
        Self { absent: Some(|| None), ..Self::new(http, request.accepting(&[404])) }
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for Read<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.look().await.map(|indexed| indexed.value) })
    }
}

impl<T> fmt::Debug for Read<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Read").field(&self.request.path).finish()
    }
}

/// Something that is being followed.
#[derive(Debug)]
pub struct Follow<T> {
    read: Read<T>,
    index: u64,
    asked: Option<Instant>,
}

impl<T: DeserializeOwned> Follow<T> {
    /// The value: at once the first time, then whenever it may have changed. Dropping the future stops the wait.
    pub async fn next(&mut self) -> Result<Indexed<T>, Error> {
        loop {
            if let Some(indexed) = self.step().await? {
                return Ok(indexed);
            }
        }
    }

    /// One question; nothing if it was answered only because its time was over.
    async fn step(&mut self) -> Result<Option<Indexed<T>>, Error> {
        if let Some(asked) = self.asked {
            tokio::time::sleep(PACE.saturating_sub(asked.elapsed())).await;
        }
        self.asked = Some(Instant::now());
        if self.index > 0 {
            let request = self.read.request.clone().with("index", self.index);
            self.read.request = request.with("wait", format!("{}s", HOLD.as_secs()));
        }
        let indexed = self.read.look().await?;
        let before = std::mem::replace(&mut self.index, indexed.index.max(1));
        if indexed.index < before {
            // The servers were restored from a snapshot: what we had seen no longer counts.
            self.index = 1;
        }
        Ok((indexed.index != before || before == 0).then_some(indexed))
    }
}

fn index(header: &str, headers: &HeaderMap) -> u64 {
    headers.get(header).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// An answer's body as what the API promises.
pub(crate) fn decoded<T: DeserializeOwned>(
    http: &Http,
    request: &Request,
    answer: &Answer,
) -> Result<T, Error> {
    let body = answer.body.as_slice();
    let read = match body.trim_ascii() {
        // Some calls that succeed say nothing at all.
        b"" => serde_json::from_slice(b"null"),
        // What is empty may be written so.
        b"null" => [b"null".as_slice(), b"[]"]
            .iter()
            .find_map(|text| serde_json::from_slice(text).ok())
            .map_or_else(|| serde_json::from_slice(body), Ok),
        text => serde_json::from_slice(text),
    };
    read.map_err(|error| http.malformed(request, &answer.address, &error))
}
