//! The root of a cluster's secrets: what is kept in the state and, before it is used for anything, on every server.
//!
//! Must never be shown: `Debug` tells the numbers only. Whoever has it owns the cluster.

use std::fmt;

use aws_lc_rs::{hkdf, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Secret;
use crate::pki;
use crate::spec::Rotation;

/// Set apart from anything else that might be derived from the same bytes, and from what a later version derives.
const SALT: &[u8] = b"lostops root secrets, version 1";

/// The root of a cluster's secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootSecrets {
    version: u32,
    cluster: String,
    master: Secret,
    ca_key: Secret,
    ca_cert: String,
    rotation: Rotation,
    certs_issued: i64,
}

/// Which certificates are the current ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Their number.
    pub number: u32,
    /// When they were issued, in seconds since 1970.
    pub at: i64,
}

/// Root secrets cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// What was kept is damaged, or is something else.
    #[error("the cluster's root secrets are damaged: {0}")]
    Damaged(String),
    /// They come from a later lostops.
    #[error("the cluster's root secrets have format {0}, which this version does not know; use a newer one")]
    Newer(u32),
    /// A key or certificate cannot be made.
    #[error("a certificate or key cannot be made: {0}")]
    Crypto(String),
}

impl RootSecrets {
    /// A new root, for a cluster of that name.
    pub fn generate(cluster: &str, now: i64) -> Result<Self, Broken> {
        let mut master = Zeroizing::new([0_u8; 32]);
        rand::fill(master.as_mut()).map_err(|_| Broken::Crypto("no random numbers".into()))?;
        let (ca_key, ca_cert) = pki::new_authority(cluster, now)?;
        let master = Secret::new(BASE64.encode(master.as_ref()));
        let (cluster, rotation) = (cluster.to_owned(), Rotation::default());
        Ok(Self { version: 1, cluster, master, ca_key, ca_cert, rotation, certs_issued: now })
    }

    /// As it is kept: JSON on one line.
    pub fn to_text(&self) -> Secret {
        Secret::new(serde_json::to_string(self).unwrap_or_default())
    }

    /// What was kept, or why it cannot be.
    pub fn from_text(text: &str) -> Result<Self, Broken> {
        // Errors of serde_json name places, and for values of the wrong type also the value: that may be a secret.
        let damaged = |error: serde_json::Error| {
            Broken::Damaged(format!("line {}, column {}", error.line(), error.column()))
        };
        let probe: Probe = serde_json::from_str(text).map_err(damaged)?;
        if probe.version != 1 {
            return Err(Broken::Newer(probe.version));
        }
        let root: Self = serde_json::from_str(text).map_err(damaged)?;
        root.master()?;
        pki::Authority::open(&root)?;
        Ok(root)
    }

    /// Whose they are.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// Sets the numbers. Certificates of another number than before count as issued now.
    pub fn rotate(&mut self, to: Rotation, now: i64) {
        if to.certs != self.rotation.certs {
            self.certs_issued = now;
        }
        self.rotation = to;
    }

    /// The numbers that count.
    pub fn rotation(&self) -> Rotation {
        self.rotation
    }

    /// Which certificates are the current ones.
    pub fn issue(&self) -> Issue {
        Issue { number: self.rotation.certs, at: self.certs_issued }
    }

    /// The authority's certificate, in PEM form. Not a secret.
    pub fn ca_pem(&self) -> &str {
        &self.ca_cert
    }

    /// The authority's key, in PEM form.
    pub fn ca_key(&self) -> &Secret {
        &self.ca_key
    }

    /// The key of that product's gossip, as its configuration takes it.
    pub fn gossip_key(&self, product: &str) -> Result<Secret, Broken> {
        let key: Zeroizing<[u8; 32]> = self.derive(&format!("gossip/{product}/{}", self.rotation.gossip))?;
        Ok(Secret::new(BASE64.encode(key.as_ref())))
    }

    /// A token of that use, as a UUID: `nomad/management`, `consul/agent/web-1`.
    pub fn token(&self, usage: &str) -> Result<Secret, Broken> {
        Ok(uuid(&*self.derive(&format!("token/{usage}/{}", self.rotation.tokens))?))
    }

    /// The name of a token of that use, which is no secret. Another token has another: Consul changes the secret of none.
    pub fn accessor(&self, usage: &str) -> Result<String, Broken> {
        Ok(uuid(&*self.derive(&format!("accessor/{usage}/{}", self.rotation.tokens))?).expose().to_owned())
    }

    /// Bytes that only the root and that label give.
    pub(crate) fn derive<const N: usize>(&self, label: &str) -> Result<Zeroizing<[u8; N]>, Broken> {
        let failed = |_| Broken::Crypto("derivation failed".into());
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(self.master()?.as_ref());
        let mut bytes = Zeroizing::new([0_u8; N]);
        let info = [label.as_bytes()];
        key.expand(&info, Length(N)).and_then(|okm| okm.fill(bytes.as_mut())).map_err(failed)?;
        Ok(bytes)
    }

    fn master(&self) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let bytes = BASE64.decode(self.master.expose()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| Broken::Damaged("`master` is not base64".into()))?;
        if bytes.len() == 32 {
            Ok(bytes)
        } else {
            Err(Broken::Damaged("`master` has the wrong length".into()))
        }
    }
}

impl fmt::Debug for RootSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootSecrets").field("rotation", &self.rotation).finish_non_exhaustive()
    }
}

/// A mark that nobody else makes. Not a secret.
pub fn mark() -> Result<String, Broken> {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).map_err(|_| Broken::Crypto("no random numbers".into()))?;
    Ok(uuid(&bytes).expose().to_owned())
}

/// What every format has.
#[derive(Deserialize)]
struct Probe {
    version: u32,
}

/// How many bytes are derived.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Sixteen bytes as a UUID of version 4.
fn uuid(bytes: &[u8; 16]) -> Secret {
    let mut bytes = Zeroizing::new(*bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = Zeroizing::new(String::with_capacity(36));
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    Secret::new(text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::tests::root;

    #[test]
    fn the_same_root_and_number_give_the_same_secrets() {
        let one = root();
        let mut other = RootSecrets::from_text(one.to_text().expose()).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.gossip_key("nomad").unwrap(), other.gossip_key("nomad").unwrap());
        assert_ne!(one.gossip_key("nomad").unwrap(), one.gossip_key("consul").unwrap());
        assert_ne!(one.token("nomad/management").unwrap(), one.token("consul/management").unwrap());
        other.rotate(Rotation { gossip: 1, ..Rotation::default() }, 99);
        assert_ne!(one.gossip_key("nomad").unwrap(), other.gossip_key("nomad").unwrap());
        assert_eq!(one.token("x").unwrap(), other.token("x").unwrap());
        other.rotate(Rotation { tokens: 1, ..Rotation::default() }, 99);
        assert_ne!(one.token("x").unwrap(), other.token("x").unwrap());
        assert_ne!(one.accessor("x").unwrap(), other.accessor("x").unwrap());
        assert_ne!(one.accessor("x").unwrap(), one.token("x").unwrap().expose());
    }

    #[test]
    fn tokens_are_uuids_and_gossip_keys_are_thirty_two_bytes() {
        let token = root().token("nomad/management").unwrap();
        let parts: Vec<usize> = token.expose().split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&token.expose()[14..15], "4");
        assert!(matches!(&token.expose()[19..20], "8" | "9" | "a" | "b"));
        assert_eq!(BASE64.decode(root().gossip_key("nomad").unwrap().expose()).unwrap().len(), 32);
    }

    #[test]
    fn certificates_are_issued_anew_only_with_another_number() {
        let mut root = root();
        let first = root.issue();
        root.rotate(Rotation { tokens: 4, ..Rotation::default() }, first.at + 50);
        assert_eq!(root.issue(), first);
        root.rotate(Rotation { certs: 1, ..Rotation::default() }, first.at + 60);
        assert_eq!(root.issue(), Issue { number: 1, at: first.at + 60 });
        root.rotate(Rotation { certs: 1, ..Rotation::default() }, first.at + 70);
        assert_eq!(root.issue().at, first.at + 60);
    }

    #[test]
    fn nothing_shows_them() {
        let root = root();
        let shown = format!("{root:?} {:?}", root.to_text());
        assert_eq!(
            shown,
            "RootSecrets { rotation: Rotation { certs: 0, gossip: 0, tokens: 0 }, .. } (hidden)"
        );
        let text = root.to_text().expose().replace("\"certs\":0", "\"certs\":\"hunter2\"");
        let error = RootSecrets::from_text(&text).unwrap_err().to_string();
        assert!(
            error.starts_with("the cluster's root secrets are damaged: line 1") && !error.contains("hunter2")
        );
    }

    #[test]
    fn damage_is_noticed() {
        let text = root().to_text().expose().to_owned();
        let newer = text.replace("\"version\":1", "\"version\":7");
        assert_eq!(RootSecrets::from_text(&newer).unwrap_err(), Broken::Newer(7));
        for (from, to) in [
            ("\"master\":\"", "\"master\":\"AA"),
            ("KEY-----\\nMII", "KEY-----\\nAII"),
            ("TE-----\\nMII", "TE-----\\nAII"),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(matches!(
                RootSecrets::from_text(&text.replace(from, to)).unwrap_err(),
                Broken::Damaged(_) | Broken::Crypto(_)
            ));
        }
        assert!(RootSecrets::from_text("").is_err());
    }
}
