//! What failed, and what it said: the last events and the last lines of the tasks that are not well.
//!
//! Must never make a verdict wait for a node that does not answer.

use std::fmt;
use std::time::Duration;

use crate::allocations::TaskState;
use crate::{Allocation, Client, Stream};

/// How many allocations are told about: of twenty that fail alike, three say it all.
const ENOUGH: usize = 3;

/// How many of a task's events are told.
const EVENTS: usize = 6;

/// How long a node may take to hand out a log.
const PATIENCE: Duration = Duration::from_secs(5);

/// An allocation that is not well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// Its id.
    pub alloc_id: String,
    /// Its name, such as `web.front[0]`.
    pub alloc: String,
    /// Its group.
    pub group: String,
    /// The name of the node.
    pub node: String,
    /// What the node says of it.
    pub status: String,
    /// Its tasks that are not well.
    pub tasks: Vec<FailedTask>,
}

/// A task that is not well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailedTask {
    /// Its name.
    pub name: String,
    /// What happened to it last, oldest first.
    pub events: Vec<String>,
    /// What it wrote last.
    pub log: Vec<String>,
    /// Why that is not known.
    pub log_problem: Option<String>,
}

impl Failure {
    /// Whether its node was lost, and it with it.
    pub fn is_lost(&self) -> bool {
        self.status.starts_with("lost")
    }
}

/// The allocations that are not well, newest first, with what they said.
pub(super) async fn gather(client: &Client, allocations: &[Allocation], log_lines: usize) -> Vec<Failure> {
    let mut ill = allocations.iter().filter(|alloc| is_ill(alloc)).collect::<Vec<_>>();
    ill.sort_by_key(|alloc| std::cmp::Reverse((alloc.create_index, alloc.modify_index)));
    let mut failures = Vec::new();
    for alloc in ill.into_iter().take(ENOUGH) {
        failures.push(failure(client, alloc, log_lines).await);
    }
    failures
}

/// Whether an allocation is a reason for things not being as they should.
pub(super) fn is_ill(alloc: &Allocation) -> bool {
    match alloc.client_status.as_str() {
        "failed" | "lost" | "unknown" => true,
        "complete" => false,
        _ if !alloc.is_wanted() => false,
        "running" => alloc.is_healthy() == Some(false) || alloc.task_states.values().any(has_trouble),
        _ => true,
    }
}

fn has_trouble(task: &TaskState) -> bool {
    task.failed || task.restarts > 0 || task.state == "pending"
}

async fn failure(client: &Client, alloc: &Allocation, log_lines: usize) -> Failure {
    let troubled = alloc.task_states.iter().filter(|(_, task)| has_trouble(task)).collect::<Vec<_>>();
    // Where no task stands out, all of them are the story.
    let told = if troubled.is_empty() { alloc.task_states.iter().collect() } else { troubled };
    let mut tasks = Vec::new();
    for (name, state) in told {
        tasks.push(task(client, alloc, name, state, log_lines).await);
    }
    let description = [&alloc.client_description, &alloc.desired_description];
    let description = description.into_iter().find(|text| !text.is_empty());
    let status = match description {
        Some(description) => format!("{}: {description}", alloc.client_status),
        None => alloc.client_status.clone(),
    };
    Failure {
        alloc_id: alloc.id.clone(),
        alloc: alloc.name.clone(),
        group: alloc.task_group.clone(),
        node: alloc.node_name.clone(),
        status,
        tasks,
    }
}

async fn task(
    client: &Client,
    alloc: &Allocation,
    name: &str,
    state: &TaskState,
    log_lines: usize,
) -> FailedTask {
    let last = state.events.len().saturating_sub(EVENTS);
    let events = state.events[last..].iter().map(crate::allocations::TaskEvent::words).collect();
    let started = state.events.iter().any(|event| event.kind == "Started");
    let (log, log_problem) = if log_lines > 0 && (started || state.restarts > 0) {
        match tokio::time::timeout(PATIENCE, log(client, &alloc.id, name, log_lines)).await {
            Ok(Ok(lines)) => (lines, None),
            Ok(Err(error)) => (Vec::new(), Some(error.summary())),
            Err(_) => (Vec::new(), Some(format!("the node did not hand it out within {PATIENCE:?}"))),
        }
    } else {
        (Vec::new(), None)
    };
    FailedTask { name: name.to_owned(), events, log, log_problem }
}

/// What it complained about; if it did not, what it said.
async fn log(client: &Client, id: &str, task: &str, lines: usize) -> Result<Vec<String>, crate::Error> {
    let allocations = client.allocations();
    let complaint = allocations.last_lines(id, task, Stream::Stderr, lines).await?;
    if complaint.is_empty() {
        allocations.last_lines(id, task, Stream::Stdout, lines).await
    } else {
        Ok(complaint)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.alloc_id.get(..8).unwrap_or(&self.alloc_id);
        write!(f, "{} ({short}) on {}: {}", self.alloc, self.node, self.status)?;
        self.tasks.iter().try_for_each(|task| write!(f, "\n{task}"))
    }
}

impl fmt::Display for FailedTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  task {}:", self.name)?;
        self.events.iter().try_for_each(|event| write!(f, "\n    {event}"))?;
        if !self.log.is_empty() {
            write!(f, "\n    its last lines:")?;
            self.log.iter().try_for_each(|line| write!(f, "\n    | {line}"))?;
        }
        self.log_problem.iter().try_for_each(|why| write!(f, "\n    its log is not known: {why}"))
    }
}
