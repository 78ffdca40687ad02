//! What a caller says about a Nomad or a Consul: where it is, who asks, and how long to bear with it.
//!
//! Reads no environment and no file: a caller brings values.

use std::time::Duration;

use crate::Secret;

/// How to reach a cluster.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `https://host:4646`, `http://…` or `unix:///path/to/socket`; tried in turn.
    pub addresses: Vec<String>,
    /// Who asks.
    pub token: Option<Secret>,
    /// Which region, if not the one that answers. Nomad only.
    pub region: Option<String>,
    /// Where jobs, variables and volumes are looked for, if not in `default`.
    pub namespace: Option<String>,
    /// Which datacenter, if not the one that answers. Consul only.
    pub datacenter: Option<String>,
    /// How connections are protected.
    pub tls: Tls,
    /// How long and how much.
    pub limits: Limits,
}

/// How connections are protected. All of it is text in PEM form.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// The authorities that may vouch for a server; without any, those of the operating system.
    pub ca_pem: Option<String>,
    /// Our own certificate, with those between it and its authority.
    pub client_cert_pem: Option<String>,
    /// The key of our own certificate.
    pub client_key_pem: Option<Secret>,
    /// The name that a server's certificate has to carry instead of the address's.
    pub server_name: Option<String>,
    /// Believe any certificate.
    pub skip_verify: bool,
}

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// What one process spends on reaching one address for the first time.
    pub connect: Duration,
    /// How long to keep knocking at addresses that have never answered: for a cluster that is just being made.
    pub patience: Duration,
    /// How long to wait for a cluster that has answered before and is out of service: a restart, an election, a storm.
    pub outage: Duration,
    /// How long one answer may take.
    pub answer: Duration,
    /// How large one answer may be.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            patience: Duration::ZERO,
            outage: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            answer_bytes: 64 << 20,
        }
    }
}
