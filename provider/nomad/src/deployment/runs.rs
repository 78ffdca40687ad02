//! Jobs without a deployment: batch jobs, system jobs of older servers, and services that nobody watches over.
//!
//! Nomad has no word about their health; what runs is judged by what the nodes say of it. Must never take a task's start
//! for its health: what fails a moment later was never healthy.

use std::pin::pin;
use std::time::{Duration, Instant};

use super::course::{Course, TICK};
use super::verdict::Outcome;
use super::{Batch, failures};
use crate::allocations::TaskState;
use crate::jobs::Job;
use crate::{Allocation, Error};

/// How long a service has to run to count as healthy where nobody checks it.
const SETTLED: Duration = Duration::from_secs(3);

/// How long a batch job that has not ended has to have run. It is what Nomad itself asks of a service that says nothing
/// about its health (`min_healthy_time`).
const BATCH_SETTLED: Duration = Duration::from_secs(10);

/// Since when all is fine.
#[derive(Default)]
struct Fine {
    since: Option<Instant>,
    /// How often tasks had been started again then: what was started again has to prove itself anew.
    restarts: u64,
}

impl Fine {
    /// Whether things have been fine for as long as they have to be; they are not if no time is named.
    fn has_lasted(&mut self, wait: Option<Duration>, restarts: u64) -> bool {
        if wait.is_none() || restarts != self.restarts {
            *self = Self { since: None, restarts };
        }
        wait.is_some_and(|wait| self.since.get_or_insert_with(Instant::now).elapsed() >= wait)
    }
}

impl Course<'_> {
    /// Follows what runs until it has come as far as it had to, or cannot any more.
    pub(super) async fn runs(&mut self, job: &Job) -> Result<Outcome, Error> {
        let mut follow = self.client.jobs().allocations(self.job_id).follow();
        let (mut fine, mut looked) = (Fine::default(), false);
        loop {
            let next = {
                let mut next = pin!(follow.next());
                loop {
                    tokio::select! {
                        next = &mut next => break next?,
                        () = tokio::time::sleep(TICK) => {}
                    }
                    self.look_for_room().await?;
                    if looked && let Some(outcome) = self.come_to(job, &mut fine).await? {
                        return Ok(outcome);
                    }
                }
            };
            let mine = next.value.into_iter().filter(|alloc| alloc.job_version == self.version);
            self.note(mine.collect());
            looked = true;
            if let Some(outcome) = self.come_to(job, &mut fine).await? {
                return Ok(outcome);
            }
            if self.replaced().await? {
                return Ok(Outcome::Superseded);
            }
        }
    }

    /// What it has come to; nothing while things are under way or have not lasted.
    async fn come_to(&mut self, job: &Job, fine: &mut Fine) -> Result<Option<Outcome>, Error> {
        if let Some(outcome) = self.given_up() {
            return Ok(Some(outcome));
        }
        let failed =
            self.current().into_iter().find(|alloc| has_failed(alloc)).map(|alloc| alloc.name.clone());
        if let Some(name) = failed {
            let why = format!("{name} failed and is not tried again");
            // What has failed just now is told so before the scheduler has decided whether it is tried again.
            return Ok((!self.is_deciding().await?).then_some(Outcome::Failed { why }));
        }
        let current = self.current();
        if current.is_empty() {
            return Ok(self.unplaced.is_empty().then_some(Outcome::Idle));
        }
        let wait = self.asked_of(job, &current).filter(|_| self.unplaced.is_empty());
        Ok(fine.has_lasted(wait, restarts(&current)).then_some(Outcome::Healthy))
    }

    /// How long what runs now has to go on so; nothing if it is not as it should be.
    fn asked_of(&self, job: &Job, current: &[&Allocation]) -> Option<Duration> {
        let all = |so: &dyn Fn(&Allocation) -> bool| current.iter().all(|alloc| so(alloc));
        if !job.kind.ends_with("batch") {
            return all(&|alloc| !alloc.is_wanted() || is_well(alloc)).then_some(SETTLED);
        }
        // What a lost node leaves of a job that runs once on every node has no other place.
        let everywhere = job.kind == "sysbatch";
        let done =
            |alloc: &Allocation| alloc.client_status == "complete" || (everywhere && !alloc.is_wanted());
        if all(&done) {
            return Some(Duration::ZERO);
        }
        let begun = self.options.batch == Batch::Started && all(&|alloc| done(alloc) || is_at_work(alloc));
        begun.then_some(BATCH_SETTLED)
    }

    /// What nothing has taken the place of.
    fn current(&self) -> Vec<&Allocation> {
        self.allocations.iter().filter(|alloc| alloc.next_allocation.is_none()).collect()
    }

    /// Whether the scheduler has something about the job before it.
    async fn is_deciding(&mut self) -> Result<bool, Error> {
        let evaluations = self.client.jobs().evaluations(self.job_id).await?;
        Ok(evaluations.iter().any(|evaluation| evaluation.status == "pending"))
    }

    /// Whether somebody else has changed or removed the job.
    async fn replaced(&mut self) -> Result<bool, Error> {
        let job = self.client.jobs().read(self.job_id).await?;
        Ok(job.is_none_or(|job| job.version != self.version || job.stop))
    }
}

/// How often tasks were started again.
fn restarts(allocations: &[&Allocation]) -> u64 {
    allocations.iter().flat_map(|alloc| alloc.task_states.values()).map(|task| task.restarts).sum()
}

/// Whether a part of a batch job works on what it is for.
fn is_at_work(alloc: &Allocation) -> bool {
    let fails = |task: &TaskState| task.failed || (task.restarts > 0 && task.state == "pending");
    alloc.client_status == "running" && !alloc.task_states.values().any(fails)
}

/// Whether a part of a service is as it should be.
fn is_well(alloc: &Allocation) -> bool {
    alloc.client_status == "running" && !failures::is_ill(alloc)
}

/// Whether it has failed, and nothing is meant to take its place so far.
fn has_failed(alloc: &Allocation) -> bool {
    alloc.client_status == "failed" && alloc.followup_eval.is_none() && alloc.is_wanted()
}
