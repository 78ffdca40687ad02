//! What is refused before anything is made, in words.

use hosts::cluster::check;
use hosts::spec::{
    ClusterSpec, Discovery, Introduction, Login, Origin, Pinned, PortRange, Release, Role, Security, Source,
    Version, Volume,
};
use std::collections::BTreeMap;

use crate::sample::{alone, official, spec};

fn refused(spoil: impl Fn(&mut ClusterSpec)) -> String {
    let mut spec = spec();
    spoil(&mut spec);
    check(&spec).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_right_is_not_refused() {
    assert_eq!(check(&spec()), vec![]);
    assert_eq!(check(&alone()), vec![]);
}

#[test]
fn names() {
    insta::assert_snapshot!(refused(|spec| spec.name = "My Cluster".into()), @"The cluster name `My Cluster` cannot be used: names are DNS labels. Use up to 63 lower-case letters, digits and inner dashes");
    insta::assert_snapshot!(refused(|spec| spec.pools.get_mut("web").unwrap().hosts[1].name = "web-1".into()), @"The host name `web-1` is there twice: pools `web` and `web` both have it. Give each host its own name");
    insta::assert_snapshot!(refused(|spec| spec.logins = vec![Login { name: "ops".into(), keys: vec![String::new()], sudo: false }]), @"The login `ops` cannot be made: a key is one line that is not empty. Correct its keys");
    insta::assert_snapshot!(refused(|spec| spec.time_servers = vec!["a b".into()]), @"The time server `a b` cannot be used: it is not a name or an address. Name a host that answers NTP");
}

#[test]
fn servers_and_addresses() {
    insta::assert_snapshot!(refused(|spec| drop(spec.pools.remove("servers"))), @"The cluster has no server: no pool of that role has a host. Give one pool the role `server` or `both`");
    insta::assert_snapshot!(refused(|spec| drop(spec.pools.get_mut("servers").unwrap().hosts.pop())), @"The cluster has 2 servers, an even number: 2 survive the loss of no more hosts than 1, and are lost sooner. Use 1 or 3 servers");
    insta::assert_snapshot!(refused(|spec| spec.pools.get_mut("servers").unwrap().hosts[0].private_address = None), @r"
        Nobody would find the server `server-1`: it has no address. Give it an `address` or a `private_address`
        The firewall would shut out `server-1`: it has no address in numbers, and no network is named from which hosts of the cluster come. Give each host a `private_address`, or name the network that they share
        ");
}

#[test]
fn firewall() {
    insta::assert_snapshot!(refused(|spec| spec.pools.get_mut("web").unwrap().hosts[0].port = Some(4646)), @"SSH cannot be on port 4646: 4646 is for the cluster itself. Use another port for SSH");
    insta::assert_snapshot!(refused(|spec| spec.ssh_port = 25_000), @"SSH cannot be on port 25000: 20000-32000 is for the cluster itself. Use another port for SSH");
    insta::assert_snapshot!(refused(|spec| spec.firewall.rules[0].from = Origin::Pool("wbe".into())), @"A firewall rule names the pool `wbe`: there is no such pool. Name one of the cluster's pools");
    insta::assert_snapshot!(refused(|spec| spec.firewall.rules[0].ports.clear()), @"A firewall rule to the pool `data` lets nobody in: it names no port or no network. Complete it or remove it");
    insta::assert_snapshot!(refused(|spec| spec.firewall.rules[1].ports = vec![PortRange::between(4000, 5000)]), @"A firewall rule to the pool `web` opens port 4000-5000: 4647 is for agents of the cluster among themselves, and overlaps it. Leave that port out of the rule");
}

#[test]
fn releases() {
    insta::assert_snapshot!(refused(|spec| spec.nomad = official(Version::new(1, 7, 7))), @"Nomad 1.7.7 cannot be installed: this lostops knows Nomad from 1.8 on. Choose a later release");
    insta::assert_snapshot!(refused(|spec| spec.cni = Some(official(Version::new(1, 0, 0)))), @"CNI plugins 1.0.0 cannot be installed: nobody signs them, and no checksum of that release is known. Use 1.9.1, or name a mirror with checksums");
    let pinned = Pinned { url: "https://m.example.com/nomad.zip".into(), sha256: "abc".into() };
    let mirror = Source::Mirror(BTreeMap::from([(hosts::spec::Arch::Amd64, pinned)]));
    insta::assert_snapshot!(refused(|spec| spec.nomad = Release { source: mirror.clone(), ..spec.nomad.clone() }), @"Nomad cannot come from that mirror: for each architecture it needs an address without spaces and quotes, and a SHA-256 of 64 hexadecimal digits. Correct the address and the checksum");
}

#[test]
fn security() {
    let with = |security: Security| refused(|spec| spec.security = security);
    let usual = Security::default();
    insta::assert_snapshot!(with(Security { https_client_certs: true, ..usual }), @"Consul could not check jobs' identities: it fetches Nomad's keys over HTTP and has no client certificate to show. Turn `https_client_certs` or workload identities off");
    insta::assert_snapshot!(with(Security { https_client_certs: true, tls: false, workload_identity: false, ..usual }), @"Client certificates cannot be asked for: TLS is off. Turn TLS on, or client certificates off");
    let strict = Security { introduction: Introduction::Strict, ..usual };
    insta::assert_snapshot!(
        refused(|spec| (spec.security, spec.nomad, spec.discovery) = (strict, official(Version::new(1, 10, 0)), Discovery::Nomad)),
        @"Nomad 1.10.0 does not know introduction tokens: they came with 1.11. Use a later Nomad, or do not ask for them"
    );
    insta::assert_snapshot!(
        refused(|spec| { spec.security = strict; spec.pools.get_mut("servers").unwrap().role = Role::Both; }),
        @r#"Nobody could introduce the hosts of the pool `servers`: a server introduces clients, and these are clients before there is a server. Give the cluster servers of their own, or use `introduction = "warn"`"#
    );
}

#[test]
fn volumes() {
    let with =
        |spoil: fn(&mut Vec<Volume>)| refused(|spec| spoil(&mut spec.pools.get_mut("data").unwrap().volumes));
    insta::assert_snapshot!(with(|volumes| volumes[0].path = "/srv/../etc".into()), @"The volume `postgres` of the pool `data` has no usable path: `/srv/../etc` is not a plain absolute path. Use letters, digits and . _ -, as in `/srv/data`");
    insta::assert_snapshot!(with(|volumes| volumes[0].path = "/usr/share".into()), @"The volume `postgres` of the pool `data` is in the way: `/usr/share` is the operating system's or Nomad's own. Put it below /srv, /mnt or /data");
    insta::assert_snapshot!(with(|volumes| volumes[1].path = "/srv/postgres/seed".into()), @"The volume `seed` of the pool `data` clashes with another: `postgres` is at `/srv/postgres`, and one is inside the other. Give each its own name, path and device");
    insta::assert_snapshot!(with(|volumes| volumes[0].device = Some("sdb".into())), @"The volume `postgres` of the pool `data` has no usable device: `sdb` is not a path below /dev. Use a path such as `/dev/disk/by-id/…`");
    insta::assert_snapshot!(with(|volumes| volumes[1].device = volumes[0].device.clone()), @"The volume `seed` of the pool `data` clashes with another: `postgres` has the same device. Give each its own name, path and device");
    insta::assert_snapshot!(with(|volumes| volumes[0].owner = Some("-R".into())), @"The volume `postgres` of the pool `data` has no usable owner: it is not a user's name or number. Use for example `1000`");
}

#[test]
fn a_living_cluster_keeps_what_it_would_be_lost_without() {
    let said = |change: fn(&mut ClusterSpec)| {
        let (before, mut after) = (spec(), spec());
        change(&mut after);
        let faults = hosts::cluster::may_become(&before, &after).err().unwrap_or_default();
        faults.into_iter().map(|fault| format!("{}: {}", fault.what, fault.cause)).collect::<Vec<_>>()
    };
    assert!(said(|_| ()).is_empty());
    let renamed = said(|after| "web-9".clone_into(&mut after.pools.get_mut("web").unwrap().hosts[0].name));
    assert_eq!(
        renamed,
        ["A machine cannot change its name in place: at its address is web-1, which would be cleared"]
    );
    let moved = said(|after| {
        for host in after.pools.values_mut().flat_map(|pool| &mut pool.hosts) {
            host.address = Some(format!("{}.elsewhere.example", host.name));
        }
    });
    assert_eq!(moved.len(), 1, "{moved:?}");
    let open = said(|after| after.security.acl = false);
    assert_eq!(
        open,
        [
            "`security.acl` cannot be switched on a living cluster: agents with and without it do not understand each other"
        ]
    );
}
