//! What a person writes of a cluster, and what the state keeps of it. Nothing here does anything.

mod platform;

use std::collections::{BTreeMap, BTreeSet};

use kit::{Block, Computed, check};

use super::words;
use crate::connection::Connection;
pub use platform::{Bastion, MachineSize, Network, NoCloud, OPERATOR, Qemu, Ssh, ThisMachine};

/// A secure Nomad cluster with Consul, on hosts that lostops sets up.
///
/// Exactly one platform block says where the hosts come from. `nocloud` makes a seed for each host: an ISO image that
/// any hypervisor takes, from which the host sets itself up at its first boot. `ssh` alone takes hosts that exist: servers
/// first, one by one once they are a cluster; a create that some hosts refused is kept, with `complete = false`, and
/// finished by the next apply. `local` does the same on this machine. `qemu` makes virtual machines on this machine, which
/// outlive Terraform, and sets them up in the same way. What is on the hosts is the same on every platform: mutual TLS,
/// gossip encryption, access control that denies by default, a firewall that is closed but for what is named.
#[derive(Block, Clone)]
pub struct Cluster {
    /// Name of the cluster, in its certificates and the names of its files.
    #[attr(force_new, check = check::dns_label)]
    pub name: String,
    /// Nomad release, such as `2.0.5`. Unset: the one that this version of lostops pins when the cluster is made;
    /// afterwards only a written value changes it.
    #[attr(computed, held, check = words::release)]
    pub nomad_version: Option<String>,
    /// Consul release, such as `1.22.7`. Unset: as for Nomad. Without meaning where `discovery` is `nomad`.
    #[attr(computed, held, check = words::release)]
    pub consul_version: Option<String>,
    /// How services find each other: through Consul, or through Nomad's own catalogue alone.
    #[attr(default = "consul", force_new, check = check::one_of(&["consul", "nomad"]))]
    pub discovery: String,
    /// Datacenter of Nomad's clients and of Consul, where a pool names no other.
    #[attr(default = "dc1", force_new, check = check::dns_label)]
    pub datacenter: String,
    /// Nomad's region. It is part of the certificates.
    #[attr(default = "global", force_new, check = check::dns_label)]
    pub region_name: String,
    /// Time servers, instead of the distribution's.
    pub time_servers: Option<Vec<String>>,
    /// Hosts that do the same: `pool "web" { … }`.
    #[block(min = 1)]
    pub pool: BTreeMap<String, Pool>,
    /// Platform: seeds for hosts that do not exist yet, on any hypervisor.
    #[block]
    pub nocloud: Option<NoCloud>,
    /// Platform: this machine, on which Terraform runs, is the cluster's only host.
    #[block]
    pub local: Option<ThisMachine>,
    /// Platform: virtual machines on this machine, by QEMU. Each is a process that outlives Terraform, and a folder with
    /// everything that belongs to it; nobody has to be root. Ports of this machine's loopback lead in (`hosts[].ports`): for
    /// SSH, for the APIs of servers, for ingress. A machine that was stopped is started by the next apply, one whose disk is
    /// gone is replaced, and after a lost state those in the folder are taken over.
    #[block]
    pub qemu: Option<Qemu>,
    /// Platform, if it is the only one: hosts that exist. Otherwise how people reach the hosts.
    #[block]
    pub ssh: Option<Ssh>,
    /// How a living cluster is changed.
    #[block]
    pub upgrade: Option<Upgrade>,
    /// How the cluster is taken off its hosts. It is read from the state: change it in an apply of its own.
    #[block]
    pub on_destroy: Option<OnDestroy>,
    /// Who may reach what. What is not named is closed.
    #[block]
    pub firewall: Option<Firewall>,
    /// What is protected. Everything is on; each can be turned off by name.
    #[block]
    pub security: Option<Security>,
    /// Raise a number to have those secrets made anew.
    #[block]
    pub rotate: Option<Rotate>,
    /// Where programs come from, if not from their makers.
    #[block]
    pub binaries: Option<Binaries>,
    /// Whether a plan that destroys the cluster is refused. It is read from the state: lift it in an apply of its own.
    #[attr(default = false)]
    pub deletion_protection: bool,
    /// With `qemu`: volumes that may be lost with their machine, each as `host/volume`. A plan that destroys a machine with any
    /// other is refused. A destroy of all reads it from the state: name them in an apply of its own. Take a name away when
    /// it has served: it would count for the next machine of that name.
    #[attr(check = words::host_volume)]
    pub delete_data: Option<BTreeSet<String>>,
    /// What a plan does to which host, in order; afterwards what the last one did.
    #[attr(held)]
    pub steps: Computed<Vec<String>>,
    /// Whether everything is as planned. If not, the next apply finishes it.
    pub complete: Computed<bool>,
    /// What was found changed since. The next apply repairs it.
    pub drift: Computed<Vec<String>>,
    /// The way to Nomad; pass it whole to the resources that run jobs.
    #[attr(held, sensitive)]
    pub nomad: Computed<Connection>,
    /// The way to Consul; null where there is none.
    #[attr(held, sensitive)]
    pub consul: Computed<Consul>,
    /// The hosts, by name.
    pub hosts: Computed<BTreeMap<String, Member>>,
    /// The certificate of the cluster's own authority.
    #[attr(held)]
    pub ca_pem: Computed<String>,
    /// With `nocloud`: the seed of each host, by its name.
    pub seeds: Computed<BTreeMap<String, Seed>>,
}

/// Hosts that do the same.
#[derive(Block, Clone)]
#[expect(clippy::struct_field_names, reason = "`node_pool` is Nomad's word")]
pub struct Pool {
    /// What they run: `server` (Nomad's and Consul's servers: one, three or five of them in the cluster), `client` (jobs),
    /// or `both`.
    #[attr(check = check::one_of(&["server", "client", "both"]))]
    pub role: String,
    /// Nomad's node pool.
    pub node_pool: Option<String>,
    /// Nomad's node class.
    pub node_class: Option<String>,
    /// Datacenter of Nomad's clients in this pool, if not the cluster's. Consul has the cluster's everywhere.
    #[attr(check = check::dns_label)]
    pub datacenter: Option<String>,
    /// Metadata that jobs can ask for.
    pub meta: Option<BTreeMap<String, String>>,
    /// Whether they take requests from outside, on ports 80 and 443.
    #[attr(default = false)]
    pub ingress: bool,
    /// The hosts.
    #[block(min = 1)]
    pub host: Vec<Host>,
    /// Places for data that outlives jobs, the same on each host.
    #[block]
    pub volume: Vec<Volume>,
    /// With `qemu`: how large the machines of this pool are, if not as large as the others.
    #[block]
    pub machine: Option<MachineSize>,
}

/// One host.
#[derive(Block, Clone)]
#[expect(clippy::struct_field_names, reason = "`host_key` is what everybody calls it")]
pub struct Host {
    /// Its name, unique in the cluster.
    #[attr(check = check::dns_label)]
    pub name: String,
    /// Its address. With `qemu` nobody chooses it; otherwise it has to be there.
    #[attr(check = words::address)]
    pub address: Option<String>,
    /// Where the other hosts reach it, if not there. With `qemu` and more than one host each needs one, in `qemu.network`;
    /// a cluster that may grow has them from the beginning.
    #[attr(check = words::address)]
    pub private_address: Option<String>,
    /// With `ssh`: who logs in at this host, if not who does at the others.
    pub user: Option<String>,
    /// With `ssh`: the port on which this host answers, if not the one of all.
    pub port: Option<u16>,
    /// With `ssh`: the host's key, as in `known_hosts`. Unset: what it shows first is believed, and kept in `hosts`. Write
    /// the new one when a host was installed anew.
    #[attr(check = words::host_key)]
    pub host_key: Option<String>,
}

/// A place for data that outlives jobs; jobs use it as a host volume.
#[derive(Block, Clone)]
pub struct Volume {
    /// What jobs call it.
    pub name: String,
    /// Where it is on the host.
    #[attr(check = words::absolute)]
    pub path: String,
    /// The disk, such as `/dev/sdb`. It is formatted if it is empty, and left alone if it is not; when it has become larger,
    /// its filesystem grows. Unset: a folder on the host's own disk.
    #[attr(check = words::absolute)]
    pub device: Option<String>,
    /// With `qemu`: how many GiB a disk of its own has. It can grow, and goes with the machine. Unset: a folder on the machine's
    /// own disk.
    #[attr(check = check::between(1, 65_536))]
    pub size: Option<u32>,
    /// What an empty disk is formatted with.
    #[attr(default = "ext4", check = check::one_of(&["ext4", "xfs"]))]
    pub filesystem: String,
    /// Whose it is: a user's name or number. Unset: root's.
    pub owner: Option<String>,
    /// Whether jobs may only read it.
    #[attr(default = false)]
    pub read_only: bool,
}

/// How a living cluster is changed.
#[derive(Block, Clone)]
pub struct Upgrade {
    /// How many clients get another Nomad, or another machine under them, at once. Servers always change one by one.
    #[attr(default = 1, check = check::between(1, 100))]
    pub max_parallel: i64,
    /// How long work may take to move to other hosts, such as `5m`; it is stopped after that.
    #[attr(default = "5m", check = words::span)]
    pub drain_deadline: String,
}

/// How the cluster is taken off its hosts, where lostops reaches them.
#[derive(Block, Clone)]
pub struct OnDestroy {
    /// Whether tasks are ended in order first, each with its own `kill_timeout`, half a minute in all. Otherwise they are
    /// killed when their host is cleared.
    #[attr(default = true)]
    pub drain: bool,
    /// Whether every host has to be cleared. With `false`, hosts that do not answer are let go with a warning: whatever is on
    /// them stays there.
    #[attr(default = true)]
    pub graceful: bool,
}

/// Who may reach what.
#[derive(Block, Clone)]
pub struct Firewall {
    /// From where people administer: SSH and the APIs. Unset: SSH is open (keys guard it), the APIs are not.
    #[attr(check = words::network)]
    pub admin_cidrs: Option<Vec<String>>,
    /// Networks that hosts of the cluster come from, beside their known addresses.
    #[attr(check = words::network)]
    pub cluster_cidrs: Option<Vec<String>>,
    /// Further ways in.
    #[block]
    pub rule: Vec<Rule>,
}

/// A way in.
#[derive(Block, Clone)]
pub struct Rule {
    /// The pool that it is for.
    pub from_pool: Option<String>,
    /// The networks that it is for; this or `from_pool`.
    #[attr(check = words::network)]
    pub cidrs: Option<Vec<String>>,
    /// The pool that it leads to.
    pub to_pool: String,
    /// Ports or ranges of ports, such as `8000-8080`.
    #[attr(check = words::ports)]
    pub ports: Vec<String>,
    /// How packets travel.
    #[attr(default = "tcp", check = check::one_of(&["tcp", "udp"]))]
    pub protocol: String,
}

/// What is protected.
#[derive(Block, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person turns by name")]
pub struct Security {
    /// Whether agents prove who they are, and everything they say is encrypted.
    #[attr(default = true)]
    pub tls: bool,
    /// Whether HTTP, too, wants a client's certificate. Browsers and fetchers of signing keys have none.
    #[attr(default = false)]
    pub https_client_certs: bool,
    /// Whether gossip is encrypted.
    #[attr(default = true)]
    pub gossip: bool,
    /// Whether nothing is allowed without a token.
    #[attr(default = true)]
    pub acl: bool,
    /// Whether jobs get Consul tokens by their own identity.
    #[attr(default = true)]
    pub workload_identity: bool,
    /// What becomes of a client that nobody has introduced when it comes for the first time: `strict` (it is not let in, even
    /// with a certificate of the cluster), `warn` (it is let in, and Nomad's servers log that) or `none` (it is let in). Hosts
    /// that lostops reaches itself are introduced; those that start from seeds are not.
    #[attr(default = "warn", check = check::one_of(&["strict", "warn", "none"]))]
    pub introduction: String,
    /// Whether each host's own firewall is on.
    #[attr(default = true)]
    pub firewall: bool,
}

/// Raise a number to have those secrets made anew. None can be lowered: what was replaced would count again.
#[derive(Block, Clone)]
pub struct Rotate {
    /// Certificates.
    #[attr(default = 0)]
    pub certs: u32,
    /// Gossip keys.
    #[attr(default = 0)]
    pub gossip: u32,
    /// Tokens.
    #[attr(default = 0)]
    pub tokens: u32,
}

/// Where programs come from, if not from their makers.
#[derive(Block, Clone)]
pub struct Binaries {
    /// Nomad's archive, by architecture (`amd64`, `arm64`).
    #[block]
    pub nomad: BTreeMap<String, Pinned>,
    /// Consul's archive, by architecture.
    #[block]
    pub consul: BTreeMap<String, Pinned>,
    /// The archive of the CNI plugins, by architecture. Hosts that run jobs need them.
    #[block]
    pub cni: BTreeMap<String, Pinned>,
}

/// An archive, known by its checksum.
#[derive(Block, Clone)]
pub struct Pinned {
    /// Where it is.
    pub url: String,
    /// Its SHA-256, in hexadecimal.
    #[attr(check = words::sha256)]
    pub sha256: String,
}

/// The way to Consul.
#[derive(Block, Clone)]
pub struct Consul {
    /// Its servers, as URLs.
    pub addresses: Vec<String>,
    /// Its datacenter.
    pub datacenter: String,
    /// The token that may do everything; null where there is no access control.
    pub token: Option<String>,
    /// The authority that vouches for the servers, as PEM.
    pub ca_pem: Option<String>,
    /// The name that every server's certificate carries.
    pub tls_server_name: Option<String>,
}

/// A host of the cluster.
#[derive(Block, Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its pool.
    pub pool: String,
    /// What it runs.
    pub role: String,
    /// Its datacenter.
    pub datacenter: String,
    /// Its address; with `qemu` the one at which `ports` are.
    pub address: String,
    /// What it is, as a checksum; empty if it was never finished. Another one means that something on it changes.
    pub blueprint: String,
    /// The key by which it is known, where it is reached over SSH.
    pub host_key: Option<String>,
    /// With `qemu`: ports of this machine that lead into it, by what is there: `ssh`; on servers `nomad`, and `consul` where
    /// there is one; on hosts for ingress `http` and `https`.
    pub ports: Option<BTreeMap<String, u16>>,
}

/// The seed of one host.
#[derive(Block, Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The ISO image, for a hypervisor.
    pub iso: String,
    /// The user-data alone, for a hypervisor that takes that.
    pub user_data: String,
}
