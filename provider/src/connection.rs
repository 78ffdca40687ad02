//! The way to one Nomad: what a cluster's attribute `nomad` gives, what each resource with jobs takes, and what the
//! provider block comes to.
//!
//! One process keeps one client per connection, and the client's floor spends one connect budget per address: thirty
//! jobs ask a Nomad that is down once. Must never show a token or a key.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use kit::{Block, Diagnostic};
use nomad::{Client, Config, Limits, Secret, Tls};

/// A connection to a Nomad cluster, as an object that is passed on whole.
#[derive(Block, Clone, Default, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Where Nomad answers, tried in turn: `https://host:4646`, `http://…` or `unix:///…`.
    pub addresses: Vec<String>,
    /// Who asks. None where Nomad has no access control.
    pub token: Option<String>,
    /// Which region, if not the one that answers.
    pub region: Option<String>,
    /// The namespace of jobs that name none.
    pub namespace: Option<String>,
    /// The authorities that may vouch for a server, as PEM. None: those of the operating system.
    pub ca_pem: Option<String>,
    /// Our own certificate, as PEM.
    pub client_cert_pem: Option<String>,
    /// The key of our own certificate, as PEM.
    pub client_key_pem: Option<String>,
    /// The name that a server's certificate carries, if not the one in the address.
    pub tls_server_name: Option<String>,
    /// Whether any certificate is believed.
    pub skip_verify: bool,
}

/// How long to bear with a Nomad that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Patience {
    /// For a look: what is not there within the connect budget is not there.
    Look,
    /// For a change: a restart or an election is waited out.
    Change,
    /// For a change on a cluster that is just being made.
    NewCluster,
}

static CLIENTS: LazyLock<Mutex<HashMap<u64, Client>>> = LazyLock::new(Mutex::default);

impl Connection {
    /// A client; the same one for everybody in this process who asks for the same.
    pub fn client(&self, patience: Patience) -> Result<Client, Diagnostic> {
        let mut hasher = DefaultHasher::new();
        (self, patience).hash(&mut hasher);
        let key = hasher.finish();
        let mut clients = CLIENTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.get(&key) {
            return Ok(known.clone());
        }
        let client = Client::new(&self.config(patience)).map_err(|error| unusable(&error))?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    /// Whether somebody can be asked at all.
    pub fn leads_somewhere(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// The secrets in it, for whoever masks.
    pub fn secrets(&self) -> Vec<Secret> {
        self.token.iter().chain(&self.client_key_pem).map(|text| Secret::new(text.as_str())).collect()
    }

    fn config(&self, patience: Patience) -> Config {
        let usual = Limits::default();
        let limits = match patience {
            Patience::Look => Limits { outage: Duration::from_secs(5), ..usual },
            Patience::Change => usual,
            Patience::NewCluster => Limits { patience: Duration::from_mins(2), ..usual },
        };
        let secret = |text: &Option<String>| text.as_deref().map(Secret::new);
        Config {
            addresses: self.addresses.clone(),
            token: secret(&self.token),
            region: self.region.clone(),
            namespace: self.namespace.clone(),
            datacenter: None,
            tls: Tls {
                ca_pem: self.ca_pem.clone(),
                client_cert_pem: self.client_cert_pem.clone(),
                client_key_pem: secret(&self.client_key_pem),
                server_name: self.tls_server_name.clone(),
                skip_verify: self.skip_verify,
            },
            limits,
        }
    }
}

fn unusable(error: &nomad::Error) -> Diagnostic {
    Diagnostic::error("The connection to Nomad cannot be used", error.to_string())
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::{At, Late, Value};

    fn connection() -> Connection {
        Connection {
            addresses: vec!["http://127.0.0.1:4646".into()],
            token: Some("hunter2-token".into()),
            ..Connection::default()
        }
    }

    #[test]
    fn it_comes_back_from_an_attribute_as_it_went() {
        let value = Block::encode(&connection());
        assert_eq!(<Connection as Block>::decode(&value, &At::ROOT).unwrap(), connection());
        let late = <Late<Connection> as kit::Attr>::decode(&Value::UNKNOWN, &At::ROOT).unwrap();
        assert_eq!(late, Late::Unknown);
    }

    #[test]
    fn its_secrets_are_not_shown() {
        let shown = format!("{:?}", connection());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(connection().secrets(), [Secret::new("hunter2-token")]);
    }

    #[test]
    fn an_address_that_is_none_is_said() {
        let bad = Connection { addresses: vec!["ftp://x".into()], ..Connection::default() };
        let problem = bad.client(Patience::Look).unwrap_err();
        assert!(problem.detail.contains("unknown scheme `ftp`"), "{}", problem.detail);
    }
}
