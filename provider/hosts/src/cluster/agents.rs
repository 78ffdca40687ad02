//! What the agents of Nomad and Consul have in common: who they run as, their folders, programs and certificates.

use std::net::IpAddr;

use crate::blueprint::{Binary, Blueprint, Command, Packing, User};
use crate::pki::Subject;
use crate::secrets::Broken;
use crate::spec::{Host, Release};

use super::{Site, dir, file, pins, secret};

/// The user, the folders and the program of an agent. Its configuration is for root to write and for it to read.
pub(super) fn install(product: &str, release: &Release, print: &mut Blueprint) {
    print.users.push(User {
        name: product.into(),
        system: true,
        home: format!("/opt/{product}"),
        shell: "/usr/sbin/nologin".into(),
        groups: vec![],
    });
    let group = format!("root:{product}");
    print.dirs.push(dir(&format!("/etc/{product}.d"), 0o750, &group));
    print.dirs.push(dir(&format!("/etc/{product}.d/tls"), 0o750, &group));
    print.dirs.push(dir(&format!("/opt/{product}"), 0o755, "root:root"));
    print.binaries.push(Binary {
        name: product.into(),
        version: release.version.to_string(),
        packing: Packing::Zip { member: product.into() },
        path: program(product),
        fetches: pins::hashicorp(product, release),
    });
}

/// Where an agent's program is.
pub(super) fn program(product: &str) -> String {
    format!("/usr/local/bin/{product}")
}

/// An agent remembers gossip keys and reads its configuration's only when it remembers none. One that was away while they
/// became others would not be understood any more: it forgets what it remembers, if what it should use is not among it.
pub(super) fn forgetful(product: &str, remembered: &str, print: &mut Blueprint) {
    let key = format!("$(sed -n 's/.*\"encrypt\": \"\\(.*\\)\".*/\\1/p' /etc/{product}.d/gossip.json)");
    print.commands.push(Command {
        name: format!("gossip key of {product}"),
        // No other program gets to see it: its arguments would be for everybody to read.
        unless: format!("[ ! -s {remembered} ] || {{ K={key}; case $(cat {remembered}) in *\"$K\"*) ;; *) false ;; esac; }}"),
        run: format!("rm -f {remembered} && systemctl restart {product}.service"),
    });
}

/// The paths of an agent's certificate files.
pub(super) struct Tls {
    pub ca: String,
    pub cert: String,
    pub key: String,
}

pub(super) fn tls(product: &str) -> Tls {
    let at = |name: &str| format!("/etc/{product}.d/tls/{name}.pem");
    Tls { ca: at("ca"), cert: at("agent"), key: at("agent-key") }
}

/// An agent's certificate, good for what it is (`server.global.nomad`), for its host and for the host's own loopback.
pub(super) fn certify(
    site: &Site<'_>,
    product: &str,
    place: &str,
    print: &mut Blueprint,
) -> Result<(), Broken> {
    let role = site.pool.role;
    let mut names = Vec::new();
    if role.serves() {
        names.push(format!("server.{place}.{product}"));
    }
    if role.works() {
        names.push(format!("client.{place}.{product}"));
    }
    names.extend(["localhost".to_owned(), site.host.name.clone()]);
    names.extend(site.host.address.clone().filter(|address| address.parse::<IpAddr>().is_err()));
    let loopback: [IpAddr; 2] = [[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()];
    let ips = loopback.into_iter().chain(site.host.ips()).collect();
    let subject = Subject { id: format!("{product}/{}", site.host.name), names, ips };
    let issued = site.authority.issue(&subject)?;
    let (tls, group) = (tls(product), format!("root:{product}"));
    print.files.push(file(&tls.ca, site.root.ca_pem(), &group, 0o644));
    print.files.push(file(&tls.cert, &issued.cert, &group, 0o644));
    print.files.push(secret(&tls.key, issued.key.expose(), &group, 0o640));
    Ok(())
}

/// Where the servers are, for agents that start and ask at that port.
pub(super) fn servers(site: &Site<'_>, port: u16) -> Vec<String> {
    let at = |address: String| match address.parse() {
        // Its colons would be taken for the one before a port.
        Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        _ => address,
    };
    site.spec.servers().filter_map(Host::peer_address).map(at).collect()
}
