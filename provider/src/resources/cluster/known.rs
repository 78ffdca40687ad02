//! What is known of a cluster's hosts before anything is done, for whoever plans it. Pure.

use std::collections::BTreeMap;

use hosts::fleet::{Known, Machines, Seen, Sight, Wanted};
use hosts::spec::ClusterSpec;
use hosts::way;

use super::model::Cluster;
use super::reach::{self, Past};

/// What each host of a cluster is to run.
pub(super) fn wanted(spec: &ClusterSpec) -> Vec<Wanted> {
    spec.hosts().map(|(_, pool, host)| Wanted { host: host.name.clone(), role: pool.role }).collect()
}

/// The hosts that are wanted, with what is known of those that were there.
pub(super) fn now(planned: &Cluster, before: &BTreeMap<String, Past>) -> BTreeMap<String, Past> {
    let mut hosts = reach::hosts(planned);
    for (name, past) in &mut hosts {
        if let Some(known) = before.get(name) {
            past.finished = known.finished;
            if past.host_key.is_none() && past.address == known.address {
                past.host_key.clone_from(&known.host_key);
            }
        }
    }
    hosts
}

/// What the planner is told of the hosts that the cluster had. `taken` says that its servers had root secrets although
/// nobody knew: then whoever has something of ours counts as well.
pub(super) fn known(
    all: &BTreeMap<String, Past>,
    had: impl Fn(&str) -> bool,
    seen: &BTreeMap<String, Result<Seen, way::Fault>>,
    taken: bool,
) -> Vec<Known> {
    let known = |(host, past): (&String, &Past)| {
        let sight = match seen.get(host) {
            Some(Ok(seen)) => seen.sight(),
            _ => Sight::Silent,
        };
        let finished = past.finished || (taken && matches!(sight, Sight::Same | Sight::Other));
        (had(host) || finished).then(|| Known { host: host.clone(), role: past.role(), finished, sight })
    };
    all.iter().filter_map(known).collect()
}

/// On whose machine is still to be what it should be, something is to be done whatever was seen on it.
pub(super) fn lag(known: &mut [Known], machines: &impl Machines) {
    for host in known.iter_mut().filter(|host| host.sight == Sight::Same && machines.renews(&host.host)) {
        host.sight = Sight::Other;
    }
}
