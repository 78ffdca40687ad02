//! What is protected, and how. Everything is on unless it is turned off by name.

use serde::{Deserialize, Serialize};

/// What is protected, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person turns by name")]
pub struct Security {
    /// Agents prove to each other who they are, and everything they say is encrypted.
    pub tls: bool,
    /// HTTP also wants a client's certificate, which browsers and JWKS fetchers have not.
    pub https_client_certs: bool,
    /// Gossip is encrypted.
    pub gossip: bool,
    /// Without a token nothing is allowed.
    pub acl: bool,
    /// Jobs get Consul tokens by their own identity.
    pub workload_identity: bool,
    /// What a Nomad client must show to be let in for the first time.
    pub introduction: Introduction,
    /// The host's own firewall is on.
    pub firewall: bool,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            tls: true,
            https_client_certs: false,
            gossip: true,
            acl: true,
            workload_identity: true,
            introduction: Introduction::Warn,
            firewall: true,
        }
    }
}

/// What a Nomad client must show to be let in for the first time, beside a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Introduction {
    /// Nothing.
    None,
    /// Nothing, but servers log whom nobody introduced.
    Warn,
    /// An introduction token that a server issued.
    Strict,
}

impl Introduction {
    /// As Nomad calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Warn => "warn",
            Self::Strict => "strict",
        }
    }
}

/// Numbers that a person raises to have something made anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Certificates of agents.
    pub certs: u32,
    /// Gossip keys.
    pub gossip: u32,
    /// Tokens that lostops keeps: the first management tokens, and those of agents.
    pub tokens: u32,
}
