//! Introductions: a token from the servers, for this host alone and for half an hour, that a client shows when it comes for
//! the first time. Who has a certificate of the cluster and no such token is a stranger.
//!
//! Must never be part of what a host should be: it is used once, and another one would be a change.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::Reach;
use super::council::Council;
use crate::Fault;
use crate::secrets::Secret;
use crate::spec::{ClusterSpec, Introduction};
use crate::way::Task;

/// The longest that Nomad lets a token live if nobody says otherwise, as Nomad counts.
const LIFE: u64 = 30 * 60 * 1_000_000_000;

/// Which hosts are introduced, and to which node pool.
pub(super) struct Introductions(BTreeMap<String, String>);

#[derive(Deserialize)]
struct Issued {
    #[serde(rename = "JWT")]
    token: String,
}

impl Introductions {
    /// Those of a cluster. A host that is a server as well is there before anybody could introduce it.
    pub fn of(spec: &ClusterSpec) -> Self {
        if spec.security.introduction == Introduction::None || !spec.nomad.version.at_least(1, 11) {
            return Self(BTreeMap::new());
        }
        let hosts = spec.hosts().filter(|(_, pool, _)| !pool.role.serves());
        let hosts = hosts.map(|(_, pool, host)| {
            (host.name.clone(), pool.node_pool.clone().unwrap_or_else(|| "default".to_owned()))
        });
        Self(hosts.collect())
    }

    /// A token for this host, if hosts are introduced. Nomad's list tells nothing of who needs one: a host that was made anew
    /// is on it, and called ready until it has been silent for long enough.
    pub async fn issue<R: Reach>(
        &self,
        council: &Council<'_, R>,
        host: &str,
    ) -> Result<Option<Secret>, Fault> {
        let Some(node_pool) = self.0.get(host) else { return Ok(None) };
        let wish = json!({ "NodeName": host, "NodePool": node_pool, "TTL": LIFE });
        let issued: Result<Issued, String> =
            council.post("/v1/acl/identity/client-introduction-token", &wish).await;
        let cure = "See `journalctl -u nomad` on the servers, then apply again";
        issued
            .map(|issued| Some(Secret::new(issued.token)))
            .map_err(|why| Fault::of_host(host, "It cannot be introduced to the servers", why, cure))
    }
}

/// Puts the token where the client looks for it when it starts.
pub(super) fn add(task: &mut Task, token: &Secret) {
    task.script = [include_str!("introduce.sh"), &task.script].concat();
    task.files.insert("introduction".into(), token.expose().as_bytes().to_vec());
}
