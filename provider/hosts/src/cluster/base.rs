//! What every host gets before anything of a cluster runs on it: packages, people, time, kernel settings, data volumes.

use crate::blueprint::{Blueprint, Disk, Unit, User};
use crate::converge::sha256;
use crate::spec::{Filesystem, Login, Source, Volume};

use super::{Site, dir, file, ports};

pub(super) fn add(site: &Site<'_>, print: &mut Blueprint) {
    print.dirs.push(dir("/etc/lostops", 0o700, "root:root"));
    packages(site, print);
    for login in &site.spec.logins {
        person(login, print);
    }
    time(site, print);
    kernel(site, print);
    for volume in &site.pool.volumes {
        data(volume, print);
    }
}

fn packages(site: &Site<'_>, print: &mut Blueprint) {
    let mut names = vec!["ca-certificates", "chrony", "curl", "unzip"];
    if site.spec.security.firewall {
        names.push("nftables");
    }
    let releases = [Some(&site.spec.nomad), site.spec.consul()].into_iter().flatten();
    if releases.into_iter().any(|release| release.source == Source::Official) {
        names.push("gpgv");
    }
    if site.pool.role.works() {
        // The CNI plugins open ports of `bridge` networks with iptables.
        names.extend(["docker.io", "iptables"]);
    }
    if site.spec.logins.iter().any(|login| login.sudo) {
        names.push("sudo");
    }
    if site.pool.volumes.iter().any(|volume| volume.device.is_some() && volume.filesystem == Filesystem::Xfs)
    {
        names.push("xfsprogs");
    }
    names.sort_unstable();
    print.packages.extend(names.into_iter().map(str::to_owned));
}

fn person(login: &Login, print: &mut Blueprint) {
    let name = &login.name;
    // root is there already, with a home of its own.
    let root = name == "root";
    let home = if root { "/root".to_owned() } else { format!("/home/{name}") };
    let owner = format!("{name}:{name}");
    if !root {
        print.users.push(User {
            name: name.clone(),
            system: false,
            home: home.clone(),
            shell: "/bin/bash".into(),
            groups: vec![],
        });
    }
    print.dirs.push(dir(&format!("{home}/.ssh"), 0o700, &owner));
    let keys = login.keys.iter().fold(String::new(), |text, key| text + key.trim() + "\n");
    print.files.push(file(&format!("{home}/.ssh/authorized_keys"), &keys, &owner, 0o600));
    if login.sudo {
        let rule = format!("{name} ALL=(ALL:ALL) NOPASSWD: ALL\n");
        print.files.push(file(&format!("/etc/sudoers.d/lostops-{name}"), &rule, "root:root", 0o440));
    }
}

fn time(site: &Site<'_>, print: &mut Blueprint) {
    let path = "/etc/chrony/sources.d/lostops.sources";
    if !site.spec.time_servers.is_empty() {
        let lines = site
            .spec
            .time_servers
            .iter()
            .fold(String::new(), |text, name| text + "server " + name + " iburst\n");
        print.files.push(file(path, &lines, "root:root", 0o644));
    }
    print.units.push(Unit {
        name: "chrony.service".into(),
        restart_on: vec![path.into()],
        ..Unit::default()
    });
}

fn kernel(site: &Site<'_>, print: &mut Blueprint) {
    let (first, last) = ports::EPHEMERAL;
    print.sysctl.insert("net.ipv4.ip_local_port_range".into(), format!("{first} {last}"));
    if site.pool.role.works() {
        print.modules.extend(["br_netfilter".to_owned()]);
        for key in [
            "bridge.bridge-nf-call-arptables",
            "bridge.bridge-nf-call-ip6tables",
            "bridge.bridge-nf-call-iptables",
        ] {
            print.sysctl.insert(format!("net.{key}"), "1".into());
        }
        print.sysctl.insert("net.ipv4.ip_forward".into(), "1".into());
        let names = print.modules.join("\n") + "\n";
        print.files.push(file("/etc/modules-load.d/lostops.conf", &names, "root:root", 0o644));
    }
    let lines =
        print.sysctl.iter().fold(String::new(), |text, (key, value)| text + key + " = " + value + "\n");
    print.files.push(file("/etc/sysctl.d/60-lostops.conf", &lines, "root:root", 0o644));
}

fn data(volume: &Volume, print: &mut Blueprint) {
    if let Some(device) = &volume.device {
        let label = format!("lo-{}", &sha256(volume.name.as_bytes())[..9]);
        let filesystem = volume.filesystem;
        print.disks.push(Disk { device: device.clone(), filesystem, label, path: volume.path.clone() });
    }
    let owner = volume.owner.as_deref().unwrap_or("root");
    let owner = if owner.contains(':') { owner.to_owned() } else { format!("{owner}:{owner}") };
    print.dirs.push(dir(&volume.path, 0o755, &owner));
}
