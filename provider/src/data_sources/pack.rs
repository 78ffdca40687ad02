//! `lostops_pack`: what a pack is, and what it takes.

use std::collections::BTreeMap;

use kit::{Block, Computed, Cx, DataSource, Result};

use crate::config::Settings;
use crate::packs;

/// Tells what a pack is for, which jobs it makes and which variables it takes.
#[derive(Block)]
pub struct Model {
    /// Name of a built-in pack, or the path of a pack's folder.
    pub pack: String,
    /// Its version.
    pub version: Computed<String>,
    /// What it is for, in one line.
    pub summary: Computed<String>,
    /// The names of its jobs.
    pub jobs: Computed<Vec<String>>,
    /// What each variable is for, by name.
    pub variables: Computed<BTreeMap<String, String>>,
    /// The variables that have no default.
    pub required: Computed<Vec<String>>,
    /// What each secret is for, by name.
    pub secrets: Computed<BTreeMap<String, String>>,
}

/// The data source.
pub struct PackInfo;

impl DataSource for PackInfo {
    type Model = Model;
    const NAME: &'static str = "lostops_pack";

    async fn read(&self, cx: &Cx, model: &mut Model) -> Result<()> {
        let pack = packs::open(&model.pack, &cx.provider::<Settings>()?.packs)?;
        let manifest = pack.manifest();
        model.version.set(manifest.version.as_str());
        model.summary.set(manifest.summary.as_str());
        model.jobs.set(manifest.jobs.iter().map(|job| job.name.value.to_string()).collect::<Vec<_>>());
        let described = |name: &str, doc: Option<&str>| (name.to_owned(), doc.unwrap_or_default().to_owned());
        let variables = pack.variables();
        let docs = variables.iter().map(|v| described(&v.name.value, v.description.as_deref()));
        model.variables.set(docs.collect::<BTreeMap<_, _>>());
        let required = variables.iter().filter(|v| v.is_required()).map(|v| v.name.value.to_string());
        model.required.set(required.collect::<Vec<_>>());
        let secrets = manifest.secrets.iter().map(|s| described(&s.name.value, Some(&s.description)));
        model.secrets.set(secrets.collect::<BTreeMap<_, _>>());
        Ok(())
    }
}
