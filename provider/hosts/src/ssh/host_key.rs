//! The public key by which a host is known again.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// A host's public key, written as in `known_hosts`: `ssh-ed25519 AAAA…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostKey {
    algorithm: String,
    key: String,
}

/// What is not a host key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host key: it has to look like `ssh-ed25519 AAAAC3Nza…`, as in known_hosts")]
pub struct NotAHostKey;

impl HostKey {
    /// As `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        let bytes = STANDARD.decode(&self.key).unwrap_or_default();
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest(&SHA256, &bytes)))
    }

    /// The keys in the text of a `known_hosts` file, whatever names they stand beside.
    pub fn all_in(known_hosts: &str) -> Vec<Self> {
        let mut keys: Vec<Self> = Vec::new();
        let plain = known_hosts.lines().filter(|line| !line.starts_with(['#', '@']));
        for key in plain.filter_map(|line| line.split_once(' ')?.1.parse().ok()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

impl FromStr for HostKey {
    type Err = NotAHostKey;

    fn from_str(text: &str) -> Result<Self, NotAHostKey> {
        let mut words = text.split_whitespace();
        let (algorithm, key) = words.next().zip(words.next()).ok_or(NotAHostKey)?;
        let bytes = STANDARD.decode(key).map_err(|_| NotAHostKey)?;
        // The key repeats its algorithm: four bytes of length, then the name.
        let name = bytes.get(..4).and_then(|length| length.try_into().ok()).map(u32::from_be_bytes);
        let name = name.and_then(|length| bytes.get(4..4 + usize::try_from(length).ok()?));
        if name != Some(algorithm.as_bytes()) {
            return Err(NotAHostKey);
        }
        Ok(Self { algorithm: algorithm.to_owned(), key: key.to_owned() })
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r";

    #[test]
    fn a_key_is_written_as_it_was_read() {
        let key: HostKey = format!("{KEY} a comment").parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        assert!(key.fingerprint().starts_with("SHA256:") && key.fingerprint().len() == 50);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in
            ["", "ssh-ed25519", "ssh-ed25519 ????", "ssh-ed25519 AAAA", &KEY.replacen("ed25519", "rsa", 1)]
        {
            assert_eq!(text.parse::<HostKey>(), Err(NotAHostKey), "{text}");
        }
    }

    #[test]
    fn known_hosts_has_each_key_once() {
        let text = format!("# c\na {KEY}\n[b]:22 {KEY}\n@revoked * {KEY}\nnonsense\n");
        assert_eq!(HostKey::all_in(&text), [KEY.parse().unwrap()]);
    }
}
