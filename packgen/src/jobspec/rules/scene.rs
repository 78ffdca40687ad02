//! A job as the rules see it: its groups and tasks, and settings that are inherited from block to block.

use crate::hcl::Text;
use crate::source::Diagnostic;

use super::super::cursor::{Cursor, Known};

/// A job.
pub(super) struct Job<'t> {
    /// Its block.
    pub at: Cursor<'t>,
    /// How it is scheduled; `None` if that is not known.
    pub kind: Option<Kind>,
    /// Its groups, those of its own tasks first.
    pub groups: Vec<Group<'t>>,
}

/// How a job is scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Until stopped.
    Service,
    /// Until done.
    Batch,
    /// On every node, until stopped.
    System,
    /// On every node, until done.
    SysBatch,
}

/// A group.
pub(super) struct Group<'t> {
    /// Its block; `None` for the group of a task that stands directly in the job.
    pub at: Option<Cursor<'t>>,
    /// Its name.
    pub name: &'t str,
    /// Its tasks.
    pub tasks: Vec<Cursor<'t>>,
}

/// A task and what is around it.
pub(super) struct Task<'j, 't> {
    /// The job.
    pub job: &'j Job<'t>,
    /// The group.
    pub group: &'j Group<'t>,
    /// The task's block.
    pub at: Cursor<'t>,
}

/// A service and what is around it.
pub(super) struct Service<'j, 't> {
    /// The job.
    pub job: &'j Job<'t>,
    /// The group.
    pub group: &'j Group<'t>,
    /// The task that it stands in, if not directly in the group.
    pub task: Option<Cursor<'t>>,
    /// The service's block.
    pub at: Cursor<'t>,
}

impl<'t> Job<'t> {
    /// The scene of a `job` block.
    pub fn new(at: Cursor<'t>) -> Self {
        let alone =
            at.blocks_of("task").map(|task| Group { at: None, name: task.label(), tasks: vec![task] });
        let group = |group: Cursor<'t>| Group {
            at: Some(group),
            name: group.label(),
            tasks: group.blocks_of("task").collect(),
        };
        Job { at, kind: kind(at), groups: alone.chain(at.blocks_of("group").map(group)).collect() }
    }

    /// All tasks.
    pub fn tasks(&self) -> impl Iterator<Item = Task<'_, 't>> {
        self.groups
            .iter()
            .flat_map(move |group| group.tasks.iter().map(move |task| Task { job: self, group, at: *task }))
    }

    /// All services, those of groups before those of tasks.
    pub fn services(&self) -> impl Iterator<Item = Service<'_, 't>> {
        self.groups.iter().flat_map(move |group| self.services_of(group))
    }

    /// The services of a group and its tasks.
    pub fn services_of<'j>(&'j self, group: &'j Group<'t>) -> impl Iterator<Item = Service<'j, 't>> {
        let own = group.blocks_of("service").map(move |at| Service { job: self, group, task: None, at });
        let of_tasks = group.tasks.iter().flat_map(move |task| {
            task.blocks_of("service").map(move |at| Service { job: self, group, task: Some(*task), at })
        });
        own.chain(of_tasks)
    }

    /// The name that services are named after.
    pub fn name(&self) -> Option<Text> {
        self.at.text("name").or(self.at.label().into())
    }

    /// Whether tasks run until they are done.
    pub fn is_batch(&self) -> bool {
        matches!(self.kind, Some(Kind::Batch | Kind::SysBatch))
    }
}

impl<'t> Group<'t> {
    /// The blocks of a type in the group.
    pub fn blocks_of(&self, ty: &'t str) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
        self.at.into_iter().flat_map(move |at| at.blocks_of(ty))
    }

    /// What is said about the proxies that Nomad adds for the group's services.
    pub fn proxies(&self) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
        let connects = self.blocks_of("service").flat_map(|service| service.blocks_of("connect"));
        let added = connects.filter(|connect| connect.has("sidecar_service") || connect.has("gateway"));
        added.flat_map(|connect| connect.blocks_of("sidecar_task"))
    }

    /// How many instances run; `None` if that is not known.
    pub fn count(&self) -> Option<i64> {
        let Some(at) = self.at else { return Some(1) };
        let lowest = at.block_of("scaling").map_or(Known::Absent, |scaling| scaling.int("min"));
        match at.int("count") {
            Known::Absent => lowest.or(1),
            count => count.or(1),
        }
    }

    /// A policy that the job may set for all groups and the group for itself.
    pub fn layers(&self, job: &Job<'t>, name: &'t str) -> Layers<'t> {
        Layers { inner: self.at.and_then(|at| at.block_of(name)), outer: job.at.block_of(name) }
    }
}

/// A block that refines another of the same type further out.
#[derive(Clone, Copy)]
pub(super) struct Layers<'t> {
    /// The refinement.
    pub inner: Option<Cursor<'t>>,
    /// What is refined.
    pub outer: Option<Cursor<'t>>,
}

impl<'t> Layers<'t> {
    /// Whether any is written.
    pub fn any(self) -> Option<Cursor<'t>> {
        self.inner.or(self.outer)
    }

    /// The block that says `name`, the inner one first.
    pub fn holder(self, name: &str) -> Option<Cursor<'t>> {
        [self.inner, self.outer].into_iter().flatten().find(|at| at.attr(name).is_some())
    }

    /// A whole number, or `default`.
    pub fn int(self, name: &str, default: i64) -> Option<i64> {
        self.holder(name).map_or(Some(default), |at| at.int(name).or(default))
    }

    /// A duration, or `default`.
    pub fn nanos(self, name: &str, default: i64) -> Option<i64> {
        self.holder(name).map_or(Some(default), |at| at.nanos(name).or(default))
    }

    /// A bool, or `default`.
    pub fn bool(self, name: &str, default: bool) -> Option<bool> {
        self.holder(name).map_or(Some(default), |at| at.bool(name).or(default))
    }

    /// A string, or `default`.
    pub fn text(self, name: &str, default: &str) -> Option<Text> {
        self.holder(name).map_or_else(|| Some(default.into()), |at| at.text(name).or(default.into()))
    }

    /// An error at the first of these attributes that is written.
    pub fn error(self, names: &[&str], code: &'static str, message: impl Into<String>) -> Option<Diagnostic> {
        let (at, name) = names
            .iter()
            .find_map(|name| Some((self.holder(name)?, *name)))
            .or_else(|| Some((self.any()?, "")))?;
        Some(at.error_at(name, code, message))
    }
}

fn kind(job: Cursor<'_>) -> Option<Kind> {
    match job.text("type").or("service".into())?.as_str() {
        "service" => Some(Kind::Service),
        "batch" => Some(Kind::Batch),
        "system" => Some(Kind::System),
        "sysbatch" => Some(Kind::SysBatch),
        _ => None,
    }
}
