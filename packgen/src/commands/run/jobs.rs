//! Registers jobs, each when those it waits for are well, and follows all of them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use nomad::Client;
use nomad::deployment::{Batch, Options, watch};
use nomad::jobs::{Check, Register, Registered, Source};
use packgen::source::Diagnostics;
use tokio::task::JoinSet;

use super::super::cluster::failed;
use super::super::plan::in_namespace;
use super::super::prepared::{Job, Prepared};
use super::super::session::problem;
use super::super::terminal::Terminal;
use super::changed;

/// What became of a job.
pub struct Ran {
    /// Its id.
    pub id: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// The verdict in words.
    pub words: String,
}

/// Runs all jobs. Without `waiting` they are registered one after the other and not followed.
pub async fn run(
    client: &Client,
    prepared: &Prepared,
    checks: &BTreeMap<String, u64>,
    waiting: Option<Duration>,
    terminal: Terminal,
) -> Result<Vec<Ran>, Diagnostics> {
    let mut ran: Vec<Ran> = Vec::new();
    let mut started: BTreeSet<&str> = BTreeSet::new();
    let mut followed: JoinSet<Result<Ran, nomad::Error>> = JoinSet::new();
    loop {
        for job in &prepared.jobs {
            let well = |id: &String| ran.iter().any(|other| other.id == *id && other.good);
            if started.contains(job.id.as_str()) || !job.after.iter().all(well) {
                continue;
            }
            started.insert(&job.id);
            let registered = register(client, job, checks.get(&job.id).copied(), terminal).await?;
            match waiting {
                None => ran.push(Ran { id: job.id.clone(), good: true, words: "registered".to_owned() }),
                Some(waiting) => {
                    let client = in_namespace(client, job);
                    let awaited = prepared.jobs.iter().any(|other| other.after.contains(&job.id));
                    // Who waits for a batch job waits for what it was to do.
                    let batch = if awaited { Batch::Finished } else { Batch::Started };
                    let options =
                        Options { deadline: Some(Instant::now() + waiting), batch, ..Options::default() };
                    followed.spawn(follow(client, job.id.clone(), registered, options, terminal));
                }
            }
        }
        match followed.join_next().await {
            Some(Ok(Ok(done))) => {
                terminal.say(&format!("{}: {}", done.id, done.words.lines().next().unwrap_or("")));
                ran.push(done);
            }
            Some(Ok(Err(error))) => return Err(failed(&error)),
            Some(Err(error)) => return Err(problem("nomad", error.to_string())),
            None if waiting.is_none() && started.len() < prepared.jobs.len() => {}
            None => break,
        }
    }
    let left = prepared.jobs.iter().filter(|job| !started.contains(job.id.as_str()));
    let skipped = left.map(|job| Ran {
        id: job.id.clone(),
        good: false,
        words: format!("not started: {} did not become healthy", job.after.join(" or ")),
    });
    ran.extend(skipped);
    ran.sort_by_key(|done| prepared.jobs.iter().position(|job| job.id == done.id));
    Ok(ran)
}

async fn register(
    client: &Client,
    job: &Job,
    index: Option<u64>,
    terminal: Terminal,
) -> Result<Registered, Diagnostics> {
    let check = match index {
        None => Check::default(),
        Some(0) => Check::Absent,
        Some(index) => Check::At(index),
    };
    let how = Register { check, source: Some(Source::Hcl(job.text.clone())), ..Register::default() };
    let registered = client.jobs().register(&job.api, &how).await.map_err(|error| {
        if index.is_some() && error.is_conflict() { changed(&job.id).into() } else { failed(&error) }
    })?;
    terminal.say(&format!("{}: registered", job.id));
    for warning in registered.warnings.lines().filter(|line| !line.trim().is_empty()) {
        terminal.say(&format!("{}: Nomad warns: {}", job.id, warning.trim()));
    }
    Ok(registered)
}

async fn follow(
    client: Client,
    id: String,
    registered: Registered,
    options: Options,
    terminal: Terminal,
) -> Result<Ran, nomad::Error> {
    let name = id.clone();
    let mut report =
        move |progress: nomad::deployment::Progress| terminal.say(&format!("{name}: {progress}"));
    let verdict = watch(&client, &id, &registered, &options, &mut report).await?;
    Ok(Ran { id, good: verdict.is_good(), words: verdict.to_string() })
}
