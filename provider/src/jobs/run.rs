//! Registers jobs, each when those that it waits for are well, and follows all of them at once.
//!
//! What became of each is told when it is known; what is recorded is the caller's business. Must never leave a job that
//! was registered out of what it tells.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use kit::{Cx, Diagnostic};
use nomad::deployment::{
    Batch, Canary, Failure as Failed, Options, Outcome, Progress as Happening, Verdict, watch,
};
use nomad::jobs::{Check, Deregister, Register, Registered, Source};
use tokio::task::JoinSet;

use super::look::{moment, moment_of};
use super::progress::Progress;
use super::spec;
use super::survey::{Action, Step};
use super::target::{masked, refused};

/// After how many failed allocations of a group there is no point in waiting for more of them.
const ENOUGH: usize = 2;

/// How jobs are run.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Whether to wait for health.
    pub wait: bool,
    /// Until when.
    pub deadline: Option<Instant>,
    /// What to do about canaries.
    pub canary: Canary,
    /// Whether a job that was well before goes back if it does not become well.
    pub rollback: bool,
    /// How many log lines of a failing task are wanted.
    pub log_lines: usize,
    /// Where it is told what happens.
    pub progress: Progress,
}

/// What became of a job.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// Whether it was registered, now or before.
    pub registered: bool,
    /// Whether its new text runs; not after it went back to the one before.
    pub current: bool,
    /// Its version and the change that made it, where they are known.
    pub version: Option<(u64, u64)>,
    /// The moment of the job as we have registered it, if it is still that one.
    pub as_registered: Option<String>,
    /// How it is, in one word; none if it is not as it should be.
    pub status: Option<&'static str>,
    /// Why it is not as it should be.
    pub problem: Option<Diagnostic>,
}

/// Told as soon as a job is registered.
pub type OnRegistered<'a> = dyn FnMut(&Step, &Registered) + Send + 'a;

/// Runs all jobs, and says what became of each, by name.
pub async fn run(
    cx: &Cx,
    steps: &[Step],
    manner: &Manner,
    registered: &mut OnRegistered<'_>,
) -> BTreeMap<String, End> {
    let mut ends: BTreeMap<String, End> = BTreeMap::new();
    let mut started: BTreeSet<&str> = BTreeSet::new();
    let mut followed: JoinSet<(String, End)> = JoinSet::new();
    loop {
        let before = started.len();
        for step in steps {
            let id = step.entry.id.as_str();
            let well = |other: &String| is_well(steps, &ends, other);
            if cx.stop().is_cancelled() || started.contains(id) || !step.entry.after.iter().all(well) {
                continue;
            }
            started.insert(id);
            match begin(step, manner).await {
                Ok(Begun::Ended(end)) => {
                    ends.insert(step.entry.name.clone(), end);
                }
                Ok(Begun::Runs(answer, again)) => {
                    registered(step, &answer);
                    let (step, manner) = (step.clone(), manner.clone());
                    followed.spawn(async move {
                        (step.entry.name.clone(), follow(&step, answer, &manner, again).await)
                    });
                }
                Err(problem) => {
                    ends.insert(step.entry.name.clone(), End { problem: Some(problem), ..End::default() });
                }
            }
        }
        if followed.is_empty() {
            if started.len() == before {
                break;
            }
            continue;
        }
        tokio::select! {
            biased;
            done = followed.join_next() => {
                if let Some(Ok((name, end))) = done {
                    ends.insert(name, end);
                }
            }
            () = cx.stop().cancelled() => break,
        }
    }
    for step in steps {
        let begun = started.contains(step.entry.id.as_str());
        ends.entry(step.entry.name.clone()).or_insert_with(|| left(step, begun, cx.stop().is_cancelled()));
    }
    ends
}

fn is_well(steps: &[Step], ends: &BTreeMap<String, End>, id: &str) -> bool {
    let step = steps.iter().find(|step| step.entry.id == id);
    step.is_none_or(|step| ends.get(&step.entry.name).is_some_and(|end| end.status.is_some()))
}

/// A job that was begun and is not finished, or was not begun at all.
fn left(step: &Step, begun: bool, stopped: bool) -> End {
    let id = &step.entry.id;
    let problem = match (begun, stopped) {
        (true, _) => Diagnostic::error(
            format!("Nobody waited for job {id}"),
            "It is registered. Terraform was asked to stop before it was known whether it becomes healthy.",
        ),
        (false, true) => Diagnostic::error(
            format!("Job {id} was not registered"),
            "Terraform was asked to stop before its turn came.",
        ),
        (false, false) => Diagnostic::error(
            format!("Job {id} was not registered"),
            format!("It waits for {}, which did not become healthy.", step.entry.after.join(" and ")),
        ),
    };
    End { registered: begun, current: begun, problem: Some(problem), ..End::default() }
}

enum Begun {
    Ended(End),
    /// It was registered; whether the deployment that failed before is still the one it has.
    Runs(Registered, bool),
}

/// Does the first part about a job: registers it if that is to be done.
async fn begin(step: &Step, manner: &Manner) -> Result<Begun, Diagnostic> {
    let answer = match step.action {
        Action::Keep => {
            let version = step.known.as_ref().map(|known| (known.version, known.job_modify_index));
            let end =
                End { registered: true, current: true, version, status: Some("healthy"), ..End::default() };
            return Ok(Begun::Ended(end));
        }
        Action::Follow => {
            let index = step.known.as_ref().map_or(0, |known| known.job_modify_index);
            Registered { job_modify_index: index, ..Registered::default() }
        }
        Action::Register => {
            let answer = register(step).await?;
            manner.progress.tell(&step.entry.id, &"registered");
            answer
        }
        Action::Again => return again(step, manner).await,
    };
    Ok(Begun::Runs(answer, false))
}

/// Another attempt at a version that has failed. What runs of it stays. If nothing does, Nomad begins anew only for a job
/// that it has forgotten: a failed allocation that may not be rescheduled counts as long as it is known.
async fn again(step: &Step, manner: &Manner) -> Result<Begun, Diagnostic> {
    let id = &step.entry.id;
    let failed = |error: nomad::Error| refused(format!("Job {id} cannot be placed again"), &error);
    let known = step.known.as_ref().map_or((0, 0), |known| (known.version, known.job_modify_index));
    let jobs = step.client.jobs();
    let allocations = jobs.allocations(id).await.map_err(failed)?;
    let runs =
        |alloc: &nomad::Allocation| alloc.job_version == known.0 && !alloc.is_over() && alloc.is_wanted();
    manner.progress.tell(id, &"what has failed is placed again");
    if allocations.iter().any(runs) {
        let evaluated = jobs.evaluate(id, true).await.map_err(failed)?;
        return Ok(Begun::Runs(Registered { job_modify_index: known.1, ..evaluated }, true));
    }
    jobs.deregister(id, Deregister { purge: true, global: false }).await.map_err(failed)?;
    let anew = Step { check: Check::Absent, ..step.clone() };
    Ok(Begun::Runs(register(&anew).await?, false))
}

async fn register(step: &Step) -> Result<Registered, Diagnostic> {
    let how =
        Register { check: step.check, source: Some(Source::Hcl(step.text.clone())), ..Register::default() };
    step.client.jobs().register(&step.api, &how).await.map_err(|error| {
        let id = &step.entry.id;
        if error.is_conflict() {
            refused(format!("Job {id} was changed by somebody else in this very moment"), &error)
        } else {
            refused(format!("Job {id} was not registered"), &error)
        }
    })
}

/// Follows a job to its end, and back if it has to be.
async fn follow(step: &Step, answer: Registered, manner: &Manner, again: bool) -> End {
    let id = &step.entry.id;
    if !manner.wait {
        let known = step.client.jobs().read(id).await.ok().flatten();
        let still = known.as_ref().filter(|known| known.job_modify_index == answer.job_modify_index);
        let as_registered = still.filter(|_| step.action == Action::Register).map(moment_of);
        let version = known.map(|known| (known.version, known.job_modify_index));
        let status = Some("registered");
        return End { registered: true, current: true, version, status, as_registered, problem: None };
    }
    let verdict = match watched(step, &answer, manner, again).await {
        Ok(verdict) => verdict,
        Err(error) => {
            let problem = refused(format!("It is not known what became of job {id}"), &error);
            return End { registered: true, current: true, problem: Some(problem), ..End::default() };
        }
    };
    manner.progress.tell(id, &verdict.outcome);
    let version = Some((verdict.version, answer.job_modify_index));
    if let Some(status) = status(&verdict.outcome) {
        // Then the job is what its text says, and nobody needs to compare.
        let made = step.action == Action::Register && verdict.submit_time != 0;
        let as_registered = made.then(|| moment(answer.job_modify_index, verdict.submit_time));
        return End {
            registered: true,
            current: true,
            version,
            status: Some(status),
            as_registered,
            problem: None,
        };
    }
    let mut words = masked(&verdict.to_string());
    let back = back(step, &verdict, manner).await;
    words.extend(back.iter().map(|(said, _)| format!("\n{said}")));
    let gone_back = verdict.rollback.is_some() || back.as_ref().is_some_and(|(_, done)| *done);
    let known = step.client.jobs().read(id).await.ok().flatten();
    let version = known.map(|known| (known.version, known.job_modify_index)).or(version);
    let first = words.lines().next().unwrap_or_default().to_owned();
    let problem = Diagnostic::error(format!("Job {id}: {first}"), indented(&words));
    End { registered: true, current: !gone_back, version, problem: Some(problem), ..End::default() }
}

async fn watched(
    step: &Step,
    answer: &Registered,
    manner: &Manner,
    again: bool,
) -> Result<Verdict, nomad::Error> {
    let options = Options {
        deadline: manner.deadline,
        canary: manner.canary,
        give_up_after: Some(ENOUGH),
        log_lines: manner.log_lines,
        // Who waits for a batch job waits for what it was to do.
        batch: if step.awaited { Batch::Finished } else { Batch::Started },
        again,
        ..Options::default()
    };
    let mut report = |happening: Happening| manner.progress.tell(&step.entry.id, &happening);
    watch(&step.client, &step.entry.id, answer, &options, &mut report).await
}

fn status(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Healthy => Some("healthy"),
        Outcome::Idle | Outcome::Stopped => Some("idle"),
        Outcome::Scheduled => Some("scheduled"),
        Outcome::Canary => Some("canary"),
        _ => None,
    }
}

/// Goes back to the version that ran before, unless Nomad has done so itself. What it says, and whether it was done. A job
/// that runs once is not: its old version is done, and would be done a second time.
async fn back(step: &Step, verdict: &Verdict, manner: &Manner) -> Option<(String, bool)> {
    let failed = matches!(verdict.outcome, Outcome::Failed { .. } | Outcome::Unplaced);
    let known = step.known.as_ref().filter(|known| !known.stop && known.version < verdict.version)?;
    // What was lost with its node is not the new text's fault: the old one would find no place either.
    let lost = verdict.failures.iter().any(Failed::is_lost);
    let to_go_back = step.well && !lost && !spec::runs_once(&step.api);
    if !manner.rollback || !failed || !to_go_back || verdict.rollback.is_some() {
        return None;
    }
    let to = known.version;
    manner.progress.tell(&step.entry.id, &format!("going back to version {to}"));
    let answer = match step.client.jobs().revert(&step.entry.id, to, Some(verdict.version)).await {
        Ok(answer) => answer,
        Err(error) => return Some((format!("It could not go back to version {to}: {error}"), false)),
    };
    let words = match watched(step, &answer, manner, false).await {
        Ok(verdict) if verdict.is_good() => format!("It went back to version {to}, which is healthy."),
        Ok(verdict) => format!("It went back to version {to}: {}", verdict.outcome),
        Err(error) => format!("It went back to version {to}; what became of it is not known: {error}"),
    };
    Some((masked(&words), true))
}

/// Terraform keeps lines as they stand only if they begin with a space.
fn indented(words: &str) -> String {
    words.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
