//! Which hosts a cluster has or had, and how they are reached. Asks nobody.

use std::collections::BTreeMap;

use hosts::fleet::OverSsh;
use hosts::spec::Role;
use hosts::ssh::{Bastion, Client, Host, HostKey};
use hosts::way::Sudo;
use kit::{Block, Diagnostic, Result};

use super::model::{self, Cluster, Pool, Ssh};
use crate::config::{Login, Settings};

/// A host that the cluster had, for as long as something of it is there.
#[derive(Block, Clone, PartialEq, Eq)]
pub(super) struct Past {
    /// What it ran.
    pub role: String,
    /// Its address.
    pub address: String,
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
        role(&self.role)
    }
}

/// What a word of the configuration means.
pub(super) fn role(word: &str) -> Role {
    match word {
        "server" => Role::Server,
        "client" => Role::Client,
        _ => Role::Both,
    }
}

/// The hosts of a cluster as they are to be remembered.
pub(super) fn hosts(cluster: &Cluster) -> BTreeMap<String, Past> {
    let host = |(pool, host): (&Pool, &model::Host)| {
        let member = cluster.hosts.known().and_then(|hosts| hosts.get(&host.name));
        // A key is that of a machine, not of a name: with another address it is another machine.
        let seen = member.filter(|member| member.address == host.address);
        let past = Past {
            role: pool.role.clone(),
            address: host.address.clone(),
            user: host.user.clone(),
            host_key: host.host_key.clone().or_else(|| seen?.host_key.clone()),
            finished: member.is_some_and(|member| !member.blueprint.is_empty()),
        };
        (host.name.clone(), past)
    };
    cluster.pool.values().flat_map(|pool| pool.host.iter().map(move |host| (pool, host))).map(host).collect()
}

/// The way to these hosts.
pub(super) fn over_ssh(
    settings: &Settings,
    ssh: Option<&Ssh>,
    hosts: &BTreeMap<String, Past>,
) -> Result<OverSsh> {
    let Some(login) = &settings.ssh else {
        let detail = "The provider's block `ssh` depends on something that is not there yet. Hosts can be reached once it is.";
        return Err(Diagnostic::error("Nobody can log in to the hosts yet", detail).into());
    };
    let client = Client { credentials: login.credentials.clone(), ..Client::default() };
    let hosts = hosts.iter().map(|(name, past)| host(login, ssh, name, past));
    Ok(OverSsh::new(client, hosts.collect::<Vec<_>>()))
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
        port: ssh.map(|ssh| ssh.port),
        keys: past
            .host_key
            .iter()
            .flat_map(|keys| keys.lines().filter_map(|key| key.parse::<HostKey>().ok()))
            .collect(),
        sudo: Sudo::Yes { password: login.sudo_password.clone() },
        bastions: ssh.iter().flat_map(|ssh| &ssh.bastion).map(bastion).collect(),
    }
}
