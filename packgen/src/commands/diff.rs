//! `packgen diff`: what differs between two packs, jobspecs, or renders of them.

use clap::Args;
use packgen::jobspec::diff::{self, Change};
use packgen::source::Diagnostics;
use packgen::tree::Block;
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::{Session, problem};
use super::target::{self, Target};
use super::variables::Variables;
use super::{Outcome, Run};

/// Show what differs between two packs or jobspecs, whatever their layout
#[derive(Debug, Args)]
pub struct Diff {
    /// The one before: a pack, a folder, a jobspec, or `-`.
    before: String,
    /// The one after.
    after: String,
    #[command(flatten)]
    variables: Variables,
}

impl Run for Diff {
    fn run(&self, session: &Session) -> Outcome {
        if self.before == "-" && self.after == "-" {
            return Err(problem("usage", "only one of the two can be standard input"));
        }
        let mut reply = Reply::default();
        let before = self.jobs(session, &self.before, &mut reply.findings)?;
        let after = self.jobs(session, &self.after, &mut reply.findings)?;
        if reply.findings.has_errors() {
            return Err(reply.findings);
        }
        let changes = compare(&before, &after);
        reply.different = !changes.is_empty();
        for (job, change) in &changes {
            reply.line(format_args!("{job}: {change}"));
        }
        let list: Vec<Value> = changes.iter().map(|(job, change)| entry(job, change)).collect();
        Ok(reply.field("changes", list))
    }
}

impl Diff {
    fn jobs(
        &self,
        session: &Session,
        word: &str,
        findings: &mut Diagnostics,
    ) -> Result<Vec<Block>, Diagnostics> {
        match target::find(session, word)? {
            Target::Pack(pack, found) => {
                findings.extend(found);
                let rendered = pack.render(&self.variables.request(session)?)?;
                findings.extend(rendered.findings);
                let jobs = rendered
                    .jobs
                    .map_err(|why| problem("not-known", format!("it is not known which jobs run: {why}")))?;
                Ok(jobs.into_iter().flat_map(|job| job.tree.blocks).collect())
            }
            Target::File(file, path) => {
                let (tree, found) = self.variables.jobspec(session, file, &path)?;
                findings.extend(found);
                Ok(tree.blocks)
            }
        }
    }
}

/// Two single jobs are compared whatever their names; several by their names.
fn compare(before: &[Block], after: &[Block]) -> Vec<(String, Change)> {
    if let ([old], [new]) = (before, after) {
        return changes(old, new);
    }
    let twin = |job: &Block, among: &[Block]| among.iter().position(|other| name(other) == name(job));
    let mut all = Vec::new();
    for job in after {
        match twin(job, before).and_then(|at| before.get(at)) {
            Some(old) => all.extend(changes(old, job)),
            None => all.push((name(job), whole("job", None, Some("new")))),
        }
    }
    for job in before.iter().filter(|job| twin(job, after).is_none()) {
        all.push((name(job), whole("job", Some("gone"), None)));
    }
    all
}

fn changes(old: &Block, new: &Block) -> Vec<(String, Change)> {
    let mut all: Vec<(String, Change)> =
        diff::jobs(old, new).into_iter().map(|change| (name(new), change)).collect();
    if name(old) != name(new) {
        all.insert(0, (name(new), whole("id", Some(&name(old)), Some(&name(new)))));
    }
    all
}

fn whole(path: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        path: path.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        before_at: packgen::source::Span::NONE,
        after_at: packgen::source::Span::NONE,
    }
}

fn name(job: &Block) -> String {
    job.labels.first().map_or_else(String::new, |label| label.to_string())
}

fn entry(job: &str, change: &Change) -> Value {
    json!({ "job": job, "path": change.path, "before": change.before, "after": change.after })
}
