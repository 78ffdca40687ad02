//! Hosts and a cluster that are only in memory: they do what scripts would do, answer as Nomad would, and note everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hosts::fleet::Reach;
use hosts::ssh::{Client, Host};
use hosts::way::{Answer, Fault, Listener, Task};
use serde_json::{Value, json};

use super::planned::role;
use super::registry::Registry;

#[derive(Default)]
pub struct World(Mutex<State>);

#[derive(Default)]
pub struct State {
    /// Who runs agents.
    pub up: BTreeSet<String>,
    /// Who votes.
    pub voters: BTreeSet<String>,
    /// Who leads.
    pub leader: String,
    /// Nodes that were emptied and may not work yet.
    pub drained: BTreeSet<String>,
    /// The gossip keys that agents know.
    pub keys: BTreeSet<String>,
    /// So many questions about gossip keys go by until somebody who is lost is missed.
    pub unmissed: usize,
    /// Hosts that refuse what they are told.
    pub broken: BTreeSet<String>,
    /// Nomad's tokens by name, and what they are called.
    pub tokens: BTreeMap<String, String>,
    /// Consul, where there is one.
    pub consul: Option<Registry>,
    /// Who was asked in vain.
    pub vain: Vec<String>,
    /// What happened, in order.
    pub diary: Vec<String>,
    /// So many voters lived at least while machines were off.
    pub fewest: Option<usize>,
    /// So many hosts converge at this moment, and so many did at most.
    pub busy: BTreeMap<&'static str, usize>,
}

impl World {
    pub fn new(up: &[&str]) -> Self {
        let up: BTreeSet<String> = up.iter().map(|host| (*host).to_owned()).collect();
        let voters: BTreeSet<String> = up.iter().filter(|host| role(host).serves()).cloned().collect();
        let leader = voters.first().cloned().unwrap_or_default();
        Self(Mutex::new(State { up, voters, leader, ..State::default() }))
    }

    /// The same with Consul, of which all are members.
    pub fn with_consul(up: &[&str]) -> Self {
        let world = Self::new(up);
        {
            let mut state = world.state();
            let (members, voters) = (state.up.clone(), state.voters.clone());
            state.consul = Some(Registry { members, voters, ..Registry::default() });
        }
        world
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// A machine is switched off: if it led, another leads.
    pub fn goes_off(&self, host: &str) {
        let mut state = self.state();
        state.diary.push(format!("off {host}"));
        state.up.remove(host);
        let living: BTreeSet<String> = state.voters.intersection(&state.up).cloned().collect();
        state.fewest = Some(state.fewest.map_or(living.len(), |fewest| fewest.min(living.len())));
        if state.leader == host && living.len() * 2 > state.voters.len() {
            state.leader = living.first().cloned().unwrap_or_default();
        }
    }
}

impl Reach for World {
    async fn run(&self, host: &str, task: &Task, _: Listener<'_>) -> Result<Answer, Fault> {
        if self.state().broken.contains(host) {
            if task.files.contains_key("curl") {
                self.state().vain.push(host.to_owned());
            }
            // A host without an address: refused before anything is sent.
            let nowhere = Host { name: host.to_owned(), ..Host::default() };
            return Client::default().run(&nowhere, task, &|_| ()).await.result;
        }
        let said = if task.files.contains_key("converge") {
            if let Some(token) = task.files.get("introduction") {
                let token = String::from_utf8(token.clone()).unwrap();
                self.state().diary.push(format!("introduce {host} by {token}"));
            }
            self.converge(host).await
        } else if task.files.contains_key("curl") {
            self.state().ask(host, &task.arguments[0], &task.arguments[1], task.files.get("body"))
        } else if task.script.contains("client-id") {
            vec![format!("id-{host}")]
        } else {
            let mut state = self.state();
            state.diary.push(format!("clear {host}"));
            state.up.remove(host);
            // A server of Consul leaves when it is cleared, and everybody remembers that it was there.
            if let Some(consul) = &mut state.consul {
                consul.voters.remove(host);
            }
            Vec::new()
        };
        Ok(Answer { said })
    }
}

impl World {
    async fn converge(&self, host: &str) -> Vec<String> {
        let kind = if role(host).serves() { "server" } else { "client" };
        self.state().diary.push(format!("converge {host}"));
        *self.state().busy.entry(kind).or_default() += 1;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let mut state = self.state();
        let at_once = state.busy.insert(kind, 0).unwrap_or_default();
        if at_once > 1 {
            state.diary.push(format!("{at_once} at once"));
        }
        state.up.insert(host.to_owned());
        if let Some(consul) = &mut state.consul {
            consul.members.insert(host.to_owned());
            if role(host).serves() {
                consul.voters.insert(host.to_owned());
            }
        }
        if role(host).serves() {
            state.voters.insert(host.to_owned());
            if state.leader.is_empty() {
                host.clone_into(&mut state.leader);
            }
        }
        vec!["@lostops\tdone\t1\tabc".to_owned()]
    }
}

impl State {
    /// Who may do what.
    fn access(&mut self, method: &str, path: &str, body: &Value) -> Value {
        match (method, path) {
            ("GET", "/v1/acl/token/self") => json!({ "AccessorID": "first", "Name": "Bootstrap Token" }),
            ("GET", "/v1/acl/tokens") => {
                let token = |(name, words)| json!({ "AccessorID": name, "Name": words });
                self.tokens.iter().map(token).collect()
            }
            ("DELETE", _) if path.starts_with("/v1/acl/token/") => {
                let name = path.rsplit('/').next().unwrap();
                self.diary.push(format!("take back {name}"));
                self.tokens.remove(name);
                json!(null)
            }
            ("POST", "/v1/acl/identity/client-introduction-token") => {
                assert!(body["TTL"].is_u64(), "Nomad counts in nanoseconds");
                let [name, pool] = ["NodeName", "NodePool"].map(|word| body[word].as_str().unwrap());
                json!({ "JWT": format!("{name}/{pool}") })
            }
            _ => json!({}),
        }
    }

    fn ask(&mut self, host: &str, method: &str, url: &str, body: Option<&Vec<u8>>) -> Vec<String> {
        assert!(self.up.contains(host), "{host} has no Nomad that could be asked");
        let body: Value = body.map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
        if let (Some((_, path)), Some(consul)) = (url.split_once(":8501"), &mut self.consul) {
            let (reply, did) = consul.ask(&self.up, (method, path), &body);
            self.diary.extend(did);
            return vec!["200".into(), BASE64.encode(reply.to_string())];
        }
        let path = url.split_once(":4646").unwrap().1;
        // Without most of the votes nobody decides anything.
        let votes = self.voters.intersection(&self.up).count();
        if votes * 2 <= self.voters.len() {
            return vec!["500".into(), BASE64.encode("No cluster leader")];
        }
        if !self.up.contains(&self.leader) || !self.voters.contains(&self.leader) {
            self.leader = self.voters.intersection(&self.up).next().cloned().unwrap_or_default();
        }
        let node = path.strip_prefix("/v1/node/").and_then(|rest| rest.split_once('/'));
        let reply = match (method, path, node) {
            (_, path, None) if path.starts_with("/v1/agent/keyring/") && self.unmissed > 0 => {
                self.unmissed -= 1;
                return vec!["500".into(), BASE64.encode("2/3 nodes reported success")];
            }
            ("GET", "/v1/agent/keyring/list", _) => {
                let keys: BTreeMap<&String, usize> =
                    self.keys.iter().map(|key| (key, self.voters.len())).collect();
                json!({ "Keys": keys, "NumNodes": self.voters.len() })
            }
            ("PUT", _, None) if path.starts_with("/v1/agent/keyring/") => {
                let (deed, key) =
                    (path.rsplit('/').next().unwrap(), body["Key"].as_str().unwrap().to_owned());
                self.diary.push(format!("{deed} a key"));
                if deed == "remove" {
                    self.keys.remove(&key);
                } else {
                    self.keys.insert(key);
                }
                json!({})
            }
            _ if path.starts_with("/v1/acl/") => self.access(method, path, &body),
            ("GET", "/v1/operator/snapshot", _) => {
                self.diary.push("snapshot".into());
                json!({})
            }
            ("GET", "/v1/operator/autopilot/health", _) => {
                let server = |name: &String| {
                    let healthy = self.up.contains(name);
                    json!({ "Name": format!("{name}.global"), "Healthy": healthy, "Voter": true, "Leader": *name == self.leader })
                };
                json!({ "Healthy": true, "Servers": self.voters.iter().map(server).collect::<Vec<_>>() })
            }
            ("GET", "/v1/nodes", _) => {
                let node = |name: &String| {
                    let word = if self.drained.contains(name) { "ineligible" } else { "eligible" };
                    json!({
                        "ID": format!("id-{name}"), "Name": name, "Status": "ready", "Drain": false,
                        "SchedulingEligibility": word,
                    })
                };
                json!(self.up.iter().filter(|name| role(name).works()).map(node).collect::<Vec<_>>())
            }
            ("GET", "/v1/operator/raft/configuration", _) => {
                let peer =
                    |name: &String| json!({ "ID": format!("peer-{name}"), "Node": format!("{name}.global") });
                json!({ "Servers": self.voters.iter().map(peer).collect::<Vec<_>>() })
            }
            ("GET", _, None) if path.starts_with("/v1/node/") => {
                json!({ "LastDrain": { "Meta": { "message": "lostops" } } })
            }
            ("PUT", _, Some((id, "drain"))) => {
                let name = id.trim_start_matches("id-").to_owned();
                let what = if body["DrainSpec"].is_null() { "welcome" } else { "drain" };
                self.diary.push(format!("{what} {name}"));
                if what == "drain" {
                    self.drained.insert(name);
                } else {
                    self.drained.remove(&name);
                }
                json!({})
            }
            ("PUT", _, Some((id, "purge"))) => {
                self.diary.push(format!("purge {}", id.trim_start_matches("id-")));
                json!({})
            }
            ("DELETE", _, _) => {
                let name = path.split_once("peer-").unwrap().1.to_owned();
                self.diary.push(format!("dismiss {name}"));
                self.voters.remove(&name);
                json!(null)
            }
            _ => json!({}),
        };
        vec!["200".into(), BASE64.encode(reply.to_string())]
    }
}
