//! A key for a host that does not exist yet, so that it is known before it is first seen.

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secrets::{Broken, Secret};

const ALGORITHM: &[u8] = b"ssh-ed25519";

/// A new Ed25519 key: its private half as OpenSSH keeps it, and its public half as in `known_hosts`.
pub fn make_key() -> Result<(Secret, String), Broken> {
    let broken = |why: &str| Broken::Crypto(why.into());
    let mut seed = Zeroizing::new([0_u8; 32]);
    rand::fill(seed.as_mut()).map_err(|_| broken("no random numbers"))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| broken("no key"))?;
    let public = pair.public_key().as_ref();
    let private = Zeroizing::new([seed.as_slice(), public].concat());
    let mut blob = Vec::new();
    part(&mut blob, ALGORITHM);
    part(&mut blob, public);
    Ok((armoured(&container(&blob, public, &private)), format!("ssh-ed25519 {}", STANDARD.encode(&blob))))
}

/// The format of OpenSSH's own, without a passphrase.
fn container(blob: &[u8], public: &[u8], private: &[u8]) -> Zeroizing<Vec<u8>> {
    // Two numbers that have to be equal, by which a wrong passphrase would be noticed.
    let mut inner = Zeroizing::new(vec![0_u8; 8]);
    for piece in [ALGORITHM, public, private, b""] {
        part(&mut inner, piece);
    }
    let padding = (1_u8..).take(inner.len().next_multiple_of(8) - inner.len());
    inner.extend(padding);
    let mut whole = Zeroizing::new(b"openssh-key-v1\0".to_vec());
    for piece in [&b"none"[..], b"none", b""] {
        part(&mut whole, piece);
    }
    whole.extend(1_u32.to_be_bytes());
    part(&mut whole, blob);
    part(&mut whole, &inner);
    whole
}

fn part(into: &mut Vec<u8>, bytes: &[u8]) {
    into.extend(u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
    into.extend(bytes);
}

fn armoured(bytes: &[u8]) -> Secret {
    let text = Zeroizing::new(STANDARD.encode(bytes));
    let mut lines = Zeroizing::new(String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(70));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    lines.push_str("-----END OPENSSH PRIVATE KEY-----\n");
    Secret::new(lines.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn openssh_reads_what_is_made() {
        if Command::new("ssh-keygen").arg("-?").output().is_err() {
            return;
        }
        let (private, public) = make_key().unwrap();
        public.parse::<super::super::HostKey>().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, private.expose()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let output = Command::new("ssh-keygen").args(["-y", "-P", "", "-f"]).arg(&path).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), public, "{output:?}");
        assert_ne!(make_key().unwrap().1, public);
    }
}
