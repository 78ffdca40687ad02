//! Follows a registration to its end: is it placed, does it run, is it healthy; and if not, what does the task say.
//!
//! `watch` is for a job that was registered, `watch_removal` for one that was taken away. Both tell a callback what
//! happens as it happens and end with a verdict. Dropping the future ends the watching and changes nothing.
//! They must never call a job healthy that Nomad does not, and steer only as far as they are told to.

mod course;
mod evaluation;
mod failures;
mod progress;
mod removal;
mod rollout;
mod runs;
mod verdict;

use std::time::{Duration, Instant};

use self::course::Course;
pub use self::failures::{FailedTask, Failure};
pub use self::progress::Progress;
pub use self::removal::{Removal, watch_removal};
pub use self::verdict::{Outcome, Rollback, Verdict};
use crate::jobs::Registered;
use crate::{Client, Error};

/// What to do once canaries are healthy and somebody has to say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Canary {
    /// Stop watching and leave it to a person.
    #[default]
    Leave,
    /// Promote them.
    Promote,
    /// Promote them if they are still healthy after this time.
    After(Duration),
}

/// What a batch job has to have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Batch {
    /// It has begun, and has been at work for as long as Nomad asks of a service that says nothing about its health: ten
    /// seconds, in which nothing was started again; or it has ended well before.
    #[default]
    Started,
    /// It has ended well.
    Finished,
}

/// How to watch.
#[derive(Clone, Debug)]
pub struct Options {
    /// When to stop; unset: when Nomad itself comes to an end.
    pub deadline: Option<Instant>,
    /// What to do about canaries.
    pub canary: Canary,
    /// What a batch job has to have come to.
    pub batch: Batch,
    /// How long to wait for room: a node may be on its way.
    pub placement: Duration,
    /// After how many failed allocations of a group to give up, although Nomad would go on trying.
    pub give_up_after: Option<usize>,
    /// How many of a failing task's last log lines to fetch.
    pub log_lines: usize,
    /// Whether this is another attempt at a version whose deployment has failed before: what runs now decides then.
    pub again: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadline: None,
            canary: Canary::default(),
            batch: Batch::default(),
            placement: Duration::from_mins(1),
            give_up_after: None,
            log_lines: 20,
            again: false,
        }
    }
}

/// Follows what was registered, in the client's namespace. An error means that nobody could be asked; what becomes of
/// the job is then not known.
pub async fn watch(
    client: &Client,
    job_id: &str,
    registered: &Registered,
    options: &Options,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Result<Verdict, Error> {
    let mut course = Course::new(client, job_id, options, report);
    let outcome = match options.deadline {
        Some(deadline) => {
            let whole = tokio::time::timeout_at(deadline.into(), course.run(registered)).await;
            whole.unwrap_or(Ok(Outcome::TimedOut))?
        }
        None => course.run(registered).await?,
    };
    Ok(course.verdict(outcome).await)
}
