//! A call that is about to be made: plain data, so that it can be made again.
//!
//! Must never be printed whole: it carries the token and, in its body, secrets.

use reqwest::Method;
use serde::Serialize;

use crate::Secret;
use crate::error::Call;

/// What it does to make the call twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    /// Nothing: it only looks.
    Read,
    /// The same as once: the second is refused or changes nothing.
    Guarded,
    /// Perhaps harm.
    Once,
}

/// Which connections it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Answered at once.
    Call,
    /// Answered when something changes.
    Wait,
}

/// A call.
#[derive(Clone)]
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
    pub token: Option<Secret>,
    pub safety: Safety,
    pub lane: Lane,
    pub answer: Option<std::time::Duration>,
    pub answer_bytes: Option<usize>,
    /// Statuses beyond success that are answers rather than failures.
    pub accept: &'static [u16],
    /// Why it must not be sent.
    pub unusable: Option<String>,
}

impl Request {
    /// Looks at what is at this path, whose parts are names as they are.
    pub(crate) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path, Safety::Read)
    }

    pub(crate) fn put(path: &[&str], safety: Safety) -> Self {
        Self::new(Method::PUT, path, safety)
    }

    pub(crate) fn post(path: &[&str], safety: Safety) -> Self {
        Self::new(Method::POST, path, safety)
    }

    /// Removing twice is removing once.
    pub(crate) fn delete(path: &[&str]) -> Self {
        Self::new(Method::DELETE, path, Safety::Guarded)
    }

    fn new(method: Method, path: &[&str], safety: Safety) -> Self {
        let unusable = path.iter().find(|part| matches!(**part, "" | "." | ".."));
        Self {
            method,
            path: path.iter().fold("/v1".to_owned(), |path, part| path + "/" + &encoded(part)),
            query: Vec::new(),
            body: None,
            token: None,
            safety,
            lane: Lane::Call,
            answer: None,
            answer_bytes: None,
            accept: &[],
            unusable: unusable.map(|part| format!("`{part}` cannot be a name")),
        }
    }

    /// A parameter, which takes the place of an earlier one of that name.
    pub(crate) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, format!("{value}")));
        self
    }

    /// A parameter, if there is a value for it.
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// What is sent.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Some(bytes),
            Err(error) => self.unusable = Some(format!("cannot be written as JSON: {error}")),
        }
        self
    }

    pub(crate) fn accepting(mut self, statuses: &'static [u16]) -> Self {
        self.accept = statuses;
        self
    }

    pub(crate) fn names(&self, parameter: &str) -> bool {
        self.query.iter().any(|(name, _)| *name == parameter)
    }

    /// How errors speak of it.
    pub(crate) fn call(&self, product: &'static str) -> Call {
        let shown = |(name, value): &(&str, String)| match *name {
            "namespace" | "region" | "dc" => Some(format!("{name} {value}")),
            _ => None,
        };
        let scope = self.query.iter().filter_map(shown).collect::<Vec<_>>().join(", ");
        let scope = if scope.is_empty() { scope } else { format!(" ({scope})") };
        Call { product, what: format!("{} {}", self.method, self.path), scope }
    }
}

/// A name as one part of a path: whatever could end it is written as `%XX`.
fn encoded(name: &str) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default().to_ascii_uppercase();
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_path() {
        let request = Request::get(&["job", "a/b?purge=true#x ü", "plan"]);
        assert_eq!(request.path, "/v1/job/a%2Fb%3Fpurge%3Dtrue%23x%20%C3%BC/plan");
        for bad in ["", ".", ".."] {
            assert!(Request::delete(&["job", bad]).unusable.is_some(), "{bad:?}");
        }
    }

    #[test]
    fn errors_name_the_scope_and_no_other_parameter() {
        let request = Request::get(&["jobs"]).with("namespace", "web").with("region", "eu").with("cas", 7);
        let call = request.call("Nomad");
        assert_eq!(
            (call.what.as_str(), call.scope.as_str()),
            ("GET /v1/jobs", " (namespace web, region eu)")
        );
    }
}
