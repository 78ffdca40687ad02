//! What a cluster that there is may become. The rest would lose it, or its makers forbid it.

use crate::fault::Fault;
use crate::spec::{ClusterSpec, Host, Version};

/// Minor releases of Nomad, in their order: 2.0 came after 1.11.
const LAST_OF_ONE: u64 = 11;
/// So many minor releases of Nomad's servers understand each other.
const STRIDE: u64 = 2;

/// Everything that stands against the change.
pub fn may_become(before: &ClusterSpec, after: &ClusterSpec) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if let Some(fault) = release("Nomad", &before.nomad.version, &after.nomad.version, place) {
        faults.push(fault);
    }
    if let (Some(old), Some(new)) = (before.consul(), after.consul())
        && let Some(fault) = release("Consul", &old.version, &new.version, |_| None)
    {
        faults.push(fault);
    }
    for (_, pool, host) in after.hosts() {
        let old = before.hosts().find(|(_, _, other)| other.name == host.name);
        if old.is_some_and(|(_, old, _)| old.role != pool.role) {
            faults.push(Fault::of_host(
                &host.name,
                "Its role cannot change in place",
                "what it was in the cluster would be lost in silence",
                "Take it out of the configuration in one apply, and add it with its new role in the next",
            ));
        }
    }
    let (old, new) = (&before.security, &after.security);
    for (name, switched) in
        [("tls", old.tls != new.tls), ("acl", old.acl != new.acl), ("gossip", old.gossip != new.gossip)]
    {
        if switched {
            faults.push(Fault::of_cluster(
                format!("`security.{name}` cannot be switched on a living cluster"),
                "agents with and without it do not understand each other",
                "Leave it as it is, or make a new cluster",
            ));
        }
    }
    whereabouts(before, after, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What must not become of hosts: their machines would be cleared, or the cluster's memory lost.
fn whereabouts(before: &ClusterSpec, after: &ClusterSpec, faults: &mut Vec<Fault>) {
    let stays = |name: &str| after.hosts().any(|(.., other)| other.name == name);
    for (_, _, gone) in before.hosts().filter(|(.., host)| !stays(&host.name)) {
        if let Some((.., other)) =
            after.hosts().find(|(.., other)| other.peer_address() == gone.peer_address())
        {
            faults.push(Fault::of_host(
                &other.name,
                "A machine cannot change its name in place",
                format!("at its address is {}, which would be cleared", gone.name),
                format!(
                    "Keep the name {}, or take it out in one apply and add {} in the next",
                    gone.name, other.name
                ),
            ));
        }
    }
    let same = |old: &Host| {
        after.servers().any(|new| {
            new.name == old.name && new.address == old.address && new.peer_address() == old.peer_address()
        })
    };
    if !before.servers().any(same) {
        faults.push(Fault::of_cluster(
            "Not all servers can be replaced at once",
            "new ones alone would be another cluster, without jobs, variables and tokens",
            "Keep at least one of them where it is in this apply, and replace it in the next",
        ));
    }
}

fn release(
    product: &str,
    old: &Version,
    new: &Version,
    place: impl Fn(&Version) -> Option<u64>,
) -> Option<Fault> {
    if new.numbers < old.numbers {
        return Some(Fault::of_cluster(
            format!("{product} cannot go back from {old} to {new}"),
            "its data is written as the newer release writes it",
            format!("Keep {old}, or restore a snapshot into a new cluster"),
        ));
    }
    let (from, to) = place(old).zip(place(new))?;
    (to - from > STRIDE).then(|| {
        Fault::of_cluster(
            format!("{product} cannot go from {old} to {new} at once"),
            format!("that is {} minor releases, and servers understand each other over {STRIDE}", to - from),
            "Apply a release in between first",
        )
    })
}

/// Which minor release it is, counted over major ones.
fn place(version: &Version) -> Option<u64> {
    match version.numbers {
        (1, minor, _) => Some(minor.min(LAST_OF_ONE)),
        (2, minor, _) => Some(LAST_OF_ONE + 1 + minor),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(old: &str, new: &str) -> Option<String> {
        let [old, new] = [old, new].map(|text| text.parse::<Version>().unwrap());
        release("Nomad", &old, &new, place).map(|fault| fault.what)
    }

    #[test]
    fn releases_go_forward_in_small_steps() {
        for (old, new) in [("1.9.3", "1.11.0"), ("1.10.5", "2.0.5"), ("2.0.4", "2.0.5"), ("2.0.5", "2.2.0")] {
            assert_eq!(said(old, new), None, "{old} {new}");
        }
        assert_eq!(said("1.8.0", "2.0.0").unwrap(), "Nomad cannot go from 1.8.0 to 2.0.0 at once");
        assert_eq!(said("2.0.5", "2.0.4").unwrap(), "Nomad cannot go back from 2.0.5 to 2.0.4");
    }
}
