//! Taking from a host what was put on it.

use std::time::Duration;

use crate::way::Task;

/// Ends the agents and what their tasks left running, and removes what they keep, if the host is that owner's. Data volumes
/// stay.
pub(super) fn task(owner: &str) -> Task {
    let mut task = Task::new(include_str!("remove.sh"));
    task.arguments = vec![owner.to_owned()];
    task.deadline = Duration::from_mins(10);
    task
}
