//! Clients that come or change, once there is a cluster that they belong to.
//!
//! Must never change one that works before its work is elsewhere, if the change would end it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::FutureExt;

use super::council::Council;
use super::orders::{Done, Orders, arriving, note};
use super::work::Crew;
use super::{Act, Reach, Step, together};
use crate::Fault;
use crate::way::Task;

/// How long a host may take to become a node of Nomad.
const APPEAR: Duration = Duration::from_mins(3);

impl<R: Reach> Crew<'_, R> {
    /// Who is there is changed, who comes is made, and both may work.
    pub(super) async fn clients_arrive(&self, orders: &Orders, done: &mut Done) {
        let council = self.council(&self.speakers(orders, done));
        let (changed, made): (Vec<&Step>, Vec<&Step>) =
            arriving(orders, false).partition(|step| step.act == Act::Change);
        let emptied = changed.iter().any(|step| self.is_emptied(&step.host, orders));
        let limit = if emptied { orders.at_once } else { self.limit };
        let stuck = AtomicBool::new(false);
        let one = |host| self.change_unless(&stuck, &council, host, orders).boxed();
        let work = changed.iter().map(|step| one(step.host.as_str())).collect();
        note(done, together(limit, work).await.into_iter().flatten());
        let identities = self.newcomers(&council, &made, orders, done).await;
        let arrived = orders.steps.iter().filter(|step| step.role.works() && done.made.contains(&step.host));
        let new: BTreeSet<String> = arrived.map(|step| step.host.clone()).collect();
        let workers: Vec<String> = orders.scripts.keys().cloned().collect();
        // Also who was emptied by an apply that was cut off before it could say that it may work again.
        if let Err(fault) = council.welcome(&workers).await {
            done.faults.push(fault);
        }
        if new.is_empty() {
            return;
        }
        for host in council.ready(&new, &identities, APPEAR).await {
            done.made.remove(&host);
            done.faults.push(Fault::of_host(
                host,
                "It is no node of Nomad",
                format!("it was set up, and Nomad's servers did not see it within {} s", APPEAR.as_secs()),
                "See `journalctl -u nomad` there, and whether it reaches the servers on port 4647",
            ));
        }
    }

    /// Whether its work has to go elsewhere before it is changed.
    fn is_emptied(&self, host: &str, orders: &Orders) -> bool {
        orders.upgraded.contains(host) || self.renews(host)
    }

    /// Changes a client in place. Where a machine did not come back no other is switched off: the same may become of it.
    async fn change_unless<'h>(
        &self,
        stuck: &AtomicBool,
        council: &Council<'_, R>,
        host: &'h str,
        orders: &Orders,
    ) -> Option<(&'h str, Result<(), Fault>)> {
        let renews = self.renews(host);
        if renews && stuck.load(Ordering::Relaxed) {
            return None;
        }
        let changed = self.change(council, host, orders).await;
        if renews && changed.is_err() {
            stuck.store(true, Ordering::Relaxed);
        }
        Some((host, changed))
    }

    /// Changes a host in place, its work moved elsewhere before if its Nomad or its machine becomes another.
    pub(super) async fn change(
        &self,
        council: &Council<'_, R>,
        host: &str,
        orders: &Orders,
    ) -> Result<(), Fault> {
        if !self.is_emptied(host, orders) {
            return self.converge(host, orders, None).await;
        }
        (self.told)(host, "moving its work elsewhere");
        council.drain(host, orders.deadline, false).await?;
        // Who does not come back can be given no work.
        self.renew(host).await?;
        let changed = self.bring(host, orders, None).await;
        // Also a host that could not be changed is one that works.
        let ready = council.ready(&BTreeSet::from([host.to_owned()]), &BTreeMap::new(), APPEAR).await;
        let welcome = if ready.is_empty() { council.welcome(&[host.to_owned()]).await } else { Ok(()) };
        changed.and(welcome)
    }

    /// Makes hosts that are no nodes yet, and introduces them to the servers. Those whose name a node had before say who they
    /// are now: that one is called ready until it has been silent for long enough.
    async fn newcomers(
        &self,
        council: &Council<'_, R>,
        steps: &[&Step],
        orders: &Orders,
        done: &mut Done,
    ) -> BTreeMap<String, String> {
        let hosts: Vec<&str> = steps.iter().map(|step| step.host.as_str()).collect();
        let arrive = |host| {
            async move {
                if self.renews(host) {
                    council.drain(host, orders.deadline, false).await?;
                    self.renew(host).await?;
                }
                let token = self.introductions.issue(council, host).await?;
                self.bring(host, orders, token.as_ref()).await
            }
            .boxed()
        };
        let work = hosts.iter().copied().map(arrive).collect();
        let made = together(self.limit, work).await;
        note(done, hosts.iter().copied().zip(made));
        let there = council.all_nodes().await.unwrap_or_default();
        let known = |host: &&str| done.made.contains(*host) && there.iter().any(|node| node.name == **host);
        let known: Vec<&str> = hosts.into_iter().filter(known).collect();
        let ask = known.iter().map(|host| self.identity(host).boxed()).collect();
        let identities = together(self.limit, ask).await;
        let named = |(host, id): (&str, Option<String>)| Some((host.to_owned(), id?));
        known.into_iter().zip(identities).filter_map(named).collect()
    }

    /// Who a client says it is; nothing as long as it has not started.
    async fn identity(&self, host: &str) -> Option<String> {
        let task = Task::new(include_str!("identity.sh"));
        self.reach.run(host, &task, &|_| ()).await.ok()?.said.into_iter().next()
    }
}
