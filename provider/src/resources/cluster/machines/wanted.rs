//! From what a person wrote to what each machine should be. Pure; it must ask nobody.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use hosts::qemu::{Forward, Kernel, Machine, Place, Record, Shape};
use hosts::seed::{Ethernet, Match, Network, Seed, SshKeys, User};
use hosts::spec::Cidr;
use kit::{Diagnostic, Result};

use super::super::model::{Cluster, Host, Pool, Qemu};
use super::super::reach::operator;
use super::super::said;
use super::yard::Yard;

/// What the emulator calls the machine itself on the network card for the way out, and this machine.
pub(in super::super) const INSIDE: &str = "10.0.2.15";
/// What the machine sees of whoever comes through one of its ports.
pub(in super::super) const OUTSIDE: &str = "10.0.2.2";
/// Where the ports are here.
pub(in super::super) const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Each host with its pool.
pub(super) fn hosts(cluster: &Cluster) -> impl Iterator<Item = (&Pool, &Host)> {
    cluster.pool.values().flat_map(|pool| pool.host.iter().map(move |host| (pool, host)))
}

/// What the machines of a pool are started with.
pub(super) fn shape(cluster: &Cluster, qemu: &Qemu, pool: &Pool) -> Shape {
    let own = pool.machine.as_ref();
    Shape {
        cpus: own.and_then(|size| size.cpus).unwrap_or(qemu.cpus),
        memory_mib: own.and_then(|size| size.memory).unwrap_or(qemu.memory),
        disk_gib: own.and_then(|size| size.disk).unwrap_or(qemu.disk),
        volumes: volumes(pool),
        doors: ways_in(cluster, pool).into_iter().map(|(what, port)| (what.to_owned(), port)).collect(),
    }
}

/// The volumes of a pool that have disks of their own.
pub(super) fn volumes(pool: &Pool) -> BTreeMap<String, u32> {
    pool.volume.iter().filter_map(|volume| Some((volume.name.clone(), volume.size?))).collect()
}

/// Where the system finds a disk of that name.
pub(in super::super) fn device(volume: &str) -> String {
    format!("/dev/disk/by-id/virtio-{volume}")
}

/// What leads into a machine, and to which port there.
fn ways_in(cluster: &Cluster, pool: &Pool) -> Vec<(&'static str, u16)> {
    let tls = cluster.security.as_ref().is_none_or(|security| security.tls);
    let serves = pool.role != "client";
    let mut ways = vec![("ssh", 22)];
    if serves {
        ways.push(("nomad", 4646));
    }
    if serves && cluster.discovery == "consul" {
        ways.push(("consul", if tls { 8501 } else { 8500 }));
    }
    if pool.ingress {
        ways.extend([("http", 80), ("https", 443)]);
    }
    ways
}

/// A machine as it is started; with a seed if it is made.
pub(super) fn machine(
    cluster: &Cluster,
    (qemu, yard): (&Qemu, &Yard),
    (pool, host): (&Pool, &Host),
    record: &Record,
    seed: Option<Vec<u8>>,
) -> Machine {
    let shape = shape(cluster, qemu, pool);
    let ports = shape.doors.iter().filter_map(|(what, guest_port)| {
        Some(Forward { address: HERE, port: *record.ports.get(what)?, guest_port: *guest_port })
    });
    let kernel = qemu.kernel.as_ref().map(|kernel| Kernel {
        kernel: kernel.path.clone().into(),
        initrd: kernel.initrd.clone().map(Into::into),
        append: kernel.command_line.clone(),
    });
    Machine {
        place: yard.place(&cluster.name, &host.name),
        image: qemu.image.clone().into(),
        image_format: qemu.image_format.clone(),
        disk_gib: Some(shape.disk_gib),
        forwards: ports.collect(),
        volumes: shape.volumes.into_iter().collect(),
        seed,
        cpus: shape.cpus,
        memory_mib: shape.memory_mib,
        cable: host.private_address.as_ref().map(|_| yard.cable()),
        kernel,
    }
}

/// What a machine finds at its first boot: who may log in, its own key, its networks. The rest comes over SSH.
pub(super) fn seed(
    cluster: &Cluster,
    qemu: &Qemu,
    (host, place): (&Host, &Place),
    record: &Record,
    key: SshKeys,
) -> Result<Vec<u8>> {
    let keys = cluster.ssh.as_ref().and_then(|ssh| ssh.public_keys.clone()).unwrap_or_default();
    let seed = Seed {
        instance_id: record.instance.clone(),
        hostname: host.name.clone(),
        users: vec![User::operator(operator(cluster.ssh.as_ref()), keys)],
        ssh_keys: Some(key),
        network: network(qemu, host, place)?,
        task: None,
    };
    let failed = |why: String| Diagnostic::error(format!("The seed of {} cannot be made", host.name), why);
    seed.image().map_err(|error| failed(error.to_string()).into())
}

/// Two cards need to be told apart; one alone asks as it always does.
fn network(qemu: &Qemu, host: &Host, place: &Place) -> Result<Option<Network>> {
    let Some(address) = &host.private_address else { return Ok(None) };
    let around: Cidr = super::super::spec::parsed(&qemu.network, &kit::Path::of("qemu.network"))?;
    let card = |address: String, name: &str| Ethernet {
        matches: Some(Match { macaddress: address }),
        set_name: Some(name.to_owned()),
        ..Ethernet::default()
    };
    let [out, cable] = place.cards();
    let out = Ethernet { dhcp4: true, ..card(out, "out0") };
    let addresses = vec![format!("{address}/{}", around.bits())];
    let cable = Ethernet { addresses, ..card(cable, "cluster0") };
    Ok(Some(Network::new([("out0".to_owned(), out), ("cluster0".to_owned(), cable)].into())))
}

/// What is wrong with a machine, by the host's own name.
pub(super) fn of_host(host: &str, fault: hosts::Fault) -> hosts::Fault {
    hosts::Fault { host: Some(host.to_owned()), ..fault }
}

/// The same as it fails an apply.
pub(super) fn failed(host: &str, fault: hosts::Fault) -> kit::Failure {
    said(&[of_host(host, fault)])
}
