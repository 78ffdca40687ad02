//! Taking from a host what was put on it.

use std::time::Duration;

use crate::way::Task;

/// Ends the agents and what their tasks left running, and removes what they keep. Data volumes stay.
pub(super) fn task() -> Task {
    Task { deadline: Duration::from_mins(10), ..Task::new(include_str!("remove.sh")) }
}
