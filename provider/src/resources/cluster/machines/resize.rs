//! What can become of a machine that stays: more or fewer processors, more or less memory, larger disks, further disks and
//! ports. Pure.

use hosts::qemu::{Record, Shape};
use kit::{Diagnostic, Result};

use super::super::model::{Cluster, Host, Pool, Qemu, Volume};
use super::wanted::{hosts, shape};

/// What has to become another for a machine to be what it should be, as a plan says it; nothing if it may go on. What it has
/// beyond that hinders nobody until it starts next.
pub(super) fn changes(is: &Shape, should: &Shape) -> Vec<String> {
    let mut words = Vec::new();
    if is.cpus != should.cpus {
        let several = if should.cpus == 1 { "" } else { "s" };
        words.push(format!("{} processor{several} ({})", should.cpus, is.cpus));
    }
    if is.memory_mib != should.memory_mib {
        words.push(format!("{} MiB ({})", should.memory_mib, is.memory_mib));
    }
    if is.disk_gib < should.disk_gib {
        words.push(format!("a disk of {} GiB ({})", should.disk_gib, is.disk_gib));
    }
    for (name, size) in &should.volumes {
        match is.volumes.get(name) {
            None => words.push(format!("a new volume {name} of {size} GiB")),
            Some(before) if before < size => {
                words.push(format!("a volume {name} of {size} GiB ({before})"));
            }
            Some(_) => {}
        }
    }
    let closed = should.doors.iter().filter(|(what, port)| is.doors.get(*what) != Some(port));
    let closed: Vec<&str> = closed.map(|(what, _)| what.as_str()).collect();
    if !closed.is_empty() {
        words.push(format!("ports for {}", closed.join(" and ")));
    }
    words
}

/// What a machine was started with. Where nobody kept that, it is what this cluster says, with the ports that it has.
pub(super) fn started(cluster: &Cluster, host: &str, record: &Record) -> Option<Shape> {
    if record.shape.is_some() {
        return record.shape.clone();
    }
    let mut shape = wanted(cluster, host)?;
    shape.doors.retain(|what, _| record.ports.contains_key(what));
    Some(shape)
}

/// What a host's machine should be started with.
pub(super) fn wanted(cluster: &Cluster, host: &str) -> Option<Shape> {
    let qemu = cluster.qemu.as_ref()?;
    let (pool, _) = hosts(cluster).find(|(_, other)| other.name == host)?;
    Some(shape(cluster, qemu, pool))
}

/// Refuses what cannot become of a machine that stays.
pub(in super::super) fn stay(prior: &Cluster, draft: &Cluster) -> Result<()> {
    let (Some(before), Some(after)) = (&prior.qemu, &draft.qemu) else { return Ok(()) };
    let fixed = |qemu: &Qemu| (qemu.folder.clone(), qemu.network.clone(), qemu.kernel.clone());
    if fixed(before) != fixed(after) {
        let detail = "`folder`, `network` and `kernel` are those that the machines were made with. Leave them, or make a cluster of its own with others.";
        return Err(Diagnostic::error("The machines stay what they are", detail).attribute("qemu").into());
    }
    for (pool, host) in hosts(draft) {
        let Some((old_pool, old)) = hosts(prior).find(|(_, old)| old.name == host.name) else { continue };
        let shapes = (shape(prior, before, old_pool), shape(draft, after, pool));
        if let Some((what, why)) =
            moved(old, host).or_else(|| lost((old_pool, &shapes.0), (pool, &shapes.1), host))
        {
            return Err(Diagnostic::error(what, why).attribute("pool").into());
        }
    }
    Ok(())
}

fn moved(old: &Host, host: &Host) -> Option<(String, String)> {
    (old.private_address != host.private_address).then(|| {
        let why = "Its seed gave it that, and it is in certificates. Take the host out in one apply and add it in the next, or add another host first.";
        (format!("The machine `{}` keeps its `private_address`", host.name), why.to_owned())
    })
}

/// What would be lost that is on its disks, or out of sight.
fn lost(
    (old, is): (&Pool, &Shape),
    (pool, should): (&Pool, &Shape),
    host: &Host,
) -> Option<(String, String)> {
    let name = &host.name;
    let other = "add another host as it should be, move the data there, and take this one out";
    if should.disk_gib < is.disk_gib {
        let why = format!(
            "It has {} GiB, and what is on it may need them all. Leave it as large as it is; or {other}.",
            is.disk_gib
        );
        return Some((format!("The disk of the machine `{name}` cannot shrink"), why));
    }
    is.volumes.iter().find_map(|(volume, size)| match should.volumes.get(volume) {
        None => Some((
            format!("The machine `{name}` keeps its volume `{volume}`"),
            format!("A volume with a disk of its own goes only with the whole machine. Leave it with its `size`; or {other}."),
        )),
        Some(after) if after < size => Some((
            format!("The volume `{volume}` of the machine `{name}` cannot shrink"),
            format!("It has {size} GiB, and what is on it may need them all. Leave it as large as it is; or {other}."),
        )),
        Some(_) => None,
    }).or_else(|| {
        let mut disks = pool.volume.iter().filter(|volume| volume.size.is_some());
        let folder = |new: &Volume| {
            let mut folders = old.volume.iter().filter(|old| old.size.is_none());
            folders.any(|old| old.name == new.name || old.path == new.path)
        };
        let hidden = disks.find(|new| folder(new))?;
        let why = "A disk of its own would hide what is in it. Give the disk to a new volume, with another name and path, and have jobs move there.";
        Some((format!("The volume `{}` of the machine `{name}` is there already", hidden.name), why.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(cpus: u16, disk_gib: u32, volumes: &[(&str, u32)], doors: &[(&str, u16)]) -> Shape {
        let volumes = volumes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
        let doors = doors.iter().map(|(what, port)| ((*what).to_owned(), *port)).collect();
        Shape { cpus, memory_mib: 2048, disk_gib, volumes, doors }
    }

    #[test]
    fn what_is_not_as_it_should_be_is_said_and_what_is_more_hinders_nobody() {
        let is = shape(2, 20, &[("data", 1), ("old", 1)], &[("ssh", 22), ("http", 80)]);
        assert!(changes(&is, &shape(2, 10, &[("data", 1)], &[("ssh", 22)])).is_empty());
        let should = Shape {
            memory_mib: 4096,
            ..shape(1, 30, &[("data", 2), ("logs", 5)], &[("ssh", 22), ("http", 80), ("https", 443)])
        };
        insta::assert_snapshot!(changes(&is, &should).join(", "), @"1 processor (2), 4096 MiB (2048), a disk of 30 GiB (20), a volume data of 2 GiB (1), a new volume logs of 5 GiB, ports for https");
        let other = shape(2, 20, &[], &[("ssh", 2222)]);
        assert_eq!(changes(&is, &other).first().unwrap(), "ports for ssh");
    }
}
