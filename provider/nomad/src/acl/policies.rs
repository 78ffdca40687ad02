//! Policies: what is permitted.

use serde::{Deserialize, Serialize};

use super::Acl;
use crate::http::{Request, Safety};
use crate::{Error, Read};

/// What is permitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The rules; none in a list.
    pub rules: String,
    /// Whose identity it belongs to, for what a job itself may do.
    #[serde(rename = "JobACL", skip_serializing_if = "Option::is_none")]
    pub job_acl: Option<JobAcl>,
}

/// A job, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobAcl {
    /// The namespace.
    pub namespace: String,
    /// The job; empty: all of the namespace.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// The group; empty: all of the job.
    pub group: String,
    /// The task; empty: all of the group.
    pub task: String,
}

impl Acl<'_> {
    /// All of them, without their rules.
    pub fn policies(&self) -> Read<Vec<Policy>> {
        self.0.read(Request::get(&["acl", "policies"]))
    }

    /// A policy, if it is there.
    pub fn policy(&self, name: &str) -> Read<Option<Policy>> {
        self.0.read_optional(Request::get(&["acl", "policy", name]))
    }

    /// Makes it, or makes it so.
    pub async fn put_policy(&self, policy: &Policy) -> Result<(), Error> {
        self.0.run(Request::post(&["acl", "policy", &policy.name], Safety::Guarded).json(policy)).await
    }

    /// Takes it away.
    pub async fn delete_policy(&self, name: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "policy", name])).await
    }
}
