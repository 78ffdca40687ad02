//! Allocations: what runs where, and what happened to it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::http::{Request, Safety};
use crate::json::{named, or_empty};
use crate::{Client, Error, Read};

/// The allocations of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Allocations<'a>(pub(crate) &'a Client);

impl Client {
    /// Allocations.
    pub fn allocations(&self) -> Allocations<'_> {
        Allocations(self)
    }
}

/// A group that was placed on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Allocation {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Job, group and number, such as `web.front[0]`.
    pub name: String,
    /// Which job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Which version of it; a whole allocation does not say so.
    pub job_version: u64,
    /// Which group.
    pub task_group: String,
    /// The evaluation that placed it.
    #[serde(rename = "EvalID")]
    pub eval_id: String,
    /// The id of the node.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// The name of the node.
    pub node_name: String,
    /// `run`, `stop` or `evict`.
    pub desired_status: String,
    /// Why.
    #[serde(deserialize_with = "or_empty")]
    pub desired_description: String,
    /// `pending`, `running`, `complete`, `failed`, `lost` or `unknown`.
    pub client_status: String,
    /// More about it.
    #[serde(deserialize_with = "or_empty")]
    pub client_description: String,
    /// Its tasks; none before the node has taken it on.
    #[serde(deserialize_with = "or_empty")]
    pub task_states: BTreeMap<String, TaskState>,
    /// What a deployment thinks of it.
    pub deployment_status: Option<DeploymentStatus>,
    /// The deployment that it belongs to; only a whole allocation says so.
    #[serde(rename = "DeploymentID", deserialize_with = "named")]
    pub deployment_id: Option<String>,
    /// The evaluation that will replace it later.
    #[serde(rename = "FollowupEvalID", deserialize_with = "named")]
    pub followup_eval: Option<String>,
    /// What took its place.
    #[serde(deserialize_with = "named")]
    pub next_allocation: Option<String>,
    /// When it was made, as a change.
    pub create_index: u64,
    /// When it was last changed, as a change.
    pub modify_index: u64,
    /// When it was made, in nanoseconds since 1970.
    pub create_time: i64,
}

impl Allocation {
    /// Whether nothing of it will run any more.
    pub fn is_over(&self) -> bool {
        matches!(self.client_status.as_str(), "complete" | "failed" | "lost")
    }

    /// Whether it is meant to run.
    pub fn is_wanted(&self) -> bool {
        self.desired_status == "run"
    }

    /// What a deployment thinks of it, once it does.
    pub fn is_healthy(&self) -> Option<bool> {
        self.deployment_status.as_ref()?.healthy
    }

    /// Whether it is a canary that has not become the new version.
    pub fn is_canary(&self) -> bool {
        self.deployment_status.as_ref().is_some_and(|status| status.canary)
    }
}

/// What a deployment thinks of an allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentStatus {
    /// Whether it is healthy, once that is known.
    pub healthy: Option<bool>,
    /// Whether it is a canary.
    #[serde(deserialize_with = "or_empty")]
    pub canary: bool,
}

/// How a task is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskState {
    /// `pending`, `running` or `dead`.
    pub state: String,
    /// Whether it ended badly.
    pub failed: bool,
    /// How often it was started again.
    pub restarts: u64,
    /// What happened to it, oldest first; only the last few are kept.
    #[serde(deserialize_with = "or_empty")]
    pub events: Vec<TaskEvent>,
}

/// Something that happened to a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskEvent {
    /// What kind of thing, such as `Driver Failure`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// When, in nanoseconds since 1970.
    pub time: i64,
    /// What happened.
    #[serde(deserialize_with = "or_empty")]
    pub display_message: String,
    /// More, by name.
    #[serde(deserialize_with = "or_empty")]
    pub details: BTreeMap<String, String>,
    /// Whether the task cannot go on after it.
    pub fails_task: bool,
}

impl TaskEvent {
    /// What happened, as one line.
    pub fn words(&self) -> String {
        let message = self.display_message.split_whitespace().collect::<Vec<_>>().join(" ");
        if message.is_empty() { self.kind.clone() } else { format!("{}: {message}", self.kind) }
    }
}

impl Allocations<'_> {
    /// All of the namespace.
    pub fn list(&self) -> Read<Vec<Allocation>> {
        self.0.read(Request::get(&["allocations"]))
    }

    /// An allocation, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Allocation>> {
        self.0.read_optional(Request::get(&["allocation", id]))
    }

    /// Stops it, so that it is placed anew. The answer is the evaluation that does so.
    pub async fn stop(&self, id: &str) -> Result<Option<String>, Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Stopped {
            #[serde(rename = "EvalID", deserialize_with = "named")]
            eval_id: Option<String>,
        }
        let request = Request::post(&["allocation", id, "stop"], Safety::Once);
        Ok(self.0.write::<Stopped>(request).await?.eval_id)
    }
}
