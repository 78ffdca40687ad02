//! A converge script as a task: the same whatever the way.

use std::time::Duration;

use super::Task;
use crate::converge::Script;

/// A host that has to fetch everything over a slow line is not stuck.
const LONG: Duration = Duration::from_mins(45);

impl Task {
    /// Makes a host what its blueprint says; below a folder, if one is named.
    pub fn converge(script: &Script, root: Option<&str>) -> Self {
        Self::of(script, root.into_iter().flat_map(|root| ["--root", root]))
    }

    /// Says what differs from the blueprint, and changes nothing.
    pub fn compare(script: &Script, root: Option<&str>) -> Self {
        Self::of(script, root.into_iter().flat_map(|root| ["--root", root]).chain(["--check"]))
    }

    fn of<'a>(script: &Script, options: impl Iterator<Item = &'a str>) -> Self {
        let mut task = Self::new("exec sh ./converge --peer \"$LOSTOPS_PEER\" \"$@\"");
        task.files.insert("converge".into(), script.text.expose().as_bytes().to_vec());
        task.arguments = options.map(str::to_owned).collect();
        task.deadline = LONG;
        task
    }
}
