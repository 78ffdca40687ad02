//! The jobs of a render: each file evaluated by itself, patched, checked, printed.

use std::sync::Arc;

use crate::hcl::Value;
use crate::hcl::eval::{Scope, Settled};
use crate::hcl::expand::{Expanded, Expander, nomad_free_form};
use crate::hcl::syntax::BlockSyntax;
use crate::jobspec::validate::{self, Dialect};
use crate::jobspec::{json, patch, print};
use crate::lasting::Str;
use crate::parallel;
use crate::source::{Diagnostic, Diagnostics, Severity};
use crate::tree::{Block, Tree};

use super::super::instance::Instance;
use super::super::{JobFile, Pack, origin};
use super::{Base, Chosen, Request};

/// A job of a pack.
#[derive(Debug)]
pub struct RenderedJob {
    /// Its name in the pack.
    pub name: String,
    /// Its id in Nomad.
    pub id: String,
    /// The ids of the jobs that must run before it.
    pub after: Vec<String>,
    /// The job; values in it may not be known yet.
    pub tree: Tree,
    /// Its text; why there is none, if something in it is not known yet.
    pub text: Result<String, Str>,
}

impl RenderedJob {
    /// The job as Nomad's API takes it.
    pub fn json(&self) -> Result<serde_json::Value, Diagnostic> {
        self.tree.blocks.first().map_or(Ok(serde_json::Value::Null), json::job)
    }

    /// The `job` block.
    pub fn block(&self) -> Option<&Block> {
        self.tree.blocks.first()
    }
}

/// A job that runs, or may run, and what is known for all of them.
pub(super) struct Task<'p> {
    file: &'p JobFile,
    known: Arc<Known<'p>>,
}

/// What the pack's own files have worked out.
pub(super) struct Known<'p> {
    pub settled: Settled<'p>,
    pub volumes: Vec<(String, Value)>,
}

impl Task<'_> {
    /// The length of a job's file tells best how long it takes.
    pub(super) fn weight(&self) -> usize {
        (self.file.block.span.end - self.file.block.span.start) as usize
    }
}

/// What is to be done.
pub(super) fn tasks<'p>(pack: &'p Pack, known: &Arc<Known<'p>>, chosen: &Chosen<'_>) -> Vec<Task<'p>> {
    let stays =
        |file: &&JobFile| chosen.iter().any(|(own, when)| **own == *file.name.value && *when == Ok(false));
    let files = pack.jobs.iter().filter(|file| !stays(file));
    files.map(|file| Task { file, known: known.clone() }).collect()
}

/// A job, what was found while it was made, and then while it was checked.
pub(super) type Made = (RenderedJob, Diagnostics, Diagnostics);

/// Makes a job, and checks and prints it if that can be done `at_once`.
pub(super) fn made(base: &Base<'_>, task: &Task<'_>, at_once: bool) -> Made {
    let (mut job, found) = evaluated(base, task.file, &task.known);
    let checked = at_once && !found.has_errors();
    let checks = if checked { finished(base, &mut job) } else { Diagnostics::new() };
    (job, found, checks)
}

/// The jobs as they are submitted: patched, and all of them checked and printed.
pub(super) fn patched(
    base: &Base<'_>,
    made: Vec<Made>,
    request: &Request,
    out: &mut Diagnostics,
) -> Vec<RenderedJob> {
    let mut jobs = Vec::with_capacity(made.len());
    let mut checks = Diagnostics::new();
    for (job, found, of_job) in made {
        jobs.push(job);
        out.append(found);
        checks.append(of_job);
    }
    if out.has_errors() {
        return jobs;
    }
    out.append(checks);
    if !request.patches.is_empty() {
        patches(base, &mut jobs, request, out);
        for found in parallel::each(jobs.iter_mut().collect(), |_| 0, |job| finished(base, job)) {
            out.append(found);
        }
    }
    jobs
}

/// A job as its file says it.
fn evaluated<'b>(base: &Base<'b>, file: &'b JobFile, known: &'b Known<'b>) -> (RenderedJob, Diagnostics) {
    let mut out = Diagnostics::new();
    let name = &*file.name.value;
    let env = base.env(Some(name), &known.volumes, &file.locals, &mut out).within(&known.settled);
    let (block, text) = expanded(&env.scope(), &file.block, &mut out);
    out.extend(env.take_warnings());
    let (name, id) = (name.to_owned(), base.instance.job_id(name));
    (RenderedJob { name, id, after: Vec::new(), tree: Tree { blocks: vec![block] }, text }, out)
}

/// The block, and why its text is open if it is not known which blocks are in it.
fn expanded(scope: &Scope<'_>, syntax: &BlockSyntax, out: &mut Diagnostics) -> (Block, Result<String, Str>) {
    let mut expander = Expander::new(nomad_free_form);
    let Expanded { attrs, blocks } = expander.body(&syntax.body, scope, None, false);
    out.extend(expander.findings);
    let (ty, labels) = (syntax.ty.clone(), syntax.labels.to_vec());
    let open = expander.unknown.map_or(Ok(String::new()), |unknown| Err(unknown.why));
    (Block { ty, labels, attrs, blocks, via: None, span: syntax.span }, open)
}

/// Marks and checks a job, and prints it if it is sound.
fn finished(base: &Base<'_>, job: &mut RenderedJob) -> Diagnostics {
    let options = validate::Options { dialect: Dialect::Pack, target: base.pack.manifest.nomad };
    let mut found = Diagnostics::new();
    job.tree.blocks.iter_mut().for_each(|block| base.instance.stamp(block));
    validate::structure(&job.tree, options, &mut found);
    if job.text.is_ok() && !found.has_errors() {
        validate::register(&job.tree, options, &mut found);
    }
    let sound = !found.has_errors() && job.text.is_ok();
    origin::check(&job.tree, Severity::Error, &mut found);
    if sound {
        job.text = match job.tree.blocks.iter().find_map(first_unknown) {
            Some(why) => Err(why),
            None => Ok(found.take(print::print(&job.tree)).unwrap_or_default()),
        };
    }
    found
}

/// A patch names a job as the pack does, or by its id.
fn patches(base: &Base<'_>, jobs: &mut [RenderedJob], request: &Request, out: &mut Diagnostics) {
    for given in &request.patches {
        let mut given = given.clone();
        for block in &mut given.blocks {
            let by_id =
                jobs.iter().find(|job| block.labels.first().is_some_and(|label| *label.value == *job.id));
            let by_name = base
                .pack
                .manifest
                .jobs
                .iter()
                .any(|job| block.labels.first().is_some_and(|label| label.value == job.name.value));
            if let (Some(job), false, Some(label)) = (by_id, by_name, block.labels.first_mut()) {
                label.value = job.name.as_str().into();
            }
        }
        let mut trees: Vec<Tree> = jobs.iter_mut().map(|job| std::mem::take(&mut job.tree)).collect();
        out.extend(patch::apply(&mut trees, &given));
        for (job, tree) in jobs.iter_mut().zip(trees) {
            job.tree = tree;
        }
    }
}

fn first_unknown(block: &Block) -> Option<Str> {
    let own =
        block.attrs.iter().find_map(|attr| attr.value.first_unknown()).map(|unknown| unknown.why.clone());
    own.or_else(|| block.blocks.iter().find_map(first_unknown))
}

/// In an order in which each job comes after those it waits for; otherwise as in pack.hcl.
pub(super) fn ordered(pack: &Pack, mut jobs: Vec<RenderedJob>, instance: &Instance<'_>) -> Vec<RenderedJob> {
    let running: Vec<String> = jobs.iter().map(|job| job.name.clone()).collect();
    for job in &mut jobs {
        let after = pack.manifest.job(&job.name).map_or(&[][..], |entry| &entry.after);
        job.after = after
            .iter()
            .filter(|first| running.iter().any(|name| **name == *first.value))
            .map(|first| instance.job_id(first))
            .collect();
    }
    let mut done: Vec<RenderedJob> = Vec::new();
    while !jobs.is_empty() {
        let ready =
            |job: &RenderedJob| job.after.iter().all(|first| done.iter().any(|other| other.id == *first));
        let next = jobs.iter().position(ready).unwrap_or(0);
        done.push(jobs.remove(next));
    }
    done
}
