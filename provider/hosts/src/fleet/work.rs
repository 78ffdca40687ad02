//! Doing what was planned, in its order: never two servers of a living cluster at once, and each is well again before the
//! next. What a host refuses hinders only what depends on it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt;

use super::council::Council;
use super::introduce::Introductions;
use super::orders::{Done, Orders, arriving, leave, lost, note, only_lost, standing};
use super::renew::{Machines, is_replaceable};
use super::{Act, Known, Reach, Step, Wanted, introduce, majority, together};
use crate::cluster::{self, Asker, Product};
use crate::converge::Event;
use crate::secrets::{Broken, RootSecrets, Secret};
use crate::spec::ClusterSpec;
use crate::way::{self, Task};
use crate::{Fault, converge};

/// How long servers may take to agree after one of them has changed.
const AGREE: Duration = Duration::from_mins(4);

/// Who does it.
pub struct Crew<'a, R> {
    pub(super) reach: &'a R,
    pub(super) told: &'a (dyn Fn(&str, &str) + Send + Sync),
    pub(super) asker: Asker,
    pub(super) consul: Option<Asker>,
    pub(super) owner: String,
    /// The names of Consul's tokens that count; none where there are no ACLs.
    pub(super) tokens: Option<BTreeSet<String>>,
    pub(super) gossip: Vec<(Product, Asker, Secret)>,
    pub(super) servers: BTreeSet<String>,
    pub(super) machines: Option<&'a dyn Machines>,
    pub(super) introductions: Introductions,
    pub(super) limit: usize,
    pub(super) so_far: Mutex<Done>,
}

impl<'a, R: Reach> Crew<'a, R> {
    /// Who works on that cluster with its root secrets, and those that it had before, on so many hosts at once; `told` hears
    /// what happens to which host.
    pub fn new(
        reach: &'a R,
        spec: &ClusterSpec,
        (root, before): (&RootSecrets, Option<&RootSecrets>),
        limit: usize,
        told: &'a (dyn Fn(&str, &str) + Send + Sync),
    ) -> Result<Self, Broken> {
        let servers = spec.servers().map(|host| host.name.clone()).collect();
        let asker = Asker::new(Product::Nomad, spec, root, before)?;
        let consul = spec.consul().map(|_| Asker::new(Product::Consul, spec, root, before)).transpose()?;
        let mut gossip = Vec::new();
        if spec.security.gossip {
            gossip.push((Product::Nomad, asker.clone(), root.gossip_key("nomad")?));
            if let Some(asker) = consul.clone() {
                gossip.push((Product::Consul, asker, root.gossip_key("consul")?));
            }
        }
        Ok(Self {
            reach,
            told,
            asker,
            consul,
            tokens: spec.security.acl.then(|| cluster::accessors(spec, root)).transpose()?,
            owner: cluster::owner(root.ca_pem()),
            gossip,
            servers,
            machines: None,
            introductions: Introductions::of(spec),
            limit,
            so_far: Mutex::default(),
        })
    }

    /// Does it all, as far as it can be done.
    pub async fn carry_out(&self, orders: &Orders) -> Done {
        let mut done = Done::default();
        if !self.servers_arrive(orders, &mut done).await {
            return leave(orders, done);
        }
        self.clients_arrive(orders, &mut done).await;
        if only_lost(orders, &done) {
            self.depart(orders, &mut done).await;
        }
        if done.faults.is_empty()
            && let Err(fault) = self.retire().await
        {
            done.faults.push(fault);
        }
        leave(orders, done)
    }

    /// The same for hosts of the cluster with that authority, whose root secrets are lost.
    #[must_use]
    pub fn owned_by(self, ca_pem: &str) -> Self {
        Self { owner: cluster::owner(ca_pem), ..self }
    }

    /// The same for hosts on these machines.
    #[must_use]
    pub fn on(self, machines: Option<&'a dyn Machines>) -> Self {
        Self { machines, ..self }
    }

    /// What is done of an order that was cut off.
    pub fn so_far(&self) -> Done {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes down at once what is true whatever comes next.
    pub(super) fn write_down(&self, note: impl FnOnce(&mut Done)) {
        note(&mut self.so_far.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Refuses to go on while nobody could decide anything. Those that are left of a majority that is lost may have been told
    /// to agree without the others: then one of them leads.
    pub async fn decides(&self, wanted: &[Wanted], known: &[Known]) -> Result<(), Fault> {
        let Err(fault) = majority(wanted, known) else { return Ok(()) };
        let led = self.council(&standing(known)).leader().await.is_some();
        if led { Ok(()) } else { Err(fault) }
    }

    /// Why hosts that should work get no work; nothing for those that do.
    pub async fn resting(&self, workers: &[String]) -> Result<Vec<(String, String)>, Fault> {
        self.council(&self.all_servers()).resting(workers).await
    }

    /// Servers first. Says whether there is a cluster to go on with.
    async fn servers_arrive(&self, orders: &Orders, done: &mut Done) -> bool {
        let steps: Vec<&Step> = arriving(orders, true).collect();
        let standing = standing(&orders.known);
        let founded = orders.founded || self.council(&standing).leader().await.is_some();
        let arrived = if founded {
            self.one_by_one(orders, steps, done).await
        } else {
            let hosts = steps.iter().map(|step| step.host.as_str());
            self.all(hosts, orders, done, self.limit).await;
            Ok(())
        };
        if let Err(fault) = arrived {
            done.faults.push(fault);
        }
        // Who was lost before, and still is, hinders nobody but itself.
        let lost: BTreeSet<&str> = lost(orders).collect();
        let named = |fault: &Fault| fault.host.clone().filter(|host| lost.contains(host.as_str()));
        let Some(missing) = done.faults.iter().map(named).collect::<Option<BTreeSet<String>>>() else {
            return false;
        };
        // In the end all of them are there, and know the first token as it should be now. That is asked also where there
        // was no step: what goes afterwards relies on it.
        let agreed = self.settle(&self.servers.difference(&missing).cloned().collect()).await;
        done.founded = agreed.is_ok();
        self.write_down(|so_far| so_far.founded = agreed.is_ok());
        agreed.map_err(|fault| done.faults.push(fault)).is_ok()
    }

    /// Waits until these agree, with nothing but the new tokens and gossip keys.
    async fn settle(&self, servers: &BTreeSet<String>) -> Result<(), Fault> {
        self.agree_with(&self.askers(true), servers).await?;
        self.gossip(servers, true).await
    }

    /// The servers of a living cluster: each is well again before the next, and the leader is the last.
    async fn one_by_one(&self, orders: &Orders, mut steps: Vec<&Step>, done: &mut Done) -> Result<(), Fault> {
        if steps.is_empty() {
            return Ok(());
        }
        let standing = standing(&orders.known);
        let lost: Vec<&str> = lost(orders).collect();
        self.spare(&steps, orders, &standing).await?;
        let leader = self.council(&standing).leader().await;
        steps.sort_by_key(|step| (step.act != Act::Change, Some(&step.host) == leader.as_ref()));
        // Who goes need not be well; who stays does, before anything is done to it.
        let mut well: BTreeSet<String> =
            standing.iter().filter(|host| self.servers.contains(*host)).cloned().collect();
        if well.iter().any(|host| orders.restarted.contains(host) || self.renews(host)) {
            self.agree(&well).await?;
        }
        let get = |another: &BTreeSet<String>| steps.iter().any(|step| another.contains(&step.host));
        if get(&orders.upgraded) {
            self.council(&standing).keep().await?;
        }
        if let Some(asker) = self.consul.as_ref().filter(|_| get(&orders.consul_upgraded)) {
            Council::of(self.reach, asker, &standing).keep().await?;
        }
        // Who comes has the new key only.
        self.gossip(&standing.iter().cloned().collect(), false).await?;
        for step in &steps {
            let moves = self.renews(&step.host) && step.role.works() && is_replaceable(&step.host, orders);
            let changed = if moves {
                self.change(&self.council(&standing), &step.host, orders).await
            } else {
                self.converge(&step.host, orders, None).await
            };
            note(done, std::iter::once((step.host.as_str(), changed)));
            if !done.made.contains(&step.host) {
                if lost.contains(&step.host.as_str()) {
                    continue;
                }
                return Ok(());
            }
            well.insert(step.host.clone());
            if let Err(fault) = self.agree(&well).await {
                // It is there, and the cluster does not have it: the next apply begins with it.
                done.made.remove(&step.host);
                return Err(Fault { host: Some(step.host.clone()), ..fault });
            }
        }
        Ok(())
    }

    /// Refuses to have servers start anew while others are lost.
    async fn spare(&self, steps: &[&Step], orders: &Orders, standing: &[String]) -> Result<(), Fault> {
        let lost: Vec<&str> = lost(orders).collect();
        for step in steps.iter().filter(|_| !lost.is_empty()) {
            if self.is_missed(step, orders, standing).await {
                return Err(Fault::of_host(
                    &step.host,
                    "It was not changed",
                    format!(
                        "its agents would start anew while {} is lost, and the cluster with them",
                        lost.join(", ")
                    ),
                    "Bring it back or put another server in its place first, and make this change in the next apply",
                ));
            }
        }
        Ok(())
    }

    /// Whether the cluster would miss a server while it starts anew. One that comes and is not well yet gives it nothing.
    async fn is_missed(&self, step: &Step, orders: &Orders, standing: &[String]) -> bool {
        let works = async || step.act == Act::Change || self.council(standing).is_healthy(&step.host).await;
        orders.restarted.contains(&step.host) || (self.renews(&step.host) && works().await)
    }

    pub(super) async fn agree(&self, servers: &BTreeSet<String>) -> Result<(), Fault> {
        self.agree_with(&self.askers(false), servers).await
    }

    /// Who asks Nomad, and Consul where there is one; with nothing but the new tokens if `anew`.
    pub(super) fn askers(&self, anew: bool) -> Vec<Asker> {
        let all = std::iter::once(&self.asker).chain(&self.consul);
        all.map(|asker| if anew { asker.anew() } else { asker.clone() }).collect()
    }

    async fn agree_with(&self, askers: &[Asker], servers: &BTreeSet<String>) -> Result<(), Fault> {
        (self.told)("cluster", "waiting for the servers to agree");
        for asker in askers {
            Council::of(self.reach, asker, servers).well(servers, AGREE).await?;
        }
        Ok(())
    }

    /// Converges all of these.
    async fn all<'h>(
        &self,
        hosts: impl Iterator<Item = &'h str>,
        orders: &Orders,
        done: &mut Done,
        limit: usize,
    ) {
        let hosts: Vec<&str> = hosts.collect();
        let work = hosts.iter().map(|host| self.converge(host, orders, None).boxed()).collect();
        let results = together(limit, work).await;
        note(done, hosts.into_iter().zip(results));
    }

    /// Makes a host what it should be, and the machine under it before; with a token, one that shows it to the servers when
    /// it comes.
    pub(super) async fn converge(
        &self,
        host: &str,
        orders: &Orders,
        token: Option<&Secret>,
    ) -> Result<(), Fault> {
        self.renew(host).await?;
        self.bring(host, orders, token).await
    }

    /// The same for a host whose machine is what it should be.
    pub(super) async fn bring(
        &self,
        host: &str,
        orders: &Orders,
        token: Option<&Secret>,
    ) -> Result<(), Fault> {
        let Some(script) = orders.scripts.get(host) else { return Ok(()) };
        let mut task = Task::converge(script, None);
        if let Some(token) = token {
            introduce::add(&mut task, token);
        }
        let listener = |event: way::Event| {
            if let Some(words) = words(&event) {
                (self.told)(host, &words);
            }
        };
        let answer = self.reach.run(host, &task, &listener).await.map_err(Fault::from)?;
        let ended = answer.said.iter().rev().find_map(|line| Event::parse(line));
        match ended {
            Some(Event::Done { .. }) => {
                self.write_down(|done| done.made.extend([host.to_owned()]));
                Ok(())
            }
            _ => Err(Fault::of_host(
                host,
                "It is not known what became of it",
                "the script ended without its last word",
                "Apply again: it goes on where it stopped",
            )),
        }
    }

    pub(super) fn council(&self, servers: &[String]) -> Council<'_, R> {
        Council::of(self.reach, &self.asker, servers)
    }

    /// The same for Consul, where there is one.
    pub(super) fn consul_council(&self, servers: &[String]) -> Option<Council<'_, R>> {
        self.consul.as_ref().map(|asker| Council::of(self.reach, asker, servers))
    }

    pub(super) fn all_servers(&self) -> Vec<String> {
        self.servers.iter().cloned().collect()
    }

    /// The servers that can be asked: each question to one that is lost would wait for it.
    pub(super) fn speakers(&self, orders: &Orders, done: &Done) -> Vec<String> {
        let silent: BTreeSet<&str> = lost(orders).filter(|host| !done.made.contains(*host)).collect();
        self.servers.iter().filter(|host| !silent.contains(host.as_str())).cloned().collect()
    }
}

/// What is worth telling of what a host says.
fn words(event: &way::Event) -> Option<String> {
    match event {
        way::Event::Waiting => Some("waiting for another run there".into()),
        way::Event::Again(why) => Some(format!("trying again: {why}")),
        way::Event::Said(line) => match converge::Event::parse(line)? {
            Event::Changed { kind, name } => Some(format!("{kind} {name}")),
            Event::Step(what) | Event::Note(what) => Some(what),
            _ => None,
        },
        _ => None,
    }
}
