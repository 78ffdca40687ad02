//! The platform `nocloud`: for each host a seed, from which it sets itself up at its first boot. It asks nobody: what it
//! makes are files, for their owner alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::Path;

use hosts::cluster::blueprints;
use hosts::converge;
use hosts::secrets::RootSecrets;
use hosts::seed::{self, Carrier, Ethernet, Nameservers, Network, Route, User};
use hosts::spec::{Cidr, ClusterSpec, Host, Pool};
use hosts::way::Task;
use kit::{Diagnostic, Result};

use super::folder::{Folder, VERSION};
use super::model::{Cluster, Member, NoCloud, Seed, Ssh};
use super::{said, spec};

/// What was made, or would be.
pub(super) struct Seeds {
    /// Each file of the folder and what is in it.
    files: BTreeMap<String, Vec<u8>>,
    /// For the state: the hosts.
    pub(super) hosts: BTreeMap<String, Member>,
}

/// The seeds of a cluster with these root secrets.
pub(super) fn of(cluster: &Cluster, nocloud: &NoCloud, root: &RootSecrets) -> Result<Seeds> {
    let wanted = spec::of(cluster)?;
    let prints = blueprints(&wanted, root).map_err(|found| said(&found))?;
    let mut seeds = Seeds { files: BTreeMap::new(), hosts: BTreeMap::new() };
    for (print, (pool, what, host)) in prints.iter().zip(wanted.hosts()) {
        let script = converge::script(print).map_err(|fault| said(&[fault]))?;
        let seed = first_boot(cluster, nocloud, host, &script)?;
        let [iso, user_data] = names(&host.name);
        let failed = |error: seed::SeedError| {
            Diagnostic::error(format!("The seed of {} cannot be made", host.name), error.to_string())
        };
        seeds.files.insert(iso, seed.image().map_err(failed)?);
        seeds.files.insert(user_data, seed.user_data(Carrier::NoCloud).map_err(failed)?.into_bytes());
        seeds.hosts.insert(host.name.clone(), member(&wanted, pool, what, host, script.hash));
    }
    Ok(seeds)
}

/// Where each host's seed is, for the state.
pub(super) fn places(nocloud: &NoCloud, hosts: &BTreeSet<String>) -> BTreeMap<String, Seed> {
    let place = |host: &String| {
        let path = |name: &String| Path::new(&nocloud.output_dir).join(name).display().to_string();
        let [iso, user_data] = &names(host);
        Seed { iso: path(iso), user_data: path(user_data) }
    };
    hosts.iter().map(|host| (host.clone(), place(host))).collect()
}

/// Writes what is not there yet.
pub(super) fn write(folder: &Folder, seeds: &Seeds) -> Result<()> {
    for (name, content) in &seeds.files {
        seed::write(&folder.path().join(name), content)
            .map_err(|error| Diagnostic::error("A seed cannot be written", error.to_string()))?;
    }
    Ok(())
}

/// What is not there as it should be, a line each.
pub(super) fn drift(folder: &Folder, seeds: &Seeds) -> Vec<String> {
    let line = |(name, content): (&String, &Vec<u8>)| {
        let path = folder.path().join(name);
        let changed = match (fs::read(&path), folder.made_by_another()) {
            (Ok(there), _) if there == *content => return None,
            (Ok(_), Some(other)) => format!("as lostops {other} made it → as lostops {VERSION} makes it"),
            (Ok(_), None) => "as made → changed".to_owned(),
            (Err(error), _) if error.kind() == ErrorKind::NotFound => "made → missing".to_owned(),
            (Err(error), _) => format!("made → cannot be read ({error})"),
        };
        Some(format!("{}: {changed}", path.display()))
    };
    seeds.files.iter().filter_map(line).collect()
}

/// What is wrong with the network that hosts are given.
pub(super) fn check(cluster: &Cluster, spec: &ClusterSpec) -> Vec<Diagnostic> {
    let network = cluster.nocloud.as_ref().and_then(|nocloud| nocloud.network.as_ref());
    let Some(written) = network else { return Vec::new() };
    spec.hosts()
        .filter_map(|(_, _, host)| network_of(written, host).err())
        .flat_map(|found| found.0)
        .collect()
}

/// The names of all seeds of these hosts.
pub(super) fn files(hosts: &BTreeSet<String>) -> BTreeSet<String> {
    hosts.iter().flat_map(|host| names(host)).collect()
}

fn names(host: &str) -> [String; 2] {
    [format!("{host}.iso"), format!("{host}.user-data")]
}

fn first_boot(
    cluster: &Cluster,
    nocloud: &NoCloud,
    host: &Host,
    script: &converge::Script,
) -> Result<seed::Seed> {
    let operator = |ssh: &Ssh| User::operator(ssh.operator(), ssh.public_keys.clone().unwrap_or_default());
    // cloud-init does its work again for an instance that it does not know: that is how a changed seed takes effect.
    let instance_id =
        format!("{}-{}-{}", cluster.name, host.name, script.hash.get(..12).unwrap_or(&script.hash));
    Ok(seed::Seed {
        instance_id,
        hostname: host.name.clone(),
        users: cluster.ssh.iter().map(operator).collect(),
        ssh_keys: None,
        network: nocloud.network.as_ref().map(|written| network_of(written, host)).transpose()?,
        task: Some(Task::new(script.text.expose())),
    })
}

fn network_of(written: &super::model::Network, host: &Host) -> Result<Network> {
    let gateway: IpAddr = spec::parsed(&written.gateway, &kit::Path::of("nocloud.network.gateway"))?;
    let unfit = |why: String| {
        Diagnostic::error(format!("The network of `{}` cannot be set up", host.name), why)
            .attribute("nocloud.network")
    };
    let address = host.peer_address().unwrap_or_default();
    let Ok(address) = address.parse::<IpAddr>() else {
        let why = format!("`{address}` is no address in numbers. Give the host a `private_address`.");
        return Err(unfit(why).into());
    };
    if address.is_ipv4() != gateway.is_ipv4() {
        let why = format!(
            "Its address {address} and the gateway {gateway} are of different families. Use two of one family."
        );
        return Err(unfit(why).into());
    }
    let Some(around) = u8::try_from(written.prefix).ok().and_then(|bits| Cidr::around(address, bits)) else {
        let why = format!("{} bits are more than the address {address} has. Lower `prefix`.", written.prefix);
        return Err(unfit(why).into());
    };
    let route = Route {
        to: if gateway.is_ipv6() { "::/0" } else { "0.0.0.0/0" }.into(),
        via: gateway,
        // A host with a network of its own reaches its router all the same.
        on_link: (!around.contains(gateway)).then_some(true),
    };
    let card = Ethernet {
        addresses: vec![format!("{address}/{}", written.prefix)],
        routes: vec![route],
        nameservers: Some(Nameservers {
            addresses: spec::all(Some(&written.nameservers), "nocloud.network.nameservers")?,
            search: Vec::new(),
        }),
        ..Ethernet::default()
    };
    Ok(Network::new([(written.card.clone(), card)].into()))
}

/// What the state says of a host.
pub(super) fn member(spec: &ClusterSpec, pool: &str, what: &Pool, host: &Host, blueprint: String) -> Member {
    let role = if !what.role.works() {
        "server"
    } else if what.role.serves() {
        "both"
    } else {
        "client"
    };
    let datacenter = what.datacenter.clone().unwrap_or_else(|| spec.datacenter.clone());
    Member {
        pool: pool.to_owned(),
        role: role.to_owned(),
        datacenter,
        address: host.address.clone().unwrap_or_default(),
        blueprint,
        host_key: None,
        ports: None,
    }
}
