//! The keys with which we log in.
//!
//! Must never write a key anywhere but into a private folder, and never longer than it is needed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::process::Command;
use tokio::time::timeout;

use super::{HostKey, private};
use crate::secrets::Secret;
use crate::way::Unusable;

/// What to log in with. All that is given is offered, in this order; without any, what the SSH configuration says.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// A private key itself.
    pub private_key: Option<Secret>,
    /// The path of a private key.
    pub private_key_file: Option<PathBuf>,
    /// Which agent to ask.
    pub agent: Agent,
}

/// An SSH agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Agent {
    /// The one that the SSH configuration or the environment names, if any.
    #[default]
    Usual,
    /// The one that listens at this socket.
    At(PathBuf),
    /// None.
    No,
}

impl Credentials {
    /// The key's text as OpenSSH reads it: with line feeds only and one at its end, which is easily lost on the way
    /// through a variable.
    pub(super) fn key_text(&self) -> Result<Option<Secret>, Unusable> {
        let Some(key) = self.private_key.as_ref().filter(|key| !key.expose().is_empty()) else {
            return Ok(None);
        };
        let text = key.expose().trim().replace("\r\n", "\n");
        if !text.starts_with("-----BEGIN ") || !text.ends_with("-----") {
            let why =
                "the private key is not one: it begins with `-----BEGIN … PRIVATE KEY-----` and ends alike";
            return Err(Unusable(why.into()));
        }
        Ok(Some(Secret::new(text + "\n")))
    }

    /// The public halves of the keys that are given; none for one that OpenSSH cannot tell without asking.
    pub async fn public_keys(&self) -> Vec<HostKey> {
        let mut found = Vec::new();
        if let Ok(Some(key)) = self.key_text()
            && let Ok(folder) = private::Folder::new(&std::env::temp_dir())
            && let Ok(path) = folder.write("key", key.expose())
        {
            found.extend(public(&path).await);
        }
        if let Some(path) = &self.private_key_file {
            found.extend(public(path).await);
        }
        found
    }

    /// Whether a key of ours cannot be used without a passphrase.
    pub(super) fn locked(&self) -> bool {
        let file = self.private_key_file.as_deref().and_then(read);
        [self.private_key.clone(), file].iter().flatten().any(|key| locked(key.expose()))
    }
}

/// The public half of the private key in that file.
async fn public(path: &Path) -> Option<HostKey> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-y", "-P", "", "-f"]).arg(path).stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(Duration::from_secs(10), command.output()).await.ok()?.ok()?;
    String::from_utf8_lossy(&output.stdout).parse().ok()
}

fn read(path: &Path) -> Option<Secret> {
    std::fs::read_to_string(path).ok().map(Secret::new)
}

fn locked(key: &str) -> bool {
    if key.contains("ENCRYPTED") {
        return true;
    }
    let Some(body) = key.split("-----").nth(2).filter(|_| key.contains("BEGIN OPENSSH PRIVATE KEY")) else {
        return false;
    };
    let body = zeroize::Zeroizing::new(body.split_whitespace().collect::<String>());
    let bytes = zeroize::Zeroizing::new(STANDARD.decode(body.as_bytes()).unwrap_or_default());
    // The name of the cipher follows the magic word.
    bytes.strip_prefix(b"openssh-key-v1\0").is_some_and(|rest| !rest.starts_with(b"\0\0\0\x04none"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn key(passphrase: &str) -> Secret {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", passphrase, "-f"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        read(&path).unwrap()
    }

    #[test]
    fn a_key_is_brought_into_shape() {
        let whole = "-----BEGIN X-----\nabc\n-----END X-----\n";
        for text in
            [whole.to_owned(), whole.trim().to_owned(), whole.replace('\n', "\r\n"), format!("\n{whole}\n\n")]
        {
            let credentials = Credentials { private_key: Some(Secret::new(text)), ..Credentials::default() };
            assert_eq!(credentials.key_text().unwrap().unwrap().expose(), whole);
        }
        let empty = Credentials { private_key: Some(Secret::default()), ..Credentials::default() };
        assert_eq!(empty.key_text().unwrap(), None);
        let wrong =
            Credentials { private_key: Some(Secret::new("ssh-ed25519 hunter2")), ..Credentials::default() };
        assert!(!wrong.key_text().unwrap_err().to_string().contains("hunter2"));
    }

    #[tokio::test]
    async fn public_halves_are_told_where_nobody_has_to_be_asked() {
        if Command::new("ssh-keygen").arg("-?").output().is_err() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let (private, public) = crate::ssh::make_key().unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::write(&file, private.expose()).unwrap();
        std::fs::set_permissions(&file, mode).unwrap();
        let credentials = Credentials {
            private_key: Some(key("")),
            private_key_file: Some(file),
            ..Credentials::default()
        };
        let told = credentials.public_keys().await;
        assert!(told.len() == 2 && told[1].to_string() == public, "{told:?}");
        let locked = Credentials { private_key: Some(key("hunter2")), ..Credentials::default() };
        assert_eq!(locked.public_keys().await, []);
    }

    #[test]
    fn a_locked_key_is_seen() {
        if Command::new("ssh-keygen").arg("-?").output().is_err() {
            return;
        }
        for (passphrase, is) in [("", false), ("hunter2", true)] {
            let credentials = Credentials { private_key: Some(key(passphrase)), ..Credentials::default() };
            assert_eq!(credentials.locked(), is);
        }
        assert!(locked("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"));
    }
}
