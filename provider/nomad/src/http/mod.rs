//! Makes calls: over several addresses in turn, within budgets, again where that is safe, and never more bytes than
//! we are willing to hold.
//!
//! Knows HTTP and what a failure means for the next attempt; nothing of jobs or services.

mod address;
mod fault;
mod peer;
mod request;
mod retry;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response};
use tokio::sync::SemaphorePermit;

pub(crate) use self::address::Address;
use self::fault::{Fault, Kind};
use self::peer::{Peer, Unreached};
pub(crate) use self::request::{Lane, Request, Safety};
use self::retry::Retry;
pub use self::stream::Saved;
use crate::config::{Config, Limits};
use crate::error::{Error, Problem, trimmed};
use crate::{Secret, tls};

/// The two products that we speak to, as far as HTTP tells them apart.
#[derive(Debug)]
pub(crate) struct Product {
    pub name: &'static str,
    pub port: u16,
    pub token_header: &'static str,
    pub index_header: &'static str,
}

/// The way to one cluster.
#[derive(Debug)]
pub(crate) struct Http {
    product: &'static Product,
    doors: Vec<Door>,
    /// The one that answered last.
    current: AtomicUsize,
    limits: Limits,
}

/// One address and what is needed to call there.
#[derive(Debug)]
struct Door {
    address: Address,
    shown: String,
    base: String,
    client: reqwest::Client,
    peer: Arc<Peer>,
}

/// An answer that has begun, and its place among the calls under way.
struct Begun<'a> {
    door: &'a Door,
    response: Response,
    place: Option<SemaphorePermit<'a>>,
}

/// Why there is no answer from one address.
enum Lost {
    Unreached(Unreached),
    Fault(Fault),
}

/// A whole answer.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub address: String,
    /// Whether an earlier attempt may have been done.
    pub doubtful: bool,
}

impl Http {
    pub(crate) fn new(product: &'static Product, config: &Config) -> Result<Self, Error> {
        let doors = config.addresses.iter().map(|text| Door::new(product, text, config));
        let doors = doors.collect::<Result<Vec<_>, String>>();
        let doors = doors.map_err(|why| Error::unusable(product.name, why))?;
        Ok(Self { product, doors, current: AtomicUsize::new(0), limits: config.limits })
    }

    pub(crate) fn product(&self) -> &'static Product {
        self.product
    }

    /// Makes the call and reads the whole answer.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let mut retry = Retry::new(request.safety, self.limits);
        loop {
            let fault = match self.reach(request).await {
                Ok(begun) => match self.collect(request, begun).await {
                    Ok(answer) => return Ok(Answer { doubtful: retry.doubtful, ..answer }),
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            self.pause(&mut retry, request, fault).await?;
        }
    }

    /// Makes the call and hands out the answer as it comes.
    pub(crate) async fn open(&self, request: &Request) -> Result<(String, Response), Error> {
        let mut retry = Retry::new(request.safety, self.limits);
        loop {
            match self.reach(request).await {
                Ok(begun) => return Ok((begun.door.shown.clone(), begun.response)),
                Err(fault) => self.pause(&mut retry, request, fault).await?,
            }
        }
    }

    /// What the answer's body should have been.
    pub(crate) fn malformed(&self, request: &Request, address: &str, why: &dyn ToString) -> Error {
        let problem = Problem::Malformed { address: address.to_owned(), why: why.to_string() };
        Error::new(request.call(self.product.name), problem)
    }

    /// What came after an answer had begun.
    pub(crate) fn broken(&self, request: &Request, address: &str, why: &str) -> Error {
        let problem = Problem::Broken { address: address.to_owned(), why: why.to_owned() };
        Error::new(request.call(self.product.name), problem)
    }

    async fn pause(&self, retry: &mut Retry, request: &Request, fault: Fault) -> Result<(), Error> {
        if let Some(delay) = retry.after(&fault) {
            tokio::time::sleep(delay).await;
            return Ok(());
        }
        Err(Error::new(request.call(self.product.name), fault.problem).doubtful(retry.doubtful))
    }

    /// Asks one address after the other until one answers.
    async fn reach(&self, request: &Request) -> Result<Begun<'_>, Fault> {
        let unusable = |why| Fault { problem: Problem::Unusable(why), kind: Kind::Final, wait: None };
        if let Some(why) = &request.unusable {
            return Err(unusable(why.clone()));
        }
        let token = request.token.as_ref().map(header).transpose().map_err(unusable)?;
        let first = self.current.load(Ordering::Relaxed);
        let (mut tried, mut again, mut distrusted) = (Vec::new(), false, None);
        for at in (0..self.doors.len()).map(|step| (first + step) % self.doors.len()) {
            let door = &self.doors[at];
            match self.knock(door, request, token.as_ref()).await {
                Ok(begun) => {
                    self.current.store(at, Ordering::Relaxed);
                    return Ok(begun);
                }
                Err(Lost::Unreached(Unreached { why, again: worth })) => {
                    again |= worth;
                    tried.push((door.shown.clone(), why));
                }
                Err(Lost::Fault(fault)) if matches!(fault.problem, Problem::Tls { .. }) => {
                    distrusted = distrusted.or(Some(fault));
                }
                Err(Lost::Fault(fault)) => {
                    // The next attempt may find another server in better health.
                    self.current.store((at + 1) % self.doors.len(), Ordering::Relaxed);
                    return Err(fault);
                }
            }
        }
        let kind = if again { Kind::Absent } else { Kind::Final };
        Err(distrusted.unwrap_or(Fault { problem: Problem::Unreachable(tried), kind, wait: None }))
    }

    /// One attempt at one address.
    async fn knock<'a>(
        &self,
        door: &'a Door,
        request: &Request,
        token: Option<&HeaderValue>,
    ) -> Result<Begun<'a>, Lost> {
        door.peer.contact(&door.address, &self.limits).await.map_err(Lost::Unreached)?;
        let builder = self.prepared(door, request, token);
        let builder = match &request.body {
            Some(body) => builder.header("Content-Type", "application/json").body(body.clone()),
            None => builder,
        };
        self.begin(door, request, builder).await
    }

    /// Sends what is ready to be sent, and sorts out what comes back.
    async fn begin<'a>(
        &self,
        door: &'a Door,
        request: &Request,
        builder: RequestBuilder,
    ) -> Result<Begun<'a>, Lost> {
        let place = door.peer.place(request.lane).await;
        let response = builder.send().await.map_err(|error| self.lost(door, request, &error))?;
        door.peer.answered();
        let status = response.status().as_u16();
        if response.status().is_success() || request.accept.contains(&status) {
            return Ok(Begun { door, response, place });
        }
        let headers = response.headers().clone();
        let text = bounded(response, 1 << 16).await.map(|(text, _)| text).unwrap_or_default();
        let text = request.token.iter().fold(trimmed(&text), |text, token| token.hide_in(text));
        Err(Lost::Fault(fault::refused(&door.shown, status, &headers, text)))
    }

    fn prepared(&self, door: &Door, request: &Request, token: Option<&HeaderValue>) -> RequestBuilder {
        let url = format!("{}{}", door.base, request.path);
        let builder = door.client.request(request.method.clone(), url).query(&request.query);
        let builder = builder.timeout(self.patience(request));
        match token {
            Some(token) => builder.header(self.product.token_header, token.clone()),
            None => builder,
        }
    }

    fn patience(&self, request: &Request) -> Duration {
        request.answer.unwrap_or(self.limits.answer)
    }

    fn lost(&self, door: &Door, request: &Request, error: &reqwest::Error) -> Lost {
        match fault::lost(&door.shown, error, self.patience(request)) {
            fault::Lost::Unconnected(why) => Lost::Unreached(door.peer.failed(why, &self.limits)),
            fault::Lost::Fault(fault) => Lost::Fault(fault),
        }
    }

    async fn collect(&self, request: &Request, begun: Begun<'_>) -> Result<Answer, Fault> {
        let Begun { door, response, place } = begun;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let limit = request.answer_bytes.unwrap_or(self.limits.answer_bytes);
        let address = door.shown.clone();
        let read = bounded(response, limit).await;
        drop(place);
        match read {
            Ok((body, true)) => Ok(Answer { status, headers, body, address, doubtful: false }),
            Ok((_, false)) => {
                Err(Fault { problem: Problem::TooLarge { address, limit }, kind: Kind::Final, wait: None })
            }
            Err(error) => Err(fault::interrupted(address, &error, self.patience(request))),
        }
    }
}

impl Door {
    fn new(product: &Product, text: &str, config: &Config) -> Result<Self, String> {
        let address = Address::parse(text, product.port)?;
        let server_name = config.tls.server_name.as_deref().filter(|_| address.is_secure());
        Ok(Self {
            shown: address.to_string(),
            base: address.base(server_name),
            client: tls::client(&address, &config.tls, &config.limits)?,
            peer: Peer::of(&address),
            address,
        })
    }
}

/// A token as a header.
fn header(token: &Secret) -> Result<HeaderValue, String> {
    let value = HeaderValue::from_str(token.expose().trim());
    let mut value = value.map_err(|_| "the token holds characters that no token has".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// As much of the body as we are willing to hold, and whether that is all of it.
async fn bounded(mut response: Response, limit: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok((body, false));
        }
    }
    Ok((body, true))
}
