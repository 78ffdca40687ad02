//! What the fake cluster holds: jobs in versions, and what the scheduler made of them.
//!
//! Plain data and its JSON. Every change has a number, as in the real one; nothing changes without.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::access::Access;
use super::nouns::Nouns;
use super::tasks::Run;

/// A namespace and a name in it.
pub type Key = (String, String);

/// Everything.
#[derive(Debug)]
pub struct World {
    /// The last change.
    pub index: u64,
    tables: BTreeMap<&'static str, u64>,
    /// Jobs, with all their versions.
    pub jobs: BTreeMap<Key, Record>,
    /// Evaluations, oldest first.
    pub evals: Vec<Eval>,
    /// Deployments, oldest first.
    pub deployments: Vec<Deployment>,
    /// Allocations, oldest first.
    pub allocs: Vec<Alloc>,
    /// Namespaces, pools, nodes, variables, volumes.
    pub nouns: Nouns,
    /// Tokens and policies.
    pub access: Access,
    /// Whether what could not be placed should be tried again.
    pub room: bool,
    ids: u64,
}

/// A job with its versions, oldest first.
#[derive(Debug, Default)]
pub struct Record {
    /// The versions that are kept; the last one is the job.
    pub versions: Vec<Value>,
    /// What was handed in, by version.
    pub submissions: BTreeMap<u64, Value>,
    /// Which dispatches were made, by their keys.
    pub dispatched: BTreeMap<String, String>,
}

/// One decision of the scheduler.
#[derive(Clone, Debug)]
pub struct Eval {
    pub id: String,
    pub key: Key,
    pub kind: String,
    pub trigger: &'static str,
    pub job_index: u64,
    pub status: &'static str,
    pub blocked: String,
    pub previous: String,
    pub unplaced: BTreeMap<String, Value>,
    pub deployment: String,
    pub create: u64,
    pub modify: u64,
    pub due: Instant,
}

/// A change of a job under way.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub id: String,
    pub key: Key,
    pub version: u64,
    pub job_index: u64,
    pub job_create: u64,
    pub status: &'static str,
    pub description: String,
    pub groups: BTreeMap<String, GroupState>,
    pub create: u64,
    pub modify: u64,
}

/// How one group of a deployment is doing.
#[derive(Clone, Debug)]
pub struct GroupState {
    pub total: usize,
    pub canaries: usize,
    pub placed_canaries: Vec<String>,
    pub promoted: bool,
    pub auto_promote: bool,
    pub auto_revert: bool,
    pub placed: usize,
    pub healthy: usize,
    pub unhealthy: usize,
    /// How long there may be no progress; zero: the first failure ends it.
    pub progress: Duration,
    pub require_by: Instant,
}

/// A group that was placed on a node.
#[derive(Clone, Debug)]
pub struct Alloc {
    pub id: String,
    pub key: Key,
    pub version: u64,
    pub group: String,
    pub slot: usize,
    pub node: String,
    pub node_name: String,
    pub eval: String,
    pub deployment: String,
    pub desired: &'static str,
    pub desired_why: String,
    pub client: &'static str,
    pub client_why: String,
    pub canary: bool,
    pub healthy: Option<bool>,
    pub tasks: Vec<Run>,
    pub create: u64,
    pub modify: u64,
    /// Since when a deployment watches it.
    pub watched: Instant,
    pub made_at: u128,
    pub next: String,
    pub previous: String,
    pub followup: String,
    pub replace_at: Option<Instant>,
    /// How often this place was filled anew.
    pub attempts: u64,
}

impl World {
    /// An empty cluster with one node.
    pub fn new() -> Self {
        let mut world = Self {
            index: 10,
            tables: BTreeMap::new(),
            jobs: BTreeMap::new(),
            evals: Vec::new(),
            deployments: Vec::new(),
            allocs: Vec::new(),
            nouns: Nouns::default(),
            access: Access::default(),
            room: false,
            ids: 0x9e37_79b9_7f4a_7c15,
        };
        world.nouns = Nouns::new(&mut world);
        world
    }

    /// Counts a change to these tables.
    pub fn changed(&mut self, tables: &[&'static str]) -> u64 {
        self.index += 1;
        for table in tables {
            self.tables.insert(table, self.index);
        }
        self.index
    }

    /// The last change to a table.
    pub fn table(&self, name: &str) -> u64 {
        self.tables.get(name).copied().unwrap_or(1)
    }

    /// An id that was never given before.
    pub fn id(&mut self) -> String {
        let mut draw = || {
            self.ids ^= self.ids << 13;
            self.ids ^= self.ids >> 7;
            self.ids ^= self.ids << 17;
            self.ids
        };
        let (high, low) = (draw(), draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    /// A job as it is, if it is there.
    pub fn job(&self, key: &Key) -> Option<&Value> {
        self.jobs.get(key)?.versions.last()
    }

    /// A job's version, if it is kept.
    pub fn version(&self, key: &Key, version: u64) -> Option<&Value> {
        self.jobs.get(key)?.versions.iter().find(|job| job["Version"] == version)
    }

    /// Asks the scheduler for a decision about a job.
    pub fn evaluate(&mut self, key: &Key, trigger: &'static str, at: u64) -> String {
        let id = self.id();
        let job = self.job(key);
        let kind = job.and_then(|job| job["Type"].as_str()).unwrap_or("service").to_owned();
        let job_index = job.and_then(|job| job["JobModifyIndex"].as_u64()).unwrap_or(at);
        let due = Instant::now() + Duration::from_millis(2);
        self.evals.push(Eval {
            id: id.clone(),
            key: key.clone(),
            kind,
            trigger,
            job_index,
            status: "pending",
            blocked: String::new(),
            previous: String::new(),
            unplaced: BTreeMap::new(),
            deployment: String::new(),
            create: at,
            modify: at,
            due,
        });
        id
    }

    /// The allocations of a job that somebody could still see running.
    pub fn live<'w>(&'w self, key: &'w Key) -> impl Iterator<Item = &'w Alloc> {
        self.allocs.iter().filter(move |alloc| alloc.key == *key && alloc.is_live())
    }
}

/// Nanoseconds since 1970.
pub fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

impl Eval {
    /// As the API shows it.
    pub fn json(&self) -> Value {
        json!({
            "ID": self.id, "Namespace": self.key.0, "Priority": 50, "Type": self.kind, "TriggeredBy": self.trigger,
            "JobID": self.key.1, "JobModifyIndex": self.job_index, "Status": self.status, "StatusDescription": "",
            "NextEval": "", "PreviousEval": self.previous, "BlockedEval": self.blocked,
            "FailedTGAllocs": if self.unplaced.is_empty() { Value::Null } else { json!(self.unplaced) },
            "DeploymentID": self.deployment, "CreateIndex": self.create, "ModifyIndex": self.modify,
        })
    }
}

impl Deployment {
    /// Whether it goes on.
    pub fn is_active(&self) -> bool {
        matches!(self.status, "running" | "paused")
    }

    /// As the API shows it.
    pub fn json(&self) -> Value {
        let groups = self.groups.iter().map(|(name, state)| {
            let canaries = if state.placed_canaries.is_empty() { Value::Null } else { json!(state.placed_canaries) };
            let state = json!({
                "AutoRevert": state.auto_revert, "AutoPromote": state.auto_promote, "Promoted": state.promoted,
                "ProgressDeadline": u64::try_from(state.progress.as_nanos()).unwrap_or(u64::MAX),
                "PlacedCanaries": canaries, "DesiredCanaries": state.canaries, "DesiredTotal": state.total,
                "PlacedAllocs": state.placed, "HealthyAllocs": state.healthy, "UnhealthyAllocs": state.unhealthy,
            });
            (name.clone(), state)
        });
        json!({
            "ID": self.id, "Namespace": self.key.0, "JobID": self.key.1, "JobVersion": self.version,
            "JobModifyIndex": self.job_index, "JobSpecModifyIndex": self.job_index, "JobCreateIndex": self.job_create,
            "IsMultiregion": false, "TaskGroups": Value::Object(groups.collect()), "Status": self.status,
            "StatusDescription": self.description, "CreateIndex": self.create, "ModifyIndex": self.modify,
        })
    }
}

impl Alloc {
    /// Whether it runs, or will soon.
    pub fn is_live(&self) -> bool {
        matches!(self.client, "pending" | "running")
    }

    /// Whether it is meant to run, and does or will.
    pub fn holds_its_place(&self) -> bool {
        self.desired == "run" && self.is_live()
    }

    /// As lists show it.
    pub fn json(&self) -> Value {
        let states = self.tasks.iter().filter(|task| !task.events.is_empty());
        let states = states.map(|task| (task.name.clone(), task.json())).collect::<serde_json::Map<_, _>>();
        let health = (!self.deployment.is_empty() && (self.healthy.is_some() || self.canary))
            .then(|| json!({"Healthy": self.healthy, "Canary": self.canary, "ModifyIndex": self.modify}));
        json!({
            "ID": self.id, "EvalID": self.eval, "Name": format!("{}.{}[{}]", self.key.1, self.group, self.slot),
            "Namespace": self.key.0, "NodeID": self.node, "NodeName": self.node_name, "JobID": self.key.1,
            "JobVersion": self.version, "TaskGroup": self.group, "DesiredStatus": self.desired,
            "DesiredDescription": self.desired_why, "ClientStatus": self.client,
            "ClientDescription": self.client_why,
            "TaskStates": if states.is_empty() { Value::Null } else { Value::Object(states) },
            "DeploymentStatus": health, "FollowupEvalID": self.followup, "NextAllocation": self.next,
            "CreateIndex": self.create, "ModifyIndex": self.modify,
            "CreateTime": u64::try_from(self.made_at).unwrap_or(u64::MAX),
        })
    }

    /// As it is shown alone.
    pub fn whole(&self, job: Option<&Value>) -> Value {
        let mut shown = self.json();
        if let Some(shown) = shown.as_object_mut() {
            shown.remove("JobVersion");
            shown.insert("DeploymentID".to_owned(), self.deployment.clone().into());
            shown.insert("PreviousAllocation".to_owned(), self.previous.clone().into());
            shown.insert("Job".to_owned(), job.cloned().unwrap_or(Value::Null));
        }
        shown
    }
}
