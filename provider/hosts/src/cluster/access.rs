//! How whoever made a cluster reaches it: addresses, first tokens, whom to believe.
//!
//! All of it follows from the spec and the root, so that it is known before the cluster is there.

use crate::pki::{Authority, Certificate, Subject};
use crate::secrets::{Broken, RootSecrets, Secret};
use crate::spec::{ClusterSpec, Host};

use super::ports;

/// How whoever made a cluster reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Nomad's servers.
    pub nomad: Api,
    /// Consul's servers, where there are any.
    pub consul: Option<Api>,
    /// The authority that vouches for all of them, in PEM form; none where TLS is off.
    pub ca_pem: Option<String>,
    /// A certificate to show, where the APIs ask for one.
    pub client: Option<Certificate>,
}

/// How an API is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Its servers, as URLs: where they are reached from outside, if that is known.
    pub addresses: Vec<String>,
    /// The token that may do everything; none where there are no ACLs.
    pub token: Option<Secret>,
    /// The name that every server's certificate carries, whatever its address.
    pub server_name: Option<String>,
}

/// How whoever made the cluster reaches it.
pub fn access(spec: &ClusterSpec, root: &RootSecrets) -> Result<Access, Broken> {
    let consul = spec
        .consul()
        .map(|_| api(spec, root, "consul", ports::consul_api(spec.security.tls), &spec.datacenter));
    let client = spec.security.https_client_certs.then(|| {
        let names = vec![format!("cli.{}.nomad", spec.region)];
        Authority::open(root)?.issue(&Subject { id: "operator".into(), names, ips: vec![] })
    });
    Ok(Access {
        nomad: api(spec, root, "nomad", ports::NOMAD_HTTP, &spec.region)?,
        consul: consul.transpose()?,
        ca_pem: spec.security.tls.then(|| root.ca_pem().to_owned()),
        client: client.transpose()?,
    })
}

fn api(spec: &ClusterSpec, root: &RootSecrets, product: &str, port: u16, place: &str) -> Result<Api, Broken> {
    let scheme = if spec.security.tls { "https" } else { "http" };
    let token = spec.security.acl.then(|| root.token(&format!("{product}/management"))).transpose()?;
    Ok(Api {
        addresses: spec
            .servers()
            .filter_map(outside)
            .map(|host| format!("{scheme}://{host}:{port}"))
            .collect(),
        token,
        server_name: spec.security.tls.then(|| format!("server.{place}.{product}")),
    })
}

/// Where a host is reached from outside, as URLs write it.
fn outside(host: &Host) -> Option<String> {
    let address = host.address.clone().or_else(|| host.peer_address())?;
    Some(if address.contains(':') { format!("[{address}]") } else { address })
}
