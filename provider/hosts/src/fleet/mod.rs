//! All hosts of a cluster together: what is seen of them, what has to happen to which, and doing it in that order.
//!
//! Must never take a step on a server while the cluster could lose its majority by it, and never end in silence: what was
//! not done is said, host by host.

mod clients;
mod council;
mod depart;
mod introduce;
mod keyring;
mod look;
mod orders;
mod over_ssh;
mod plan;
mod remove;
mod renew;
mod retire;
mod work;

use std::future::Future;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, StreamExt};

pub use look::{Kept, Seen, find_cluster, find_kept, survey};
pub use orders::{Done, Orders};
pub use over_ssh::OverSsh;
pub use plan::{Act, Known, Sight, Step, Wanted, majority, plan};
pub use renew::Machines;
pub use work::Crew;

use crate::local::Local;
use crate::way::{Answer, Fault, Listener, Task};

/// How the hosts of a cluster are reached, by their names.
pub trait Reach: Send + Sync {
    /// Does the task there.
    fn run(
        &self,
        host: &str,
        task: &Task,
        listener: Listener<'_>,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;
}

impl Reach for Local {
    async fn run(&self, _: &str, task: &Task, listener: Listener<'_>) -> Result<Answer, Fault> {
        Self::run(self, task, listener).await
    }
}

/// All of it, so much at a time, answered in order. Boxed, as the compiler cannot see otherwise that it may change threads.
pub fn together<'a, T: Send + 'a>(limit: usize, work: Vec<BoxFuture<'a, T>>) -> BoxFuture<'a, Vec<T>> {
    stream::iter(work).buffered(limit.max(1)).collect().boxed()
}
