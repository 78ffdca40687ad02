//! What cloud-init is told: user-data, serialised from structs. JSON is YAML, so no value can become syntax.
//!
//! Only keys that the schemas of 22.4 and of 25.1 both know.

use std::fmt::Write as _;

use serde::Serialize;

/// `#cloud-config`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CloudConfig {
    /// The host's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// How `/etc/hosts` names the host itself: `localhost` adds a line and leaves the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manage_etc_hosts: Option<String>,
    /// People who can log in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    /// Whether root cannot log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_root: Option<bool>,
    /// Whether passwords open the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssh_pwauth: Option<bool>,
    /// The host's own keys, so that it is known before it is first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssh_keys: Option<SshKeys>,
    /// Files, written early.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub write_files: Vec<WriteFile>,
    /// Commands, run once and late, each a list of words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runcmd: Vec<Vec<String>>,
}

/// Somebody who can log in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct User {
    /// Their name.
    pub name: String,
    /// Their login shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
    /// A line of sudoers, without the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sudo: Option<String>,
    /// Public keys that let them in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh_authorized_keys: Vec<String>,
    /// Whether they have no password.
    pub lock_passwd: bool,
}

impl User {
    /// Somebody who comes in by key and may do everything.
    pub fn operator(name: impl Into<String>, keys: Vec<String>) -> Self {
        Self {
            name: name.into(),
            shell: Some("/bin/bash".into()),
            sudo: Some("ALL=(ALL) NOPASSWD:ALL".into()),
            ssh_authorized_keys: keys,
            lock_passwd: true,
        }
    }
}

/// The host's own SSH key.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SshKeys {
    /// The private half, in OpenSSH's format.
    pub ed25519_private: String,
    /// The public half.
    pub ed25519_public: String,
}

impl std::fmt::Debug for SshKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SshKeys").field("ed25519_public", &self.ed25519_public).finish_non_exhaustive()
    }
}

/// A file.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WriteFile {
    /// Where it goes.
    pub path: String,
    /// What is in it, in base64, so that every byte survives.
    pub content: String,
    /// `b64`.
    encoding: &'static str,
    /// Whose it is.
    pub owner: String,
    /// Its mode, in octal digits.
    pub permissions: String,
}

impl WriteFile {
    /// A file of root's, for root alone.
    pub fn private(path: impl Into<String>, content: &[u8]) -> Self {
        use base64::Engine as _;
        Self {
            path: path.into(),
            content: base64::engine::general_purpose::STANDARD.encode(content),
            encoding: "b64",
            owner: "root:root".into(),
            permissions: "0600".into(),
        }
    }
}

impl std::fmt::Debug for WriteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl CloudConfig {
    /// The text of `user-data`.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(format!("#cloud-config\n{}", yaml(self)?))
    }
}

/// JSON that PyYAML, too, reads as it is meant: the few characters that only JSON allows in a text are escaped.
pub(super) fn yaml(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut json = serde_json::to_string_pretty(value)?;
    json.push('\n');
    if json.bytes().all(|byte| byte < 0x7f) {
        return Ok(json);
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    Ok(text)
}
