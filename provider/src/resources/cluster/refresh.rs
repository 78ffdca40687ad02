//! What has become of hosts that can be reached. Nothing is changed, and who cannot reach any of them believes the state.

use hosts::converge::{self, Script};
use hosts::fleet::{Crew, Seen, find_kept, survey};
use hosts::secrets::RootSecrets;
use hosts::spec::ClusterSpec;
use hosts::way;
use kit::{Cx, Diagnostic, Failure, Private, Result};

use super::fleet::{AT_ONCE, broken, scripts};
use super::known::{known, wanted};
use super::model::Cluster;
use super::pins::Pins;
use super::reach::{self, Way};
use super::{is_ours, machines, spec, steps};
use crate::clock;
use crate::config::Settings;

/// So many days before certificates end it is said.
const WARNED: i64 = 60;

/// Sees what has become of the hosts. Who cannot reach any of them changes nothing.
pub(super) async fn read(cx: &Cx, mut current: Cluster, private: &mut Private) -> Result<Option<Cluster>> {
    let settings = cx.provider::<Settings>()?;
    machines::forget(&mut current);
    let warn = |why: String| {
        let summary = format!("The hosts of cluster {} were not looked at", current.name);
        cx.warn(Diagnostic::warning(summary, format!("{why} What the state says of them is believed.")));
    };
    let hosts = reach::hosts(&current);
    let off = machines::look(&current).await?;
    let machines = off.iter().map(|(host, line)| format!("{host}: {line}"));
    let mut lines: Vec<String> = machines.chain(machines::lagging(&current, &off)?).collect();
    let pins = Pins::of(private);
    let reach = match Way::to(&settings, &current, &hosts, (off.keys().cloned().collect(), &pins)) {
        Ok(reach) => reach,
        Err(Failure(found)) => {
            if !lines.is_empty() {
                current.drift.set(lines);
                return Ok(Some(current));
            }
            warn(found.iter().map(|found| found.detail.clone()).collect());
            return Ok(Some(current));
        }
    };
    let spec = spec::of(&current)?;
    let servers: Vec<String> = spec.servers().map(|host| host.name.clone()).collect();
    let (kept, silent) = find_kept(&reach, &servers, AT_ONCE).await;
    Pins::keep(private, &reach);
    let Some(root) = kept.into_values().map(|kept| kept.root).find(|root| is_ours(&current, root)) else {
        if !lines.is_empty() {
            current.drift.set(lines);
            return Ok(Some(current));
        }
        warn(silent.first().map_or_else(
            || "None of its servers has the cluster's root secrets.".to_owned(),
            |fault| format!("{fault}."),
        ));
        return Ok(Some(current));
    };
    let scripts = scripts(&spec, &root)?;
    let seen = survey(&reach, &scripts, AT_ONCE).await;
    Pins::keep(private, &reach);
    let looked_at = seen.iter().filter(|(host, _)| !off.contains_key(*host));
    lines.extend(looked_at.flat_map(|(host, seen)| drift(&current, host, &scripts[host], seen)));
    let changed = !lines.is_empty();
    if changed {
        let crew = Crew::new(&reach, &spec, (&root, None), AT_ONCE, &|_, _| ()).map_err(broken)?;
        let known = known(&hosts, |_| true, &seen, false);
        if crew.decides(&wanted(&spec), &known).await.is_err() {
            lines.push(steps::LEADERLESS.to_owned());
        }
    }
    current.drift.set(lines);
    aging(cx, &current, &root);
    // What is changed or gone says already why nothing runs there.
    if !changed && current.complete.known() == Some(&true) {
        rest(cx, &current, &reach, &spec, &root).await?;
    }
    Ok(Some(current))
}

/// Says that certificates will soon be over.
fn aging(cx: &Cx, cluster: &Cluster, root: &RootSecrets) {
    let (_, end) = hosts::pki::validity(root);
    let days = (end - clock::now()) / 86_400;
    if days < WARNED {
        let detail = format!(
            "In {days} days nobody believes the agents any more, each other included. Raise `rotate.certs`: new ones are made and taken up without a restart."
        );
        cx.warn(Diagnostic::warning(
            format!("The certificates of cluster {} end soon", cluster.name),
            detail,
        ));
    }
}

/// Says which hosts get no work although they are as they should be.
async fn rest(cx: &Cx, cluster: &Cluster, reach: &Way, spec: &ClusterSpec, root: &RootSecrets) -> Result<()> {
    let workers = spec.hosts().filter(|(_, pool, _)| pool.role.works()).map(|(_, _, host)| host.name.clone());
    let workers: Vec<String> = workers.collect();
    if workers.is_empty() {
        return Ok(());
    }
    let crew = Crew::new(reach, spec, (root, None), AT_ONCE, &|_, _| ()).map_err(broken)?;
    // A cluster that does not answer has said so above, or will when it is changed.
    for (host, why) in crew.resting(&workers).await.unwrap_or_default() {
        let cure = format!(
            "Nothing is changed about it. `nomad node eligibility -enable` and `nomad node drain -disable` give {host} work again."
        );
        cx.warn(Diagnostic::warning(format!("{host} of cluster {} gets no work: {why}", cluster.name), cure));
    }
    Ok(())
}

/// What is different on a host, a line each.
fn drift(cluster: &Cluster, host: &str, script: &Script, seen: &Result<Seen, way::Fault>) -> Vec<String> {
    let seen = match seen {
        Ok(seen) => seen,
        Err(fault) => return vec![format!("{host}: {} ({})", steps::SILENT, fault.cause())],
    };
    let member = cluster.hosts.known().and_then(|hosts| hosts.get(host));
    let as_made = member.is_some_and(|member| seen.applied.as_deref() == Some(member.blueprint.as_str()));
    if seen.lost_notes() && member.is_some_and(|member| !member.blueprint.is_empty()) {
        return vec![format!("{host}: what lostops notes there: as made → gone")];
    }
    if seen.changes.is_empty() {
        return Vec::new();
    }
    if as_made && member.is_some_and(|member| member.blueprint != script.hash) {
        return vec![format!(
            "{host}: as another lostops made it → as lostops {} makes it",
            env!("CARGO_PKG_VERSION")
        )];
    }
    let line = |event: &converge::Event| match event {
        converge::Event::Changed { kind, name } => {
            Some(format!("{host}: {name}: as made → changed ({kind})"))
        }
        converge::Event::Fault { subject, detail, .. } => Some(format!("{host}: {subject}: {detail}")),
        _ => None,
    };
    seen.changes.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use hosts::converge::Event;

    use super::super::{sample, seeds};
    use super::*;

    #[test]
    fn lost_notes_are_one_line() {
        let mut cluster = sample::cluster(&["s1"]);
        let wanted = sample::spec(&["s1"]);
        let (pool, what, host) = wanted.hosts().next().unwrap();
        let member = seeds::member(&wanted, pool, what, host, "abc".into());
        let script = |hash: &str| Script { hash: hash.into(), text: hosts::secrets::Secret::default() };
        let changed = |kind: &str, name: &str| Event::Changed { kind: kind.into(), name: name.into() };
        let programs = vec![
            changed("program", "nomad 2.0.5"),
            changed("firewall", "inet lostops"),
            changed("restarted", "nomad.service"),
        ];
        let seen = |applied: Option<&str>, changes: Vec<Event>| {
            Ok(Seen { applied: applied.map(str::to_owned), owner: Some("ours".into()), changes })
        };
        let gone = ["s1: what lostops notes there: as made → gone"];
        cluster.hosts.set([("s1".to_owned(), member.clone())]);
        for (seen, lines) in [
            (seen(Some("abc"), vec![]), &[][..]),
            (seen(None, vec![]), &gone),
            (seen(None, programs), &gone),
            (seen(None, vec![changed("file", "/etc/a")]), &["s1: /etc/a: as made → changed (file)"]),
        ] {
            assert_eq!(drift(&cluster, "s1", &script("abc"), &seen), lines);
        }
        // One that was never finished has nothing to lose.
        cluster.hosts.set([("s1".to_owned(), seeds::member(&wanted, pool, what, host, String::new()))]);
        assert!(drift(&cluster, "s1", &script("abc"), &seen(None, vec![])).is_empty());
    }
}
