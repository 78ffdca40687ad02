//! What a cluster says of itself, and what it is told: who leads, whether its servers are well, which nodes work.
//!
//! Any server will do to ask; must never take silence for an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::Reach;
use crate::Fault;
use crate::cluster::{Asker, Product, Reply};
use crate::way::Task;

/// How long between two questions about the same.
const PAUSE: Duration = Duration::from_secs(1);

/// What a node that we have emptied says of it.
const OURS: &str = "lostops";

/// A cluster that can be asked, through one of these servers.
pub(super) struct Council<'a, R> {
    reach: &'a R,
    asker: &'a Asker,
    servers: Vec<String>,
}

/// A node in Nomad's list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Node {
    #[serde(rename = "ID")]
    pub id: String,
    pub name: String,
    pub status: String,
    #[serde(default)]
    pub drain: bool,
    #[serde(default)]
    pub scheduling_eligibility: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Health {
    servers: Option<Vec<Server>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    name: String,
    healthy: bool,
    voter: bool,
    #[serde(default)]
    leader: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raft {
    servers: Vec<Peer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Peer {
    #[serde(rename = "ID")]
    id: String,
    node: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Member {
    name: String,
}

impl<'a, R> Council<'a, R> {
    /// A cluster that this one asks, through these servers.
    pub fn of<'s>(reach: &'a R, asker: &'a Asker, servers: impl IntoIterator<Item = &'s String>) -> Self {
        Self { reach, asker, servers: servers.into_iter().cloned().collect() }
    }
}

impl<R: Reach> Council<'_, R> {
    /// The server that leads, if one does.
    pub async fn leader(&self) -> Option<String> {
        let health: Health = self.get("/v1/operator/autopilot/health").await.ok()?;
        health.servers?.into_iter().find(|server| server.leader).map(|server| host(&server.name))
    }

    /// Has one of the servers keep what all of them know.
    pub async fn keep(&self) -> Result<(), Fault> {
        let mut why = String::new();
        for server in &self.servers {
            for task in self.asker.snapshot() {
                match self.reach.run(server, &task, &|_| ()).await {
                    Ok(_) => return Ok(()),
                    Err(fault) => why = fault.to_string(),
                }
            }
        }
        let cure =
            "Nothing was changed. Bring the servers to agree, or make room on their disks, then apply again";
        Err(Fault::of_cluster("No snapshot could be made before the change", why, cure))
    }

    /// Waits until all of these servers vote, are healthy, and believe the first token; or says what is not so.
    pub async fn well(&self, servers: &BTreeSet<String>, limit: Duration) -> Result<(), Fault> {
        let patience = Patience::of(limit);
        while let Err(why) = self.all_well(servers).await {
            patience.rest(why).await.map_err(|why| {
                let (what, cure) = match self.asker.product {
                    Product::Nomad => (
                        "The cluster's servers do not agree",
                        "See `journalctl -u nomad` on the servers, and whether they reach each other on ports 4647 and 4648",
                    ),
                    Product::Consul => (
                        "The cluster's servers of Consul do not agree",
                        "See `journalctl -u consul` on the servers, and whether they reach each other on ports 8300 and 8301",
                    ),
                };
                Fault::of_cluster(what, why, cure)
            })?;
        }
        Ok(())
    }

    async fn all_well(&self, servers: &BTreeSet<String>) -> Result<(), String> {
        let health: Health = self.get("/v1/operator/autopilot/health").await?;
        let well = |server: &Server| server.healthy && server.voter;
        let there = health.servers.unwrap_or_default();
        let good: BTreeSet<String> =
            there.iter().filter(|server| well(server)).map(|server| host(&server.name)).collect();
        let missing: Vec<&str> = servers.difference(&good).map(String::as_str).collect();
        // Nomad does not call itself healthy as long as somebody is on its lists who is gone: these are what counts.
        match (missing.is_empty(), there.iter().any(|server| server.leader)) {
            (false, _) => Err(format!("{} not healthy, or without a vote", missing.join(", "))),
            (true, false) => Err("nobody leads".into()),
            (true, true) => Ok(()),
        }
    }

    /// Waits until each of these hosts is a node that works, of that identity if one is named; those that are none by then.
    pub async fn ready(
        &self,
        hosts: &BTreeSet<String>,
        identities: &BTreeMap<String, String>,
        limit: Duration,
    ) -> BTreeSet<String> {
        let patience = Patience::of(limit);
        loop {
            let nodes: Vec<Node> = self.get("/v1/nodes").await.unwrap_or_default();
            let itself = |node: &Node| identities.get(&node.name).is_none_or(|id| *id == node.id);
            let works = |host: &String| {
                nodes.iter().any(|node| node.name == *host && node.status == "ready" && itself(node))
            };
            let waiting: BTreeSet<String> = hosts.iter().filter(|host| !works(host)).cloned().collect();
            if waiting.is_empty() || patience.rest(String::new()).await.is_err() {
                return waiting;
            }
        }
    }

    /// Why hosts that should work get no work; nothing for those that do.
    pub async fn resting(&self, hosts: &[String]) -> Result<Vec<(String, String)>, Fault> {
        let nodes = self.all_nodes().await?;
        let why = |host: &String| {
            let mut own = nodes.iter().filter(|node| node.name == *host).peekable();
            if own.peek().is_none() {
                return Some("Nomad has no node of this name".to_owned());
            }
            let best = own.max_by_key(|node| node.status == "ready")?;
            let words = match (best.status.as_str(), best.drain, best.scheduling_eligibility.as_str()) {
                ("ready", true, _) => "it is being emptied",
                ("ready", false, "ineligible") => "somebody has made it ineligible",
                ("ready", false, _) => return None,
                (status, ..) => return Some(format!("Nomad calls it {status}")),
            };
            Some(words.to_owned())
        };
        Ok(hosts.iter().filter_map(|host| Some((host.clone(), why(host)?))).collect())
    }

    /// The nodes on that host: the one that is there, and those that it was before it was made anew.
    pub async fn nodes(&self, host: &str) -> Result<Vec<Node>, Fault> {
        Ok(self.all_nodes().await?.into_iter().filter(|node| node.name == host).collect())
    }

    pub async fn all_nodes(&self) -> Result<Vec<Node>, Fault> {
        self.get("/v1/nodes").await.map_err(|why| asked("Nomad's nodes cannot be listed", why))
    }

    /// Moves what runs on a host elsewhere, and waits until it is gone or the deadline has passed.
    pub async fn drain(&self, host: &str, deadline: Duration, all: bool) -> Result<(), Fault> {
        let up: Vec<Node> =
            self.nodes(host).await?.into_iter().filter(|node| node.status == "ready").collect();
        for node in up {
            let nanoseconds = i64::try_from(deadline.as_nanos()).unwrap_or(i64::MAX);
            let spec = json!({ "Deadline": nanoseconds, "IgnoreSystemJobs": !all });
            let body = json!({ "NodeID": node.id, "DrainSpec": spec, "Meta": { "message": OURS } });
            let path = format!("/v1/node/{}/drain", node.id);
            self.put(&path, Some(&body)).await.map_err(|why| asked("A node cannot be drained", why))?;
            self.emptied(host, &node.id, deadline + Duration::from_mins(2)).await?;
        }
        Ok(())
    }

    async fn emptied(&self, host: &str, id: &str, limit: Duration) -> Result<(), Fault> {
        let patience = Patience::of(limit);
        loop {
            let nodes: Result<Vec<Node>, String> = self.get("/v1/nodes").await;
            let why = match nodes {
                Ok(nodes) if !nodes.iter().any(|node| node.id == id && node.drain) => return Ok(()),
                Ok(_) => "work is still there".to_owned(),
                Err(why) => why,
            };
            patience.rest(why).await.map_err(|why| {
                let cure = "See `nomad node status` for what does not end, then apply again";
                Fault::of_host(host, "Its work does not go elsewhere", why, cure)
            })?;
        }
    }

    /// Lets those of these hosts take work again that we have emptied.
    pub async fn welcome(&self, hosts: &[String]) -> Result<(), Fault> {
        let failed = |why| asked("A node cannot be given work again", why);
        let nodes: Vec<Node> = self.get("/v1/nodes").await.map_err(failed)?;
        let idle = |node: &&Node| hosts.contains(&node.name) && node.scheduling_eligibility == "ineligible";
        for node in nodes.iter().filter(idle) {
            let whole: Value = self.get(&format!("/v1/node/{}", node.id)).await.map_err(failed)?;
            if whole.pointer("/LastDrain/Meta/message") != Some(&json!(OURS)) {
                continue;
            }
            let body = json!({ "NodeID": node.id, "DrainSpec": null, "MarkEligible": true });
            self.put(&format!("/v1/node/{}/drain", node.id), Some(&body)).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Whether the servers call that one healthy.
    pub async fn is_healthy(&self, server: &str) -> bool {
        let health: Result<Health, String> = self.get("/v1/operator/autopilot/health").await;
        let servers = health.ok().and_then(|health| health.servers).unwrap_or_default();
        servers.iter().any(|other| host(&other.name) == server && other.healthy)
    }

    /// Strikes the nodes of a host that is gone.
    pub async fn purge(&self, host: &str) -> Result<(), Fault> {
        for node in self.nodes(host).await? {
            let path = format!("/v1/node/{}/purge", node.id);
            self.put(&path, None).await.map_err(|why| asked("A node cannot be struck from the list", why))?;
        }
        Ok(())
    }

    /// Takes the vote of a server that is gone, and strikes it from the members.
    pub async fn dismiss(&self, server: &str) -> Result<(), Fault> {
        let failed = |why| asked("A server cannot be taken out of the cluster", why);
        let raft: Raft = self.get("/v1/operator/raft/configuration").await.map_err(failed)?;
        for peer in raft.servers.iter().filter(|peer| host(&peer.node) == server) {
            let path = format!("/v1/operator/raft/peer?id={}", peer.id);
            self.ask("DELETE", &path, None).await.map_err(failed)?;
            if self.asker.product == Product::Nomad {
                let path = format!("/v1/agent/force-leave?prune=true&node={}", peer.node);
                self.put(&path, None).await.map_err(failed)?;
            }
        }
        if self.asker.product == Product::Consul { self.strike(server).await } else { Ok(()) }
    }

    /// Strikes a host that is gone from Consul's members. They would remember it for days, and its services with it.
    pub async fn strike(&self, host: &str) -> Result<(), Fault> {
        let failed = |why| asked("A host cannot be struck from Consul's members", why);
        let members: Vec<Member> = self.get("/v1/agent/members").await.map_err(failed)?;
        if members.iter().any(|member| member.name == host) {
            self.put(&format!("/v1/agent/force-leave/{host}?prune"), None).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn put(&self, path: &str, body: Option<&Value>) -> Result<(), String> {
        self.ask("PUT", path, Some(body.unwrap_or(&Value::Null))).await.map(drop)
    }

    /// What comes of it there.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, String> {
        read(path, &self.ask("POST", path, Some(body)).await?)
    }

    /// What is to be read there.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        read(path, &self.ask("GET", path, None).await?)
    }

    /// Asks one server after the other until one has an answer.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Reply, String> {
        let tasks = self.asker.tasks(method, path, body);
        let mut why = "there is no server to ask".to_owned();
        for server in &self.servers {
            for task in &tasks {
                match self.put_to(server, task).await {
                    Ok(reply) => return Ok(reply),
                    Err(refused) => why = format!("{server}: {refused}"),
                }
            }
        }
        Err(why)
    }

    async fn put_to(&self, server: &str, task: &Task) -> Result<Reply, String> {
        let answer = self.reach.run(server, task, &|_| ()).await.map_err(|fault| {
            let last = fault.heard().last().cloned();
            last.unwrap_or_else(|| fault.cause().to_string())
        })?;
        match Reply::of(&answer) {
            // Autopilot answers 429 while it is not healthy.
            Some(reply) if matches!(reply.code, 200 | 429) => Ok(reply),
            Some(reply) => Err(format!("{} {}", reply.code, String::from_utf8_lossy(&reply.body))),
            None => Err("no answer".to_owned()),
        }
    }
}

fn read<T: DeserializeOwned>(path: &str, reply: &Reply) -> Result<T, String> {
    serde_json::from_slice(&reply.body).map_err(|error| format!("{path} answers something else: {error}"))
}

/// A server's name is that of its host and its region's.
fn host(name: &str) -> String {
    name.split('.').next().unwrap_or(name).to_owned()
}

pub(super) fn asked(what: &str, why: String) -> Fault {
    Fault::of_cluster(what, why, "See `journalctl -u nomad -u consul` on the servers, then apply again")
}

/// How long something is waited for.
pub(super) struct Patience {
    begun: Instant,
    limit: Duration,
}

impl Patience {
    pub fn of(limit: Duration) -> Self {
        Self { begun: Instant::now(), limit }
    }

    /// A pause before the next question, or the end of it, with what was the matter last.
    pub async fn rest(&self, why: String) -> Result<(), String> {
        if self.begun.elapsed() >= self.limit {
            return Err(format!("after {} s: {why}", self.limit.as_secs()));
        }
        sleep(PAUSE).await;
        Ok(())
    }
}
