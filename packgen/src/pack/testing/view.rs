//! What the conditions of a test see of a render.
//!
//! `job.<name>` is the job as Nomad's API has it (`job.web.TaskGroups[0].Count`), `text.<name>` its text,
//! `file.<name>["local/x.yaml"]` what its templates carry, by destination; `output`, `volume` and `secret`
//! are what the pack says, and `ids` are the ids of the jobs in the order in which they start.

use crate::hcl::data::json;
use crate::hcl::{Entry, Type, Value};
use crate::jobspec::cursor::Cursor;

use super::super::{NeededSecret, NeededVolume, Rendered, RenderedJob};

/// The names and values.
pub(super) fn scene(rendered: &Rendered) -> Vec<(&'static str, Value)> {
    let jobs = rendered.jobs.as_deref().unwrap_or_default();
    let by_name = |value: &dyn Fn(&RenderedJob) -> Value| {
        Value::object(jobs.iter().map(|job| Entry::new(job.name.as_str(), value(job))).collect())
    };
    let volumes =
        rendered.volumes.iter().map(|volume| Entry::new(volume.name.as_str(), volume_value(volume)));
    let secrets =
        rendered.secrets.iter().map(|secret| Entry::new(secret.name.as_str(), secret_value(secret)));
    let outputs = rendered.outputs.iter().map(|(name, value)| Entry::new(name.as_str(), loose(value)));
    vec![
        ("job", by_name(&api)),
        (
            "text",
            by_name(&|job| {
                job.text.clone().map_or_else(|why| Value::unknown(Type::String, why), Value::string)
            }),
        ),
        ("file", by_name(&files)),
        ("output", Value::object(outputs.collect())),
        ("volume", Value::object(volumes.collect())),
        ("secret", Value::object(secrets.collect())),
        ("ids", Value::tuple(jobs.iter().map(|job| Value::string(job.id.as_str())).collect())),
    ]
}

/// Lists as `[…]` and maps as `{…}` make them, so that a condition can compare with what it writes.
fn loose(value: &Value) -> Value {
    let entry = |entry: &Entry| Entry { value: loose(&entry.value), ..entry.clone() };
    let made = match (value.items(), value.entries()) {
        (Some(items), _) => Value::tuple(items.iter().map(loose).collect()),
        (_, Some(entries)) => Value::object(entries.iter().map(entry).collect()),
        _ => return value.clone(),
    };
    made.with_at(value.at).with_sensitive(value.sensitive)
}

/// The API's job; what is not known yet makes all of it unknown.
fn api(job: &RenderedJob) -> Value {
    let made = job
        .text
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|_| job.json().map_err(|finding| finding.message));
    match made.and_then(|api| json::decode(&api.to_string())) {
        Ok(value) => value,
        Err(why) => Value::unknown(Type::Any, why),
    }
}

fn files(job: &RenderedJob) -> Value {
    let mut entries = Vec::new();
    for group in job.block().into_iter().map(Cursor::top).flat_map(|job| job.blocks_of("group")) {
        let tasks = group.blocks_of("task");
        for template in tasks.flat_map(|task| task.blocks_of("template")) {
            if let (Some(path), Some(data)) = (template.text("destination").is(), template.attr("data")) {
                entries.push(Entry::new(path.as_str(), data.value.clone()));
            }
        }
    }
    Value::object(entries)
}

fn volume_value(volume: &NeededVolume) -> Value {
    Value::object(vec![
        Entry::new("called", volume.called.clone()),
        Entry::new("gid", volume.gid.clone()),
        Entry::new("job", volume.job.as_str().into()),
        Entry::new("mode", volume.mode.clone()),
        Entry::new("node_pool", volume.node_pool.clone()),
        Entry::new("size", volume.size.clone()),
        Entry::new("uid", volume.uid.clone()),
    ])
}

fn secret_value(secret: &NeededSecret) -> Value {
    Value::object(vec![
        Entry::new("generated", secret.generate.is_some().into()),
        Entry::new("key", secret.key.as_str().into()),
        Entry::new(
            "paths",
            Value::tuple(secret.paths.iter().map(|(path, _)| path.as_str().into()).collect()),
        ),
    ])
}
