//! Who may do what: tokens, and policies as far as tests write them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::http::{Answer, Call};
use super::world::{World, now};

/// Tokens and policies; everything is allowed while there is no first token.
#[derive(Debug, Default)]
pub struct Access {
    /// By their secrets.
    pub tokens: BTreeMap<String, Value>,
    /// By name.
    pub policies: BTreeMap<String, Value>,
}

impl World {
    /// Makes the first token; from then on nobody may do anything without one.
    pub fn bootstrap(&mut self, secret: &str) -> Value {
        let (accessor, index) = (self.id(), self.changed(&["acl_token"]));
        let token = json!({"AccessorID": accessor, "SecretID": secret, "Name": "Bootstrap Token", "Type": "management",
            "Policies": null, "Roles": null, "Global": true, "CreateIndex": index, "ModifyIndex": index});
        self.access.tokens.insert(secret.to_owned(), token.clone());
        token
    }

    /// Why a call is not allowed, if it is not.
    pub fn refused(&self, call: &Call) -> Option<Answer> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        if self.access.tokens.is_empty()
            || matches!(path.as_slice(), ["status" | "agent", ..] | ["acl", "bootstrap" | "login"])
        {
            return None;
        }
        let forbidden = || Some(Answer::text(403, "Permission denied"));
        if call.token.is_empty() {
            return forbidden();
        }
        let Some(token) = self.access.tokens.get(&call.token) else {
            return Some(Answer::text(403, "ACL token not found"));
        };
        if token["Expires"].as_u64().is_some_and(|at| u128::from(at) < now()) {
            return Some(Answer::text(403, "ACL token expired"));
        }
        if token["Type"] == "management" || matches!(path.as_slice(), ["acl", "token", "self"]) {
            return None;
        }
        let namespace = call.parameter("namespace").unwrap_or("default");
        let reads = call.method == "GET"
            || matches!(path.as_slice(), ["job", _, "plan"] | ["validate", _] | ["jobs", "parse"]);
        let policies = list(token, "Policies").filter_map(|name| self.access.policies.get(text(name)));
        let allows = |policy: &Value| {
            let needed: &[&str] = if reads { &["read", "write"] } else { &["write"] };
            allowed(text(&policy["Rules"]), &path, namespace, needed)
        };
        if policies.into_iter().any(allows) { None } else { forbidden() }
    }
}

/// Whether rules such as `namespace "a" { policy = "read" }` say one of these words about what is asked.
fn allowed(rules: &str, path: &[&str], namespace: &str, words: &[&str]) -> bool {
    let noun = match path.first().copied().unwrap_or_default() {
        "node" | "nodes" => "node",
        "operator" => "operator",
        "acl" => return false,
        _ => "namespace",
    };
    let blocks = rules.split('}').filter(|block| block.contains(noun));
    let fits = |block: &&str| {
        let name = block.split('"').nth(1).unwrap_or_default();
        noun != "namespace" || name == "*" || name == namespace || namespace == "*"
    };
    blocks.filter(fits).any(|block| words.iter().any(|word| block.contains(&format!("policy = \"{word}\""))))
}

/// Answers what begins with `/v1/acl`.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let ["acl", rest @ ..] = path.as_slice() else { return None };
    Some(match rest {
        ["bootstrap"] if !world.access.tokens.is_empty() => {
            Answer::text(400, "ACL bootstrap already done (reset index: 7)")
        }
        ["bootstrap"] => {
            let secret = call.body["BootstrapSecret"].as_str().map_or_else(|| world.id(), str::to_owned);
            Answer::json(&world.bootstrap(&secret), world.index)
        }
        ["token", "self"] => match world.access.tokens.get(&call.token) {
            Some(token) => Answer::json(token, world.index),
            None => Answer::text(403, "ACL token not found"),
        },
        ["token"] => make(world, &call.body),
        ["token", accessor] => token(world, call, accessor),
        ["tokens"] => {
            let shown = world.access.tokens.values().map(|token| {
                let mut shown = token.clone();
                shown.as_object_mut().map(|shown| shown.remove("SecretID"));
                shown
            });
            Answer::json(&shown.collect(), world.table("acl_token"))
        }
        ["policy", name] => policy(world, call, name),
        ["policies"] => Answer::json(&world.access.policies.values().cloned().collect(), world.index),
        _ => Answer::text(404, "Invalid URL"),
    })
}

fn make(world: &mut World, body: &Value) -> Answer {
    let (accessor, secret, index) = (world.id(), world.id(), world.changed(&["acl_token"]));
    let mut token = body.clone();
    for (name, value) in
        [("AccessorID", json!(accessor)), ("SecretID", json!(secret)), ("CreateIndex", json!(index))]
    {
        token[name] = value;
    }
    if let Some(ttl) = body["ExpirationTTL"].as_u64() {
        token["Expires"] = u64::try_from(now()).unwrap_or(0).saturating_add(ttl).into();
        token["ExpirationTime"] = "2099-01-01T00:00:00Z".into();
    }
    world.access.tokens.insert(secret, token.clone());
    Answer::json(&token, index)
}

fn token(world: &mut World, call: &Call, accessor: &str) -> Answer {
    let known = world.access.tokens.iter().find(|(_, token)| token["AccessorID"] == accessor);
    let Some((secret, token)) = known.map(|(secret, token)| (secret.clone(), token.clone())) else {
        return Answer::text(404, "ACL token not found");
    };
    if call.method == "DELETE" {
        world.access.tokens.remove(&secret);
        return Answer::json(&Value::Null, world.index);
    }
    Answer::json(&token, world.index)
}

fn policy(world: &mut World, call: &Call, name: &str) -> Answer {
    match call.method.as_str() {
        "GET" => match world.access.policies.get(name) {
            Some(policy) => Answer::json(policy, world.index),
            None => Answer::text(404, "ACL policy not found"),
        },
        "DELETE" => {
            world.access.policies.remove(name);
            Answer::json(&Value::Null, world.index)
        }
        _ => {
            world.access.policies.insert(name.to_owned(), call.body.clone());
            Answer::json(&Value::Null, world.index)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_for_their_namespace_and_their_words() {
        let rules = "namespace \"shop\" {\n policy = \"read\"\n}\nnode {\n policy = \"write\"\n}";
        assert!(allowed(rules, &["jobs"], "shop", &["read", "write"]));
        assert!(!allowed(rules, &["jobs"], "shop", &["write"]));
        assert!(!allowed(rules, &["jobs"], "default", &["read", "write"]));
        assert!(allowed(rules, &["nodes"], "default", &["write"]));
        assert!(!allowed(rules, &["acl", "tokens"], "shop", &["read"]));
    }
}
