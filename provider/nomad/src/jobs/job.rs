//! What we read of a job: enough to know its kind, whose it is, and how it changes. Never enough to register it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{named, or_empty};

/// A job as the servers hold it, with what they added.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Job {
    /// Its name in its namespace.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The periodic or parameterized job that it was made from.
    #[serde(rename = "ParentID", deserialize_with = "named")]
    pub parent_id: Option<String>,
    /// Whether it was told to stop.
    #[serde(deserialize_with = "or_empty")]
    pub stop: bool,
    /// `pending`, `running` or `dead`.
    pub status: String,
    /// Counts its changes, from 0.
    pub version: u64,
    /// The change after which it is as it is; `Check::At` takes it.
    pub job_modify_index: u64,
    /// The last change to it, its status included.
    pub modify_index: u64,
    /// When it was submitted, in nanoseconds since 1970.
    pub submit_time: i64,
    /// What its owner noted in it.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
    /// When it runs, for one that runs by the clock.
    pub periodic: Option<Periodic>,
    /// What it wants to be told, for one that runs on demand.
    pub parameterized_job: Option<Value>,
    /// Its groups.
    #[serde(deserialize_with = "or_empty")]
    pub task_groups: Vec<Group>,
}

/// When a job runs by the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Periodic {
    /// Whether the clock is on.
    pub enabled: bool,
}

/// Tasks that are placed together.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Group {
    /// Its name in the job.
    pub name: String,
    /// How many of it.
    #[serde(deserialize_with = "or_empty")]
    pub count: i64,
    /// How it is changed.
    pub update: Option<Update>,
    /// Who else may set the count.
    pub scaling: Option<Scaling>,
    /// Its tasks.
    #[serde(deserialize_with = "or_empty")]
    pub tasks: Vec<Task>,
}

/// How a group is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Update {
    /// How many at a time; 0 means that nothing watches over it.
    pub max_parallel: i64,
    /// How many new ones stand beside the old ones first.
    pub canary: i64,
    /// Whether healthy canaries are promoted without anybody's word.
    pub auto_promote: bool,
    /// Whether a failure leads back to the last stable version.
    pub auto_revert: bool,
}

/// Bounds within which an autoscaler may set the count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Scaling {
    /// Whether it may.
    pub enabled: bool,
}

/// Something that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Task {
    /// Its name in the group.
    pub name: String,
    /// What runs it.
    pub driver: String,
}

impl Job {
    /// Whether nothing runs when it is registered, but only later: by the clock or on demand.
    pub fn waits(&self) -> bool {
        self.periodic.is_some() || self.parameterized_job.is_some()
    }

    /// Groups whose count an autoscaler may set.
    pub fn scaled_groups(&self) -> impl Iterator<Item = &str> {
        let scaled = |group: &&Group| group.scaling.as_ref().is_some_and(|scaling| scaling.enabled);
        self.task_groups.iter().filter(scaled).map(|group| group.name.as_str())
    }
}

/// A job in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobStub {
    /// Its name in its namespace.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The periodic or parameterized job that it was made from.
    #[serde(rename = "ParentID", deserialize_with = "named")]
    pub parent_id: Option<String>,
    /// Whether it was told to stop.
    pub stop: bool,
    /// `pending`, `running` or `dead`.
    pub status: String,
    /// The change after which it is as it is.
    pub job_modify_index: u64,
    /// What its owner noted in it, where the list was asked for with it.
    #[serde(deserialize_with = "or_empty")]
    pub meta: BTreeMap<String, String>,
}

/// What was handed in when a version was registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Submission {
    /// The text.
    pub source: String,
    /// `hcl2` or `json`.
    pub format: String,
    /// Variables from flags.
    #[serde(deserialize_with = "or_empty")]
    pub variable_flags: BTreeMap<String, String>,
    /// Variables from a file, as text.
    #[serde(deserialize_with = "or_empty")]
    pub variables: String,
}

/// The versions of a job, newest first.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Versions {
    /// Each as a job.
    #[serde(deserialize_with = "or_empty")]
    pub versions: Vec<Job>,
}
