//! The values that must never be seen, and the names that give such values away.
//!
//! Exists because a secret reaches a log by many ways: in an error's text, in a request's dump, in a panic.
//! So values are registered where they are learnt and replaced where text leaves the process. Must never
//! show what it holds, not even in a debug print.

use std::borrow::Cow;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use zeroize::Zeroizing;

/// What is written in a secret's place.
pub(super) const MASK: &str = "(sensitive)";

/// Shorter values are left alone: to blank out every `a` of a log hides nothing and gives the value away.
const SHORTEST: usize = 4;

const TELLING_NAMES: [&str; 11] = [
    "accesskey",
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "passphrase",
    "passw",
    "privatekey",
    "secret",
    "token",
];

static SECRETS: Secrets = Secrets::new();

/// The secrets of this process.
pub fn secrets() -> &'static Secrets {
    &SECRETS
}

/// A set of values that are replaced wherever they would be written. Wiped from memory when dropped.
pub struct Secrets(RwLock<Vec<Zeroizing<String>>>);

impl Secrets {
    /// An empty set.
    pub const fn new() -> Self {
        Self(RwLock::new(Vec::new()))
    }

    /// From now on no log line and no crash report shows this value; values of less than four bytes stay.
    pub fn hide(&self, value: &str) {
        // Every call brings the same values again, and calls run side by side.
        if value.len() < SHORTEST || self.hides(value) {
            return;
        }
        let mut hidden = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for form in forms(value) {
            if hidden.contains(&form) {
                continue;
            }
            // Longest first: a secret that contains another one goes as a whole.
            let place = hidden.partition_point(|other| other.len() >= form.len());
            hidden.insert(place, form);
        }
    }

    fn hides(&self, value: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().any(|secret| secret.as_str() == value)
    }

    /// The text without any of the secrets.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let hidden = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut text = Cow::Borrowed(text);
        for secret in hidden.iter() {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), MASK));
            }
        }
        text
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A value as it is, and as a debug print or a dump of JSON would write it.
fn forms(value: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let debug = Zeroizing::new(format!("{value:?}"));
    let json = Zeroizing::new(serde_json::Value::from(value).to_string());
    let inner = |quoted: &str| Zeroizing::new(quoted[1..quoted.len() - 1].to_owned());
    [Zeroizing::new(value.to_owned()), inner(&debug), inner(&json)].into_iter()
}

/// Whether a field of this name is masked whatever it holds.
pub(super) fn is_telling(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    TELLING_NAMES.iter().any(|telling| plain.contains(telling))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occurrence_goes_and_the_longest_secret_first() {
        let secrets = Secrets::new();
        secrets.hide("hunter2");
        secrets.hide("hunter2-and-more");
        assert_eq!(secrets.redact("hunter2, hunter2-and-more"), "(sensitive), (sensitive)");
        assert!(matches!(secrets.redact("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn escaped_forms_go_too() {
        let secrets = Secrets::new();
        let key = "-----BEGIN\n\"x\"\u{1}\n";
        secrets.hide(key);
        for text in [key.to_owned(), format!("{key:?}"), serde_json::json!({ "k": key }).to_string()] {
            assert!(!secrets.redact(&text).contains("BEGIN"), "{text}");
        }
    }

    #[test]
    fn too_short_a_value_is_left_alone() {
        let secrets = Secrets::new();
        secrets.hide("");
        secrets.hide("abc");
        assert_eq!(secrets.redact("abcabc"), "abcabc");
    }

    #[test]
    fn a_debug_print_shows_nothing() {
        let secrets = Secrets::new();
        secrets.hide("hunter2");
        assert_eq!(format!("{secrets:?}"), "Secrets(…)");
    }

    #[test]
    fn names_tell() {
        for name in ["token", "X-Nomad-Token", "db_password", "Authorization", "tls.private_key", "apiKey"] {
            assert!(is_telling(name), "{name}");
        }
        for name in ["name", "tf_rpc", "path", "keys", "passed"] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
