//! What is wrong with machines as they are written. Pure.

use std::net::IpAddr;

use hosts::qemu::SOCKET_PATH;
use hosts::spec::Cidr;
use kit::Diagnostic;

use super::super::model::{Cluster, Host, Pool, Qemu, Ssh};
use super::wanted::hosts;

/// How long a disk's name can be.
const DISK_NAME: usize = 20;

/// Everything that is wrong.
pub(in super::super) fn check(cluster: &Cluster) -> Vec<Diagnostic> {
    let Some(qemu) = &cluster.qemu else { return elsewhere(cluster).collect() };
    let mut found: Vec<Diagnostic> = hosts(cluster).filter_map(|(_, host)| chosen(host)).collect();
    found.extend(cluster.ssh.as_ref().and_then(reached));
    found.extend(cluster.pool.values().filter_map(disks));
    found.extend(paths(qemu, cluster));
    found.extend(addresses(qemu, cluster));
    found
}

/// What only machines have that are made here.
fn elsewhere(cluster: &Cluster) -> impl Iterator<Item = Diagnostic> {
    let error = |what: &str, why: &str| Diagnostic::error(what, why).attribute("pool");
    let homeless = hosts(cluster).filter(|(_, host)| host.address.is_none()).map(move |(_, host)| {
        error(
            &format!("The host `{}` has no address", host.name),
            "Nothing says where it is. Write its `address`.",
        )
    });
    let sized = cluster.pool.iter().filter(|(_, pool)| pool.machine.is_some()).map(move |(name, _)| {
        let why = "Only machines that lostops makes have a size: take the block `machine` away.";
        error(&format!("The machines of the pool `{name}` are there already"), why)
    });
    let volumes = cluster.pool.values().flat_map(|pool| &pool.volume).filter(|volume| volume.size.is_some());
    let volumes = volumes.map(move |volume| {
        let why = "Only machines that lostops makes get disks. Name the disk in `device`, or leave `size` away for a folder on the host's own.";
        error(&format!("The volume `{}` cannot have a size", volume.name), why)
    });
    homeless.chain(sized).chain(volumes)
}

/// What nobody chooses about a machine that is made here.
fn chosen(host: &Host) -> Option<Diagnostic> {
    let words = [
        (
            "address",
            host.address.is_some(),
            "lostops knows how it is reached; among themselves hosts have a `private_address`",
        ),
        ("user", host.user.is_some(), "the user of `ssh.user` is made on each of them"),
        ("port", host.port.is_some(), "a port of this machine leads to port 22 of each; see `hosts[].ports`"),
        ("host_key", host.host_key.is_some(), "it gets a key of its own when it is made"),
    ];
    let (name, _, why) = words.into_iter().find(|(_, written, _)| *written)?;
    let what = format!("The machine `{}` cannot be given its {name}", host.name);
    Some(Diagnostic::error(what, format!("With `qemu`, {why}. Take `{name}` away.")).attribute("pool"))
}

fn reached(ssh: &Ssh) -> Option<Diagnostic> {
    let (name, why) = if ssh.port != 22 {
        ("port", "a port of this machine leads to port 22 of each; see `hosts[].ports`")
    } else if !ssh.bastion.is_empty() {
        ("bastion", "nobody is between: the machines are here")
    } else if ssh.operator() == "root" {
        ("user", "root does not log in to machines that lostops makes: name somebody else, who may use sudo")
    } else {
        return None;
    };
    let what = format!("`ssh.{name}` has no meaning with `qemu`");
    Some(
        Diagnostic::error(what, format!("Machines are reached in one way: {why}."))
            .attribute(&format!("ssh.{name}")),
    )
}

fn disks(pool: &Pool) -> Option<Diagnostic> {
    let sized = |volume: &&super::super::model::Volume| volume.size.is_some();
    pool.volume.iter().filter(sized).find_map(|volume| {
        let why = if volume.device.is_some() {
            "It has a `device` and a `size`: keep one of them. With a size it gets a disk of its own."
        } else if volume.name.len() > DISK_NAME {
            "The name of a disk has at most 20 characters. Choose a shorter one."
        } else {
            return None;
        };
        let what = format!("The volume `{}` cannot have a disk of its own", volume.name);
        Some(Diagnostic::error(what, why).attribute("pool"))
    })
}

/// A socket's address is short.
fn paths(qemu: &Qemu, cluster: &Cluster) -> Option<Diagnostic> {
    let path = std::path::absolute(&qemu.folder).ok()?;
    let longest = hosts(cluster).map(|(_, host)| host).max_by_key(|host| host.name.len())?;
    let length = path.join(&longest.name).join("qmp").as_os_str().len();
    let detail = format!(
        "The socket of `{}` would have a path of {length} bytes, of which {SOCKET_PATH} can be. Choose a folder nearer to the root.",
        longest.name
    );
    (length > SOCKET_PATH)
        .then(|| Diagnostic::error("The folder's path is too long", detail).attribute("qemu.folder"))
}

fn addresses(qemu: &Qemu, cluster: &Cluster) -> Vec<Diagnostic> {
    let wrong = |what: String, why: String| Diagnostic::error(what, why).attribute("qemu.network");
    let Ok(network) = qemu.network.parse::<Cidr>() else { return Vec::new() };
    let taken = Cidr::around(IpAddr::from([10, 0, 2, 0]), 24);
    let clashes = taken.is_some_and(|taken| taken.covers(network) || network.covers(taken));
    if !network.address().is_ipv4() || network.bits() > 30 || clashes {
        let why = "Choose a private IPv4 network of at least four addresses that is apart from 10.0.2.0/24, on which each machine has its way out.";
        return vec![wrong(format!("{network} cannot be the network of the machines"), why.into())];
    }
    let several = hosts(cluster).count() > 1;
    let of_host = |(_, host): (&Pool, &Host)| {
        let Some(address) = &host.private_address else {
            let what = format!("Nobody would find the machine `{}`", host.name);
            return several.then(|| {
                wrong(
                    what,
                    format!(
                        "There are several, and they meet in {network}: give each a `private_address` in it."
                    ),
                )
            });
        };
        let inside = address.parse().is_ok_and(|address: IpAddr| usable(network, address));
        let what = format!("The machine `{}` cannot have the address {address}", host.name);
        (!inside).then(|| {
            wrong(
                what,
                format!("It is not one for a host of {network}. Choose one, or another `qemu.network`."),
            )
        })
    };
    hosts(cluster).filter_map(of_host).collect()
}

/// Neither the first nor the last address of a network is a host's.
fn usable(network: Cidr, address: IpAddr) -> bool {
    let (IpAddr::V4(first), IpAddr::V4(own)) = (network.address(), address) else { return false };
    let last = first.to_bits() | (u32::MAX >> network.bits());
    network.contains(address) && own != first && own.to_bits() != last
}
