//! Asks Nomad what a plan would do, and tells it as warnings: one for each job that would change.
//!
//! What Nomad says never becomes a planned value: Terraform plans again at apply and compares. Must never fail because
//! Nomad is down, unless the provider was told that Nomad is required.

use std::collections::BTreeSet;

use kit::{Cx, Diagnostic, Result};
use nomad::Client;
use nomad::jobs::Job;
use nomad::plan::{Change, Described, Options, describe};
use tokio::task::JoinSet;

use super::mark::{Claim, claim};
use super::resource::as_warning;
use super::spec;
use super::target::{masked, refused};

/// A job that would be registered.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Whether it is to be made, so that one that is there already has to be ours.
    pub new: bool,
    /// The volumes that are made before it is registered, if they are not there.
    pub volumes: Vec<String>,
}

/// How much may be told.
#[derive(Clone, Debug)]
pub struct Manner {
    /// By what our jobs are told from others'.
    pub marks: Vec<String>,
    /// Whether values in the jobs are shown.
    pub quiet: bool,
    /// Whether Nomad has to answer.
    pub required: bool,
}

/// Most lines that a warning shows.
const LINES: usize = 60;

/// Asks about all jobs at once, and warns.
pub async fn ask(cx: &Cx, client: &Client, questions: Vec<Question>, manner: &Manner) -> Result<()> {
    let mut asked = JoinSet::new();
    for (at, question) in questions.into_iter().enumerate() {
        let (client, manner) = (client.clone(), manner.clone());
        asked.spawn(async move { (at, one(&client, question, &manner).await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    let mut unasked = BTreeSet::new();
    for (_, answer) in answers {
        match answer {
            Ok(warning) => warning.into_iter().for_each(|warning| cx.warn(warning)),
            Err(problem) if manner.required => return Err(problem.into()),
            // Of a Nomad that is down every job would say the same.
            Err(problem) if !unasked.insert(problem.summary.clone()) => {}
            Err(problem) => cx.warn(as_warning(problem)),
        }
    }
    Ok(())
}

async fn one(client: &Client, question: Question, manner: &Manner) -> Result<Option<Diagnostic>, Diagnostic> {
    let Question { id, text, new, volumes } = question;
    let mut api = spec::api(&text, Some(client.namespace()))?;
    let namespace = spec::namespace_of(&api).unwrap_or("default").to_owned();
    let client = client.in_namespace(&namespace);
    let unasked = |error: &nomad::Error| not_asked(&id, error);
    let known = client.jobs().read(&id).await.map_err(|error| unasked(&error))?;
    if let Some(known) = &known {
        spec::keep_scaled(&mut api, known);
    }
    let plan = client.jobs().plan(&api).await.map_err(|error| unasked(&error))?;
    let described = describe(&plan, &Options::default());
    let marks: Vec<&str> = manner.marks.iter().map(String::as_str).collect();
    let claim = if new { claim(known.as_ref(), &marks) } else { Claim::Ours };
    let owner = match claim {
        Claim::Theirs(owner) => {
            Some(owner.unwrap_or_else(|| "somebody without a mark of lostops".to_owned()))
        }
        Claim::Free | Claim::Ours => None,
    };
    Ok(warning(
        &id,
        &namespace,
        &described,
        &Circumstances { owner, new, known, volumes, quiet: manner.quiet },
    ))
}

/// What else is to be said about a job.
struct Circumstances {
    owner: Option<String>,
    new: bool,
    known: Option<Job>,
    volumes: Vec<String>,
    quiet: bool,
}

fn warning(id: &str, namespace: &str, described: &Described, around: &Circumstances) -> Option<Diagnostic> {
    let mut lines: Vec<String> = Vec::new();
    if let Some(owner) = &around.owner {
        lines
            .push(format!("! It is there already and belongs to {owner}: an apply will refuse to touch it."));
    } else if around.new && around.known.as_ref().is_some_and(|known| !known.stop) {
        lines.push("! It is there already and carries our mark: an apply takes it over.".to_owned());
    }
    lines.extend(described.groups.iter().map(|(group, counts)| format!("group {group}: {counts}")));
    let shown = described.lines.iter().take(LINES);
    lines.extend(shown.map(|line| {
        if around.quiet { format!("~ {}", line.path) } else { format!("~ {}", masked(&line.to_string())) }
    }));
    if described.lines.len() > LINES {
        lines.push(format!("… and {} more", described.lines.len() - LINES));
    }
    lines.extend(unplaced(described, &around.volumes));
    if !described.preempted.is_empty() {
        lines.push(format!("! These would have to make room: {}", described.preempted.join(", ")));
    }
    lines.extend(described.warnings.iter().map(|warning| format!("! Nomad warns: {}", masked(warning))));
    lines.extend(described.next_launch.iter().map(|time| format!("It runs next at {time}.")));
    let what = match described.change {
        Change::Added => "is new",
        Change::Edited | Change::Deleted => "changes",
        Change::None if !lines.iter().any(|line| line.starts_with('!')) => return None,
        Change::None => "stays as it is",
    };
    let lines: Vec<String> = lines.into_iter().map(|line| format!("  {line}")).collect();
    let detail = format!("What Nomad would do now:\n{}", lines.join("\n"));
    Some(Diagnostic::warning(format!("Job {id} (namespace {namespace}) {what}"), detail))
}

/// What cannot be placed. That a volume is missing which the apply makes first is no reason.
fn unplaced(described: &Described, volumes: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for (group, (count, reasons)) in &described.unplaced {
        let ours = |reason: &&String| volumes.is_empty() || !reason.contains("no such host volume");
        let reasons: Vec<&str> = reasons.iter().filter(ours).map(String::as_str).collect();
        if reasons.is_empty() {
            lines.push(format!("group {group}: {} is made first, if it is not there", volumes.join(", ")));
        } else {
            lines.push(format!("! group {group}: {count} cannot be placed now: {}", reasons.join("; ")));
        }
    }
    lines
}

/// Nomad has not said anything about a job. Of a Nomad that cannot be reached every job would say the same: so the
/// summary names the addresses, and Terraform shows it once.
pub fn not_asked(id: &str, error: &nomad::Error) -> Diagnostic {
    if error.is_unreachable() {
        let nomad::Problem::Unreachable(tried) = error.problem() else {
            return refused("Nomad cannot be reached", error);
        };
        let addresses: Vec<&str> = tried.iter().map(|(address, _)| address.as_str()).collect();
        return refused(format!("Nomad cannot be reached at {}", addresses.join(", ")), error);
    }
    let answered = error.status().is_some() && !error.is_forbidden();
    let what = if answered { "refuses" } else { "does not say what it thinks of" };
    refused(format!("Nomad {what} job {id}"), error)
}
