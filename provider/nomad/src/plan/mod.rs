//! What registering a job would change, as Nomad says it and in words.

mod describe;
mod diff;
mod lines;
mod names;
mod pair;
mod values;

pub use self::describe::{Described, GroupCounts, Line, Options, describe};
pub use self::diff::{
    Annotations, Change, DesiredUpdates, FieldDiff, GroupDiff, JobDiff, ObjectDiff, Plan, TaskDiff,
};
