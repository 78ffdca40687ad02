//! What happens while a job is watched, as it happens.

use std::fmt;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The scheduler has not decided yet.
    Evaluating {
        /// `pending` or `blocked`.
        status: String,
    },
    /// Some of a group have no place.
    Unplaced {
        /// The group.
        group: String,
        /// How many.
        count: i64,
        /// Why.
        reasons: Vec<String>,
    },
    /// One of a group has a place.
    Placed {
        /// The group.
        group: String,
        /// The allocation's name, such as `web.front[0]`.
        alloc: String,
        /// The node's name.
        node: String,
    },
    /// Something happened to a task.
    Task {
        /// The allocation's name, such as `web.front[0]`.
        alloc: String,
        /// The task.
        task: String,
        /// What happened.
        event: String,
    },
    /// The health of a group has changed.
    Health {
        /// The group.
        group: String,
        /// How many are healthy.
        healthy: i64,
        /// How many are not.
        unhealthy: i64,
        /// How many are wanted: canaries, as long as they are not promoted.
        wanted: i64,
    },
    /// The deployment's status has changed.
    Deployment {
        /// Such as `running`.
        status: String,
        /// More about it.
        description: String,
    },
    /// We promoted the canaries.
    Promoted,
    /// Nomad goes back to an earlier version.
    RollingBack {
        /// Which one.
        to: u64,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evaluating { status } => write!(f, "the scheduler has not decided yet ({status})"),
            Self::Unplaced { group, count, reasons } => {
                write!(f, "group {group}: {count} without a place: {}", reasons.join("; "))
            }
            Self::Placed { alloc, node, .. } => write!(f, "{alloc} is placed on {node}"),
            Self::Task { alloc, task, event } => write!(f, "{alloc} {task}: {event}"),
            Self::Health { group, healthy, unhealthy, wanted } => {
                write!(f, "group {group}: {healthy} of {wanted} healthy")?;
                if *unhealthy > 0 { write!(f, ", {unhealthy} unhealthy") } else { Ok(()) }
            }
            Self::Deployment { description, .. } => f.write_str(description),
            Self::Promoted => f.write_str("the canaries are promoted"),
            Self::RollingBack { to } => write!(f, "Nomad goes back to version {to}"),
        }
    }
}
