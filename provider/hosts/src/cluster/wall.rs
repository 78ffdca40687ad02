//! The host's firewall: who reaches which port, from the matrix between pools. What is not named is closed.
//!
//! Ports that Docker or Nomad's bridge publish never pass `input`: they are rewritten and forwarded. They go by the same
//! rules, matched against the port that was asked for, in a chain before Docker's own; there, as in every chain of
//! nftables, a drop is final while somebody else's accept is not.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::blueprint::{Blueprint, Unit, Wall};
use crate::spec::{Cidr, Host, Origin, PortRange, Protocol};

use super::{Site, file, ports, units};

const RULES: &str = "/etc/lostops/wall.nft";
const UNIT: &str = "lostops-wall.service";
const TABLE: &str = "inet lostops";
/// Bridges that containers of this host are on. Docker's own further networks are left out: their names begin like those of
/// bridges that people make.
const BRIDGES: &str = "{ \"docker0\", \"nomad\" }";

pub(super) fn add(site: &Site<'_>, print: &mut Blueprint) {
    let path = format!("/etc/systemd/system/{UNIT}");
    print.files.push(file(RULES, &rules(site), "root:root", 0o600));
    print.files.push(file(&path, units::WALL, "root:root", 0o644));
    print.units.push(Unit { name: UNIT.into(), reload_on: vec![RULES.into(), path], ..Unit::default() });
    let admitted = site.spec.firewall.admin_cidrs.clone();
    print.wall = Some(Wall { table: TABLE.into(), unit: UNIT.into(), admitted });
}

/// Who comes.
#[derive(Clone)]
enum Who {
    Anyone,
    These(BTreeSet<Cidr>),
}

/// A way in.
struct Way {
    who: Who,
    protocol: Protocol,
    ports: Vec<PortRange>,
    why: String,
    /// Containers may publish these ports.
    published: bool,
}

/// The addresses of hosts, and the networks where hosts are whose addresses are not known.
pub(super) fn addresses<'a>(site: &Site<'_>, hosts: impl Iterator<Item = &'a Host>) -> BTreeSet<Cidr> {
    let mut all = BTreeSet::new();
    for host in hosts {
        let ips = host.ips();
        if ips.is_empty() {
            all.extend(site.spec.firewall.cluster_cidrs.iter().copied());
        }
        all.extend(ips.into_iter().map(Cidr::from));
    }
    all
}

fn ways(site: &Site<'_>) -> Vec<Way> {
    let spec = site.spec;
    let mut members = addresses(site, spec.hosts().map(|(_, _, host)| host));
    members.extend(spec.firewall.cluster_cidrs.iter().copied());
    let members = Who::These(members);
    let servers = Who::These(addresses(site, spec.servers()));
    let admins: BTreeSet<Cidr> = spec.firewall.admin_cidrs.iter().copied().collect();
    let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
    let mut ways = Vec::new();
    let mut let_in = |who: &Who, protocol, range: PortRange, why: &str, published| {
        ways.push(Way { who: who.clone(), protocol, ports: vec![range], why: why.into(), published });
    };
    let one = PortRange::one;
    let ssh = if admins.is_empty() { Who::Anyone } else { Who::These(admins.clone()) };
    let_in(&ssh, tcp, one(spec.ssh_port_of(site.host)), "SSH", false);
    let admins = Who::These(admins);
    let_in(&admins, tcp, one(ports::NOMAD_HTTP), "Nomad API", false);
    let_in(&members, tcp, one(ports::NOMAD_HTTP), "Nomad API", false);
    if site.pool.role.serves() {
        let_in(&members, tcp, one(ports::NOMAD_RPC), "Nomad RPC", false);
        let_in(&servers, tcp, one(ports::NOMAD_GOSSIP), "Nomad gossip", false);
        let_in(&servers, udp, one(ports::NOMAD_GOSSIP), "Nomad gossip", false);
    }
    if spec.consul().is_some() {
        let_in(&members, tcp, one(ports::CONSUL_GOSSIP), "Consul gossip", false);
        let_in(&members, udp, one(ports::CONSUL_GOSSIP), "Consul gossip", false);
        if site.pool.role.serves() {
            let_in(&members, tcp, one(ports::CONSUL_RPC), "Consul RPC", false);
            let api = one(ports::consul_api(spec.security.tls));
            let_in(&admins, tcp, api, "Consul API", false);
            let_in(&members, tcp, api, "Consul API", false);
        }
    }
    if site.pool.role.works() {
        let_in(&members, tcp, ports::DYNAMIC, "tasks", true);
        let_in(&members, udp, ports::DYNAMIC, "tasks", true);
    }
    if site.pool.ingress {
        let_in(&Who::Anyone, tcp, one(80), "ingress", true);
        let_in(&Who::Anyone, tcp, one(443), "ingress", true);
    }
    ways.extend(asked(site));
    ways
}

/// Ways in that a person named.
fn asked<'a>(site: &'a Site<'_>) -> impl Iterator<Item = Way> + 'a {
    let pool = site.spec.pools.iter().find(|(_, pool)| std::ptr::eq(*pool, site.pool)).map(|(name, _)| name);
    let rules = site.spec.firewall.rules.iter().filter(move |rule| Some(&rule.to_pool) == pool);
    rules.map(|rule| {
        let (who, why) = match &rule.from {
            Origin::Cidrs(cidrs) => (cidrs.iter().copied().collect(), "rule".to_owned()),
            Origin::Pool(name) => {
                let hosts = site.spec.pools.get(name).map(|pool| pool.hosts.iter()).into_iter().flatten();
                (addresses(site, hosts), format!("rule from pool {name}"))
            }
        };
        let (protocol, ports) = (rule.protocol, rule.ports.clone());
        Way { who: Who::These(who), protocol, ports, why, published: true }
    })
}

/// The whole table, replaced as one.
fn rules(site: &Site<'_>) -> String {
    let ways = ways(site);
    let lines = |port: fn(Protocol) -> &'static str, ways: &mut dyn Iterator<Item = &Way>| {
        ways.fold(String::new(), |text, way| text + &rule(way, port))
    };
    let input = lines(
        |protocol| match protocol {
            Protocol::Tcp => "tcp dport",
            Protocol::Udp => "udp dport",
        },
        &mut ways.iter(),
    );
    let published = lines(
        |protocol| match protocol {
            Protocol::Tcp => "meta l4proto tcp ct original proto-dst",
            Protocol::Udp => "meta l4proto udp ct original proto-dst",
        },
        &mut ways.iter().filter(|way| way.published),
    );
    format!(
        "# Who reaches this host. Made by lostops: changes are undone by its next run.\n\
         table {TABLE} {{}}\ndelete table {TABLE}\ntable {TABLE} {{\n\
         \tchain input {{\n\
         \t\ttype filter hook input priority filter; policy drop;\n\
         \t\tct state established,related accept\n\
         \t\tct state invalid drop\n\
         \t\tiif lo accept\n\
         \t\tiifname {BRIDGES} accept comment \"containers of this host\"\n\
         \t\tmeta l4proto {{ icmp, ipv6-icmp }} accept\n\
         \t\tudp sport 67 udp dport 68 accept comment \"DHCP\"\n\
         \t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept comment \"DHCPv6\"\n\
         {input}\t}}\n\
         \tchain published {{\n{published}\t\tdrop\n\t}}\n\
         \tchain forward {{\n\
         \t\ttype filter hook forward priority filter - 5; policy accept;\n\
         \t\tct state established,related accept\n\
         \t\tiifname {BRIDGES} accept comment \"containers of this host\"\n\
         \t\tct status dnat jump published\n\
         \t\toifname {BRIDGES} drop comment \"nobody routes to a container\"\n\
         \t}}\n}}\n"
    )
}

/// A way in as lines: one for IPv4, one for IPv6, or one for both.
fn rule(way: &Way, port: fn(Protocol) -> &'static str) -> String {
    let list = |items: Vec<String>| format!("{{ {} }}", items.join(", "));
    let ports = list(way.ports.iter().map(ToString::to_string).collect());
    let end = format!("{} {ports} accept comment \"{}\"\n", port(way.protocol), way.why);
    let Who::These(cidrs) = &way.who else { return format!("\t\t{end}") };
    let mut text = String::new();
    let (four, six): (Vec<Cidr>, Vec<Cidr>) = cidrs.iter().partition(|cidr| cidr.address().is_ipv4());
    for (family, cidrs) in [("ip", four), ("ip6", six)] {
        if !cidrs.is_empty() {
            let from = list(outermost(&cidrs).iter().map(ToString::to_string).collect());
            let _ = write!(text, "\t\t{family} saddr {from} {end}");
        }
    }
    text
}

/// Those that no other of them covers: a set of nftables has no overlaps.
fn outermost(cidrs: &[Cidr]) -> Vec<Cidr> {
    let inner = |cidr: &Cidr| cidrs.iter().any(|other| other != cidr && other.covers(*cidr));
    cidrs.iter().filter(|cidr| !inner(cidr)).copied().collect()
}
