//! Jobs: look, ask what would happen, register, scale, go back, stop.
//!
//! A job travels as the JSON that Nomad's own parser would make of it; nothing here changes a byte of it.

mod job;
mod register;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::job::{Group, Job, JobStub, Periodic, Scaling, Submission, Task, Update, Versions};
pub use self::register::{Check, Register, Registered, Source};
use crate::http::{Request, Safety};
use crate::json::{named, or_empty};
use crate::plan::Plan;
use crate::{Allocation, Client, Deployment, Error, Evaluation, Read};

/// The jobs of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Jobs<'a>(&'a Client);

impl Client {
    /// Jobs.
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs(self)
    }
}

/// What the servers say about a job that is not registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Validation {
    /// What is wrong, one by one; empty if nothing is.
    #[serde(rename = "ValidationErrors", deserialize_with = "or_empty")]
    pub errors: Vec<String>,
    /// The same as one text.
    #[serde(rename = "Error")]
    pub text: String,
    /// What is allowed but strange.
    pub warnings: String,
}

/// How a job is taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deregister {
    /// Forget it at once instead of keeping it as dead.
    pub purge: bool,
    /// In all regions that it runs in.
    pub global: bool,
}

/// A job that was made from a parameterized one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Dispatched {
    /// Its name.
    #[serde(rename = "DispatchedJobID")]
    pub job_id: String,
    /// The evaluation that places it.
    #[serde(rename = "EvalID", deserialize_with = "named")]
    pub eval_id: Option<String>,
}

/// How many of a job's groups there are, and how they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Scale {
    /// Whether the job was told to stop.
    pub job_stopped: bool,
    /// By group.
    #[serde(deserialize_with = "or_empty")]
    pub task_groups: BTreeMap<String, GroupScale>,
}

/// How many of a group there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupScale {
    /// Wanted.
    pub desired: i64,
    /// Placed on nodes.
    pub placed: i64,
    /// Running.
    pub running: i64,
    /// Healthy, as far as a deployment watches.
    pub healthy: i64,
    /// Unhealthy, as far as a deployment watches.
    pub unhealthy: i64,
}

impl Jobs<'_> {
    /// Lets Nomad parse a jobspec: the job that it makes of it.
    pub async fn parse(&self, jobspec: &str, variables: &str, canonicalize: bool) -> Result<Value, Error> {
        let body = json!({"JobHCL": jobspec, "Variables": variables, "Canonicalize": canonicalize});
        self.0.write(Request::post(&["jobs", "parse"], Safety::Guarded).json(&body)).await
    }

    /// Lets Nomad look for mistakes. It does not look into the configuration of drivers.
    pub async fn validate(&self, job: &Value) -> Result<Validation, Error> {
        let request = Request::post(&["validate", "job"], Safety::Guarded).json(&json!({"Job": job}));
        self.0.write(placed(request, job)).await
    }

    /// Asks what registering the job would change. Changes nothing.
    pub async fn plan(&self, job: &Value) -> Result<Plan, Error> {
        let id = job["ID"].as_str().unwrap_or_default();
        let body = json!({"Job": job, "Diff": true});
        let request = Request::post(&["job", id, "plan"], Safety::Guarded).json(&body);
        self.0.write(placed(request, job)).await
    }

    /// Those whose names begin so, with their notes.
    pub fn list(&self, prefix: &str) -> Read<Vec<JobStub>> {
        self.0.read(Request::get(&["jobs"]).with("meta", "true").with("prefix", prefix))
    }

    /// A job, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Job>> {
        self.0.read_optional(Request::get(&["job", id]))
    }

    /// A job with everything that the servers hold of it.
    pub fn read_whole(&self, id: &str) -> Read<Option<Value>> {
        self.0.read_optional(Request::get(&["job", id]))
    }

    /// What was handed in for a version, if it is kept.
    pub fn submission(&self, id: &str, version: u64) -> Read<Option<Submission>> {
        self.0.read_optional(Request::get(&["job", id, "submission"]).with("version", version))
    }

    /// The versions that are kept, newest first.
    pub fn versions(&self, id: &str) -> Read<Option<Versions>> {
        self.0.read_optional(Request::get(&["job", id, "versions"]))
    }

    /// What runs or ran for a job, including what belongs to an earlier job of that name.
    pub fn allocations(&self, id: &str) -> Read<Vec<Allocation>> {
        self.0.read(Request::get(&["job", id, "allocations"]).with("all", "true"))
    }

    /// A job's evaluations.
    pub fn evaluations(&self, id: &str) -> Read<Vec<Evaluation>> {
        self.0.read(Request::get(&["job", id, "evaluations"]))
    }

    /// A job's deployments.
    pub fn deployments(&self, id: &str) -> Read<Vec<Deployment>> {
        self.0.read(Request::get(&["job", id, "deployments"]))
    }

    /// A job's newest deployment, if it has one.
    pub fn deployment(&self, id: &str) -> Read<Option<Deployment>> {
        self.0.read(Request::get(&["job", id, "deployment"]))
    }

    /// How many of each group there are.
    pub fn scale(&self, id: &str) -> Read<Option<Scale>> {
        self.0.read_optional(Request::get(&["job", id, "scale"]))
    }

    /// Sets the count of a group, and says why.
    pub async fn set_count(&self, id: &str, group: &str, count: u32, why: &str) -> Result<Registered, Error> {
        let body = json!({"Count": count, "Target": {"Group": group}, "Message": why});
        self.0.write(Request::post(&["job", id, "scale"], Safety::Guarded).json(&body)).await
    }

    /// Goes back to an earlier version, if the present one is the one that we think it is.
    pub async fn revert(&self, id: &str, to: u64, from: Option<u64>) -> Result<Registered, Error> {
        let body = json!({"JobID": id, "JobVersion": to, "EnforcePriorVersion": from});
        // Done twice without naming the present version, it would make another version.
        let safety = if from.is_some() { Safety::Guarded } else { Safety::Once };
        self.0.write(Request::post(&["job", id, "revert"], safety).json(&body)).await
    }

    /// Takes a job away: its allocations stop. The answer names the evaluation that does it, if there is something to
    /// stop.
    pub async fn deregister(&self, id: &str, how: Deregister) -> Result<Registered, Error> {
        let request = Request::delete(&["job", id]).with("purge", how.purge).with("global", how.global);
        self.0.write(request).await
    }

    /// Starts a parameterized job. The key makes sure that asking twice starts it once.
    pub async fn dispatch(
        &self,
        id: &str,
        key: &str,
        payload: &[u8],
        meta: &BTreeMap<String, String>,
    ) -> Result<Dispatched, Error> {
        let body = json!({"Payload": STANDARD.encode(payload), "Meta": meta});
        let request = Request::post(&["job", id, "dispatch"], Safety::Guarded);
        self.0.write(request.with("idempotency_token", key).json(&body)).await
    }

    /// Runs a periodic job now, out of its turn.
    pub async fn run_periodic(&self, id: &str) -> Result<Registered, Error> {
        self.0.write(Request::post(&["job", id, "periodic", "force"], Safety::Once)).await
    }

    /// Places what is missing, again; with `reschedule` also what has failed too often.
    pub async fn evaluate(&self, id: &str, reschedule: bool) -> Result<Registered, Error> {
        let body = json!({"JobID": id, "EvalOptions": {"ForceReschedule": reschedule}});
        self.0.write(Request::post(&["job", id, "evaluate"], Safety::Guarded).json(&body)).await
    }
}

/// A job says itself in which namespace it is.
fn placed(request: Request, job: &Value) -> Request {
    request.with_some("namespace", job["Namespace"].as_str().filter(|name| !name.is_empty()))
}
