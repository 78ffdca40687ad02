//! What Consul would answer, in memory: who is a member and who votes, and which tokens there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

#[derive(Default)]
pub struct Registry {
    /// Who is remembered, also if it is gone.
    pub members: BTreeSet<String>,
    /// Who votes, also if it is gone.
    pub voters: BTreeSet<String>,
    /// The gossip keys, and how many agents know them.
    pub keys: BTreeMap<String, usize>,
    /// Tokens by name, and what is said of them.
    pub tokens: BTreeMap<String, String>,
}

impl Registry {
    /// What it answers while these live, and what it did.
    pub fn ask(
        &mut self,
        up: &BTreeSet<String>,
        (method, path): (&str, &str),
        body: &Value,
    ) -> (Value, Option<String>) {
        let peer = |name: &String| json!({ "ID": format!("peer-{name}"), "Node": name });
        let last = path.rsplit(['/', '=']).next().unwrap();
        match (method, path) {
            ("GET", "/v1/operator/autopilot/health") => {
                let leader = self.voters.intersection(up).next().cloned();
                let server = |name: &String| json!({ "Name": name, "Healthy": up.contains(name), "Voter": true, "Leader": Some(name) == leader.as_ref() });
                (json!({ "Servers": self.voters.iter().map(server).collect::<Vec<_>>() }), None)
            }
            ("GET", "/v1/operator/raft/configuration") => {
                (json!({ "Servers": self.voters.iter().map(peer).collect::<Vec<_>>() }), None)
            }
            ("GET", "/v1/agent/members") => {
                (self.members.iter().map(|name| json!({ "Name": name })).collect(), None)
            }
            ("GET", "/v1/operator/keyring") => {
                let alive = self.members.intersection(up).count();
                (json!([{ "WAN": false, "Keys": self.keys, "NumNodes": alive }]), None)
            }
            (_, "/v1/operator/keyring") => {
                let key = body["Key"].as_str().unwrap().to_owned();
                if method == "DELETE" {
                    self.keys.remove(&key);
                } else {
                    self.keys.insert(key, self.members.intersection(up).count());
                }
                let deed = if method == "POST" { "install" } else { "change" };
                (Value::Null, Some(format!("Consul: {deed} a key")))
            }
            ("GET", "/v1/acl/token/self") => {
                (json!({ "AccessorID": "first", "Description": "Initial Management Token" }), None)
            }
            ("GET", "/v1/acl/tokens") => {
                let token = |(name, words)| json!({ "AccessorID": name, "Description": words });
                (self.tokens.iter().map(token).collect(), None)
            }
            ("GET", "/v1/snapshot") => (Value::Null, Some("Consul: snapshot".into())),
            ("DELETE", _) if path.starts_with("/v1/acl/token/") => {
                self.tokens.remove(last);
                (json!(true), Some(format!("Consul: take back {last}")))
            }
            ("DELETE", _) if path.starts_with("/v1/operator/raft/peer") => {
                let name = last.trim_start_matches("peer-");
                self.voters.remove(name);
                (Value::Null, Some(format!("Consul: dismiss {name}")))
            }
            ("PUT", _) if path.starts_with("/v1/agent/force-leave/") => {
                let name = last.trim_end_matches("?prune");
                self.members.remove(name);
                (Value::Null, Some(format!("Consul: strike {name}")))
            }
            _ => (json!({}), Some(format!("Consul: {method} {path}?"))),
        }
    }
}
