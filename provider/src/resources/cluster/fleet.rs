//! The life of a cluster whose hosts can be reached. Its root secrets are on its servers and nowhere else: they are looked
//! for there first, and what is found is taken over.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hosts::Fault;
use hosts::converge::{self, Script};
use hosts::fleet::{self, Crew, Done, Machines, Orders, Seen, Sight, find_kept, survey};
use hosts::secrets::RootSecrets;
use hosts::spec::ClusterSpec;
use kit::{Cx, Diagnostic, Failure, Private, Result, Severity, State};

use super::known::{known, lag, now, wanted};
use super::machines::{Raised, Renewals};
use super::model::{Cluster, Member};
use super::pins::Pins;
use super::reach::{self, Past, Way};
use super::{connect, is_ours, login, machines, said, seeds, spec, whose};
use crate::clock;
use crate::config::Settings;
use crate::jobs::Progress;
use crate::values::seconds;

/// So many hosts are talked to at once.
pub(super) const AT_ONCE: usize = 16;
/// So long before the time is over it is said what was done.
const FAREWELL: Duration = Duration::from_secs(20);
/// What tasks may take to end before their hosts are cleared.
const ENDING: Duration = Duration::from_secs(30);
/// Where the private data says that the servers have agreed once.
const FOUNDED: &str = "founded";
/// Where the private data has the hosts that should be gone.
const LEAVING: &str = "leaving_hosts";

/// Hosts that should be gone, and are not.
pub(super) fn leaving(private: &Private) -> BTreeSet<String> {
    private.get::<BTreeMap<String, Past>>(LEAVING).unwrap_or_default().into_keys().collect()
}

/// Makes the cluster, or takes over what an apply before has begun.
pub(super) async fn create(cx: &Cx, planned: Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
    login::check(cx.provider::<Settings>()?.as_ref(), &planned).await?;
    // Machines that were made are in the state from now on: whatever comes next is finished by the next apply.
    let raised = match &planned.qemu {
        Some(_) => Some(machines::create(cx, &planned, state).await?),
        None => None,
    };
    let kept = raised.is_some();
    let work = match Work::begin(cx, None, planned, Before::default(), raised).await {
        Err(failure) if kept => {
            warn(cx, failure);
            return Ok(());
        }
        begun => begun?,
    };
    let (done, cut) = work.carry_out(cx).await?;
    if done.made.is_empty() && !done.faults.is_empty() && !cut && !kept {
        // Nothing is finished. What has begun is on the servers, and the next create takes it over.
        return Err(said(&done.faults));
    }
    let (made, left) = work.result(&done)?;
    state.private().set(LEAVING, &left);
    Pins::keep(state.private(), &work.reach);
    state.private().set(FOUNDED, &done.founded);
    state.record(&made);
    // An error would make Terraform destroy the cluster: the next apply finishes it.
    warn(cx, said(&done.faults));
    Ok(())
}

fn warn(cx: &Cx, failure: Failure) {
    let warning = |fault| Diagnostic { severity: Severity::Warning, ..fault };
    failure.0.into_iter().for_each(|fault| cx.warn(warning(fault)));
}

/// Brings the cluster to what it should be now.
pub(super) async fn update(
    cx: &Cx,
    prior: Cluster,
    planned: Cluster,
    state: &mut State<'_, Cluster>,
) -> Result<()> {
    // What a destroy goes by counts from now on: a cluster that cannot be changed any more can still be destroyed.
    state.record(&Cluster {
        deletion_protection: planned.deletion_protection,
        delete_data: planned.delete_data.clone(),
        on_destroy: planned.on_destroy.clone(),
        ..prior.clone()
    });
    login::check(cx.provider::<Settings>()?.as_ref(), &planned).await?;
    let private = state.private();
    let founded = private.get(FOUNDED).unwrap_or_default();
    let pins = Pins::of(private);
    let before = Before { left: private.get(LEAVING).unwrap_or_default(), founded, pins };
    let raised = match &planned.qemu {
        Some(_) => Some(machines::update(cx, &prior, &planned, private).await?),
        None => None,
    };
    if let Some(raised) = &raised {
        // Whoever is cut off now may not want them any more next time.
        let (mut left, there) = (reach::hosts(&planned), reach::hosts(&prior));
        left.retain(|host, _| raised.records.contains_key(host) && !there.contains_key(host));
        raised.guide(&mut left);
        private.set(LEAVING, &left.into_iter().chain(before.left.clone()).collect::<BTreeMap<_, _>>());
    }
    let work = Work::begin(cx, Some(&prior), planned, before, raised).await?;
    let (done, _) = work.carry_out(cx).await?;
    let (mut made, left) = work.result(&done)?;
    if !done.faults.is_empty() {
        // What nobody has got can still be taken back.
        if work.orders.upgraded.is_disjoint(&done.made) {
            made.nomad_version.clone_from(&prior.nomad_version);
        }
        if work.orders.consul_upgraded.is_disjoint(&done.made) {
            made.consul_version.clone_from(&prior.consul_version);
        }
    }
    state.private().set(LEAVING, &left);
    Pins::keep(state.private(), &work.reach);
    state.private().set(FOUNDED, &(founded || done.founded));
    state.record(&made);
    if done.faults.is_empty() { Ok(()) } else { Err(said(&done.faults)) }
}

/// Takes the cluster off its hosts. Data volumes stay there.
pub(super) async fn delete(cx: &Cx, prior: &Cluster, state: &mut State<'_, Cluster>) -> Result<()> {
    if prior.qemu.is_some() {
        return machines::delete(cx, prior, state).await;
    }
    let settings = cx.provider::<Settings>()?;
    let mut hosts = state.private().get::<BTreeMap<String, Past>>(LEAVING).unwrap_or_default();
    hosts.extend(reach::hosts(prior));
    let pins = Pins::of(state.private());
    let reach = Way::to(&settings, prior, &hosts, (BTreeSet::new(), &pins))?;
    if prior.on_destroy.as_ref().is_some_and(|how| !how.graceful) {
        let silent = whose::silent(&reach, &hosts).await?;
        hosts.retain(|host, _| !silent.contains_key(host));
        for (host, fault) in silent {
            let detail = format!("{fault}. Whatever cluster {} has put on it is still there.", prior.name);
            cx.warn(Diagnostic::warning(format!("{host} is let go as it is"), detail));
        }
    }
    let spec = spec::of(prior)?;
    let servers = spec.servers().map(|host| host.name.clone()).filter(|host| hosts.contains_key(host));
    let servers: Vec<String> = servers.collect();
    let (kept, _) = find_kept(&reach, &servers, AT_ONCE).await;
    // Without its secrets nothing can be ended in order; it is ended all the same.
    let root = kept.into_values().map(|kept| kept.root).find(|root| is_ours(prior, root));
    let root = root.map_or_else(|| RootSecrets::generate(&prior.name, clock::now()), Ok).map_err(broken)?;
    let progress = Progress::new(settings.progress.clone());
    let told = |host: &str, what: &str| progress.tell(&format!("{}/{host}", prior.name), &what);
    let crew = Crew::new(&reach, &spec, (&root, None), AT_ONCE, &told).map_err(broken)?;
    let crew = match prior.ca_pem.known() {
        Some(ca_pem) => crew.owned_by(ca_pem),
        None => crew,
    };
    let clients: Vec<String> = hosts.keys().filter(|host| !servers.contains(host)).cloned().collect();
    let drain = prior.on_destroy.as_ref().is_none_or(|how| how.drain);
    let done = crew.dissolve(&clients, &servers, drain.then_some(ENDING)).await;
    if done.faults.is_empty() {
        return Ok(());
    }
    // What is gone need not be reached again.
    let mut rest = prior.clone();
    rest.complete.set(false);
    state.record(&rest);
    let mut found = said(&done.faults);
    found.0.push(Diagnostic::error(
        format!("Cluster {} is not gone from all of its hosts", prior.name),
        "Destroy again when they answer. A host that never will is taken out of the configuration and applied first; a cluster of which nothing is left is forgotten with `terraform state rm` or a block `removed`.",
    ));
    Err(found)
}

/// What is remembered of a cluster beside its state.
#[derive(Default)]
struct Before {
    /// Hosts that should be gone, and are not.
    left: BTreeMap<String, Past>,
    /// The servers have agreed once.
    founded: bool,
    /// The keys of hosts on the way.
    pins: Pins,
}

/// A change of a cluster, as far as it is prepared.
struct Work {
    planned: Cluster,
    spec: ClusterSpec,
    root: RootSecrets,
    before: Option<RootSecrets>,
    reach: Way,
    orders: Orders,
    departing: BTreeMap<String, Past>,
    raised: Option<Raised>,
    renewals: Option<Renewals>,
    progress: Progress,
    begun: Instant,
}

impl Work {
    /// Looks at all hosts, and decides what is to be done.
    async fn begin(
        cx: &Cx,
        prior: Option<&Cluster>,
        planned: Cluster,
        Before { left, founded, pins }: Before,
        mut raised: Option<Raised>,
    ) -> Result<Self> {
        let begun = Instant::now();
        let settings = cx.provider::<Settings>()?;
        let before = prior.map(reach::hosts).unwrap_or_default();
        let mut hosts = now(&planned, &before);
        if let Some(raised) = &mut raised {
            raised.guide(&mut hosts);
            let limit = (left_of(cx, begun), prior.is_some());
            machines::arrive(cx, &settings, &planned, &hosts, raised, limit).await?;
            let first = prior.is_none_or(|prior| prior.ca_pem.known().is_none());
            raised.suffice(&hosts, first).map_err(|faults| said(&faults))?;
        }
        let renewals =
            raised.as_mut().map(|raised| Renewals::of(&settings, &planned, &hosts, raised)).transpose()?;
        let mut departing = left;
        departing.extend(before.clone());
        departing.retain(|host, _| !hosts.contains_key(host));
        let all: BTreeMap<String, Past> = departing.clone().into_iter().chain(hosts.clone()).collect();
        let mut off = machines::off(&planned, all.keys()).await?;
        off.extend(raised.iter().flat_map(|raised| raised.faults.keys().cloned()));
        let reach = Way::to(&settings, &planned, &all, (off, &pins))?;
        let spec = spec::of(&planned)?;
        let servers: Vec<String> =
            all.iter().filter(|(_, past)| past.role().serves()).map(|(host, _)| host.clone()).collect();
        let (kept, silent) = find_kept(&reach, &servers, AT_ONCE).await;
        let taken = prior.is_none() && !kept.is_empty();
        let found = whose::choose(prior, &planned, &kept, &silent)?;
        let root = whose::rotated(found.as_ref().map(|(newest, _)| newest.clone()), &planned)?;
        if taken {
            whose::fits(kept.into_values().find_map(|kept| kept.spec), &spec)?;
            cx.warn(taken_over(&planned));
        }
        let scripts = scripts(&spec, &root)?;
        let mut looks: BTreeMap<String, Script> = scripts.clone();
        looks.extend(whose::glances(departing.keys())?);
        let seen = survey(&reach, &looks, AT_ONCE).await;
        whose::belong(&planned, &root, &seen)?;
        whose::approachable(&departing, &seen)?;
        if let Some(prior) = prior.filter(|prior| prior.local.is_none() && prior.qemu.is_none()) {
            let moved = before
                .iter()
                .filter(|(name, past)| hosts.get(*name).is_some_and(|now| now.address != past.address));
            let moved = moved.map(|(name, past)| (name.clone(), past.clone())).collect();
            whose::nobody_stays_behind(&settings, prior, &moved, &root, (&reach.keys(), &pins)).await?;
        }
        let mut known =
            known(&all, |host| before.contains_key(host) || departing.contains_key(host), &seen, taken);
        if let Some(renewals) = &renewals {
            lag(&mut known, renewals);
        }
        let wanted = wanted(&spec);
        let steps = fleet::plan(&wanted, &known);
        if !steps.is_empty() {
            // Servers that have not changed yet believe the token of before.
            let roots = (&root, found.as_ref().map(|(_, oldest)| oldest));
            let crew = Crew::new(&reach, &spec, roots, AT_ONCE, &|_, _| ()).map_err(broken)?;
            crew.decides(&wanted, &known).await.map_err(|fault| said(&[fault]))?;
        }
        let those = |what: fn(&Seen) -> bool| -> BTreeSet<String> {
            let there = known.iter().filter(|host| host.finished).map(|host| &host.host);
            there.filter(|host| matches!(seen.get(*host), Some(Ok(seen)) if what(seen))).cloned().collect()
        };
        let (upgraded, consul_upgraded) = (those(Seen::gets_another_nomad), those(Seen::gets_another_consul));
        let restarted = those(Seen::restarts);
        let (at_once, deadline) = planned.upgrade.as_ref().map_or((1, None), |upgrade| {
            (usize::try_from(upgrade.max_parallel).unwrap_or(1), seconds(&upgrade.drain_deadline).ok())
        });
        let deadline = deadline.unwrap_or(Duration::from_mins(5));
        let orders = Orders {
            steps,
            known,
            scripts,
            upgraded,
            consul_upgraded,
            restarted,
            founded,
            at_once,
            deadline,
        };
        let progress = Progress::new(settings.progress.clone());
        Ok(Self {
            planned,
            spec,
            root,
            before: found.map(|(_, oldest)| oldest),
            reach,
            orders,
            departing,
            raised,
            renewals,
            progress,
            begun,
        })
    }

    /// Does it, unless Terraform is to stop or the time is over: then it is said how far it came, and that it was cut off.
    async fn carry_out(&self, cx: &Cx) -> Result<(Done, bool)> {
        let name = &self.planned.name;
        let told = |host: &str, what: &str| self.progress.tell(&format!("{name}/{host}"), &what);
        let roots = (&self.root, self.before.as_ref());
        let machines = self.renewals.as_ref().map(|renewals| renewals as &dyn Machines);
        let crew = Crew::new(&self.reach, &self.spec, roots, AT_ONCE, &told).map_err(broken)?.on(machines);
        let limit = left_of(cx, self.begun);
        let cause = tokio::select! {
            done = crew.carry_out(&self.orders) => return Ok((self.settle(done).await?, false)),
            () = cx.stop().cancelled() => "Terraform was asked to stop",
            () = tokio::time::sleep(limit) => "the time that the `timeouts` block allows is over",
        };
        let cure = "Apply again: it goes on where it stopped";
        let fault = Fault::of_cluster(format!("Cluster {name} is not finished"), cause, cure);
        let mut done = crew.so_far();
        done.faults.push(fault);
        Ok((self.settle(done).await?, true))
    }

    /// Sees to the machines of those that are gone, and says what is wrong with those that are not.
    async fn settle(&self, mut done: Done) -> Result<Done> {
        for (host, fault) in machines::fell(&self.planned, &done.gone).await? {
            done.gone.remove(&host);
            done.faults.push(fault);
        }
        if let Some(raised) = &self.raised {
            raised.explain(&mut done.faults);
        }
        Ok(done)
    }

    /// What the state says afterwards, and which hosts should be gone and are not.
    fn result(&self, done: &Done) -> Result<(Cluster, BTreeMap<String, Past>)> {
        let mut made = self.planned.clone();
        made.ca_pem.set(self.root.ca_pem());
        made.complete.set(done.faults.is_empty());
        let keys = self.reach.keys();
        let same = |host: &str| {
            self.orders.known.iter().any(|known| known.host == host && known.sight == Sight::Same)
        };
        let members = self.spec.hosts().map(|(pool, what, host)| {
            let fine = done.made.contains(&host.name) || same(&host.name);
            let before = || self.orders.known.iter().any(|known| known.host == host.name && known.finished);
            // Another hash than it will have: it was finished once, and is to be changed.
            let hash = match (fine, before()) {
                (true, _) => self.orders.scripts.get(&host.name).map(|script| script.hash.clone()),
                (false, true) => Some("unfinished".to_owned()),
                (false, false) => None,
            };
            let lines =
                keys.get(&host.name).into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
            let member = seeds::member(&self.spec, pool, what, host, hash.unwrap_or_default());
            let member = match &self.raised {
                Some(raised) => {
                    let again = self.renewals.as_ref().and_then(|renewals| renewals.record(&host.name));
                    machines::place(member, again.as_ref().or(raised.records.get(&host.name)))
                }
                None => Member { host_key: (!lines.is_empty()).then(|| lines.join("\n")), ..member },
            };
            (host.name.clone(), member)
        });
        made.hosts.set(members.collect::<BTreeMap<_, _>>());
        connect(&mut made, &self.root)?;
        let left = self.departing.iter().filter(|(host, _)| !done.gone.contains(*host));
        Ok((made, left.map(|(host, past)| (host.clone(), past.clone())).collect()))
    }
}

/// How much of the time that there is in all is left, until it has to be said what was done.
fn left_of(cx: &Cx, begun: Instant) -> Duration {
    let limit = cx.time_limit().map_or(Duration::MAX, |limit| limit.saturating_sub(FAREWELL));
    limit.saturating_sub(begun.elapsed())
}

/// What each host gets.
pub(super) fn scripts(spec: &ClusterSpec, root: &RootSecrets) -> Result<BTreeMap<String, Script>> {
    let prints = hosts::cluster::blueprints(spec, root).map_err(|found| said(&found))?;
    let script = |print: &hosts::blueprint::Blueprint| {
        let script = converge::script(print).map_err(|fault| said(&[fault]))?;
        Ok((print.host.clone(), script))
    };
    prints.iter().map(script).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
pub(super) fn broken(error: hosts::secrets::Broken) -> Failure {
    Diagnostic::error("The cluster's secrets cannot be used", error.to_string()).into()
}

fn taken_over(cluster: &Cluster) -> Diagnostic {
    Diagnostic::warning(
        format!("Cluster {} was begun before", cluster.name),
        "Its servers keep root secrets of a cluster of this name, of an apply that was cut off or of a lost state. They are used again, so that hosts which were made with them still belong to the cluster.",
    )
}
