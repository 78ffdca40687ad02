//! Jobs that are ready for Nomad, whatever they were made of.

use packgen::hcl::Value;
use packgen::jobspec::{json, print, validate};
use packgen::pack::{NeededSecret, NeededVolume, RenderedJob};
use packgen::source::Diagnostics;
use packgen::tree::Block;

use super::session::{Session, problem};
use super::target::{self, Target};
use super::variables::Variables;

/// What `plan` and `run` work with.
pub struct Prepared {
    /// The jobs, each after those it waits for.
    pub jobs: Vec<Job>,
    /// The volumes they need.
    pub volumes: Vec<NeededVolume>,
    /// The secrets they need.
    pub secrets: Vec<NeededSecret>,
    /// What the pack tells.
    pub outputs: Vec<(String, Value)>,
    /// The mark of the pack's jobs; a jobspec has none.
    pub mark: Option<String>,
    /// Warnings.
    pub findings: Diagnostics,
}

/// A job.
pub struct Job {
    /// Its id.
    pub id: String,
    /// The ids of the jobs that must run before it.
    pub after: Vec<String>,
    /// Its text.
    pub text: String,
    /// The job as the API takes it.
    pub api: serde_json::Value,
}

/// Renders what a word on the command line stands for.
pub fn prepare(session: &Session, word: &str, variables: &Variables) -> Result<Prepared, Diagnostics> {
    match target::find(session, word)? {
        Target::Pack(pack, mut findings) => {
            let rendered = pack.render(&variables.request(session)?)?;
            findings.extend(rendered.findings);
            let jobs = rendered
                .jobs
                .map_err(|why| problem("not-known", format!("it is not known which jobs run: {why}")))?;
            Ok(Prepared {
                jobs: jobs.iter().map(from_pack).collect::<Result<_, _>>()?,
                volumes: rendered.volumes,
                secrets: rendered.secrets,
                outputs: rendered.outputs,
                mark: Some(rendered.mark),
                findings,
            })
        }
        Target::File(file, path) => {
            variables.refuse_name()?;
            let (mut tree, mut findings) = variables.jobspec(session, file, &path)?;
            if !findings.has_errors() {
                findings.extend(variables.patch(session, &mut tree)?);
                findings.extend(validate::check(&tree, validate::Options::default()));
            }
            if findings.has_errors() {
                return Err(findings);
            }
            let text = print::print(&tree)?;
            let job = |block: &Block| {
                Ok::<_, Diagnostics>(Job {
                    id: id(block),
                    after: Vec::new(),
                    text: text.clone(),
                    api: json::job(block)?,
                })
            };
            let jobs = tree.blocks.iter().map(job).collect::<Result<_, _>>()?;
            Ok(Prepared {
                jobs,
                volumes: Vec::new(),
                secrets: Vec::new(),
                outputs: Vec::new(),
                mark: None,
                findings,
            })
        }
    }
}

fn from_pack(job: &RenderedJob) -> Result<Job, Diagnostics> {
    let text = job
        .text
        .clone()
        .map_err(|why| problem("not-known", format!("job {} is not known yet: {why}", job.id)))?;
    Ok(Job { id: job.id.clone(), after: job.after.clone(), text, api: job.json()? })
}

fn id(block: &Block) -> String {
    let written = block.attr("id").and_then(|attr| attr.value.as_str().map(str::to_owned));
    written.or_else(|| block.labels.first().map(|label| label.to_string())).unwrap_or_default()
}
