//! Nomad's answer to a plan, as it comes.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Allocation;
use crate::json::or_empty;
use crate::placement::Unplaced;

/// What registering a job would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Plan {
    /// The change after which the job is as it is now; 0 if there is none. `Check::At` and `Check::Absent` take it.
    pub job_modify_index: u64,
    /// What differs.
    pub diff: Option<JobDiff>,
    /// What the scheduler would do.
    pub annotations: Option<Annotations>,
    /// What could not be placed, by group.
    #[serde(rename = "FailedTGAllocs", deserialize_with = "or_empty")]
    pub unplaced: BTreeMap<String, Unplaced>,
    /// When a periodic job would run next, as RFC 3339.
    #[serde(deserialize_with = "or_empty")]
    pub next_periodic_launch: String,
    /// What is allowed but strange.
    pub warnings: String,
}

/// What the scheduler would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Annotations {
    /// By group.
    #[serde(rename = "DesiredTGUpdates", deserialize_with = "or_empty")]
    pub groups: BTreeMap<String, DesiredUpdates>,
    /// What would have to make room.
    #[serde(deserialize_with = "or_empty")]
    pub preempted_allocs: Vec<Allocation>,
}

/// What the scheduler would do with a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DesiredUpdates {
    /// Left alone.
    pub ignore: u64,
    /// Placed.
    pub place: u64,
    /// Moved to other nodes.
    pub migrate: u64,
    /// Stopped.
    pub stop: u64,
    /// Changed while they run.
    pub in_place_update: u64,
    /// Replaced.
    pub destructive_update: u64,
    /// Placed beside the old ones first.
    pub canary: u64,
    /// Others that would have to make room.
    pub preemptions: u64,
}

/// Whether something differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Change {
    /// It does not.
    #[default]
    None,
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It is different.
    Edited,
}

/// What differs in a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobDiff {
    /// Whether it differs.
    #[serde(rename = "Type")]
    pub kind: Change,
    /// Its attributes.
    #[serde(deserialize_with = "or_empty")]
    pub fields: Vec<FieldDiff>,
    /// Its blocks.
    #[serde(deserialize_with = "or_empty")]
    pub objects: Vec<ObjectDiff>,
    /// Its groups.
    #[serde(deserialize_with = "or_empty")]
    pub task_groups: Vec<GroupDiff>,
}

/// What differs in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupDiff {
    /// Whether it differs.
    #[serde(rename = "Type")]
    pub kind: Change,
    /// Its name.
    pub name: String,
    /// Its attributes.
    #[serde(deserialize_with = "or_empty")]
    pub fields: Vec<FieldDiff>,
    /// Its blocks.
    #[serde(deserialize_with = "or_empty")]
    pub objects: Vec<ObjectDiff>,
    /// Its tasks.
    #[serde(deserialize_with = "or_empty")]
    pub tasks: Vec<TaskDiff>,
}

/// What differs in a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskDiff {
    /// Whether it differs.
    #[serde(rename = "Type")]
    pub kind: Change,
    /// Its name.
    pub name: String,
    /// Its attributes.
    #[serde(deserialize_with = "or_empty")]
    pub fields: Vec<FieldDiff>,
    /// Its blocks.
    #[serde(deserialize_with = "or_empty")]
    pub objects: Vec<ObjectDiff>,
    /// What follows from it, such as `forces in-place update`.
    #[serde(deserialize_with = "or_empty")]
    pub annotations: Vec<String>,
}

/// What differs in a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ObjectDiff {
    /// Whether it differs.
    #[serde(rename = "Type")]
    pub kind: Change,
    /// Its name.
    pub name: String,
    /// Its attributes.
    #[serde(deserialize_with = "or_empty")]
    pub fields: Vec<FieldDiff>,
    /// Its blocks.
    #[serde(deserialize_with = "or_empty")]
    pub objects: Vec<ObjectDiff>,
}

/// What differs in an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FieldDiff {
    /// Whether it differs.
    #[serde(rename = "Type")]
    pub kind: Change,
    /// Its name.
    pub name: String,
    /// Its value now.
    pub old: String,
    /// Its value then.
    pub new: String,
}

impl Plan {
    /// Whether registering would change the job as such.
    pub fn changes_job(&self) -> bool {
        self.diff.as_ref().is_some_and(|diff| diff.kind != Change::None)
    }

    /// Whether there is no such job yet.
    pub fn is_new(&self) -> bool {
        self.job_modify_index == 0
    }
}

impl ObjectDiff {
    /// Whether it is a list of plain values: its attributes all have its own name.
    pub(super) fn is_set(&self) -> bool {
        !self.fields.is_empty()
            && self.objects.is_empty()
            && self.fields.iter().all(|field| field.name == self.name)
    }
}
