//! One watching from beginning to end: what is known so far, and what was told already.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, Instant};

use super::verdict::{Outcome, Rollback, Verdict};
use super::{Options, Progress, failures};
use crate::deployments::GroupState;
use crate::jobs::{Job, Registered};
use crate::placement::Unplaced;
use crate::{Allocation, Client, Deployment, Error};

/// How often things are looked at that cannot be followed at little cost.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// One watching.
pub(super) struct Course<'a> {
    pub client: &'a Client,
    pub job_id: &'a str,
    pub options: &'a Options,
    report: &'a mut (dyn FnMut(Progress) + Send),
    pub version: u64,
    pub submit_time: i64,
    pub index: u64,
    pub deployment_id: Option<String>,
    pub groups: BTreeMap<String, GroupState>,
    pub unplaced: BTreeMap<String, Unplaced>,
    pub without_room: Option<Instant>,
    pub allocations: Vec<Allocation>,
    pub rollback: Option<Rollback>,
    told: HashSet<String>,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        client: &'a Client,
        job_id: &'a str,
        options: &'a Options,
        report: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        Self {
            client,
            job_id,
            options,
            report,
            version: 0,
            submit_time: 0,
            index: 0,
            deployment_id: None,
            groups: BTreeMap::new(),
            unplaced: BTreeMap::new(),
            without_room: None,
            allocations: Vec::new(),
            rollback: None,
            told: HashSet::new(),
        }
    }

    /// Follows it to its end.
    pub(super) async fn run(&mut self, registered: &Registered) -> Result<Outcome, Error> {
        let Some(job) = self.client.jobs().read(self.job_id).await? else {
            return Ok(Outcome::Superseded);
        };
        (self.version, self.index) = (job.version, registered.job_modify_index);
        self.submit_time = job.submit_time;
        if job.job_modify_index > registered.job_modify_index {
            return Ok(Outcome::Superseded);
        }
        if job.waits() {
            return Ok(Outcome::Scheduled);
        }
        let evaluation = match &registered.eval_id {
            Some(id) => self.evaluated(id).await?,
            None => None,
        };
        if let Some(evaluation) = evaluation.as_ref().filter(|evaluation| evaluation.status == "failed") {
            return Ok(Outcome::Failed { why: evaluation.status_description.clone() });
        }
        if job.stop {
            return Ok(Outcome::Stopped);
        }
        let named = evaluation.and_then(|evaluation| evaluation.deployment_id);
        let deployment = self.deployment(&job, named).await?;
        match deployment.filter(|known| !(self.options.again && known.status == "failed")) {
            Some(deployment) => self.rollout(deployment).await,
            None => self.runs(&job).await,
        }
    }

    /// The deployment of this version: the one that its evaluation names, or the one that was there before if nothing
    /// has changed.
    async fn deployment(&mut self, job: &Job, named: Option<String>) -> Result<Option<Deployment>, Error> {
        if let Some(id) = named
            && let Some(found) = self.client.deployments().read(&id).await?
        {
            return Ok(Some(found));
        }
        let newest = self.client.jobs().deployment(self.job_id).await?;
        Ok(newest.filter(|deployment| deployment.job_spec_modify_index == job.job_modify_index))
    }

    /// Says something once.
    pub(super) fn tell(&mut self, progress: Progress) {
        if self.told.insert(progress.to_string()) {
            (self.report)(progress);
        }
    }

    /// Says something although it may have been said before.
    pub(super) fn tell_again(&mut self, progress: Progress) {
        self.told.remove(&progress.to_string());
        self.tell(progress);
    }

    /// Takes note of what runs, and tells what is new about it.
    pub(super) fn note(&mut self, allocations: Vec<Allocation>) {
        for alloc in &allocations {
            let (group, name) = (alloc.task_group.clone(), alloc.name.clone());
            if self.told.insert(alloc.id.clone()) {
                (self.report)(Progress::Placed { group, alloc: name, node: alloc.node_name.clone() });
            }
            for (task, state) in &alloc.task_states {
                for event in &state.events {
                    if self.told.insert(format!("{} {task} {} {}", alloc.id, event.time, event.kind)) {
                        let (alloc, task, event) = (alloc.name.clone(), task.clone(), event.words());
                        (self.report)(Progress::Task { alloc, task, event });
                    }
                }
            }
        }
        self.allocations = allocations;
    }

    /// Why not to go on, although Nomad would.
    pub(super) fn given_up(&self) -> Option<Outcome> {
        if self.without_room.is_some_and(|since| since.elapsed() >= self.options.placement) {
            return Some(Outcome::Unplaced);
        }
        let limit = self.options.give_up_after?;
        let failed = self.allocations.iter().filter(|alloc| alloc.client_status == "failed");
        let groups = self.allocations.iter().map(|alloc| alloc.task_group.as_str()).collect::<BTreeSet<_>>();
        let count = |group: &str| failed.clone().filter(|alloc| alloc.task_group == group).count();
        let group = groups.into_iter().find(|group| count(group) >= limit)?;
        Some(Outcome::Failed { why: format!("{} of group {group} failed", count(group)) })
    }

    /// What became of it, with what the failing tasks said.
    pub(super) async fn verdict(mut self, outcome: Outcome) -> Verdict {
        let mut verdict = Verdict {
            outcome,
            version: self.version,
            submit_time: self.submit_time,
            deployment_id: self.deployment_id.take(),
            groups: std::mem::take(&mut self.groups),
            unplaced: std::mem::take(&mut self.unplaced),
            failures: Vec::new(),
            rollback: self.rollback,
        };
        if !verdict.is_good() && verdict.outcome != Outcome::Superseded {
            verdict.failures = failures::gather(self.client, &self.allocations, self.options.log_lines).await;
        }
        verdict
    }
}
