//! What is wrong with what was asked, all of it at once, before anything is made.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::fault::Fault;
use crate::spec::{ClusterSpec, Introduction, Origin, Pool, PortRange, Release, Role, Source, Volume};

use super::{pins, ports};

/// Everything that is wrong with a spec.
pub fn check(spec: &ClusterSpec) -> Vec<Fault> {
    let mut faults = Vec::new();
    names(spec, &mut faults);
    servers(spec, &mut faults);
    addresses(spec, &mut faults);
    matrix(spec, &mut faults);
    releases(spec, &mut faults);
    security(spec, &mut faults);
    for (name, pool) in &spec.pools {
        volumes(name, pool, &mut faults);
    }
    faults
}

type Faults = Vec<Fault>;

fn fault(faults: &mut Faults, what: String, cause: &str, cure: &str) {
    faults.push(Fault::of_cluster(what, cause, cure));
}

/// Letters, digits and inner dashes: what host names and certificates can hold.
fn label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn names(spec: &ClusterSpec, faults: &mut Faults) {
    let mut labels =
        vec![("cluster", &spec.name), ("region", &spec.region), ("datacenter", &spec.datacenter)];
    for (name, pool) in &spec.pools {
        labels.push(("pool", name));
        labels.extend(pool.datacenter.iter().map(|name| ("datacenter", name)));
        labels.extend(pool.hosts.iter().map(|host| ("host", &host.name)));
        labels.extend(pool.volumes.iter().map(|volume| ("volume", &volume.name)));
    }
    labels.extend(spec.logins.iter().map(|login| ("login", &login.name)));
    for (kind, name) in labels.into_iter().filter(|(_, name)| !label(name)) {
        let what = format!("The {kind} name `{name}` cannot be used");
        fault(
            faults,
            what,
            "names are DNS labels",
            "Use up to 63 lower-case letters, digits and inner dashes",
        );
    }
    let mut seen = BTreeMap::new();
    for (pool, _, host) in spec.hosts() {
        if let Some(first) = seen.insert(&host.name, pool) {
            let cause = format!("pools `{first}` and `{pool}` both have it");
            fault(
                faults,
                format!("The host name `{}` is there twice", host.name),
                &cause,
                "Give each host its own name",
            );
        }
    }
    for login in &spec.logins {
        if login.keys.iter().any(|key| key.trim().is_empty() || key.trim().contains('\n')) {
            let what = format!("The login `{}` cannot be made", login.name);
            fault(faults, what, "a key is one line that is not empty", "Correct its keys");
        }
    }
    for server in &spec.time_servers {
        if server.is_empty()
            || !server.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-".contains(&byte))
        {
            let what = format!("The time server `{server}` cannot be used");
            fault(faults, what, "it is not a name or an address", "Name a host that answers NTP");
        }
    }
}

fn servers(spec: &ClusterSpec, faults: &mut Faults) {
    let count = spec.servers().count();
    if count == 0 {
        let cure = "Give one pool the role `server` or `both`";
        fault(faults, "The cluster has no server".into(), "no pool of that role has a host", cure);
    } else if count.is_multiple_of(2) {
        let cause =
            format!("{count} survive the loss of no more hosts than {}, and are lost sooner", count - 1);
        let cure = format!("Use {} or {} servers", count - 1, count + 1);
        fault(faults, format!("The cluster has {count} servers, an even number"), &cause, &cure);
    }
}

fn addresses(spec: &ClusterSpec, faults: &mut Faults) {
    if spec.hosts().count() < 2 {
        return;
    }
    let mut seen = BTreeMap::new();
    for (_, _, host) in spec.hosts() {
        let Some(address) = host.peer_address() else { continue };
        // One address has several spellings.
        let address = address.parse().map_or(address, |address: IpAddr| address.to_string());
        if let Some(first) = seen.insert(address.clone(), &host.name) {
            let what = format!("The hosts `{first}` and `{}` have one address", host.name);
            let cause = format!("the others would reach either of them at {address}");
            fault(faults, what, &cause, "Give each host its own `address` or `private_address`");
        }
    }
    for server in spec.servers().filter(|server| server.peer_address().is_none()) {
        let what = format!("Nobody would find the server `{}`", server.name);
        fault(faults, what, "it has no address", "Give it an `address` or a `private_address`");
    }
    let unknown = spec.hosts().find(|(_, _, host)| host.ips().is_empty());
    if let Some((_, _, host)) = unknown
        && spec.security.firewall
        && spec.firewall.cluster_cidrs.is_empty()
    {
        let what = format!("The firewall would shut out `{}`", host.name);
        let cause =
            "it has no address in numbers, and no network is named from which hosts of the cluster come";
        fault(faults, what, cause, "Give each host a `private_address`, or name the network that they share");
    }
}

fn matrix(spec: &ClusterSpec, faults: &mut Faults) {
    let ours = [
        ports::NOMAD_HTTP,
        ports::NOMAD_RPC,
        ports::NOMAD_GOSSIP,
        ports::CONSUL_RPC,
        ports::CONSUL_GOSSIP,
        ports::CONSUL_HTTP,
        ports::CONSUL_HTTPS,
        ports::CONSUL_GRPC,
        ports::CONSUL_DNS,
        80,
        443,
    ];
    let mut taken = ours.map(PortRange::one).to_vec();
    taken.push(ports::DYNAMIC);
    let own = spec.hosts().filter_map(|(.., host)| host.port);
    for ssh in own.chain([spec.ssh_port]).collect::<BTreeSet<_>>().into_iter().map(PortRange::one) {
        if let Some(other) = taken.iter().find(|other| other.overlaps(ssh)) {
            let cause = format!("{other} is for the cluster itself");
            fault(faults, format!("SSH cannot be on port {ssh}"), &cause, "Use another port for SSH");
        }
    }
    let inner =
        [ports::NOMAD_RPC, ports::NOMAD_GOSSIP, ports::CONSUL_RPC, ports::CONSUL_GOSSIP].map(PortRange::one);
    for rule in &spec.firewall.rules {
        let pools =
            [Some(&rule.to_pool), if let Origin::Pool(name) = &rule.from { Some(name) } else { None }];
        for name in pools.into_iter().flatten().filter(|name| !spec.pools.contains_key(*name)) {
            let cure = "Name one of the cluster's pools";
            fault(faults, format!("A firewall rule names the pool `{name}`"), "there is no such pool", cure);
        }
        let empty = matches!(&rule.from, Origin::Cidrs(cidrs) if cidrs.is_empty());
        if rule.ports.is_empty() || empty {
            let what = format!("A firewall rule to the pool `{}` lets nobody in", rule.to_pool);
            fault(faults, what, "it names no port or no network", "Complete it or remove it");
        }
        for range in &rule.ports {
            if let Some(port) = inner.iter().find(|port| port.overlaps(*range)) {
                let what = format!("A firewall rule to the pool `{}` opens port {range}", rule.to_pool);
                let cause = format!("{port} is for agents of the cluster among themselves, and overlaps it");
                fault(faults, what, &cause, "Leave that port out of the rule");
            }
        }
    }
}

fn releases(spec: &ClusterSpec, faults: &mut Faults) {
    let nomad = ("Nomad", &spec.nomad, (1, 8));
    let consul = spec.consul().map(|release| ("Consul", release, (1, 8)));
    for (name, release, least) in [Some(nomad), consul].into_iter().flatten() {
        if !release.version.at_least(least.0, least.1) {
            let what = format!("{name} {} cannot be installed", release.version);
            let cause = format!("this lostops knows {name} from {}.{} on", least.0, least.1);
            fault(faults, what, &cause, "Choose a later release");
        }
        mirror(name, release, faults);
    }
    if let Some(cni) = &spec.cni {
        mirror("The CNI plugins", cni, faults);
        if pins::cni(cni).is_empty() {
            let what = format!("CNI plugins {} cannot be installed", cni.version);
            let cause = "nobody signs them, and no checksum of that release is known";
            let cure = format!("Use {}, or name a mirror with checksums", pins::CNI);
            fault(faults, what, cause, &cure);
        }
    }
}

fn mirror(name: &str, release: &Release, faults: &mut Faults) {
    let Source::Mirror(mirror) = &release.source else { return };
    let hex = |sum: &str| sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    let printable = |url: &str| url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    if mirror.is_empty() || mirror.values().any(|pin| !hex(&pin.sha256) || !printable(&pin.url)) {
        let cause = "for each architecture it needs an address without spaces and quotes, and a SHA-256 of 64 hexadecimal digits";
        fault(
            faults,
            format!("{name} cannot come from that mirror"),
            cause,
            "Correct the address and the checksum",
        );
    }
}

fn security(spec: &ClusterSpec, faults: &mut Faults) {
    let security = &spec.security;
    if security.https_client_certs && !security.tls {
        let cure = "Turn TLS on, or client certificates off";
        fault(faults, "Client certificates cannot be asked for".into(), "TLS is off", cure);
    }
    if security.https_client_certs && security.workload_identity && security.acl && spec.consul().is_some() {
        let what = "Consul could not check jobs' identities".into();
        let cause = "it fetches Nomad's keys over HTTP and has no client certificate to show";
        fault(faults, what, cause, "Turn `https_client_certs` or workload identities off");
    }
    if security.introduction == Introduction::Strict && !spec.nomad.version.at_least(1, 11) {
        let what = format!("Nomad {} does not know introduction tokens", spec.nomad.version);
        fault(faults, what, "they came with 1.11", "Use a later Nomad, or do not ask for them");
    }
    let both = spec.pools.iter().find(|(_, pool)| pool.role == Role::Both);
    if let (Introduction::Strict, Some((pool, _))) = (security.introduction, both) {
        let what = format!("Nobody could introduce the hosts of the pool `{pool}`");
        let cause = "a server introduces clients, and these are clients before there is a server";
        fault(faults, what, cause, "Give the cluster servers of their own, or use `introduction = \"warn\"`");
    }
}

fn volumes(pool: &str, spec: &Pool, faults: &mut Faults) {
    for (at, volume) in spec.volumes.iter().enumerate() {
        let what = |why: &str| format!("The volume `{}` of the pool `{pool}` {why}", volume.name);
        let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
        let path = &volume.path;
        let odd =
            !path.starts_with('/') || path.ends_with('/') || path.contains("//") || !path.chars().all(plain);
        if odd || path.split('/').any(|part| part == ".." || part == ".") {
            let cure = "Use letters, digits and . _ -, as in `/srv/data`";
            fault(
                faults,
                what("has no usable path"),
                &format!("`{path}` is not a plain absolute path"),
                cure,
            );
        } else if systems(path) {
            let cause = format!("`{path}` is the operating system's or Nomad's own");
            fault(faults, what("is in the way"), &cause, "Put it below /srv, /mnt or /data");
        }
        if let Some(device) = &volume.device
            && !(device.starts_with("/dev/") && device.chars().all(|c| plain(c) || c == ':' || c == '@'))
        {
            let cure = "Use a path such as `/dev/disk/by-id/…`";
            fault(
                faults,
                what("has no usable device"),
                &format!("`{device}` is not a path below /dev"),
                cure,
            );
        }
        if volume.owner.as_deref().is_some_and(|owner| !owned(owner)) {
            fault(
                faults,
                what("has no usable owner"),
                "it is not a user's name or number",
                "Use for example `1000`",
            );
        }
        for other in &spec.volumes[..at] {
            if let Some(cause) = clash(volume, other) {
                fault(
                    faults,
                    what("clashes with another"),
                    &cause,
                    "Give each its own name, path and device",
                );
            }
        }
    }
}

fn owned(owner: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    owner.split(':').count() <= 2 && owner.split(':').all(part)
}

/// What a data disk must not hide.
fn systems(path: &str) -> bool {
    let whole = [
        "/",
        "/home",
        "/opt",
        "/opt/nomad",
        "/opt/consul",
        "/opt/cni",
        "/srv",
        "/var",
        "/var/lib",
        "/mnt",
        "/root",
    ];
    let below =
        ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr"];
    let ours = ["/opt/nomad/data", "/opt/consul/data", "/opt/cni/bin", "/var/lib/docker", "/var/lib/lostops"];
    whole.contains(&path)
        || below
            .iter()
            .chain(&ours)
            .any(|top| path == *top || path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/')))
}

fn clash(one: &Volume, other: &Volume) -> Option<String> {
    let inside = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
    if one.name == other.name {
        return Some("both have the same name".into());
    }
    if one.device.is_some() && one.device == other.device {
        return Some(format!("`{}` has the same device", other.name));
    }
    (inside(&one.path, &other.path) || inside(&other.path, &one.path))
        .then(|| format!("`{}` is at `{}`, and one is inside the other", other.name, other.path))
}
