//! A fake and a real Nomad that are asked the same, and what counts as a difference between their answers.
//!
//! The real one may say more. Ids, times and indices are each one's own.

use acceptance_tests::cluster::{Answer, Cluster, at};
use serde_json::Value;

/// What each has its own of.
const OWN: &[&str] = &[
    "ID",
    "EvalID",
    "NodeID",
    "NodeName",
    "DeploymentID",
    "BlockedEval",
    "PreviousEval",
    "NextEval",
    "FollowupEvalID",
    "NextAllocation",
    "PreviousAllocation",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "JobSpecModifyIndex",
    "JobCreateIndex",
    "EvalCreateIndex",
    "DeploymentModifyIndex",
    "Index",
    "SubmitTime",
    "CreateTime",
    "ModifyTime",
    "Time",
    "PlacedCanaries",
    "CreatedEvals",
    "Warnings",
    "AccessorID",
    "SecretID",
    "DispatchedJobID",
    "Details",
    "Timestamp",
    // How it is told is the agents' business.
    "Message",
    "DisplayMessage",
    "ClientDescription",
    "Events",
];

/// Both, and the differences so far.
pub struct Pair {
    pub fake: Cluster,
    pub real: Cluster,
    pub problems: Vec<String>,
}

impl Pair {
    /// Asks both, and compares.
    pub fn ask(&mut self, method: &str, path: &str, body: &Value) -> (Answer, Answer) {
        let (fake, real) = (self.fake.call(method, path, body), self.real.call(method, path, body));
        let name = format!("{method} {path}");
        if fake.status != real.status {
            self.problems.push(format!("{name}: the fake says {fake:?}, the real one {real:?}"));
        } else if fake.status >= 400 && fake.json().is_null() {
            if fake.text.trim() != real.text.trim() {
                self.problems.push(format!(
                    "{name}:\n  fake: {}\n  real: {}",
                    fake.text.trim(),
                    real.text.trim()
                ));
            }
        } else {
            same(&name, &fake.json(), &real.json(), &mut self.problems);
        }
        (fake, real)
    }

    pub fn get(&mut self, path: &str) -> (Answer, Answer) {
        self.ask("GET", path, &Value::Null)
    }

    /// Waits until both are as they should be.
    pub fn wait(&mut self, path: &str, place: &str, value: &Value) {
        for cluster in [&self.fake, &self.real] {
            let so = |answer: &Answer| at(&answer.json(), place) == value;
            if !cluster.becomes(path, so) {
                let which = if cluster.fake.is_some() { "fake" } else { "real" };
                self.problems.push(format!(
                    "{path}: {place} does not become {value} in the {which} one: {}",
                    cluster.get(path).text
                ));
            }
        }
    }

    /// Asks each for what its own answer names.
    pub fn each(&mut self, name: &str, ask: impl Fn(&Cluster) -> Answer) {
        let (fake, real) = (ask(&self.fake), ask(&self.real));
        if fake.status != real.status {
            self.problems.push(format!("{name}: the fake says {fake:?}, the real one {real:?}"));
            return;
        }
        same(name, &fake.json(), &real.json(), &mut self.problems);
    }
}

fn same(at: &str, fake: &Value, real: &Value, problems: &mut Vec<String>) {
    match (fake, real) {
        (Value::Object(fake), Value::Object(real)) => {
            for (name, value) in fake {
                let here = format!("{at}.{name}");
                match real.get(name) {
                    None if value.is_null() || is_nothing(value) => {}
                    None => problems.push(format!("{here}: only the fake says {value}")),
                    Some(_) if OWN.contains(&name.as_str()) => {}
                    Some(other) => same(&here, value, other, problems),
                }
            }
        }
        (Value::Array(fake), Value::Array(real)) => {
            let (fake, real) = (told(fake), told(real));
            if fake.len() != real.len() {
                problems.push(format!(
                    "{at}: the fake has {} entries, the real one {}:\n  {fake:?}\n  {real:?}",
                    fake.len(),
                    real.len()
                ));
                return;
            }
            for (number, (fake, real)) in sorted(&fake).iter().zip(sorted(&real)).enumerate() {
                same(&format!("{at}.{number}"), fake, real, problems);
            }
        }
        _ if is_nothing(fake) && is_nothing(real) => {}
        _ if fake == real => {}
        _ => problems.push(format!("{at}: the fake says {fake}, the real one {real}")),
    }
}

/// The entries of a list, but for what a diff says of fields that are as they were, or as empty as they can be.
fn told(list: &[Value]) -> Vec<Value> {
    let tells = |value: &&Value| {
        let side = |name: &str| value[name].as_str().unwrap_or("x");
        let empty = |text: &str| ["", "0", "false"].contains(&text);
        value["Type"] != "None" && !(empty(side("Old")) && empty(side("New"))) || value["Tasks"].is_array()
    };
    list.iter().filter(tells).cloned().collect()
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    }
}

fn sorted(list: &[Value]) -> Vec<&Value> {
    let mut list: Vec<&Value> = list.iter().collect();
    list.sort_by_key(|value| {
        let name = value["Name"].as_str().unwrap_or_default();
        (name.to_owned(), value["New"].as_str().unwrap_or_default().to_owned())
    });
    list
}
