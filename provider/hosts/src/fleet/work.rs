//! Doing what was planned, in its order: never two servers of a living cluster at once, and each is well again before the
//! next. What a host refuses hinders only what depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::FutureExt;

use super::council::Council;
use super::keyring::Keyring;
use super::plan::unfounded;
use super::{Act, Known, Reach, Step, remove, together};
use crate::cluster::{Asker, Product};
use crate::converge::{Event, Script};
use crate::secrets::{Broken, RootSecrets, Secret};
use crate::spec::ClusterSpec;
use crate::way::{self, Task};
use crate::{Fault, converge};

/// How long servers may take to agree after one of them has changed.
const AGREE: Duration = Duration::from_mins(4);
/// How long a host may take to become a node of Nomad.
const APPEAR: Duration = Duration::from_mins(3);

/// What is to be done, and how.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The steps.
    pub steps: Vec<Step>,
    /// What was known of the hosts when they were planned.
    pub known: Vec<Known>,
    /// What each wanted host should be.
    pub scripts: BTreeMap<String, Script>,
    /// Who gets another Nomad: a snapshot is kept before a server does, and the work of a client is moved elsewhere.
    pub upgraded: BTreeSet<String>,
    /// How many clients change at once.
    pub at_once: usize,
    /// How long work may take to move elsewhere.
    pub deadline: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Hosts that were brought to what they should be.
    pub made: BTreeSet<String>,
    /// Hosts that are gone from the cluster.
    pub gone: BTreeSet<String>,
    /// What could not be done.
    pub faults: Vec<Fault>,
}

/// Who does it.
pub struct Crew<'a, R> {
    reach: &'a R,
    told: &'a (dyn Fn(&str, &str) + Send + Sync),
    asker: Asker,
    gossip: Vec<(Product, Asker, Secret)>,
    servers: BTreeSet<String>,
    limit: usize,
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
        let mut gossip = Vec::new();
        if spec.security.gossip {
            gossip.push((Product::Nomad, asker.clone(), root.gossip_key("nomad")?));
            if spec.consul().is_some() {
                let asker = Asker::new(Product::Consul, spec, root, before)?;
                gossip.push((Product::Consul, asker, root.gossip_key("consul")?));
            }
        }
        Ok(Self { reach, told, asker, gossip, servers, limit })
    }

    /// Does it all, as far as it can be done.
    pub async fn carry_out(&self, orders: &Orders) -> Done {
        let mut done = Done::default();
        if !self.servers_arrive(orders, &mut done).await {
            return leave(orders, done);
        }
        self.clients_arrive(orders, &mut done).await;
        if done.faults.is_empty() {
            self.depart(orders, &mut done).await;
        }
        leave(orders, done)
    }

    /// Why hosts that should work get no work; nothing for those that do.
    pub async fn resting(&self, workers: &[String]) -> Result<Vec<(String, String)>, Fault> {
        self.council(&self.all_servers()).resting(workers).await
    }

    /// Takes everything off these hosts. What runs is ended first, as long as there is a cluster that can do it.
    pub async fn dissolve(&self, clients: &[String], servers: &[String], deadline: Duration) -> Done {
        let council = self.council(servers);
        // What is not ended in order is ended when its host is cleared.
        let drains = clients.iter().map(|host| council.drain(host, deadline, true).boxed()).collect();
        drop(together(self.limit, drains).await);
        let mut done = Done::default();
        for hosts in [clients, servers] {
            let work = hosts.iter().map(|host| self.clear(host).boxed()).collect();
            let cleared = together(self.limit, work).await;
            for (host, cleared) in hosts.iter().zip(cleared) {
                match cleared {
                    Ok(()) => drop(done.gone.insert(host.clone())),
                    Err(fault) => done.faults.push(fault),
                }
            }
        }
        done
    }

    /// Servers first. Says whether there is a cluster to go on with.
    async fn servers_arrive(&self, orders: &Orders, done: &mut Done) -> bool {
        let mut steps: Vec<&Step> = arriving(orders, true).collect();
        if unfounded(&orders.known) {
            let hosts = steps.iter().map(|step| step.host.as_str());
            self.all(hosts, orders, done, self.limit).await;
        } else {
            let leader = if steps.len() > 1 { self.council(&standing(orders)).leader().await } else { None };
            steps.sort_by_key(|step| (step.act != Act::Change, Some(&step.host) == leader.as_ref()));
            let risky = steps.iter().any(|step| orders.upgraded.contains(&step.host));
            if risky
                && let Err(fault) = self.council(&standing(orders)).keep("nomad-before-upgrade.snap").await
            {
                done.faults.push(fault);
                return false;
            }
            let mut standing: BTreeSet<String> = standing(orders).into_iter().collect();
            // Who comes has the new key only.
            if let Err(fault) = self.gossip(&standing, false).await {
                done.faults.push(fault);
                return false;
            }
            for step in &steps {
                self.all(std::iter::once(step.host.as_str()), orders, done, 1).await;
                if !done.faults.is_empty() {
                    return false;
                }
                standing.insert(step.host.clone());
                if let Err(fault) = self.agree(&standing).await {
                    done.faults.push(Fault { host: Some(step.host.clone()), ..fault });
                    return false;
                }
            }
        }
        if !done.faults.is_empty() {
            return false;
        }
        // In the end all of them are there, and know the first token as it should be now.
        let agreed =
            if steps.is_empty() { Ok(()) } else { self.agree_with(&self.asker.anew(), &self.servers).await };
        let settled = match agreed {
            Ok(()) => self.gossip(&self.servers, true).await,
            Err(fault) => Err(fault),
        };
        settled.map_err(|fault| done.faults.push(fault)).is_ok()
    }

    async fn clients_arrive(&self, orders: &Orders, done: &mut Done) {
        let (changed, made): (Vec<&Step>, Vec<&Step>) =
            arriving(orders, false).partition(|step| step.act == Act::Change);
        let limit = if orders.upgraded.is_empty() { self.limit } else { orders.at_once };
        let work = changed.iter().map(|step| self.change(&step.host, orders).boxed()).collect();
        let moved = together(limit, work).await;
        note(done, changed.iter().map(|step| step.host.as_str()).zip(moved));
        self.all(made.iter().map(|step| step.host.as_str()), orders, done, self.limit).await;
        let arrived = orders.steps.iter().filter(|step| step.role.works() && done.made.contains(&step.host));
        let new: BTreeSet<String> = arrived.map(|step| step.host.clone()).collect();
        if new.is_empty() {
            return;
        }
        for host in self.council(&self.all_servers()).ready(&new, APPEAR).await {
            done.made.remove(&host);
            done.faults.push(Fault::of_host(
                host,
                "It is no node of Nomad",
                format!("it was set up, and Nomad's servers did not see it within {} s", APPEAR.as_secs()),
                "See `journalctl -u nomad` there, and whether it reaches the servers on port 4647",
            ));
        }
    }

    /// Changes a client in place, its work moved elsewhere before if its Nomad becomes another.
    async fn change(&self, host: &str, orders: &Orders) -> Result<(), Fault> {
        if !orders.upgraded.contains(host) {
            return self.converge(host, orders).await;
        }
        let council = self.council(&self.all_servers());
        (self.told)(host, "moving its work elsewhere");
        council.drain(host, orders.deadline, false).await?;
        let changed = self.converge(host, orders).await;
        // Also a host that could not be changed is one that works.
        let ready = council.ready(&BTreeSet::from([host.to_owned()]), APPEAR).await;
        let welcome = if ready.is_empty() { council.welcome(host).await } else { Ok(()) };
        changed.and(welcome)
    }

    async fn depart(&self, orders: &Orders, done: &mut Done) {
        let steps = || orders.steps.iter().filter(|step| matches!(step.act, Act::Remove | Act::Forget));
        let clients: Vec<&Step> = steps().filter(|step| !step.role.serves()).collect();
        let work = clients.iter().map(|step| self.dismiss_client(step, orders).boxed()).collect();
        let gone = together(orders.at_once, work).await;
        for (step, gone) in clients.iter().zip(gone) {
            match gone {
                Ok(()) => drop(done.gone.insert(step.host.clone())),
                Err(fault) => done.faults.push(fault),
            }
        }
        for step in steps().filter(|step| step.role.serves()) {
            match self.dismiss_server(step, orders).await {
                Ok(()) => drop(done.gone.insert(step.host.clone())),
                Err(fault) => return done.faults.push(fault),
            }
        }
    }

    async fn dismiss_client(&self, step: &Step, orders: &Orders) -> Result<(), Fault> {
        let council = self.council(&self.all_servers());
        if step.act == Act::Remove {
            (self.told)(&step.host, "moving its work elsewhere");
            council.drain(&step.host, orders.deadline, false).await?;
            self.clear(&step.host).await?;
        }
        council.purge(&step.host).await
    }

    async fn dismiss_server(&self, step: &Step, orders: &Orders) -> Result<(), Fault> {
        let council = self.council(&self.all_servers());
        if step.act == Act::Remove {
            if step.role.works() {
                council.drain(&step.host, orders.deadline, false).await?;
            }
            self.clear(&step.host).await?;
        }
        council.dismiss(&step.host).await?;
        council.purge(&step.host).await?;
        self.agree(&self.servers).await
    }

    /// Takes everything off a host.
    async fn clear(&self, host: &str) -> Result<(), Fault> {
        (self.told)(host, "taking lostops off it");
        self.reach.run(host, &remove::task(), &|_| ()).await.map(drop).map_err(Fault::from)
    }

    /// Brings the gossip keys to all agents; in the end they use no other.
    async fn gossip(&self, servers: &BTreeSet<String>, settle: bool) -> Result<(), Fault> {
        for (product, asker, key) in &self.gossip {
            let council = Council { reach: self.reach, asker, servers: servers.iter().cloned().collect() };
            let keyring = Keyring { council, product: *product, key };
            keyring.install().await?;
            if settle {
                keyring.settle().await?;
            }
        }
        Ok(())
    }

    async fn agree(&self, servers: &BTreeSet<String>) -> Result<(), Fault> {
        self.agree_with(&self.asker, servers).await
    }

    async fn agree_with(&self, asker: &Asker, servers: &BTreeSet<String>) -> Result<(), Fault> {
        (self.told)("cluster", "waiting for the servers to agree");
        let council = Council { reach: self.reach, asker, servers: servers.iter().cloned().collect() };
        council.well(servers, AGREE).await
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
        let work = hosts.iter().map(|host| self.converge(host, orders).boxed()).collect();
        let results = together(limit, work).await;
        note(done, hosts.into_iter().zip(results));
    }

    async fn converge(&self, host: &str, orders: &Orders) -> Result<(), Fault> {
        let Some(script) = orders.scripts.get(host) else { return Ok(()) };
        let listener = |event: way::Event| {
            if let Some(words) = words(&event) {
                (self.told)(host, &words);
            }
        };
        let answer =
            self.reach.run(host, &Task::converge(script, None), &listener).await.map_err(Fault::from)?;
        let ended = answer.said.iter().rev().find_map(|line| Event::parse(line));
        match ended {
            Some(Event::Done { .. }) => Ok(()),
            _ => Err(Fault::of_host(
                host,
                "It is not known what became of it",
                "the script ended without its last word",
                "Apply again: it goes on where it stopped",
            )),
        }
    }

    fn council(&self, servers: &[String]) -> Council<'_, R> {
        Council { reach: self.reach, asker: &self.asker, servers: servers.to_vec() }
    }

    fn all_servers(&self) -> Vec<String> {
        self.servers.iter().cloned().collect()
    }
}

/// The servers that are there before anything is done.
fn standing(orders: &Orders) -> Vec<String> {
    let stands =
        |host: &&Known| host.role.serves() && matches!(host.sight, super::Sight::Same | super::Sight::Other);
    orders.known.iter().filter(stands).map(|host| host.host.clone()).collect()
}

/// Says of every host that was to be changed and was not reached that it was left.
fn leave(orders: &Orders, mut done: Done) -> Done {
    if done.faults.is_empty() {
        return done;
    }
    let named: BTreeSet<String> = done.faults.iter().filter_map(|fault| fault.host.clone()).collect();
    let settled =
        |host: &String| done.made.contains(host) || done.gone.contains(host) || named.contains(host);
    let left: Vec<&str> =
        orders.steps.iter().filter(|step| !settled(&step.host)).map(|step| step.host.as_str()).collect();
    if !left.is_empty() {
        done.faults.push(Fault::of_cluster(
            format!("Left as they are: {}", left.join(", ")),
            "what comes before them is not done",
            "Mend that, then apply again: it goes on there",
        ));
    }
    done
}

fn arriving(orders: &Orders, serves: bool) -> impl Iterator<Item = &Step> {
    orders
        .steps
        .iter()
        .filter(move |step| step.role.serves() == serves && matches!(step.act, Act::Make | Act::Change))
}

fn note<'h>(done: &mut Done, results: impl Iterator<Item = (&'h str, Result<(), Fault>)>) {
    for (host, result) in results {
        match result {
            Ok(()) => drop(done.made.insert(host.to_owned())),
            Err(fault) => done.faults.push(fault),
        }
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
