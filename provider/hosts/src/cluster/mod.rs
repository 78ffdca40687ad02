//! From a cluster's spec and its root secrets to a blueprint for each host. Pure: no clock, no network, no files.
//!
//! What only says how to find the others (join lists, gossip keys) is in files of its own that nothing is restarted for:
//! agents read them when they start, and adding a server must not restart every client.

mod access;
mod agents;
mod ask;
mod base;
mod becoming;
mod bootstrap;
mod check;
mod consul;
mod nomad;
mod pins;
mod ports;
mod units;
mod wall;

use std::thread;

use serde::{Deserialize, Serialize};

use crate::blueprint::{Blueprint, Dir, File};
use crate::converge::sha256;
use crate::fault::Fault;
use crate::pki::{self, Authority};
use crate::secrets::{Broken, RootSecrets, Secret};
use crate::spec::{ClusterSpec, Host, Pool};

pub use access::{Access, Api, access};
pub(crate) use ask::{Asker, Product, Reply};
pub use becoming::may_become;
pub(crate) use bootstrap::{MADE, accessors};
pub use check::check;
pub use pins::{CNI, CONSUL, NOMAD};

/// Where every server keeps the cluster's root secrets, for root only.
pub const ROOT_SECRETS: &str = "/etc/lostops/root.json";

/// Where every server keeps what the cluster should be, so that it can be taken over by who has nothing but SSH.
pub const SPEC: &str = "/etc/lostops/cluster.json";

/// The mark that every host of a cluster carries, so that nobody takes it for another's. No secret.
pub fn owner(ca_pem: &str) -> String {
    sha256(ca_pem.as_bytes())
}

/// What is kept there.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    spec: ClusterSpec,
}

/// What a server keeps of the cluster, read.
pub fn kept(text: &str) -> Result<ClusterSpec, String> {
    let kept: Kept = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if kept.version == 1 {
        Ok(kept.spec)
    } else {
        Err(format!("it has format {}, which this version of lostops does not know", kept.version))
    }
}

/// What each host should be, in the order of pools and hosts; or everything that is wrong with what was asked.
pub fn blueprints(spec: &ClusterSpec, root: &RootSecrets) -> Result<Vec<Blueprint>, Vec<Fault>> {
    let faults = check(spec);
    if !faults.is_empty() {
        return Err(faults);
    }
    let broken = |error: Broken| {
        let cure = "Restore the state from a backup, or import the cluster from one of its servers";
        vec![Fault::of_cluster("The cluster's secrets cannot be used", error.to_string(), cure)]
    };
    let authority = Authority::open(root).map_err(broken)?;
    let each = spec.hosts().map(|(_, pool, host)| Site { spec, root, authority: &authority, pool, host });
    on_all_cores(&each.collect::<Vec<_>>()).map_err(broken)
}

/// Each host's blueprint, in the order of the hosts: signing takes milliseconds, which a hundred hosts feel.
fn on_all_cores(sites: &[Site<'_>]) -> Result<Vec<Blueprint>, Broken> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    let part = sites.len().div_ceil(cores).max(4);
    thread::scope(|scope| {
        let parts = sites.chunks(part).map(|sites| scope.spawn(|| sites.iter().map(blueprint).collect()));
        let parts: Vec<thread::ScopedJoinHandle<'_, Result<Vec<Blueprint>, Broken>>> = parts.collect();
        let mut all = Vec::with_capacity(sites.len());
        for part in parts {
            all.extend(part.join().map_err(|_| Broken::Crypto("a thread ended early".into()))??);
        }
        Ok(all)
    })
}

/// One host in its cluster: what everything here is made from.
struct Site<'a> {
    spec: &'a ClusterSpec,
    root: &'a RootSecrets,
    authority: &'a Authority<'a>,
    pool: &'a Pool,
    host: &'a Host,
}

fn blueprint(site: &Site<'_>) -> Result<Blueprint, Broken> {
    let mut print = Blueprint { host: site.host.name.clone(), ..Blueprint::default() };
    if site.spec.security.tls {
        print.clock = Some(pki::validity(site.root));
    }
    base::add(site, &mut print);
    print.files.push(file("/etc/lostops/owner", &(owner(site.root.ca_pem()) + "\n"), "root:root", 0o600));
    if site.spec.security.firewall {
        wall::add(site, &mut print);
    }
    if site.pool.role.serves() {
        print.files.push(secret(ROOT_SECRETS, site.root.to_text().expose(), "root:root", 0o600));
        let kept = serde_json::json!(Kept { version: 1, spec: site.spec.clone() });
        print.files.push(file(SPEC, &json(&kept), "root:root", 0o600));
    }
    consul::add(site, &mut print)?;
    nomad::add(site, &mut print)?;
    if site.pool.role.serves() && site.spec.security.acl {
        bootstrap::add(site, &mut print)?;
    }
    Ok(print)
}

fn dir(path: &str, mode: u32, owner: &str) -> Dir {
    Dir { path: path.into(), mode, owner: Some(owner.into()) }
}

fn file(path: &str, content: &str, owner: &str, mode: u32) -> File {
    let content = Secret::new(content);
    File { path: path.into(), content, mode, owner: Some(owner.into()), secret: false, once: false }
}

fn secret(path: &str, content: &str, owner: &str, mode: u32) -> File {
    File { secret: true, ..file(path, content, owner, mode) }
}

/// JSON as a person would want to find it.
fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
