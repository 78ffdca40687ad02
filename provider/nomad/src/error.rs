//! What can go wrong when a cluster is asked for something, in words: which call, what came back, what to do.
//!
//! Must never show a token, a key or a body that we sent.

use std::fmt;
use std::time::Duration;

use crate::cure;

/// A call that did not do what it should.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    call: Call,
    problem: Problem,
    doubtful: bool,
}

/// Which call it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    /// `Nomad` or `Consul`.
    pub product: &'static str,
    /// Method and path, without the query; empty where nothing was called.
    pub what: String,
    /// Namespace and region, where they were named.
    pub scope: String,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// What the caller gave cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(String),
    /// No address answers: each with its reason.
    #[error("cannot be reached: {}", list(.0))]
    Unreachable(Vec<(String, String)>),
    /// The two sides do not trust each other.
    #[error("no trusted connection to {address}: {why}")]
    Tls {
        /// Where.
        address: String,
        /// The reason.
        why: String,
    },
    /// It was heard and refused.
    #[error("{address} answered {status}: {text}")]
    Refused {
        /// Who refused.
        address: String,
        /// The HTTP status.
        status: u16,
        /// The server's own words, trimmed.
        text: String,
    },
    /// No whole answer came in time.
    #[error("{address} did not answer within {after:?}")]
    TimedOut {
        /// Who was asked.
        address: String,
        /// How long we waited.
        after: Duration,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection to {address} broke: {why}")]
    Broken {
        /// Who was asked.
        address: String,
        /// The reason.
        why: String,
    },
    /// The answer is larger than we are willing to hold.
    #[error("the answer of {address} is larger than {limit} bytes")]
    TooLarge {
        /// Who answered.
        address: String,
        /// How much we hold.
        limit: usize,
    },
    /// The answer is not what the API promises.
    #[error("cannot make sense of the answer of {address}: {why}")]
    Malformed {
        /// Who answered.
        address: String,
        /// Where it departs.
        why: String,
    },
}

impl Error {
    pub(crate) fn new(call: Call, problem: Problem) -> Self {
        Self(Box::new(Failure { call, problem, doubtful: false }))
    }

    /// Nothing was sent: what the caller gave cannot be used.
    pub(crate) fn unusable(product: &'static str, why: impl Into<String>) -> Self {
        Self::new(Call { product, ..Call::default() }, Problem::Unusable(why.into()))
    }

    pub(crate) fn doubtful(mut self, doubtful: bool) -> Self {
        self.0.doubtful = doubtful;
        self
    }

    /// What went wrong.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self.problem() {
            Problem::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The server's own words, if it had any.
    pub fn text(&self) -> &str {
        match self.problem() {
            Problem::Refused { text, .. } => text,
            _ => "",
        }
    }

    /// Whether the thing is not there.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether the token does not permit it, or there is none.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.status(), Some(401 | 403)) || self.text().contains("Permission denied")
    }

    /// Whether somebody else has changed the thing since it was looked at.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409) || self.text().contains("Enforcing job modify index")
    }

    /// Whether no address answers, so that nothing was done.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.problem(), Problem::Unreachable(_))
    }

    /// Whether the call may have taken effect although it failed: look before doing it again.
    pub fn may_have_happened(&self) -> bool {
        self.0.doubtful
    }

    /// What happened, without what to do about it.
    pub fn summary(&self) -> String {
        let Call { product, what, scope } = &self.0.call;
        let subject =
            if what.is_empty() { (*product).to_owned() } else { format!("{product}: {what}{scope}") };
        let tail = if self.0.doubtful { " (it may have taken effect nevertheless)" } else { "" };
        format!("{subject}: {}{tail}", self.0.problem)
    }

    /// What to do about it, if we know.
    pub fn cure(&self) -> Option<&'static str> {
        cure::of(self.0.call.product, &self.0.problem)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        match self.cure() {
            Some(cure) => write!(f, ". {cure}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

fn list(tried: &[(String, String)]) -> String {
    if tried.is_empty() {
        return "no address is known".to_owned();
    }
    tried.iter().map(|(address, why)| format!("{address} ({why})")).collect::<Vec<_>>().join(", ")
}

/// A server's words as we show them: no control characters, no trailing lines, not endless.
pub(crate) fn trimmed(text: &[u8]) -> String {
    const ENOUGH: usize = 2000;
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * ENOUGH)]);
    let clean = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>();
    let clean = clean.trim();
    match clean.char_indices().nth(ENOUGH) {
        Some((cut, _)) => format!("{}…", &clean[..cut]),
        None if clean.is_empty() => "(no text)".to_owned(),
        None => clean.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, text: &str) -> Error {
        let call = Call { product: "Nomad", what: "PUT /v1/jobs".into(), scope: " (namespace web)".into() };
        Error::new(call, Problem::Refused { address: "http://a:1".into(), status, text: text.into() })
    }

    #[test]
    fn an_error_says_what_was_asked_what_came_back_and_what_to_do() {
        let error =
            refused(500, "Enforcing job modify index 3: job exists with conflicting job modify index: 9");
        assert!(error.is_conflict());
        insta::assert_snapshot!(error, @"Nomad: PUT /v1/jobs (namespace web): http://a:1 answered 500: Enforcing job modify index 3: job exists with conflicting job modify index: 9. The job was changed by somebody else after it was looked at; nothing was overwritten. Look at the change, then plan and apply again");
    }

    #[test]
    fn an_error_without_a_known_cure_stands_alone() {
        insta::assert_snapshot!(refused(418, "teapot"), @"Nomad: PUT /v1/jobs (namespace web): http://a:1 answered 418: teapot");
    }

    #[test]
    fn doubt_is_said() {
        let error = refused(502, "bad gateway").doubtful(true);
        assert!(error.may_have_happened());
        assert!(error.to_string().contains("may have taken effect"), "{error}");
    }

    #[test]
    fn a_server_cannot_flood_or_paint_the_screen() {
        let long = trimmed("x".repeat(1_000_000).as_bytes());
        assert_eq!(long.chars().count(), 2001);
        assert_eq!(trimmed(b"\x1b[31mred\x1b[0m\n\n"), "[31mred[0m");
        assert_eq!(trimmed(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(trimmed(b""), "(no text)");
    }
}
