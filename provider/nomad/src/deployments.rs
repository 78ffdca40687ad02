//! Deployments: how a job's change goes on, and a person's say in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use crate::http::{Request, Safety};
use crate::json::{named, or_empty};
use crate::{Allocation, Client, Error, Read};

/// The deployments of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Deployments<'a>(&'a Client);

impl Client {
    /// Deployments.
    pub fn deployments(&self) -> Deployments<'_> {
        Deployments(self)
    }
}

/// A change of a job under way, or done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Deployment {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Which job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Which version of the job.
    pub job_version: u64,
    /// The change that made that version.
    pub job_spec_modify_index: u64,
    /// `running`, `paused`, `successful`, `failed`, `cancelled`, `pending`, `blocked`, …
    pub status: String,
    /// More about the status.
    pub status_description: String,
    /// How each group is doing.
    #[serde(deserialize_with = "or_empty")]
    pub task_groups: BTreeMap<String, GroupState>,
    /// When it was made, as a change.
    pub create_index: u64,
}

/// How one group is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupState {
    /// How many are wanted.
    pub desired_total: i64,
    /// How many are placed.
    pub placed_allocs: i64,
    /// How many of those are healthy.
    pub healthy_allocs: i64,
    /// How many of those are not.
    pub unhealthy_allocs: i64,
    /// How many canaries are wanted.
    pub desired_canaries: i64,
    /// Which canaries there are.
    #[serde(deserialize_with = "or_empty")]
    pub placed_canaries: Vec<String>,
    /// Whether the canaries have become the new version.
    pub promoted: bool,
    /// Whether they do so by themselves once healthy.
    pub auto_promote: bool,
    /// Whether a failure leads back to the last stable version.
    pub auto_revert: bool,
}

impl GroupState {
    /// Whether its canaries are all healthy and wait for somebody's word.
    pub fn awaits_promotion(&self) -> bool {
        self.desired_canaries > 0 && !self.promoted && self.healthy_allocs >= self.desired_canaries
    }
}

impl Deployment {
    /// Whether nothing more happens to it.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "successful" | "failed" | "cancelled")
    }

    /// Whether it goes on only when somebody promotes its canaries, and they are ready for it.
    pub fn awaits_promotion(&self) -> bool {
        let mut open =
            self.task_groups.values().filter(|group| group.desired_canaries > 0 && !group.promoted);
        let ready = |group: &GroupState| group.awaits_promotion();
        let by_hand =
            self.task_groups.values().any(|group| group.desired_canaries > 0 && !group.auto_promote);
        by_hand && open.clone().next().is_some() && open.all(ready)
    }
}

/// What came of a person's say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Steered {
    /// The evaluation that carries it out.
    #[serde(rename = "EvalID", deserialize_with = "named")]
    pub eval_id: Option<String>,
    /// The version that the job goes back to, if it does.
    pub reverted_job_version: Option<u64>,
}

impl Deployments<'_> {
    /// All of the namespace.
    pub fn list(&self) -> Read<Vec<Deployment>> {
        self.0.read(Request::get(&["deployments"]))
    }

    /// A deployment, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Deployment>> {
        self.0.read_optional(Request::get(&["deployment", id]))
    }

    /// What it placed.
    pub fn allocations(&self, id: &str) -> Read<Vec<Allocation>> {
        self.0.read(Request::get(&["deployment", "allocations", id]))
    }

    /// Makes its canaries the new version: of these groups, or of all if none is named.
    pub async fn promote(&self, id: &str, groups: &[&str]) -> Result<Steered, Error> {
        let body = json!({"DeploymentID": id, "All": groups.is_empty(), "Groups": groups});
        self.0.write(Request::put(&["deployment", "promote", id], Safety::Guarded).json(&body)).await
    }

    /// Ends it as failed; where a group asks for it, the job goes back to its last stable version.
    pub async fn fail(&self, id: &str) -> Result<Steered, Error> {
        let body = json!({"DeploymentID": id});
        self.0.write(Request::put(&["deployment", "fail", id], Safety::Guarded).json(&body)).await
    }

    /// Holds it, or lets it go on.
    pub async fn pause(&self, id: &str, pause: bool) -> Result<Steered, Error> {
        let body = json!({"DeploymentID": id, "Pause": pause});
        self.0.write(Request::put(&["deployment", "pause", id], Safety::Guarded).json(&body)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(groups: &[(i64, i64, bool, bool)]) -> Deployment {
        let group = |(desired_canaries, healthy_allocs, promoted, auto_promote)| GroupState {
            healthy_allocs,
            desired_canaries,
            promoted,
            auto_promote,
            ..GroupState::default()
        };
        let groups = groups.iter().enumerate().map(|(at, facts)| (at.to_string(), group(*facts)));
        Deployment { task_groups: groups.collect(), ..Deployment::default() }
    }

    #[test]
    fn a_person_is_waited_for_only_when_every_canary_is_ready() {
        assert!(with(&[(1, 1, false, false)]).awaits_promotion());
        assert!(!with(&[(1, 0, false, false)]).awaits_promotion());
        assert!(!with(&[(1, 1, true, false)]).awaits_promotion());
        assert!(!with(&[(1, 1, false, true)]).awaits_promotion());
        assert!(!with(&[(0, 1, false, false)]).awaits_promotion());
        assert!(with(&[(1, 1, false, false), (0, 0, false, false)]).awaits_promotion());
        assert!(!with(&[(1, 1, false, false), (2, 1, false, false)]).awaits_promotion());
    }
}
