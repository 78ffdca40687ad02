//! What registering a job would change, as Nomad says it and in words.

mod diff;

pub use self::diff::{
    Annotations, Change, DesiredUpdates, FieldDiff, GroupDiff, JobDiff, ObjectDiff, Plan, TaskDiff,
};
