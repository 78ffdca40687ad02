//! Whose hosts these are, and with which root secrets it goes on: before anything is changed on any of them.

use std::collections::{BTreeMap, BTreeSet};

use hosts::converge::{self, Script};
use hosts::fleet::{Kept, Seen, survey};
use hosts::secrets::RootSecrets;
use hosts::spec::ClusterSpec;
use hosts::ssh::HostKey;
use hosts::{Fault, way};
use kit::{Diagnostic, Failure, Result};

use super::fleet::{AT_ONCE, broken};
use super::model::Cluster;
use super::pins::Pins;
use super::reach::{Past, Way};
use super::{has_hosts, is_ours, root, said, spec};
use crate::clock;
use crate::config::Settings;

/// The root secrets that the servers keep, the newest and the oldest that are there; none for a cluster that never was.
pub(super) fn choose(
    prior: Option<&Cluster>,
    planned: &Cluster,
    kept: &BTreeMap<String, Kept>,
    silent: &[Fault],
) -> Result<Option<(RootSecrets, RootSecrets)>> {
    for (host, Kept { root, .. }) in kept {
        if root.cluster() != planned.name {
            let detail = format!(
                "It has the root secrets of cluster {}. Take it off that cluster first, or name another host.",
                root.cluster()
            );
            return Err(Diagnostic::error(format!("{host} is a server of another cluster"), detail).into());
        }
    }
    let mut ours: Option<(&String, &RootSecrets, &RootSecrets)> = None;
    for (host, Kept { root, .. }) in kept {
        if prior.is_some_and(|prior| !is_ours(prior, root)) {
            return Err(foreign(host, &planned.name));
        }
        ours = Some(match ours {
            None => (host, root, root),
            Some((other, newest, _)) if newest.ca_pem() != root.ca_pem() => {
                let detail = format!(
                    "They were set up as two clusters of one name. Decide which of them counts, and remove {} on the other.",
                    hosts::cluster::ROOT_SECRETS
                );
                let summary = format!("{host} and {other} keep different root secrets");
                return Err(Diagnostic::error(summary, detail).into());
            }
            // A change that was cut off has reached some servers only.
            Some((other, newest, oldest)) => {
                let number = |root: &RootSecrets| {
                    let numbers = root.rotation();
                    (numbers.certs, numbers.gossip, numbers.tokens)
                };
                let newest = if number(root) > number(newest) { root } else { newest };
                let oldest = if root.rotation().tokens < oldest.rotation().tokens { root } else { oldest };
                (other, newest, oldest)
            }
        });
    }
    let found = ours.map(|(_, newest, oldest)| (newest.clone(), oldest.clone()));
    let ever = prior.is_some_and(has_hosts);
    if found.is_some() || (!ever && silent.is_empty()) {
        return Ok(found);
    }
    let faults = silent.iter().fold(String::new(), |text, fault| text + "\n- " + &fault.to_string());
    let (summary, detail) = if ever {
        let detail = format!(
            "None of the servers that answer keeps {}. New ones would make another cluster of the same name, so nothing was changed. Bring back a server that has them.",
            hosts::cluster::ROOT_SECRETS
        );
        (format!("The root secrets of cluster {} are not found", planned.name), detail)
    } else {
        let detail = "Nothing was changed: a cluster is begun when each of its servers answers, as a silent one may keep the root secrets of an earlier attempt.";
        (format!("Not all servers of cluster {} answer", planned.name), detail.to_owned())
    };
    Err(Diagnostic::error(summary, detail + &faults).into())
}

/// Refuses hosts that carry another cluster's mark.
pub(super) fn belong(
    planned: &Cluster,
    root: &RootSecrets,
    seen: &BTreeMap<String, Result<Seen, way::Fault>>,
) -> Result<()> {
    let ours = hosts::cluster::owner(root.ca_pem());
    let other = |seen: &Seen| seen.owner.as_ref().is_some_and(|owner| *owner != ours);
    let found = seen.iter().find(|(_, seen)| seen.as_ref().is_ok_and(other));
    found.map_or(Ok(()), |(host, _)| Err(foreign(host, &planned.name)))
}

/// Refuses a name that now is another machine's while the one that had it still runs: nobody would ever clear that one.
/// `moved` are the hosts as they were before, `keys` those of the hosts as they are wanted, `pins`
/// those of hosts on the way.
pub(super) async fn nobody_stays_behind(
    settings: &Settings,
    prior: &Cluster,
    moved: &BTreeMap<String, Past>,
    root: &RootSecrets,
    (keys, pins): (&BTreeMap<String, Vec<HostKey>>, &Pins),
) -> Result<()> {
    let there = Way::to(settings, prior, moved, (BTreeSet::new(), pins))?;
    let left = survey(&there, &glances(moved.keys())?, AT_ONCE).await;
    let those = there.keys();
    let ours = hosts::cluster::owner(root.ca_pem());
    let same = |host: &String| {
        let known = |keys: &BTreeMap<String, Vec<HostKey>>| keys.get(host).cloned().unwrap_or_default();
        known(&those).iter().any(|key| known(keys).contains(key))
    };
    let stays = |(host, seen): &(&String, &Result<Seen, way::Fault>)| {
        seen.as_ref().is_ok_and(|seen| seen.owner.as_ref() == Some(&ours)) && !same(host)
    };
    let Some((host, _)) = left.iter().find(stays) else { return Ok(()) };
    let detail = "At its address of before another machine of the cluster still answers, which would stay in it for ever. Give the new machine a name of its own: then the old one is emptied and cleared. Or switch the old one off first, and it is replaced.";
    Err(Diagnostic::error(format!("{host} would be two machines"), detail).into())
}

fn foreign(host: &str, name: &str) -> Failure {
    let detail = format!(
        "It carries the mark of a cluster with another authority than that of {name}. Check its address; to take it over, take it off that cluster first."
    );
    Diagnostic::error(format!("{host} is a host of another cluster"), detail).into()
}

/// What is asked of hosts of which only counts whether they answer, and whose they are: nothing is compared there.
pub(super) fn glances<'a>(hosts: impl Iterator<Item = &'a String>) -> Result<BTreeMap<String, Script>> {
    hosts
        .map(|host| {
            let empty = hosts::blueprint::Blueprint { host: host.clone(), ..Default::default() };
            Ok((host.clone(), converge::script(&empty).map_err(|fault| said(&[fault]))?))
        })
        .collect()
}

/// Who of these does not answer, and why not.
pub(super) async fn silent(
    reach: &Way,
    hosts: &BTreeMap<String, Past>,
) -> Result<BTreeMap<String, way::Fault>> {
    let seen = survey(reach, &glances(hosts.keys())?, AT_ONCE).await;
    let silent = seen.into_iter().filter_map(|(host, seen)| Some((host, seen.err()?)));
    Ok(silent.filter(|(_, fault)| absent(fault)).collect())
}

/// Whether a host is not there, as far as can be told from here. One that only does not let us in is.
pub(super) fn absent(fault: &way::Fault) -> bool {
    matches!(
        fault.cause(),
        way::Cause::Refused
            | way::Cause::NoAnswer
            | way::Cause::NoRoute
            | way::Cause::Off
            | way::Cause::NoSuchName
            | way::Cause::ClosedEarly
            | way::Cause::Bastion(_)
            | way::Cause::TimedOut(_)
    )
}

/// A host that goes has to be cleared, or to be gone: one that only does not let us in is neither.
pub(super) fn approachable(
    departing: &BTreeMap<String, Past>,
    seen: &BTreeMap<String, Result<Seen, way::Fault>>,
) -> Result<()> {
    let faults: Vec<Fault> = departing
        .keys()
        .filter_map(|host| seen.get(host)?.as_ref().err().filter(|fault| !absent(fault)).cloned())
        .map(Fault::from)
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(said(&faults)) }
}

/// Whether a cluster that is found without a state is the one that is configured: nothing is upgraded in silence.
pub(super) fn fits(kept: Option<ClusterSpec>, spec: &ClusterSpec) -> Result<()> {
    // A create that was cut off early has left nothing that could be compared.
    let Some(kept) = kept else { return Ok(()) };
    let versions =
        |spec: &ClusterSpec| (spec.nomad.version.clone(), spec.consul().map(|consul| consul.version.clone()));
    if versions(&kept) != versions(spec) {
        let consul = kept
            .consul()
            .map(|consul| format!(" and `consul_version = \"{}\"`", consul.version))
            .unwrap_or_default();
        let detail = format!(
            "Its servers run other releases than the configuration asks for. Write `nomad_version = \"{}\"`{consul}, apply, and upgrade in an apply of its own.",
            kept.nomad.version
        );
        return Err(Diagnostic::error(format!("Cluster {} is there already", spec.name), detail).into());
    }
    hosts::cluster::may_become(&kept, spec).map_err(|found| said(&found))?;
    let gone: Vec<String> = kept
        .servers()
        .filter(|old| spec.servers().all(|new| new.name != old.name))
        .map(|old| old.name.clone())
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "It has servers that the configuration does not name: {}. Name them, apply, and take them out in an apply of its own.",
        gone.join(", ")
    );
    Err(Diagnostic::error(format!("Cluster {} is there already", spec.name), detail).into())
}

/// Those root secrets, or new ones, with the numbers that are wanted.
pub(super) fn rotated(found: Option<RootSecrets>, planned: &Cluster) -> Result<RootSecrets> {
    let now = clock::now();
    let mut root = found.map_or_else(|| RootSecrets::generate(&planned.name, now), Ok).map_err(broken)?;
    let rotation = spec::rotation(planned);
    if let Some(problem) = root::lowered(root.rotation(), rotation) {
        return Err(problem.into());
    }
    root.rotate(rotation, now);
    Ok(root)
}
