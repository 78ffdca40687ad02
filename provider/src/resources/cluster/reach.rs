//! Which hosts a cluster has or had, and how they are reached. Asks nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hosts::fleet::{OverSsh, Reach};
use hosts::local::Local;
use hosts::spec::Role;
use hosts::ssh::{Bastion, Client, Host, HostKey};
use hosts::way::{self, Answer, Listener, Sudo, Task};
use kit::{Block, Diagnostic, Result};

use super::model::{self, Cluster, Pool, Ssh};
use super::pins::Pins;
use super::{machines, spec};
use crate::config::{Login, Settings};

/// A host that the cluster had, for as long as something of it is there.
#[derive(Block, Clone, PartialEq, Eq)]
pub(super) struct Past {
    /// What it ran.
    pub role: String,
    /// Its address.
    pub address: String,
    /// The port, if it is not that of all.
    pub port: Option<u16>,
    /// Who logs in.
    pub user: Option<String>,
    /// Its key.
    pub host_key: Option<String>,
    /// Whether it ever was what it should be.
    pub finished: bool,
}

impl Past {
    /// What it ran.
    pub fn role(&self) -> Role {
        spec::role(&self.role)
    }
}

/// The hosts of a cluster as they are to be remembered.
pub(super) fn hosts(cluster: &Cluster) -> BTreeMap<String, Past> {
    let host = |(pool, host): (&Pool, &model::Host)| {
        let member = cluster.hosts.known().and_then(|hosts| hosts.get(&host.name));
        let made_here = cluster.qemu.is_some();
        let here = || machines::HERE.to_string();
        let address = if made_here { here() } else { host.address.clone().unwrap_or_default() };
        // A key is that of a machine, not of a name: with another address it is another machine.
        let seen = member.filter(|member| member.address == address);
        let past = Past {
            role: pool.role.clone(),
            port: seen.and_then(|member| member.ports.as_ref()?.get("ssh").copied()).or(host.port),
            address,
            user: host.user.clone(),
            host_key: host.host_key.clone().or_else(|| seen?.host_key.clone()),
            finished: member.is_some_and(|member| !member.blueprint.is_empty()),
        };
        (host.name.clone(), past)
    };
    cluster.pool.values().flat_map(|pool| pool.host.iter().map(move |host| (pool, host))).map(host).collect()
}

/// The way to the hosts of a cluster.
pub(super) enum Way {
    /// Over SSH.
    Ssh(OverSsh),
    /// It is this machine.
    Here(Local),
}

impl Way {
    /// To these hosts of that cluster, of which those do not run, past bastions whose keys were kept.
    pub fn to(
        settings: &Settings,
        cluster: &Cluster,
        hosts: &BTreeMap<String, Past>,
        (off, pins): (BTreeSet<String>, &Pins),
    ) -> Result<Self> {
        let login = login(settings)?;
        if cluster.qemu.is_some() {
            let way = to_machines(settings, cluster.ssh.as_ref(), hosts, Duration::ZERO)?;
            return Ok(Self::Ssh(way.without(off)));
        }
        if cluster.local.is_none() {
            return over_ssh(settings, cluster.ssh.as_ref(), hosts, pins).map(Self::Ssh);
        }
        let name = hosts.keys().next().cloned().unwrap_or_default();
        let sudo = Sudo::Yes { password: login.sudo_password.clone() };
        Ok(Self::Here(Local { name, sudo }))
    }

    /// The keys by which each host is known now.
    pub fn keys(&self) -> BTreeMap<String, Vec<HostKey>> {
        match self {
            Self::Ssh(hosts) => hosts.keys(),
            Self::Here(_) => BTreeMap::new(),
        }
    }

    /// The keys by which each host on the way is known now, by where it is.
    pub fn bastion_keys(&self) -> BTreeMap<String, Vec<HostKey>> {
        match self {
            Self::Ssh(hosts) => hosts.bastion_keys(),
            Self::Here(_) => BTreeMap::new(),
        }
    }
}

impl Reach for Way {
    async fn run(&self, host: &str, task: &Task, listener: Listener<'_>) -> Result<Answer, way::Fault> {
        match self {
            Self::Ssh(hosts) => hosts.run(host, task, listener).await,
            Self::Here(here) => Reach::run(here, host, task, listener).await,
        }
    }
}

/// How we log in.
pub(super) fn login(settings: &Settings) -> Result<&Login> {
    let detail = "The provider's block `ssh` depends on something that is not there yet. Hosts can be reached once it is.";
    let later = || Diagnostic::error("Nobody can log in to the hosts yet", detail);
    settings.ssh.as_ref().ok_or_else(|| later().into())
}

/// The way to these hosts over SSH.
pub(super) fn over_ssh(
    settings: &Settings,
    ssh: Option<&Ssh>,
    hosts: &BTreeMap<String, Past>,
    pins: &Pins,
) -> Result<OverSsh> {
    let login = login(settings)?;
    let client = Client { credentials: login.credentials.clone(), ..Client::default() };
    let held = |host: Host| Host {
        bastions: host.bastions.into_iter().map(|bastion| pins.hold(bastion)).collect(),
        ..host
    };
    let hosts = hosts.iter().map(|(name, past)| held(host(login, ssh, name, past)));
    Ok(OverSsh::new(client, hosts.collect::<Vec<_>>()))
}

/// The way to these hosts over SSH, which were made by us, waiting as long for those that do not answer yet. They have the
/// keys that we gave them: without one it is nobody whom we know.
pub(super) fn to_machines(
    settings: &Settings,
    ssh: Option<&Ssh>,
    hosts: &BTreeMap<String, Past>,
    patience: Duration,
) -> Result<OverSsh> {
    let login = login(settings)?;
    let credentials = login.credentials.clone();
    // Whether it runs is known; what runs in software takes its time to say hello.
    let connect_timeout = Duration::from_mins(1);
    let believe_at_first_contact = false;
    let client =
        Client { credentials, patience, connect_timeout, believe_at_first_contact, ..Client::default() };
    let known = hosts.iter().filter(|(_, past)| past.port.is_some());
    let user = Some(operator(ssh).to_owned());
    let host = |(name, past): (&String, &Past)| Host { user: user.clone(), ..host(login, ssh, name, past) };
    Ok(OverSsh::new(client, known.map(host).collect::<Vec<_>>()))
}

/// Who is made on hosts that lostops makes.
pub(super) fn operator(ssh: Option<&Ssh>) -> &str {
    ssh.map_or(model::OPERATOR, Ssh::operator)
}

fn host(login: &Login, ssh: Option<&Ssh>, name: &str, past: &Past) -> Host {
    let bastion = |bastion: &model::Bastion| Bastion {
        address: bastion.address.clone(),
        user: bastion.user.clone(),
        port: bastion.port,
        keys: bastion.host_key.iter().filter_map(|key| key.parse().ok()).collect(),
    };
    Host {
        name: name.to_owned(),
        address: past.address.clone(),
        user: past.user.clone().or_else(|| ssh?.user.clone()).or_else(|| login.user.clone()),
        port: past.port.or(ssh.map(|ssh| ssh.port)),
        keys: past
            .host_key
            .iter()
            .flat_map(|keys| keys.lines().filter_map(|key| key.parse::<HostKey>().ok()))
            .collect(),
        sudo: Sudo::Yes { password: login.sudo_password.clone() },
        bastions: ssh.iter().flat_map(|ssh| &ssh.bastion).map(bastion).collect(),
    }
}
