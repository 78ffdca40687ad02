//! `packgen run`: secrets, volumes, jobs, in this order, until everything is healthy.
//!
//! All that can be found out beforehand is, so that nothing is half done for a reason that was known: whose
//! the jobs are, which secrets are missing. What fails later ends the command with Nomad's own words.

mod jobs;
mod secrets;
mod volumes;

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use nomad::{Client, Secret};
use packgen::jobspec::validate::did_you_mean;
use packgen::pack::MARK;
use packgen::source::{Diagnostic, Diagnostics, Span};
use serde_json::{Value, json};

use super::cluster::{Cluster, failed};
use super::needs;
use super::plan::in_namespace;
use super::prepared::{Prepared, prepare};
use super::reply::Reply;
use super::session::{Session, problem};
use super::terminal::Terminal;
use super::variables::Variables;
use super::{Outcome, Run as Command};

/// Run the jobs of a pack or a jobspec, and wait until they are healthy
///
/// Secrets that the pack needs come from `PACKGEN_SECRET_x`, `--secret-file`, or what is stored already; one that
/// the pack can make is made. They are stored in Nomad variables before the jobs are registered.
#[derive(Debug, Args)]
pub struct Run {
    /// A built-in pack, a pack's folder, a jobspec, or `-` for standard input.
    #[arg(value_name = "PACK|FILE|-")]
    target: String,
    #[command(flatten)]
    variables: Variables,
    /// Read secrets from a file: .hcl, .json or .yaml with `name = "value"`.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
    /// Register the jobs and do not wait for them.
    #[arg(long)]
    detach: bool,
    /// Give up waiting after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Run a job only if it is as `packgen plan` found it: its index, 0 if it was not there.
    #[arg(long, value_name = "JOB=INDEX")]
    check_index: Vec<String>,
    #[command(flatten)]
    cluster: Cluster,
}

/// What was done.
pub(super) struct Done {
    secrets: Vec<String>,
    volumes: Vec<String>,
    jobs: Vec<jobs::Ran>,
}

impl Command for Run {
    fn run(&self, session: &Session) -> Outcome {
        let prepared = prepare(session, &self.target, &self.variables)?;
        let given = secrets::given(session, &prepared, self.secret_file.as_deref())?;
        let checks = indexes(&prepared, &self.check_index)?;
        let waiting = if self.detach { None } else { Some(Duration::from_secs(self.timeout)) };
        let done =
            self.cluster.run(|client| all(client, &prepared, given, &checks, waiting, session.terminal))?;
        let mut reply = Reply::default().findings(prepared.findings);
        for ran in &done.jobs {
            reply.line(format_args!("{}: {}", ran.id, ran.words));
        }
        for (name, value) in prepared.outputs.iter().filter(|(_, value)| !value.sensitive) {
            reply.line(format_args!("{name} = {}", needs::value(value)));
        }
        let bad = done.jobs.iter().filter(|ran| !ran.good);
        for ran in bad {
            reply = reply.findings(problem("job-failed", format!("{}: {}", ran.id, ran.words)));
        }
        let outputs = prepared.outputs.iter().map(|(name, value)| (name.clone(), needs::value(value)));
        let outputs = Value::Object(outputs.collect());
        let jobs: Vec<Value> =
            done.jobs.iter().map(|ran| json!({ "id": ran.id, "ok": ran.good, "words": ran.words })).collect();
        Ok(reply
            .field("jobs", jobs)
            .field("secrets", done.secrets)
            .field("volumes", done.volumes)
            .field("outputs", outputs))
    }
}

async fn all(
    client: Client,
    prepared: &Prepared,
    given: BTreeMap<String, Secret>,
    checks: &BTreeMap<String, u64>,
    waiting: Option<Duration>,
    terminal: Terminal,
) -> Result<Done, Diagnostics> {
    for job in &prepared.jobs {
        let known = in_namespace(&client, job).jobs().read(&job.id).await.map_err(|error| failed(&error))?;
        ownership(known.as_ref(), prepared.mark.as_deref(), &job.id)
            .map_err(|message| problem("not-ours", message))?;
        let index = known.as_ref().map_or(0, |known| known.job_modify_index);
        if checks.get(&job.id).is_some_and(|planned| *planned != index) {
            return Err(changed(&job.id).into());
        }
    }
    let secrets = secrets::store(&client, prepared, given, terminal).await?;
    let volumes = volumes::make(&client, prepared, terminal).await?;
    let jobs = jobs::run(&client, prepared, checks, waiting, terminal).await?;
    Ok(Done { secrets, volumes, jobs })
}

/// The indexes that the user expects, by job.
fn indexes(prepared: &Prepared, given: &[String]) -> Result<BTreeMap<String, u64>, Diagnostics> {
    let mut checks = BTreeMap::new();
    for text in given {
        let pair = text.rsplit_once('=').and_then(|(id, index)| Some((id, index.parse::<u64>().ok()?)));
        let Some((id, index)) = pair else {
            let finding =
                Diagnostic::error("usage", format!("`--check-index {text}` names no index"), Span::NONE);
            return Err(finding.help("write `--check-index JOB=INDEX`, as `packgen plan` shows it").into());
        };
        if !prepared.jobs.iter().any(|job| job.id == id) {
            let message = format!("`--check-index {text}`: there is no job {id:?} to run");
            let close = did_you_mean(id, prepared.jobs.iter().map(|job| job.id.as_str()));
            return Err(Diagnostic::error("usage", message, Span::NONE).maybe_help(close).into());
        }
        checks.insert(id.to_owned(), index);
    }
    Ok(checks)
}

/// A job is not as it was planned.
fn changed(id: &str) -> Diagnostic {
    let message = format!("job {id:?} was changed since it was planned; nothing was done to it");
    Diagnostic::error("changed", message, Span::NONE).help("see what would happen now: `packgen plan`")
}

/// Whether a job that is there already may be changed: a pack changes only jobs with its own mark.
pub(super) fn ownership(
    known: Option<&nomad::jobs::Job>,
    mark: Option<&str>,
    id: &str,
) -> Result<(), String> {
    let (Some(known), Some(mark)) = (known, mark) else { return Ok(()) };
    match known.meta.get(MARK) {
        _ if known.stop => Ok(()),
        Some(own) if own == mark => Ok(()),
        Some(own) => Err(format!("job {id:?} belongs to {own:?}: choose another `--name`")),
        None => Err(format!(
            "job {id:?} is there already and was not made by this pack: choose another `--name`, or stop it first"
        )),
    }
}
