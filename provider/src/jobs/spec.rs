//! A jobspec's text as the job that Nomad's API takes, and what can be told from it without asking anybody.
//!
//! Pure. The text is what was planned and shown; nothing here may add to it what a person could not read there, but the
//! namespace that the connection names.

use kit::Diagnostic;
use nomad::jobs::Job;
use packgen::jobspec::{bare, json};
use packgen::source::SourceMap;
use serde_json::Value;

use crate::packs::told;

/// The job of a canonical text. The namespace is where it is looked for if it names none.
pub fn api(text: &str, namespace: Option<&str>) -> Result<Value, Diagnostic> {
    let sources = SourceMap::new();
    let file = sources.add("jobspec", text);
    let (tree, findings) = bare::read(&sources, file, &bare::Inputs::default());
    let title = "A jobspec in the state cannot be read";
    if findings.has_errors() {
        return Err(told(title, &findings, &sources));
    }
    let Some(block) = tree.blocks.first() else {
        return Err(Diagnostic::error(title, "It holds no job."));
    };
    let mut job = json::job(block).map_err(|finding| told(title, &finding.into(), &sources))?;
    if let Some(namespace) = namespace.filter(|_| namespace_of(&job).is_none()) {
        job["Namespace"] = namespace.into();
    }
    Ok(job)
}

/// The namespace that a job names.
pub fn namespace_of(job: &Value) -> Option<&str> {
    job["Namespace"].as_str().filter(|name| !name.is_empty())
}

/// Whether a job runs once and is done: neither for ever, nor by the clock or on demand.
pub fn runs_once(job: &Value) -> bool {
    let batch = matches!(job["Type"].as_str(), Some("batch" | "sysbatch"));
    batch && job["Periodic"].is_null() && job["ParameterizedJob"].is_null()
}

/// The job with the counts that an autoscaler has set, where both sides leave them to one.
pub fn keep_scaled(job: &mut Value, known: &Job) {
    let Some(groups) = job["TaskGroups"].as_array_mut() else { return };
    for group in groups {
        let name = group["Name"].as_str().unwrap_or_default().to_owned();
        let scaled = group["Scaling"]["Enabled"].as_bool() != Some(false) && !group["Scaling"].is_null();
        let runs = known.task_groups.iter().find(|other| other.name == name);
        let theirs = known.scaled_groups().any(|other| other == name);
        if let Some(runs) = runs.filter(|_| scaled && theirs) {
            group["Count"] = runs.count.into();
        }
    }
}
