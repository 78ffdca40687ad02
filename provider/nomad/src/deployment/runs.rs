//! Jobs without a deployment: batch jobs, system jobs of older servers, and services that nobody watches over.
//!
//! What runs is judged by what the nodes say of it.

use std::pin::pin;
use std::time::{Duration, Instant};

use super::course::{Course, TICK};
use super::verdict::Outcome;
use super::{Batch, failures};
use crate::jobs::Job;
use crate::{Allocation, Error};

/// How long a service has to run to count as healthy where nobody checks it.
const SETTLED: Duration = Duration::from_secs(3);

impl Course<'_> {
    /// Follows what runs until it has come as far as it had to, or cannot any more.
    pub(super) async fn runs(&mut self, job: &Job) -> Result<Outcome, Error> {
        let mut follow = self.client.jobs().allocations(self.job_id).follow();
        let mut fine_since = None;
        loop {
            let next = {
                let mut next = pin!(follow.next());
                loop {
                    tokio::select! {
                        next = &mut next => break next?,
                        () = tokio::time::sleep(TICK) => {}
                    }
                    self.look_for_room().await?;
                    if let Some(outcome) = self.given_up() {
                        return Ok(outcome);
                    }
                    if self.unplaced.is_empty() && settled(job, fine_since) {
                        return Ok(Outcome::Healthy);
                    }
                }
            };
            let mine = next.value.into_iter().filter(|alloc| alloc.job_version == self.version);
            self.note(mine.collect());
            if let Some(outcome) = self.given_up() {
                return Ok(outcome);
            }
            match self.judged(job) {
                Some(Outcome::Healthy) => {
                    fine_since.get_or_insert_with(Instant::now);
                    if settled(job, fine_since) {
                        return Ok(Outcome::Healthy);
                    }
                }
                Some(outcome) => return Ok(outcome),
                None => fine_since = None,
            }
            if self.replaced().await? {
                return Ok(Outcome::Superseded);
            }
        }
    }

    /// What can be said now; nothing if things are still under way.
    fn judged(&self, job: &Job) -> Option<Outcome> {
        let current =
            self.allocations.iter().filter(|alloc| alloc.next_allocation.is_none()).collect::<Vec<_>>();
        if current.is_empty() {
            return self.unplaced.is_empty().then_some(Outcome::Idle);
        }
        if let Some(failed) = current.iter().find(|alloc| is_lost_cause(alloc)) {
            return Some(Outcome::Failed { why: format!("{} failed and is not tried again", failed.name) });
        }
        let enough = |alloc: &&&Allocation| match (job.kind.as_str(), self.options.batch) {
            ("batch" | "sysbatch", Batch::Finished) => alloc.client_status == "complete",
            ("batch" | "sysbatch", Batch::Started) => {
                matches!(alloc.client_status.as_str(), "running" | "complete")
            }
            _ => !alloc.is_wanted() || (alloc.client_status == "running" && !failures::is_ill(alloc)),
        };
        let fine = self.unplaced.is_empty() && current.iter().all(|alloc| enough(&alloc));
        fine.then_some(Outcome::Healthy)
    }

    /// Whether somebody else has changed or removed the job.
    async fn replaced(&mut self) -> Result<bool, Error> {
        let job = self.client.jobs().read(self.job_id).await?;
        Ok(job.is_none_or(|job| job.version != self.version || job.stop))
    }
}

/// A batch job is fine at once; a service has to stay so for a while.
fn settled(job: &Job, fine_since: Option<Instant>) -> bool {
    let wait = if job.kind.ends_with("batch") { Duration::ZERO } else { SETTLED };
    fine_since.is_some_and(|since| since.elapsed() >= wait)
}

/// Whether it failed, and nothing will take its place.
fn is_lost_cause(alloc: &Allocation) -> bool {
    matches!(alloc.client_status.as_str(), "failed") && alloc.followup_eval.is_none() && alloc.is_wanted()
}
