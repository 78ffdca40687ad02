//! What happens in a cluster, as it happens.
//!
//! A server remembers only the last events, and none after a restart: who must miss nothing looks at the thing itself
//! whenever [`Heard::Again`] comes. Must never hold more than one event's line, nor tell an event twice.

use std::time::Duration;

use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::http::{Lane, Request};
use crate::json::or_empty;
use crate::{Client, Error};

/// How long one connection may live; another one takes its place.
const LIFE: Duration = Duration::from_hours(24);

/// Servers give a sign of life every ten seconds.
const SILENCE: Duration = Duration::from_secs(35);

/// The least time between two connections.
const PACE: Duration = Duration::from_millis(500);

/// The longest line that is an event: a job with all its files is one.
const LONGEST: usize = 16 << 20;

/// Something that happened.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Event {
    /// `Job`, `Deployment`, `Evaluation`, `Allocation`, `Node`, …
    pub topic: String,
    /// What happened, such as `JobRegistered`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// To which one: a job's name, an allocation's id, …
    pub key: String,
    /// In which namespace.
    pub namespace: String,
    /// As which change.
    pub index: u64,
    /// What it is like now, under the topic's name.
    pub payload: Value,
}

/// What one listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    name: String,
    key: String,
}

impl Topic {
    /// Everything of a topic such as `Deployment`.
    pub fn all(name: &str) -> Self {
        Self::one(name, "*")
    }

    /// One thing, by its name or id, and what belongs to it.
    pub fn one(name: &str, key: &str) -> Self {
        Self { name: name.to_owned(), key: key.to_owned() }
    }
}

/// What was heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// What happened at once.
    Events(Vec<Event>),
    /// The connection was made anew: what happened meanwhile may be missing.
    Again,
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Listener {
    client: Client,
    topics: Vec<Topic>,
    index: u64,
    line: Vec<u8>,
    open: Option<Open>,
    /// Whether there was a connection before.
    anew: bool,
}

#[derive(Debug)]
struct Open {
    address: String,
    response: Response,
    spoke: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Frame {
    index: u64,
    #[serde(deserialize_with = "or_empty")]
    events: Vec<Event>,
}

impl Client {
    /// Listens to these topics in this client's namespace, or to everything where none is named: to what comes after
    /// a change, or after `0` to all that the server remembers.
    pub fn listen(&self, topics: &[Topic], after: u64) -> Listener {
        let topics = topics.to_vec();
        Listener { client: self.clone(), topics, index: after, line: Vec::new(), open: None, anew: false }
    }
}

impl Listener {
    /// The last change that was heard of.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The next thing that is heard. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Heard, Error> {
        loop {
            let Some(open) = &mut self.open else {
                self.connect().await?;
                continue;
            };
            let piece = match tokio::time::timeout(SILENCE, open.response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return self.again("it ended the connection"),
                Ok(Err(error)) => return self.again(&error.to_string()),
                Err(_) => return self.again("it fell silent"),
            };
            open.spoke = true;
            self.line.extend_from_slice(&piece);
            if let Some(events) = self.events()? {
                return Ok(Heard::Events(events));
            }
        }
    }

    /// What the lines that are whole by now tell, if that is anything new.
    fn events(&mut self) -> Result<Option<Vec<Event>>, Error> {
        let mut events = Vec::new();
        let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') else {
            if self.line.len() > LONGEST {
                return Err(self.failed(&format!("an event is larger than {LONGEST} bytes")));
            }
            return Ok(None);
        };
        let lines = self.line.drain(..=end).collect::<Vec<_>>();
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            let frame: Frame = serde_json::from_slice(line)
                .map_err(|_| self.failed(&format!("it says {}", crate::error::trimmed(line))))?;
            // A server begins where its memory does.
            if frame.index > self.index {
                self.index = frame.index;
                events.extend(frame.events);
            }
        }
        Ok((!events.is_empty()).then_some(events))
    }

    fn again(&mut self, why: &str) -> Result<Heard, Error> {
        let error = self.failed(why);
        let spoke = self.open.take().is_some_and(|open| open.spoke);
        self.line.clear();
        if spoke { Ok(Heard::Again) } else { Err(error) }
    }

    async fn connect(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.anew, true) {
            tokio::time::sleep(PACE).await;
        }
        let (address, response) = self.client.http().open(&self.request()).await?;
        self.open = Some(Open { address, response, spoke: false });
        Ok(())
    }

    fn request(&self) -> Request {
        let mut request = Request::get(&["event", "stream"]);
        (request.lane, request.answer) = (Lane::Wait, Some(LIFE));
        if self.index > 0 {
            request = request.with("index", self.index + 1);
        }
        let topics = self.topics.iter().map(|topic| ("topic", format!("{}:{}", topic.name, topic.key)));
        request.query.extend(topics);
        self.client.scoped(request)
    }

    fn failed(&self, why: &str) -> Error {
        let address = self.open.as_ref().map_or("", |open| open.address.as_str());
        self.client.http().broken(&self.request(), address, why)
    }
}
