//! Hosts that go: their work is moved elsewhere, their vote is given up, and what was put on them is taken off.
//!
//! Must never take a vote from a cluster that cannot spare it, and never forget a host that lives.

use std::time::Duration;

use futures_util::future::FutureExt;

use super::orders::{Done, Orders};
use super::work::Crew;
use super::{Act, Reach, Step, remove, together};
use crate::Fault;

impl<R: Reach> Crew<'_, R> {
    /// Takes everything off these hosts. What runs is ended first, if it is given time, as long as there is a cluster that
    /// can do it.
    pub async fn dissolve(&self, clients: &[String], servers: &[String], ending: Option<Duration>) -> Done {
        let council = self.council(servers);
        // What is not ended in order is ended when its host is cleared.
        let drains = ending
            .iter()
            .flat_map(|time| clients.iter().map(|host| council.drain(host, *time, true).boxed()))
            .collect();
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

    /// Who is no longer wanted goes, clients first. As long as a server is lost, all other servers are needed.
    pub(super) async fn depart(&self, orders: &Orders, done: &mut Done) {
        let (speakers, lossless) = (self.speakers(orders, done), done.faults.is_empty());
        let steps = || orders.steps.iter().filter(|step| matches!(step.act, Act::Remove | Act::Forget));
        let clients: Vec<&Step> = steps().filter(|step| !step.role.serves()).collect();
        let work = clients.iter().map(|step| self.dismiss_client(step, orders, &speakers).boxed()).collect();
        let gone = together(orders.at_once, work).await;
        for (step, gone) in clients.iter().zip(gone) {
            match gone {
                Ok(()) => {
                    self.write_down(|done| done.gone.extend([step.host.clone()]));
                    done.gone.insert(step.host.clone());
                }
                Err(fault) => done.faults.push(fault),
            }
        }
        for step in steps().filter(|step| lossless && step.role.serves()) {
            match self.dismiss_server(step, orders, &speakers).await {
                Ok(()) => {
                    self.write_down(|done| done.gone.extend([step.host.clone()]));
                    done.gone.insert(step.host.clone());
                }
                Err(fault) => return done.faults.push(fault),
            }
        }
    }

    async fn dismiss_client(&self, step: &Step, orders: &Orders, speakers: &[String]) -> Result<(), Fault> {
        let council = self.council(speakers);
        if step.act == Act::Remove {
            (self.told)(&step.host, "moving its work elsewhere");
            council.drain(&step.host, orders.deadline, false).await?;
            self.clear(&step.host).await?;
        } else if council.nodes(&step.host).await?.iter().any(|node| node.status == "ready") {
            return Err(alive(&step.host));
        }
        if let Some(consul) = self.consul_council(speakers) {
            consul.strike(&step.host).await?;
        }
        council.purge(&step.host).await
    }

    /// It gives up its vote while it is still there: a vote of somebody who is gone counts against the others.
    async fn dismiss_server(&self, step: &Step, orders: &Orders, speakers: &[String]) -> Result<(), Fault> {
        let council = self.council(speakers);
        if step.act == Act::Remove {
            if step.role.works() {
                council.drain(&step.host, orders.deadline, false).await?;
            }
            council.dismiss(&step.host).await?;
            self.clear(&step.host).await?;
        } else if council.is_healthy(&step.host).await {
            return Err(alive(&step.host));
        }
        // As long as it lived the others may have taken it up again.
        council.dismiss(&step.host).await?;
        if let Some(consul) = self.consul_council(speakers) {
            consul.dismiss(&step.host).await?;
        }
        council.purge(&step.host).await?;
        self.agree(&self.servers).await
    }

    /// Takes everything off a host.
    async fn clear(&self, host: &str) -> Result<(), Fault> {
        (self.told)(host, "taking lostops off it");
        self.reach.run(host, &remove::task(&self.owner), &|_| ()).await.map(drop).map_err(Fault::from)
    }
}

fn alive(host: &str) -> Fault {
    Fault::of_host(
        host,
        "It cannot be struck from the lists",
        "it does not answer us, but Nomad says that it lives",
        "Let us in there again, or end its agents, then apply again",
    )
}
