//! The platform `nocloud`: for each host a seed, from which it sets itself up at its first boot. It asks nobody: what it
//! makes are files, for their owner alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hosts::cluster::blueprints;
use hosts::secrets::RootSecrets;
use hosts::seed::{self, Carrier, Ethernet, Nameservers, Network, Route, User};
use hosts::spec::{ClusterSpec, Host, Pool};
use hosts::way::Task;
use hosts::{Fault, converge};
use kit::{Diagnostic, Failure, Result};

use super::model::{Cluster, Member, NoCloud, Seed, Ssh};
use super::{root, spec};

/// What was made, or would be.
pub(super) struct Seeds {
    /// Each file and what is in it.
    pub(super) files: BTreeMap<PathBuf, Vec<u8>>,
    /// For the state: the hosts.
    pub(super) hosts: BTreeMap<String, Member>,
}

/// The seeds of a cluster with these root secrets.
pub(super) fn of(cluster: &Cluster, nocloud: &NoCloud, root: &RootSecrets) -> Result<Seeds> {
    let wanted = spec::of(cluster)?;
    let prints = blueprints(&wanted, root).map_err(|found| faults(&found))?;
    let mut seeds = Seeds { files: BTreeMap::new(), hosts: BTreeMap::new() };
    for (print, (pool, what, host)) in prints.iter().zip(wanted.hosts()) {
        let script = converge::script(print).map_err(|fault| faults(&[fault]))?;
        let seed = first_boot(cluster, nocloud, host, &script)?;
        let (iso, user_data) = paths(nocloud, &host.name);
        let failed = |error: seed::SeedError| {
            Diagnostic::error(format!("The seed of {} cannot be made", host.name), error.to_string())
        };
        seeds.files.insert(iso.clone(), seed.image().map_err(failed)?);
        seeds.files.insert(user_data.clone(), seed.user_data(Carrier::NoCloud).map_err(failed)?.into_bytes());
        seeds.hosts.insert(host.name.clone(), member(&wanted, pool, what, host, script.hash));
    }
    Ok(seeds)
}

/// Where each host's seed is, for the state.
pub(super) fn places(nocloud: &NoCloud, hosts: &BTreeSet<String>) -> BTreeMap<String, Seed> {
    let place = |host: &String| {
        let (iso, user_data) = paths(nocloud, host);
        Seed { iso: iso.display().to_string(), user_data: user_data.display().to_string() }
    };
    hosts.iter().map(|host| (host.clone(), place(host))).collect()
}

/// Writes what is not there yet.
pub(super) fn write(seeds: &Seeds) -> Result<()> {
    for (path, content) in &seeds.files {
        seed::write(path, content)
            .map_err(|error| Diagnostic::error("A seed cannot be written", error.to_string()))?;
    }
    Ok(())
}

/// What is not there as it should be, a line each.
pub(super) fn drift(seeds: &Seeds) -> Vec<String> {
    let line = |(path, content): (&PathBuf, &Vec<u8>)| match fs::read(path) {
        Ok(there) if there == *content => None,
        Ok(_) => Some(format!("{}: as made → changed", path.display())),
        Err(_) => Some(format!("{}: made → missing", path.display())),
    };
    seeds.files.iter().filter_map(line).collect()
}

/// The folder for its owner alone.
pub(super) fn folder(nocloud: &NoCloud) -> Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = PathBuf::from(&nocloud.output_dir);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
    made.map_err(|error| {
        let detail = format!("output_dir: {error}. Choose a folder that you may write to.");
        Diagnostic::error(format!("{} cannot be made", path.display()), detail)
            .attribute("nocloud.output_dir")
    })?;
    Ok(path)
}

/// Removes the seeds of these hosts.
pub(super) fn remove<'a>(places: impl IntoIterator<Item = &'a Seed>) -> Result<()> {
    places
        .into_iter()
        .flat_map(|seed| [&seed.iso, &seed.user_data])
        .try_for_each(|path| forget(Path::new(path)))
}

/// Removes what else was made: the root secrets, and the folder if nothing of somebody else's is in it.
pub(super) fn clear(nocloud: &NoCloud) -> Result<()> {
    let folder = Path::new(&nocloud.output_dir);
    forget(&root::file(folder))?;
    // A folder that is not empty holds something of its owner's, and stays.
    let _ = fs::remove_dir(folder);
    Ok(())
}

fn forget(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Diagnostic::error(format!("{} cannot be removed", path.display()), error.to_string()).into())
        }
        _ => Ok(()),
    }
}

fn paths(nocloud: &NoCloud, host: &str) -> (PathBuf, PathBuf) {
    let folder = Path::new(&nocloud.output_dir);
    (folder.join(format!("{host}.iso")), folder.join(format!("{host}.user-data")))
}

fn first_boot(
    cluster: &Cluster,
    nocloud: &NoCloud,
    host: &Host,
    script: &converge::Script,
) -> Result<seed::Seed> {
    let operator = |ssh: &Ssh| User::operator(&ssh.user, ssh.public_keys.clone());
    // cloud-init does its work again for an instance that it does not know: that is how a changed seed takes effect.
    let instance_id =
        format!("{}-{}-{}", cluster.name, host.name, script.hash.get(..12).unwrap_or(&script.hash));
    Ok(seed::Seed {
        instance_id,
        hostname: host.name.clone(),
        users: cluster.ssh.iter().map(operator).collect(),
        ssh_keys: None,
        network: nocloud.network.as_ref().map(|written| network(written, host)).transpose()?,
        task: Some(Task::new(script.text.expose())),
    })
}

fn network(written: &super::model::Network, host: &Host) -> Result<Network> {
    let address = host.peer_address().unwrap_or_default();
    let gateway = spec::parsed(&written.gateway, &kit::Path::of("nocloud.network.gateway"))?;
    let all = if written.gateway.contains(':') { "::/0" } else { "0.0.0.0/0" };
    let card = Ethernet {
        addresses: vec![format!("{address}/{}", written.prefix)],
        routes: vec![Route { to: all.into(), via: gateway }],
        nameservers: Some(Nameservers {
            addresses: spec::all(Some(&written.nameservers), "nocloud.network.nameservers")?,
            search: Vec::new(),
        }),
        ..Ethernet::default()
    };
    Ok(Network::new([(written.card.clone(), card)].into()))
}

fn member(spec: &ClusterSpec, pool: &str, what: &Pool, host: &Host, blueprint: String) -> Member {
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
    }
}

/// What is wrong with a cluster, as Terraform shows it.
pub(super) fn faults(faults: &[Fault]) -> Failure {
    Failure(faults.iter().map(said).collect())
}

fn said(fault: &Fault) -> Diagnostic {
    let what =
        fault.host.as_ref().map_or_else(|| fault.what.clone(), |host| format!("{host}: {}", fault.what));
    Diagnostic::error(what, format!("{}. {}.", fault.cause, fault.cure))
}
