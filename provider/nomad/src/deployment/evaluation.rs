//! The scheduler's part: has it decided, and what has no place.

use std::time::Instant;

use super::Progress;
use super::course::Course;
use crate::{Allocation, Error, Evaluation};

impl Course<'_> {
    /// Follows an evaluation, and those that go on where it ends, until one has decided; nothing if it is forgotten.
    pub(super) async fn evaluated(&mut self, id: &str) -> Result<Option<Evaluation>, Error> {
        let mut id = id.to_owned();
        loop {
            let Some(evaluation) = self.decided(&id).await? else {
                return Ok(None);
            };
            match &evaluation.next_eval {
                Some(next) => id.clone_from(next),
                None => return Ok(Some(evaluation)),
            }
        }
    }

    async fn decided(&mut self, id: &str) -> Result<Option<Evaluation>, Error> {
        let mut follow = self.client.evaluations().read(id).follow();
        loop {
            let Some(evaluation) = follow.next().await?.value else {
                return Ok(None);
            };
            if evaluation.is_over() {
                self.without_place(&evaluation);
                return Ok(Some(evaluation));
            }
            self.tell(Progress::Evaluating { status: evaluation.status });
        }
    }

    /// Looks again at what has no place: room may have been found, or may not. What was lost with its node may have none
    /// although it had one.
    pub(super) async fn look_for_room(&mut self) -> Result<(), Error> {
        let homeless = |alloc: &Allocation| alloc.client_status == "lost" && alloc.next_allocation.is_none();
        if self.unplaced.is_empty() && !self.allocations.iter().any(homeless) {
            return Ok(());
        }
        let evaluations = self.client.jobs().evaluations(self.job_id).await?;
        let blocked = evaluations.iter().filter(|evaluation| evaluation.status == "blocked");
        if let Some(blocked) = blocked.max_by_key(|evaluation| evaluation.create_index) {
            self.without_place(blocked);
        } else {
            self.unplaced.clear();
            self.without_room = None;
        }
        Ok(())
    }

    fn without_place(&mut self, evaluation: &Evaluation) {
        if evaluation.unplaced.is_empty() {
            return;
        }
        self.unplaced.clone_from(&evaluation.unplaced);
        self.without_room.get_or_insert_with(Instant::now);
        for (group, why) in self.unplaced.clone() {
            self.tell(Progress::Unplaced { group, count: why.count(), reasons: why.reasons() });
        }
    }
}
