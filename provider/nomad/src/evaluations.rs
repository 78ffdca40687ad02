//! Evaluations: what the scheduler decided, and what it could not place.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::http::Request;
use crate::json::{named, or_empty};
use crate::placement::Unplaced;
use crate::{Allocation, Client, Read};

/// The evaluations of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Evaluations<'a>(&'a Client);

impl Client {
    /// Evaluations.
    pub fn evaluations(&self) -> Evaluations<'_> {
        Evaluations(self)
    }
}

/// One decision of the scheduler, made or to be made.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Evaluation {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Which job it is about.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// The change to the job that it looks at.
    pub job_modify_index: u64,
    /// Why it was made, such as `job-register`.
    pub triggered_by: String,
    /// `pending`, `blocked`, `complete`, `failed` or `canceled`.
    pub status: String,
    /// More about the status.
    pub status_description: String,
    /// The deployment that it serves.
    #[serde(rename = "DeploymentID", deserialize_with = "named")]
    pub deployment_id: Option<String>,
    /// The one that goes on where this one ends.
    #[serde(deserialize_with = "named")]
    pub next_eval: Option<String>,
    /// The one that waits until what is missing can be placed.
    #[serde(deserialize_with = "named")]
    pub blocked_eval: Option<String>,
    /// What could not be placed, by group.
    #[serde(rename = "FailedTGAllocs", deserialize_with = "or_empty")]
    pub unplaced: BTreeMap<String, Unplaced>,
    /// When it was made, as a change.
    pub create_index: u64,
}

impl Evaluation {
    /// Whether the scheduler is done with it.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "complete" | "failed" | "canceled")
    }
}

impl Evaluations<'_> {
    /// An evaluation, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Evaluation>> {
        self.0.read_optional(Request::get(&["evaluation", id]))
    }

    /// What it placed or stopped.
    pub fn allocations(&self, id: &str) -> Read<Vec<Allocation>> {
        self.0.read(Request::get(&["evaluation", id, "allocations"]))
    }
}
