//! `lostops_jobspec`: what a pack makes of its variables, without a cluster.

use std::collections::BTreeMap;

use kit::{Block, Computed, Cx, DataSource, Diagnostic, Result, Value};

use crate::config::Settings;
use crate::packs::{self, Use};
use crate::values::from_packgen;

/// Renders a pack: the jobspecs that `packgen render` would print, checked against the whole grammar.
///
/// No cluster is asked. A variable that is missing, misspelt or of the wrong type is an error that points into the
/// pack.
#[derive(Block)]
pub struct Model {
    /// Name of a built-in pack, or the path of a pack's folder.
    pub pack: String,
    /// Name of this use of the pack, which its jobs, services and volumes are called after. Unset: the pack's own.
    #[attr(check = kit::check::dns_label)]
    pub name: Option<String>,
    /// The pack's variables: an object with the fields that you want to set.
    pub variables: Option<Value>,
    /// The jobspecs as HCL text, by the name of the job in the pack.
    pub jobspecs: Computed<BTreeMap<String, String>>,
    /// The ids that the jobs will have in Nomad, each after those that it waits for.
    pub job_ids: Computed<Vec<String>>,
    /// What the pack tells about itself, such as its endpoints. Sensitive outputs are left out.
    pub outputs: Computed<Value>,
}

/// The data source.
pub struct Jobspec;

impl DataSource for Jobspec {
    type Model = Model;
    const NAME: &'static str = "lostops_jobspec";

    async fn read(&self, cx: &Cx, model: &mut Model) -> Result<()> {
        let pack = packs::open(&model.pack, &cx.provider::<Settings>()?.packs)?;
        let (name, variables) = (model.name.as_deref(), packs::variables(model.variables.as_ref()));
        let rendered = packs::render(&pack, Use { name, variables, ..Use::default() })?;
        for finding in &rendered.findings {
            let title = format!("{}: {}", model.pack, finding.message);
            cx.warn(Diagnostic::warning(title, finding.text(pack.sources())));
        }
        let jobs = rendered.jobs.map_err(|why| open("which jobs there are", &why))?;
        let mut jobspecs = BTreeMap::new();
        for job in &jobs {
            let text = job.text.clone().map_err(|why| open(&job.name, &why))?;
            jobspecs.insert(job.name.clone(), text);
        }
        model.jobspecs.set(jobspecs);
        model.job_ids.set(jobs.into_iter().map(|job| job.id).collect::<Vec<_>>());
        let outputs =
            pack.manifest().outputs.iter().filter(|output| !output.sensitive).filter_map(|output| {
                let (name, value) = rendered.outputs.iter().find(|(name, _)| **name == *output.name.value)?;
                Some((name.as_str(), from_packgen(value)))
            });
        model.outputs.set(Value::object(outputs));
        Ok(())
    }
}

fn open(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error("Not known yet", format!("{what} depends on {why}, which is not known."))
}
