//! Follows a job that was taken away until nothing of it runs any more.

use std::fmt;
use std::time::Instant;

use super::Progress;
use crate::jobs::Registered;
use crate::{Allocation, Client, Error};

/// What became of a job that was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Nothing of it runs.
    Gone,
    /// The deadline came first: these still run, by name and node.
    StillRuns(Vec<(String, String)>),
}

/// Follows what was deregistered, in the client's namespace, until the deadline.
pub async fn watch_removal(
    client: &Client,
    job_id: &str,
    deregistered: &Registered,
    deadline: Option<Instant>,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Result<Removal, Error> {
    if deregistered.eval_id.is_none() {
        return Ok(Removal::Gone);
    }
    let mut left = Vec::new();
    let whole = until_gone(client, job_id, &mut left, report);
    match deadline {
        None => whole.await?,
        Some(deadline) => match tokio::time::timeout_at(deadline.into(), whole).await {
            Ok(ended) => ended?,
            Err(_) => return Ok(Removal::StillRuns(left)),
        },
    }
    Ok(Removal::Gone)
}

async fn until_gone(
    client: &Client,
    job_id: &str,
    left: &mut Vec<(String, String)>,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Error> {
    let mut follow = client.jobs().allocations(job_id).follow();
    loop {
        let runs = |alloc: &Allocation| matches!(alloc.client_status.as_str(), "running" | "pending");
        let now = follow.next().await?.value.into_iter().filter(runs);
        let now = now.map(|alloc| (alloc.name, alloc.node_name)).collect::<Vec<_>>();
        for (alloc, _) in left.iter().filter(|gone| !now.contains(gone)) {
            let (alloc, task, event) = (alloc.clone(), String::new(), "stopped".to_owned());
            report(Progress::Task { alloc, task, event });
        }
        *left = now;
        if left.is_empty() {
            return Ok(());
        }
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("nothing of it runs any more"),
            Self::StillRuns(left) => {
                let left = left.iter().map(|(alloc, node)| format!("{alloc} on {node}")).collect::<Vec<_>>();
                write!(f, "still running: {}", left.join(", "))
            }
        }
    }
}
