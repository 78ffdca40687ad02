//! Hosts over SSH, by name. What becomes known of their keys on the way is kept for the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::Reach;
use crate::ssh::{Bastion, Client, Host, HostKey};
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

    /// The keys by which each host on the way is known now, by where it is.
    pub fn bastion_keys(&self) -> BTreeMap<String, Vec<HostKey>> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let bastions = hosts.values().flat_map(|host| &host.bastions);
        bastions.map(|bastion| (bastion.place(), bastion.keys.clone())).collect()
    }

    fn host(&self, name: &str) -> Option<Host> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn learn(&self, name: &str, keys: Vec<HostKey>, bastions: &[Vec<HostKey>]) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(host) = hosts.get_mut(name) else { return };
        host.keys = keys;
        let places: Vec<String> = host.bastions.iter().map(Bastion::place).collect();
        // One bastion has one key for all who come through it: whoever came first has seen it.
        let new = |bastion: &&mut Bastion| bastion.keys.is_empty();
        for bastion in hosts.values_mut().flat_map(|host| &mut host.bastions).filter(new) {
            let seen = places.iter().zip(bastions).find(|(place, _)| **place == bastion.place());
            bastion.keys = seen.map(|(_, keys)| keys.clone()).unwrap_or_default();
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
        self.learn(host, contact.keys, &contact.bastion_keys);
        contact.result
    }
}
