//! The lines of a step that are about a cluster: what somebody does there before the step, and what is so after it.
//!
//! | line | what it means |
//! | --- | --- |
//! | `only: fake` | the real Nomad cannot be brought to this |
//! | `call: PUT /v1/job/web/scale {"Count": 3}` | before the step: somebody asks for this, and it succeeds |
//! | `wait: GET /v1/job/web Status = "dead"` | before the step, after the lines above: until it is so |
//! | `promote: web` | before the step: somebody promotes the job's canaries |
//! | `fault: POST /v1/jobs refuse 503 x3` | during the step: also `wait 500ms`, `cut`, `lose`, `tear`; `election 2s`, `restart 2s` |
//! | `node: lost one`, `node: new two` | before the step: a node of the fake one comes or goes |
//! | `secure: <secret>`, `expire: <secret>` | before the step: the fake one gets its first token; that one's time is over |
//! | `answers: GET /v1/job/web TaskGroups.0.Count = 2` | after the step, perhaps a moment later |
//! | `answers: GET /v1/job/web 404` | the same about the status |

use std::time::Duration;

use serde_json::Value;

use crate::cluster::{Cluster, at};
use crate::fake::{Does, Fake, Fault};

/// Something about a cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Only the fake one can be brought to this.
    OnlyFake,
    /// Somebody asks for something.
    Call(String, String, Value),
    /// Somebody promotes a job's canaries.
    Promote(String),
    /// Something goes wrong.
    Fault(String),
    /// A node comes or goes.
    Node(String),
    /// The fake one gets its first token.
    Secure(String),
    /// A token's time is over.
    Expire(String),
    /// Until something is so.
    Wait(String, Wanted),
    /// Something is so.
    Answers(String, Wanted),
}

/// What an answer has to be like.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Its status.
    Status(u16),
    /// A value in it.
    Value(String, Value),
}

impl Deed {
    /// A line, if it is one of these.
    pub fn read(word: &str, rest: &str) -> Option<Self> {
        match word {
            "only" => (rest == "fake").then_some(Self::OnlyFake),
            "call" => {
                let (method, rest) = rest.split_once(' ')?;
                let (path, body) = rest.split_once(' ').unwrap_or((rest, "null"));
                Some(Self::Call(method.to_owned(), path.to_owned(), serde_json::from_str(body).ok()?))
            }
            "promote" => Some(Self::Promote(rest.to_owned())),
            "fault" => fault(rest).map(|_| Self::Fault(rest.to_owned())),
            "node" => Some(Self::Node(rest.to_owned())),
            "secure" => Some(Self::Secure(rest.to_owned())),
            "expire" => Some(Self::Expire(rest.to_owned())),
            "wait" => wanted(rest).map(|(path, wanted)| Self::Wait(path, wanted)),
            "answers" => wanted(rest).map(|(path, wanted)| Self::Answers(path, wanted)),
            _ => None,
        }
    }

    /// Does what is to be done before a step.
    pub fn before(&self, cluster: &Cluster, step: &str) {
        match self {
            Self::Call(method, path, body) => {
                let answer = cluster.call(method, path, body);
                assert!((200..300).contains(&answer.status), "{step}: {method} {path}: {answer:?}");
            }
            Self::Promote(job) => promote(cluster, job, step),
            Self::Wait(path, wanted) => holds(cluster, path, wanted, step),
            Self::Fault(text) => of(cluster, step).fault(fault(text).expect("it was read before")),
            Self::Secure(secret) => of(cluster, step).secure(secret),
            Self::Expire(secret) => of(cluster, step).expire_token(secret),
            Self::Node(text) => match text.split_once(' ') {
                Some(("lost", name)) => of(cluster, step).lose_node(name),
                Some(("new", name)) => of(cluster, step).add_node(name),
                _ => panic!("{step}: node: {text}"),
            },
            Self::OnlyFake | Self::Answers(..) => {}
        }
    }

    /// Looks at what is to be so after a step.
    pub fn after(&self, cluster: &Cluster, step: &str) {
        if let Self::Answers(path, wanted) = self {
            holds(cluster, path, wanted, step);
        }
    }
}

fn of<'c>(cluster: &'c Cluster, step: &str) -> &'c Fake {
    cluster.fake.as_ref().unwrap_or_else(|| panic!("{step}: only the fake one can be brought to this"))
}

fn promote(cluster: &Cluster, job: &str, step: &str) {
    let deployment = cluster.get(&format!("/v1/job/{job}/deployment")).json();
    let id = deployment["ID"].as_str().unwrap_or_else(|| panic!("{step}: {job} has no deployment"));
    let body = serde_json::json!({"DeploymentID": id, "All": true});
    let answer = cluster.call("PUT", &format!("/v1/deployment/promote/{id}"), &body);
    assert_eq!(answer.status, 200, "{step}: {answer:?}");
    let so = |answer: &crate::cluster::Answer| answer.json()["Status"] == "successful";
    assert!(cluster.becomes(&format!("/v1/deployment/{id}"), so), "{step}: {job} is not deployed");
}

fn holds(cluster: &Cluster, path: &str, wanted: &Wanted, step: &str) {
    let so = |answer: &crate::cluster::Answer| match wanted {
        Wanted::Status(status) => answer.status == *status,
        Wanted::Value(place, value) => at(&answer.json(), place) == value,
    };
    assert!(cluster.becomes(path, so), "{step}: {path} is not {wanted:?}, but {}", cluster.get(path).text);
}

/// `GET /v1/job/web Status = "dead"` or `GET /v1/job/web 404`
fn wanted(text: &str) -> Option<(String, Wanted)> {
    let (path, rest) = text.strip_prefix("GET ")?.split_once(' ')?;
    let wanted = match rest.split_once(" = ") {
        Some((place, value)) => Wanted::Value(place.to_owned(), serde_json::from_str(value).ok()?),
        None => Wanted::Status(rest.parse().ok()?),
    };
    Some((path.to_owned(), wanted))
}

/// `POST /v1/jobs refuse 503 x3`, `GET /v1/job wait 500ms`, `POST /v1/jobs cut x1`, `election 2s`
fn fault(text: &str) -> Option<Fault> {
    if let Some(time) = text.strip_prefix("election ") {
        return Some(Fault::election(span(time)?));
    }
    if let Some(time) = text.strip_prefix("restart ") {
        return Some(Fault::restart(span(time)?));
    }
    let words: Vec<&str> = text.split(' ').collect();
    let (words, times) = match words.last()?.strip_prefix('x').and_then(|times| times.parse().ok()) {
        Some(times) => (&words[..words.len() - 1], times),
        None => (&words[..], usize::MAX),
    };
    let (call, does) = match words {
        [call @ .., "refuse", status] => {
            (call, Does::Refuse(status.parse().ok()?, "something is wrong on purpose".to_owned()))
        }
        [call @ .., "wait", time] => (call, Does::Wait(span(time)?)),
        [call @ .., "cut"] => (call, Does::Cut),
        [call @ .., "lose"] => (call, Does::DoAndCut),
        [call @ .., "tear"] => (call, Does::Tear),
        _ => return None,
    };
    Some(Fault::on(&call.join(" "), does).times(times))
}

fn span(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return Some(Duration::from_millis(millis.parse().ok()?));
    }
    Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let call = Deed::read("call", "PUT /v1/job/web/scale {\"Count\": 3}");
        let body = serde_json::json!({"Count": 3});
        assert_eq!(call, Some(Deed::Call("PUT".into(), "/v1/job/web/scale".into(), body)));
        let gone = Deed::Answers("/v1/job/web".into(), Wanted::Status(404));
        assert_eq!(Deed::read("answers", "GET /v1/job/web 404"), Some(gone));
        let dead = Wanted::Value("Status".into(), "dead".into());
        assert_eq!(
            Deed::read("wait", "GET /v1/job/web Status = \"dead\""),
            Some(Deed::Wait("/v1/job/web".into(), dead))
        );
        for good in [
            "POST /v1/jobs refuse 503 x3",
            "GET /v1 wait 500ms",
            "POST /v1/jobs lose x1",
            "election 2s",
            "restart 1s",
        ] {
            assert!(Deed::read("fault", good).is_some(), "{good}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_none() {
        for (word, bad) in [
            ("only", "real"),
            ("fault", "POST /v1/jobs explode"),
            ("answers", "/v1/job/web 404"),
            ("call", "GET / {"),
        ] {
            assert_eq!(Deed::read(word, bad), None, "{word}: {bad}");
        }
    }
}
