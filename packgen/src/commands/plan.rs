//! `packgen plan`: what Nomad would do with the jobs. Nothing is changed.

use clap::Args;
use nomad::Client;
use nomad::plan::{Change, Described, Line, Options, describe};
use packgen::source::{Diagnostic, Diagnostics, Span};
use serde_json::{Value, json};

use super::cluster::{Cluster, failed};
use super::prepared::{Job, Prepared, prepare};
use super::reply::Reply;
use super::run::ownership;
use super::session::Session;
use super::variables::Variables;
use super::{Outcome, Run};

/// Ask Nomad what it would do with the jobs of a pack or a jobspec
#[derive(Debug, Args)]
pub struct Plan {
    /// A built-in pack, a pack's folder, a jobspec, or `-` for standard input.
    #[arg(value_name = "PACK|FILE|-")]
    target: String,
    #[command(flatten)]
    variables: Variables,
    /// Exit with status 2 if anything would change.
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    cluster: Cluster,
}

impl Run for Plan {
    fn run(&self, session: &Session) -> Outcome {
        let prepared = prepare(session, &self.target, &self.variables)?;
        let (planned, findings) = self.cluster.run(|client| ask(client, &prepared))?;
        let changed = planned.iter().any(|(_, _, described)| described.change != Change::None);
        let mut reply =
            Reply { different: changed && self.detailed_exitcode, changes: true, ..Reply::default() };
        for (id, index, described) in &planned {
            tell(&mut reply, id, *index, described);
        }
        let list: Vec<Value> =
            planned.iter().map(|(id, index, described)| entry(id, *index, described)).collect();
        Ok(reply.field("changed", changed).field("jobs", list).findings(prepared.findings).findings(findings))
    }
}

/// A job, the index of its last change, and what would become of it.
type Planned = (String, u64, Described);

async fn ask(client: Client, prepared: &Prepared) -> Result<(Vec<Planned>, Diagnostics), Diagnostics> {
    let mut planned = Vec::new();
    let mut findings = Diagnostics::new();
    for job in &prepared.jobs {
        let here = in_namespace(&client, job);
        let known = here.jobs().read(&job.id).await.map_err(|error| failed(&error))?;
        let scaled = known.iter().flat_map(nomad::jobs::Job::scaled_groups).map(str::to_owned).collect();
        if let Err(message) = ownership(known.as_ref(), prepared.mark.as_deref(), &job.id) {
            findings.push(Diagnostic::warning(
                "not-ours",
                format!("{message}; `packgen run` would refuse"),
                Span::NONE,
            ));
        }
        let plan = here.jobs().plan(&job.api).await.map_err(|error| failed(&error))?;
        planned.push((
            job.id.clone(),
            plan.job_modify_index,
            describe(&plan, &Options { scaled_groups: scaled, ..Options::default() }),
        ));
    }
    Ok((planned, findings))
}

/// The client for the namespace that a job names.
pub fn in_namespace(client: &Client, job: &Job) -> Client {
    match job.api["Namespace"].as_str() {
        Some(namespace) if !namespace.is_empty() => client.in_namespace(namespace),
        _ => client.clone(),
    }
}

fn tell(reply: &mut Reply, id: &str, index: u64, described: &Described) {
    let word = match described.change {
        Change::None => "no change",
        Change::Added => "new",
        Change::Deleted => "gone",
        Change::Edited => "changed",
    };
    reply.line(format_args!("{} {id}: {word}", sign(described.change)));
    described.lines.iter().for_each(|line| reply.line(format_args!("  {} {line}", sign(line.change))));
    for (group, counts) in &described.groups {
        reply.line(format_args!("    group {group}: {counts}"));
    }
    for (group, (count, reasons)) in &described.unplaced {
        reply.line(format_args!("  ! group {group}: {count} cannot be placed now: {}", reasons.join("; ")));
    }
    described.warnings.iter().for_each(|warning| reply.line(format_args!("  ! Nomad warns: {warning}")));
    described.next_launch.iter().for_each(|time| reply.line(format_args!("    runs next at {time}")));
    if described.change != Change::None {
        reply.line(format_args!("    to run just this: `packgen run` with `--check-index {id}={index}`"));
    }
}

fn sign(change: Change) -> char {
    match change {
        Change::None => ' ',
        Change::Added => '+',
        Change::Deleted => '-',
        Change::Edited => '~',
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::None => "none",
        Change::Added => "added",
        Change::Deleted => "deleted",
        Change::Edited => "edited",
    }
}

fn entry(id: &str, index: u64, described: &Described) -> Value {
    let line = |line: &Line| json!({ "change": word(line.change), "path": line.path, "before": line.old, "after": line.new });
    let lines: Vec<Value> = described.lines.iter().map(line).collect();
    let groups: Vec<Value> = described
        .groups
        .iter()
        .map(|(name, counts)| json!({ "group": name, "words": counts.to_string() }))
        .collect();
    let unplaced: Vec<Value> = described
        .unplaced
        .iter()
        .map(|(name, (count, reasons))| json!({ "group": name, "count": count, "reasons": reasons }))
        .collect();
    json!({
        "id": id,
        "index": index,
        "change": word(described.change),
        "lines": lines,
        "groups": groups,
        "unplaced": unplaced,
        "warnings": described.warnings,
        "next_launch": described.next_launch,
    })
}
