//! What became of a job that was watched.

use std::collections::BTreeMap;
use std::fmt;

use super::failures::Failure;
use crate::deployments::GroupState;
use crate::placement::Unplaced;

/// What became of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended.
    pub outcome: Outcome,
    /// The job's version that was watched.
    pub version: u64,
    /// When that was submitted, in nanoseconds since 1970.
    pub submit_time: i64,
    /// The deployment, if there was one.
    pub deployment_id: Option<String>,
    /// How each group of the deployment was at the end.
    pub groups: BTreeMap<String, GroupState>,
    /// What had no place at the end, by group.
    pub unplaced: BTreeMap<String, Unplaced>,
    /// What failed, and what it said; nothing where all is well.
    pub failures: Vec<Failure>,
    /// Where Nomad went back to by itself.
    pub rollback: Option<Rollback>,
}

/// How it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything runs and is healthy, or a batch job has come as far as it had to.
    #[default]
    Healthy,
    /// There is nothing to run: every count is 0, or no node is meant for it.
    Idle,
    /// It runs later, by the clock or on demand.
    Scheduled,
    /// The canaries are healthy and wait for somebody's word.
    Canary,
    /// It is told to stop, and has.
    Stopped,
    /// There was no room for it.
    Unplaced,
    /// It failed.
    Failed {
        /// Nomad's reason, or ours.
        why: String,
    },
    /// Somebody else has registered another version meanwhile, stopped the job or taken it away.
    Superseded,
    /// The deadline came first.
    TimedOut,
}

/// Going back to an earlier version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// The version whose text runs again.
    pub to: u64,
    /// Whether it is healthy again.
    pub healthy: bool,
}

impl Verdict {
    /// Whether the job is as it should be, or waits for nothing but what it is meant to wait for.
    pub fn is_good(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Healthy | Outcome::Idle | Outcome::Scheduled | Outcome::Canary | Outcome::Stopped
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Healthy => f.write_str("healthy"),
            Self::Idle => f.write_str("there is nothing to run"),
            Self::Scheduled => f.write_str("registered; it runs later"),
            Self::Canary => f.write_str("the canaries are healthy and wait to be promoted"),
            Self::Stopped => f.write_str("stopped"),
            Self::Unplaced => f.write_str("there is no room for it"),
            Self::Failed { why } => write!(f, "failed: {why}"),
            Self::Superseded => {
                f.write_str("somebody else has changed, stopped or removed the job meanwhile")
            }
            Self::TimedOut => f.write_str("not healthy in time"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.outcome)?;
        if !self.is_good() {
            for (name, group) in &self.groups {
                let GroupState { healthy_allocs, unhealthy_allocs, desired_total, .. } = group;
                write!(
                    f,
                    "\ngroup {name}: {healthy_allocs} of {desired_total} healthy, {unhealthy_allocs} unhealthy"
                )?;
            }
        }
        for (name, why) in &self.unplaced {
            write!(f, "\ngroup {name}: {} without a place: {}", why.count(), why.reasons().join("; "))?;
        }
        self.failures.iter().try_for_each(|failure| write!(f, "\n{failure}"))?;
        match self.rollback {
            None => Ok(()),
            Some(Rollback { to, healthy: true }) => {
                write!(f, "\nNomad went back to version {to}, which is healthy")
            }
            Some(Rollback { to, .. }) => {
                write!(f, "\nNomad goes back to version {to}, which is not healthy yet")
            }
        }
    }
}
