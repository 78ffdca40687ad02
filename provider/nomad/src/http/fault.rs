//! Sorts out why a call failed: was it sent, may it be made again, and which words tell a person.
//!
//! Decides by types and statuses; by a server's words only where the server gives nothing else.

use std::error::Error as StdError;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use rustls::{AlertDescription, CertificateError, Error as Rustls, InvalidMessage};

use super::peer;
use crate::error::Problem;

/// A call that failed, with all that decides on the next step.
#[derive(Debug)]
pub(crate) struct Fault {
    pub problem: Problem,
    pub kind: Kind,
    /// What the server asked us to wait.
    pub wait: Option<Duration>,
}

/// What a failure means for making the call again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nobody was reached, but somebody may be soon.
    Absent,
    /// It was turned away before anything was done.
    Rejected,
    /// It may have been done, or may not.
    Unclear,
    /// The server failed in a way that we do not know.
    Odd,
    /// The answer will not change.
    Final,
}

/// Words with which a server says that it could not get to the leader, or is not ready itself, and so did nothing.
const NOTHING_DONE: [&str; 6] = [
    "No cluster leader",
    "no known servers",
    "No known Nomad servers",
    "rpc error: No servers",
    "rpc error: failed to get conn",
    "keyring has not been initialized yet",
];

/// Words of a server that was interrupted.
const INTERRUPTED: [&str; 5] = [
    "leadership lost",
    "node is not the leader",
    "raft is already shutdown",
    "timed out enqueuing operation",
    "deadline exceeded",
];

/// Words of a server whose connection to another one broke. Only with this before them: there may also be a
/// connection to something else in a refusal that is final.
const BETWEEN_SERVERS: &str = "rpc error: ";
const BROKE: [&str; 7] =
    ["EOF", "connection re", "broken pipe", "timeout", "shutdown", "closed", "no route to host"];

/// A refusal by status.
pub(crate) fn refused(address: &str, status: u16, headers: &HeaderMap, text: String) -> Fault {
    let told = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    let kind = match status {
        429 => Kind::Rejected,
        500 if told(&NOTHING_DONE) => Kind::Rejected,
        500 if told(&INTERRUPTED) => Kind::Unclear,
        500 if text.contains(BETWEEN_SERVERS) && told(&BROKE) => Kind::Unclear,
        502..=504 => Kind::Unclear,
        // Consul has a status for a permission that is missing; Nomad's 500 is mostly a request that is wrong.
        500 if text.contains("Permission denied") || text.contains("occurred:") => Kind::Final,
        500.. => Kind::Odd,
        _ => Kind::Final,
    };
    let wait = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let problem = Problem::Refused { address: address.to_owned(), status, text };
    Fault { problem, kind, wait: wait.map(Duration::from_secs) }
}

/// What went wrong below HTTP.
pub(crate) enum Lost {
    /// There was no connection, so nothing was sent.
    Unconnected(String),
    /// There was one.
    Fault(Fault),
}

/// A failure below HTTP.
pub(crate) fn lost(address: &str, error: &reqwest::Error, after: Duration) -> Lost {
    let address = address.to_owned();
    if let Some(why) = causes(error).find_map(find_tls) {
        let kind = if error.is_connect() { Kind::Final } else { Kind::Unclear };
        // A server that does not like our certificate says so only after the handshake: that answer is final, too.
        let kind = if why.contains("certificate") { Kind::Final } else { kind };
        return Lost::Fault(Fault { problem: Problem::Tls { address, why }, kind, wait: None });
    }
    if error.is_connect() {
        return Lost::Unconnected(connection(error));
    }
    Lost::Fault(interrupted(address, error, after))
}

/// An answer that did not come, or not to its end.
pub(crate) fn interrupted(address: String, error: &reqwest::Error, after: Duration) -> Fault {
    let problem = if error.is_timeout() {
        Problem::TimedOut { address, after }
    } else {
        Problem::Broken { address, why: deepest(error) }
    };
    Fault { problem, kind: Kind::Unclear, wait: None }
}

fn connection(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no connection within the time allowed".to_owned();
    }
    let io = causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.map_or_else(|| deepest(error), peer::words)
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn deepest(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn find_tls(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<Rustls>() {
        return Some(tls_words(tls));
    }
    // An I/O error hides what it wraps from `source`.
    find_tls(error.downcast_ref::<std::io::Error>()?.get_ref()?)
}

fn tls_words(error: &Rustls) -> String {
    match error {
        Rustls::InvalidCertificate(certificate) => certificate_words(certificate),
        Rustls::AlertReceived(AlertDescription::CertificateRequired) => {
            "it wants a client certificate".to_owned()
        }
        Rustls::AlertReceived(
            alert @ (AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied),
        ) => format!("it refused our certificate, or the lack of one ({alert:?})"),
        Rustls::InvalidMessage(InvalidMessage::InvalidContentType) => "it speaks plain http".to_owned(),
        other => other.to_string(),
    }
}

fn certificate_words(error: &CertificateError) -> String {
    match error {
        // An authority of the same name but with another key is no less unknown.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is signed by an unknown authority".to_owned()
        }
        CertificateError::NotValidForName => "its certificate is for another name".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = presented.join(", ");
            format!("its certificate is for another name than {}: {names}", expected.to_str())
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not yet valid".to_owned()
        }
        other => format!("its certificate cannot be believed: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, text: &str) -> Kind {
        refused("a", status, &HeaderMap::new(), text.to_owned()).kind
    }

    #[test]
    fn a_refusal_is_final_unless_the_server_was_not_itself() {
        assert_eq!(kind(400, "bad"), Kind::Final);
        assert_eq!(kind(403, "Permission denied"), Kind::Final);
        assert_eq!(kind(500, "1 error occurred:\n\t* bad"), Kind::Final);
        assert_eq!(kind(500, "No cluster leader"), Kind::Rejected);
        assert_eq!(kind(500, "leadership lost while committing log"), Kind::Unclear);
        assert_eq!(
            kind(500, "rpc error: write tcp 10.0.0.1:1->10.0.0.2:2: write: broken pipe"),
            Kind::Unclear
        );
        assert_eq!(kind(500, "rpc error: failed to get conn: connection refused"), Kind::Rejected);
        assert_eq!(kind(500, "Put \"http://localhost:8500\": connection refused"), Kind::Odd);
        assert_eq!(kind(500, "who knows"), Kind::Odd);
        assert_eq!(kind(429, ""), Kind::Rejected);
        assert_eq!(kind(503, ""), Kind::Unclear);
    }

    #[test]
    fn a_server_may_say_how_long_to_wait() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a value"));
        assert_eq!(refused("a", 429, &headers, String::new()).wait, Some(Duration::from_secs(7)));
        headers.insert(RETRY_AFTER, "soon".parse().expect("a value"));
        assert_eq!(refused("a", 429, &headers, String::new()).wait, None);
    }
}
