//! Hosts over SSH, by name. What becomes known of their keys on the way is kept for the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::Reach;
use crate::ssh::{Client, Host, HostKey};
use crate::way::{Answer, Cause, Fault, Heard, Listener, Task};

/// Hosts over SSH.
#[derive(Debug)]
pub struct OverSsh {
    client: Client,
    hosts: Mutex<BTreeMap<String, Host>>,
    off: BTreeSet<String>,
}

impl OverSsh {
    /// These hosts, by their names.
    pub fn new(client: Client, hosts: impl IntoIterator<Item = Host>) -> Self {
        let hosts = hosts.into_iter().map(|host| (host.name.clone(), host)).collect();
        Self { client, hosts: Mutex::new(hosts), off: BTreeSet::new() }
    }

    /// The same, of which these do not run: nobody waits for them.
    #[must_use]
    pub fn without(self, off: BTreeSet<String>) -> Self {
        Self { off, ..self }
    }

    /// The keys by which each host is known now.
    pub fn keys(&self) -> BTreeMap<String, Vec<HostKey>> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.iter().map(|(name, host)| (name.clone(), host.keys.clone())).collect()
    }

    fn host(&self, name: &str) -> Option<Host> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn learn(&self, name: &str, keys: Vec<HostKey>, bastions: Vec<Vec<HostKey>>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(host) = hosts.get_mut(name) else { return };
        host.keys = keys;
        for (bastion, keys) in host.bastions.iter_mut().zip(bastions) {
            bastion.keys = keys;
        }
    }
}

impl Reach for OverSsh {
    async fn run(&self, host: &str, task: &Task, listener: Listener<'_>) -> Result<Answer, Fault> {
        if self.off.contains(host) {
            return Err(Fault::new(host, Cause::Off, Heard::default()));
        }
        let Some(known) = self.host(host) else {
            let why = "nothing says how it is reached".to_owned();
            return Err(Fault::new(host, Cause::Unusable(why), Heard::default()));
        };
        let contact = self.client.run(&known, task, listener).await;
        self.learn(host, contact.keys, contact.bastion_keys);
        contact.result
    }
}
