//! A cluster found by one of its servers, which keep what it should be: `ssh://[user@]address[:port]`; or, where lostops made
//! its machines here, by their folder: `qemu://folder`.

use std::collections::BTreeMap;

use hosts::Fault;
use hosts::fleet::{OverSsh, Sight, find_cluster, survey};
use hosts::secrets::RootSecrets;
use hosts::spec::ClusterSpec;
use kit::{Cx, Diagnostic, Failure, Result, Severity};

use super::fleet::{AT_ONCE, scripts};
use super::machines::{self, Found};
use super::model::{Cluster, Member, Ssh};
use super::pins::Pins;
use super::reach::{self, Past};
use super::{back, connect, said, seeds};
use crate::config::Settings;

/// Where a server is, as an import says it.
struct Place {
    user: Option<String>,
    address: String,
    port: u16,
}

/// The cluster that is meant.
pub(super) async fn import(cx: &Cx, id: &str) -> Result<Cluster> {
    let settings = cx.provider::<Settings>()?;
    if let Some(folder) = id.strip_prefix("qemu://").filter(|folder| !folder.is_empty()) {
        let Found { spec, root, cluster, way, records } = machines::found(&settings, folder).await?;
        return known(cx, cluster, (&spec, &root), &way, |host, member| {
            machines::place(member, records.get(host))
        })
        .await;
    }
    let place = Place::parse(id).ok_or_else(|| unreadable(id))?;
    let ssh = Ssh { user: place.user.clone(), public_keys: None, port: place.port, bastion: Vec::new() };
    let server = Past {
        role: "server".into(),
        address: place.address.clone(),
        port: Some(place.port),
        user: None,
        host_key: None,
        finished: true,
    };
    let server = [(place.address.clone(), server)].into();
    let way = reach::over_ssh(&settings, Some(&ssh), &server, &Pins::default())?;
    let (spec, root) = find_cluster(&way, &place.address).await.map_err(|fault| said(&[fault]))?;
    let cluster = back::cluster(&spec, root.rotation(), ssh);
    let hosts = reach::hosts(&cluster);
    let way = reach::over_ssh(&settings, cluster.ssh.as_ref(), &hosts, &Pins::default())?;
    known(cx, cluster, (&spec, &root), &way, |host, member| {
        let host_key = way.keys().get(host).and_then(|keys| keys.first()).map(ToString::to_string);
        Member { host_key, ..member }
    })
    .await
}

/// The cluster with what is seen of its hosts; `placed` says how one is reached.
async fn known(
    cx: &Cx,
    mut cluster: Cluster,
    (spec, root): (&ClusterSpec, &RootSecrets),
    way: &OverSsh,
    placed: impl Fn(&str, Member) -> Member,
) -> Result<Cluster> {
    let scripts = scripts(spec, root)?;
    let seen = survey(way, &scripts, AT_ONCE).await;
    let mut silent: Vec<Fault> = Vec::new();
    let mut members = BTreeMap::new();
    for (pool, what, host) in spec.hosts() {
        let applied = match seen.get(&host.name) {
            Some(Ok(seen)) => seen.applied.clone(),
            Some(Err(fault)) => {
                silent.push(fault.clone().into());
                None
            }
            None => None,
        };
        let member = seeds::member(spec, pool, what, host, applied.unwrap_or_default());
        members.insert(host.name.clone(), placed(&host.name, member));
    }
    // They are members all the same, and the next apply finishes them.
    for fault in said(&silent).0 {
        cx.warn(Diagnostic { severity: Severity::Warning, ..fault });
    }
    let fine =
        scripts.keys().all(|host| matches!(seen.get(host), Some(Ok(seen)) if seen.sight() == Sight::Same));
    cluster.complete.set(fine);
    cluster.hosts.set(members);
    cluster.ca_pem.set(root.ca_pem());
    cluster.steps.set([]);
    cluster.drift.set([]);
    cluster.seeds.set(BTreeMap::new());
    connect(&mut cluster, root)?;
    Ok(cluster)
}

impl Place {
    fn parse(id: &str) -> Option<Self> {
        let rest = id.strip_prefix("ssh://")?.trim_end_matches('/');
        let (user, place) = rest.split_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
        let (address, port) = match place.strip_prefix('[') {
            // The colons of an IPv6 address are not the one before a port.
            Some(inside) => {
                let (address, rest) = inside.split_once(']')?;
                (address, rest.strip_prefix(':').map_or(Some(22), |port| port.parse().ok())?)
            }
            None => place
                .split_once(':')
                .map_or(Some((place, 22)), |(address, port)| Some((address, port.parse().ok()?)))?,
        };
        let whole = !address.is_empty() && !user.is_some_and(str::is_empty) && !place.contains('/');
        whole.then(|| Self { user: user.map(str::to_owned), address: address.to_owned(), port })
    }
}

fn unreadable(id: &str) -> Failure {
    let detail = format!(
        "A cluster is imported from one of its servers, such as `ssh://root@10.0.0.11`, or with a port `ssh://ops@10.0.0.11:2222`, and one of machines that lostops made here from their folder, such as `qemu://machines`; got {id:?}. Clusters that lostops did not make are reached by the provider's block `nomad`."
    );
    Diagnostic::error("This is no cluster to import", detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_nothing_else() {
        let read = |id: &str| {
            Place::parse(id).map(|place| (place.user.unwrap_or_default(), place.address, place.port))
        };
        let place = |user: &str, address: &str, port| Some((user.to_owned(), address.to_owned(), port));
        assert_eq!(read("ssh://root@10.0.0.11"), place("root", "10.0.0.11", 22));
        assert_eq!(read("ssh://ops@s1.example:2222/"), place("ops", "s1.example", 2222));
        assert_eq!(read("ssh://[fd00::1]:2200"), place("", "fd00::1", 2200));
        for id in ["lab", "ssh://", "ssh://@a", "ssh://a:b", "https://a", "ssh://[fd00::1", "ssh://a/b"] {
            assert_eq!(read(id), None, "{id}");
        }
    }
}
