//! A deployment's part: healthy one by one, canaries first, and back again if it fails.

use std::pin::pin;
use std::time::Instant;

use super::course::{Course, TICK};
use super::verdict::{Outcome, Rollback};
use super::{Canary, Progress};
use crate::deployments::GroupState;
use crate::{Deployment, Error};

impl Course<'_> {
    /// Follows a deployment until it is over or waits for a person.
    pub(super) async fn rollout(&mut self, deployment: Deployment) -> Result<Outcome, Error> {
        let id = deployment.id.clone();
        self.deployment_id = Some(id.clone());
        self.look(&id).await?;
        self.state(&deployment);
        let mut follow = self.client.deployments().read(&id).follow();
        let mut ready_since = None;
        loop {
            let next = {
                let mut next = pin!(follow.next());
                loop {
                    tokio::select! {
                        next = &mut next => break next?,
                        () = tokio::time::sleep(TICK) => {}
                    }
                    self.look(&id).await?;
                    if let Some(outcome) = self.given_up() {
                        return Ok(outcome);
                    }
                    if self.promoted_in_time(&id, &mut ready_since).await? {
                        self.tell(Progress::Promoted);
                    }
                }
            };
            let Some(deployment) = next.value else {
                return Ok(Outcome::Superseded);
            };
            self.state(&deployment);
            if deployment.is_over() {
                self.look(&id).await?;
                return self.over(&deployment).await;
            }
            if !deployment.awaits_promotion() {
                ready_since = None;
            } else if self.options.canary == Canary::Leave {
                return Ok(Outcome::Canary);
            } else {
                ready_since.get_or_insert_with(Instant::now);
                if self.promoted_in_time(&id, &mut ready_since).await? {
                    self.tell(Progress::Promoted);
                }
            }
        }
    }

    /// Promotes canaries that have been healthy for as long as they had to; says whether it did.
    async fn promoted_in_time(&mut self, id: &str, ready_since: &mut Option<Instant>) -> Result<bool, Error> {
        let wait = match self.options.canary {
            Canary::Leave => return Ok(false),
            Canary::Promote => std::time::Duration::ZERO,
            Canary::After(wait) => wait,
        };
        if ready_since.is_none_or(|since| since.elapsed() < wait) {
            return Ok(false);
        }
        *ready_since = None;
        self.client.deployments().promote(id, &[]).await?;
        Ok(true)
    }

    /// Looks at what it placed, and at what has no place.
    async fn look(&mut self, id: &str) -> Result<(), Error> {
        let allocations = self.client.deployments().allocations(id).await?;
        self.note(allocations);
        self.look_for_room().await
    }

    /// Takes note of how it is doing.
    fn state(&mut self, deployment: &Deployment) {
        let (status, description) = (deployment.status.clone(), deployment.status_description.clone());
        self.tell(Progress::Deployment { status, description });
        for (name, state) in &deployment.task_groups {
            let health = |state: &GroupState| (state.healthy_allocs, state.unhealthy_allocs, state.promoted);
            if self.groups.get(name).map(health) != Some(health(state)) {
                let canary = state.desired_canaries > 0 && !state.promoted;
                let wanted = if canary { state.desired_canaries } else { state.desired_total };
                let (healthy, unhealthy) = (state.healthy_allocs, state.unhealthy_allocs);
                self.tell_again(Progress::Health { group: name.clone(), healthy, unhealthy, wanted });
            }
        }
        self.groups.clone_from(&deployment.task_groups);
    }

    async fn over(&mut self, deployment: &Deployment) -> Result<Outcome, Error> {
        match deployment.status.as_str() {
            "successful" => Ok(Outcome::Healthy),
            "cancelled" => Ok(Outcome::Superseded),
            _ => {
                if let Some(to) = rolls_back_to(&deployment.status_description) {
                    self.tell(Progress::RollingBack { to });
                    self.rollback = Some(Rollback { to, healthy: false });
                    self.rolled_back(deployment, to).await?;
                }
                Ok(Outcome::Failed { why: deployment.status_description.clone() })
            }
        }
    }

    /// Follows the way back: a newer version with the old text, and its deployment, if it needs one.
    async fn rolled_back(&mut self, failed: &Deployment, to: u64) -> Result<(), Error> {
        let mut follow = self.client.jobs().deployment(self.job_id).follow();
        // A job that changes nothing that runs has no deployment of its own: then there is nothing to wait for.
        let patience = Instant::now() + 5 * TICK;
        loop {
            let newest = match tokio::time::timeout_at(patience.into(), follow.next()).await {
                Ok(newest) => newest?.value.filter(|newest| newest.create_index > failed.create_index),
                Err(_) => return Ok(()),
            };
            if let Some(newest) = newest {
                return self.back_on(&newest.id, to).await;
            }
        }
    }

    async fn back_on(&mut self, id: &str, to: u64) -> Result<(), Error> {
        let mut follow = self.client.deployments().read(id).follow();
        while let Some(deployment) = follow.next().await?.value {
            if deployment.is_over() {
                self.rollback = Some(Rollback { to, healthy: deployment.status == "successful" });
                break;
            }
        }
        Ok(())
    }
}

/// The version that a deployment's description says it goes back to. It also says so when it does not.
fn rolls_back_to(description: &str) -> Option<u64> {
    let (_, version) = description.split_once(" - rolling back to job version ")?;
    version.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_is_told_from_not_going_back() {
        let back = "Failed due to unhealthy allocations - rolling back to job version 3";
        assert_eq!(rolls_back_to(back), Some(3));
        let stay = "Failed due to unhealthy allocations - not rolling back to stable job version 3 as current job has same specification";
        assert_eq!(rolls_back_to(stay), None);
        assert_eq!(rolls_back_to("Failed due to progress deadline"), None);
    }
}
