//! What has to be done about each job, found out before anything is changed: whose it is, whether somebody else has
//! changed it since it was looked at, and what registering it would do.

use std::collections::BTreeSet;

use kit::{Diagnostic, Failure, Result};
use nomad::Client;
use nomad::jobs::{Check, Job};
use nomad::plan::{Change, Options, describe};
use serde_json::Value;
use tokio::task::JoinSet;

use super::look::{Memory, look};
use super::mark::{Claim, claim, not_ours};
use super::rendering::Entry;
use super::spec;
use super::state::State;
use super::target::{masked, refused};

/// What is to be done about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Keep,
    /// It is registered as it should be: only follow it.
    Follow,
    /// Register it.
    Register,
    /// It was registered and did not become what it should: place again what has failed.
    Again,
}

/// One job and what is to be done about it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The job on the bill.
    pub entry: Entry,
    /// Its text.
    pub text: String,
    /// The job as the API takes it.
    pub api: Value,
    /// The way to its namespace.
    pub client: Client,
    /// The job as it is now.
    pub known: Option<Job>,
    /// What is to be done.
    pub action: Action,
    /// What must be so for it to be registered.
    pub check: Check,
    /// What registering changes, line by line.
    pub change: Vec<String>,
    /// Whether one of ours is taken over that the state does not know.
    pub adopted: bool,
    /// Whether the version that is there is one to go back to.
    pub well: bool,
    /// Whether another job waits for it.
    pub awaited: bool,
}

/// What is known before anybody is asked.
#[derive(Clone, Debug)]
pub struct Before {
    /// The state so far; none if the resource is to be made.
    pub state: Option<State>,
    /// What was remembered when it was last looked at.
    pub memory: Memory,
    /// By what our jobs are told from others'.
    pub marks: Vec<String>,
    /// Whether values are kept out of sight.
    pub quiet: bool,
}

/// Surveys all jobs at once.
pub async fn survey(client: &Client, jobs: Vec<(Entry, String)>, before: &Before) -> Result<Vec<Step>> {
    let mut looks = JoinSet::new();
    for (at, (entry, text)) in jobs.into_iter().enumerate() {
        let (client, before) = (client.clone(), before.clone());
        looks.spawn(async move { (at, one(client, entry, text, &before).await) });
    }
    let mut steps = looks.join_all().await;
    steps.sort_by_key(|(at, _)| *at);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (_, step) in steps {
        match step {
            Ok(step) => good.push(step),
            Err(problem) => bad.push(problem),
        }
    }
    let awaited: BTreeSet<String> = good.iter().flat_map(|step: &Step| step.entry.after.clone()).collect();
    for step in &mut good {
        step.awaited = awaited.contains(&step.entry.id);
    }
    if bad.is_empty() { Ok(good) } else { Err(Failure(bad)) }
}

async fn one(client: Client, entry: Entry, text: String, before: &Before) -> Result<Step, Diagnostic> {
    let mut api = spec::api(&text, Some(client.namespace()))?;
    let namespace = spec::namespace_of(&api).unwrap_or("default").to_owned();
    let client = client.in_namespace(&namespace);
    let failed = |error: &nomad::Error| refused(format!("Job {} cannot be looked at", entry.id), error);
    let known = client.jobs().read(&entry.id).await.map_err(|error| failed(&error))?;
    let adopted = owned(&entry, &namespace, known.as_ref(), before)?;
    let action = wanted(&entry, &text, &api, known.as_ref(), before);
    let well = before.state.is_some() && !before.memory.unwell.contains(&entry.name);
    let step = Step {
        entry,
        text,
        api: api.clone(),
        client,
        known,
        action,
        check: Check::Any,
        change: Vec::new(),
        adopted,
        well,
        awaited: false,
    };
    if action == Action::Keep || action == Action::Follow {
        return Ok(step);
    }
    unchanged(&step, before).await?;
    if let Some(known) = &step.known {
        spec::keep_scaled(&mut api, known);
    }
    let failed = |error: &nomad::Error| refused(format!("Nomad refuses job {}", step.entry.id), error);
    let plan = step.client.jobs().plan(&api).await.map_err(|error| failed(&error))?;
    let described = describe(&plan, &Options::default());
    let stopped = step.known.as_ref().is_none_or(|known| known.stop);
    let action = match (described.change, action) {
        // Registering what is there already would only make the scheduler look again.
        (Change::None, Action::Register) if !stopped => Action::Follow,
        _ => action,
    };
    let line =
        |line: &nomad::plan::Line| if before.quiet { line.path.clone() } else { masked(&line.to_string()) };
    let change = match described.change {
        Change::Added => vec!["new".to_owned()],
        _ => described.lines.iter().map(line).collect(),
    };
    Ok(Step { api, action, check: Check::of(&plan), change, ..step })
}

/// Whether the job may be touched; if so, whether it is one of ours that the state does not know.
fn owned(entry: &Entry, namespace: &str, known: Option<&Job>, before: &Before) -> Result<bool, Diagnostic> {
    let marks: Vec<&str> = before.marks.iter().map(String::as_str).collect();
    let registered = before.state.as_ref().is_some_and(|state| state.versions.contains_key(&entry.name));
    match claim(known, &marks) {
        Claim::Free => Ok(false),
        Claim::Ours => Ok(!registered),
        // What the state says is ours has no mark if it was made by somebody else and taken over.
        Claim::Theirs(None) if registered => Ok(false),
        Claim::Theirs(owner) => Err(not_ours(&entry.id, namespace, owner.as_deref())),
    }
}

fn wanted(entry: &Entry, text: &str, api: &Value, known: Option<&Job>, before: &Before) -> Action {
    let Some(state) = &before.state else { return Action::Register };
    let name = &entry.name;
    let same = state.texts.get(name).is_some_and(|old| old == text) && state.versions.contains_key(name);
    if !same || before.memory.drift.contains_key(name) {
        return Action::Register;
    }
    match known {
        None if spec::runs_once(api) => Action::Keep,
        None => Action::Register,
        Some(_) if before.memory.unwell.contains(name) => Action::Again,
        Some(_) if state.status.as_deref() == Some("canary") => Action::Follow,
        Some(_) => Action::Keep,
    }
}

/// That nobody has changed the job since it was looked at, apart from what the user was shown.
async fn unchanged(step: &Step, before: &Before) -> Result<(), Diagnostic> {
    let (Some(state), Some(known)) = (&before.state, &step.known) else { return Ok(()) };
    let name = &step.entry.name;
    let index = i64::try_from(known.job_modify_index).unwrap_or_default();
    if before.memory.seen.get(name).is_none_or(|seen| *seen == index) {
        return Ok(());
    }
    let Some(old) = state.texts.get(name) else { return Ok(()) };
    let api = spec::api(old, Some(step.client.namespace()))?;
    let found = look(&step.client, &step.entry.id, &api, before.quiet, None).await;
    let found =
        found.map_err(|error| refused(format!("Job {} cannot be looked at", step.entry.id), &error))?;
    let drift = found.drift();
    let shown = before.memory.drift.get(name).cloned().unwrap_or_default();
    if drift == shown { Ok(()) } else { Err(conflict(step, &drift, &shown)) }
}

fn conflict(step: &Step, drift: &[String], shown: &[String]) -> Diagnostic {
    let shown: BTreeSet<&String> = shown.iter().collect();
    let new = drift.iter().filter(|line| !shown.contains(line));
    let new: Vec<String> = new.map(|line| format!("  {line}")).collect();
    let what =
        if new.is_empty() { "  (what differed before no longer does)".to_owned() } else { new.join("\n") };
    Diagnostic::error(
        format!("Job {} was changed by somebody else since it was planned", step.entry.id),
        format!("Nothing was overwritten. What is different now:\n{what}\nPlan again to see it, then apply."),
    )
}
