//! `packgen render`: jobs from a pack or a jobspec.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use packgen::jobspec::{json, print, validate};
use packgen::pack::{Pack, Rendered, RenderedJob};
use packgen::source::{Diagnostics, FileId};
use packgen::tree::Tree;
use serde_json::{Value, json};

use super::needs;
use super::reply::Reply;
use super::session::{Session, problem};
use super::target::{self, Target};
use super::variables::Variables;
use super::{Outcome, Run};

/// Print the jobs that a pack or a jobspec makes, checked
///
/// Variables come from, in this order and each over the ones before: the pack's defaults, files (`-f`),
/// environment variables (`PACKGEN_VAR_x`), `--var`. Objects are merged, everything else is replaced.
#[derive(Debug, Args)]
pub struct Render {
    /// A built-in pack, a pack's folder, a jobspec, or `-` for standard input.
    #[arg(value_name = "PACK|DIR|FILE|-")]
    target: String,
    #[command(flatten)]
    variables: Variables,
    /// As HCL, or as the JSON that Nomad's API takes: one job for a jobspec, a list of jobs for a pack.
    #[arg(long, value_enum, default_value_t = Format::Hcl)]
    format: Format,
    /// Write one file per job into this folder instead.
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Hcl,
    Json,
}

/// A job, ready to be written.
struct Written<'j> {
    id: &'j str,
    hcl: Cow<'static, str>,
    api: Value,
}

impl Run for Render {
    fn run(&self, session: &Session) -> Outcome {
        match target::find(session, &self.target)? {
            // The process ends with this: to take trees apart piece by piece would only cost time.
            Target::Pack(pack, findings) => self.pack(session, Box::leak(pack), findings),
            Target::File(file, path) => self.file(session, file, &path),
        }
    }
}

impl Render {
    fn pack(&self, session: &Session, pack: &Pack, mut findings: Diagnostics) -> Outcome {
        let mut rendered = pack.render(&self.variables.request(session)?)?;
        findings.extend(std::mem::take(&mut rendered.findings));
        let rendered: &'static Rendered = Box::leak(Box::new(rendered));
        let jobs = rendered
            .jobs
            .as_deref()
            .map_err(|why| problem("not-known", format!("it is not known which jobs run: {why}")))?;
        let api = session.as_json || self.format == Format::Json;
        let written = jobs.iter().map(|job| from_pack(job, api)).collect::<Result<Vec<_>, _>>()?;
        let mut reply = self.reply(&written, true)?;
        if session.as_json {
            let list: Vec<Value> =
                jobs.iter().zip(&written).map(|(job, written)| entry(job, written)).collect();
            reply = reply.field("pack", &*pack.manifest().name.value).field("mark", rendered.mark.clone());
            reply = with_needs(reply.field("jobs", list), rendered);
        }
        Ok(reply.findings(findings))
    }

    fn file(&self, session: &Session, file: FileId, path: &str) -> Outcome {
        self.variables.refuse_name()?;
        let (mut tree, mut findings) = self.variables.jobspec(session, file, path)?;
        if findings.has_errors() {
            return Err(findings);
        }
        findings.extend(self.variables.patch(session, &mut tree)?);
        findings.extend(validate::check(&tree, validate::Options::default()));
        if findings.has_errors() {
            return Err(findings);
        }
        let written = from_tree(&tree)?;
        let reply = self.reply(std::slice::from_ref(&written), false)?;
        let entry = json!({ "id": written.id, "after": [], "text": written.hcl, "job": written.api });
        Ok(reply.field("jobs", vec![entry]).findings(findings))
    }

    fn reply(&self, jobs: &[Written<'_>], many: bool) -> Outcome {
        if let Some(folder) = &self.out {
            return self.write(folder, jobs);
        }
        Ok(match self.format {
            Format::Hcl => {
                Reply { jobs: jobs.iter().map(|job| job.hcl.clone()).collect(), ..Reply::default() }
            }
            Format::Json if many => {
                let list = Value::Array(jobs.iter().map(|job| job.api.clone()).collect());
                Reply::text(format!("{list:#}\n"))
            }
            Format::Json => {
                Reply::text(jobs.iter().map(|job| format!("{:#}\n", job.api)).collect::<Vec<_>>().concat())
            }
        })
    }

    fn write(&self, folder: &Path, jobs: &[Written<'_>]) -> Outcome {
        std::fs::create_dir_all(folder)
            .map_err(|error| problem("io", format!("{}: {error}", folder.display())))?;
        let mut words = String::new();
        for job in jobs {
            let (ending, text) = match self.format {
                Format::Hcl => ("nomad.hcl", job.hcl.clone()),
                Format::Json => ("nomad.json", format!("{:#}\n", job.api).into()),
            };
            let path = folder.join(format!("{}.{ending}", job.id));
            if job.id.contains(['/', '\0']) {
                return Err(problem("io", format!("the job id {:?} cannot be the name of a file", job.id)));
            }
            std::fs::write(&path, &*text)
                .map_err(|error| problem("io", format!("{}: {error}", path.display())))?;
            let _ = writeln!(words, "wrote {}", path.display());
        }
        Ok(Reply::default().words(words))
    }
}

fn entry(job: &RenderedJob, written: &Written<'_>) -> Value {
    json!({ "name": job.name, "id": job.id, "after": job.after, "text": written.hcl, "job": written.api })
}

/// The API's job is made only if it is shown.
fn from_pack(job: &'static RenderedJob, api: bool) -> Result<Written<'static>, Diagnostics> {
    let hcl = job
        .text
        .as_deref()
        .map_err(|why| problem("not-known", format!("job {} is not known yet: {why}", job.id)))?;
    let api = if api { job.json()? } else { Value::Null };
    Ok(Written { id: &job.id, hcl: hcl.into(), api })
}

fn from_tree(tree: &Tree) -> Result<Written<'_>, Diagnostics> {
    let Some(block) = tree.blocks.first() else { return Err(problem("job-missing", "there is no job")) };
    let id = block.labels.first().map_or("", |label| &*label.value);
    Ok(Written { id, hcl: print::print(tree)?.into(), api: json::job(block)? })
}

fn with_needs(reply: Reply, rendered: &Rendered) -> Reply {
    reply
        .field("volumes", needs::volumes(rendered))
        .field("secrets", needs::secrets(rendered))
        .field("outputs", needs::outputs(rendered))
}
