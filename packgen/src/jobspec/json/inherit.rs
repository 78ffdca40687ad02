//! What a job or group says for all its tasks: the API has it in each task.

use serde_json::{Map, Value as Json};

use crate::source::Diagnostic;
use crate::tree::Block;

use super::super::grammar::{Body, GROUP, JOB};
use super::{body_json, object};

type Object = Map<String, Json>;

/// Names the job, puts its own tasks into groups, and hands down `vault` and `secret`.
pub(super) fn complete(job: &mut Object, block: &Block) -> Result<(), Diagnostic> {
    let label = block.labels.first().map_or_else(String::new, |label| label.to_string());
    for field in ["ID", "Name"] {
        if job.get(field).is_none_or(Json::is_null) {
            job.insert(field.to_owned(), label.clone().into());
        }
    }
    let mut groups = groups_of_tasks(block)?;
    if let Some(Json::Array(written)) = job.remove("TaskGroups") {
        groups.extend(
            written
                .into_iter()
                .zip(block.blocks_of("group"))
                .map(hand_down_group)
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    let vault = last_of(&JOB, block, "vault")?;
    let secrets = all_of(&JOB, block, "secret")?;
    for task in groups.iter_mut().flat_map(tasks_of) {
        inherit_vault(task, &vault);
        let mut all = list_of(task, "Secrets");
        all.extend(secrets.iter().cloned());
        set_list(task, "Secrets", all);
    }
    set_list(job, "TaskGroups", groups);
    Ok(())
}

/// A group for each task that stands directly in the job.
fn groups_of_tasks(job: &Block) -> Result<Vec<Json>, Diagnostic> {
    let group = |task: Json| {
        let mut group = object(&GROUP, &bare())?;
        group.insert("Name".to_owned(), task.get("Name").cloned().unwrap_or(Json::Null));
        group.insert("Tasks".to_owned(), Json::Array(vec![task]));
        Ok(Json::Object(group))
    };
    all_of(&JOB, job, "task")?.into_iter().map(group).collect()
}

fn bare() -> Block {
    Block {
        ty: crate::source::Spanned::new("group".into(), crate::source::Span::NONE),
        labels: Vec::new(),
        attrs: Vec::new(),
        blocks: Vec::new(),
        via: None,
        span: crate::source::Span::NONE,
    }
}

/// Where a task has secrets of its own, Nomad repeats those in place of the group's: kept as it is.
fn hand_down_group((mut group, block): (Json, &Block)) -> Result<Json, Diagnostic> {
    let vault = last_of(&GROUP, block, "vault")?;
    let secrets = all_of(&GROUP, block, "secret")?;
    for task in tasks_of(&mut group) {
        inherit_vault(task, &vault);
        if !secrets.is_empty() {
            let own = list_of(task, "Secrets");
            let all = if own.is_empty() { secrets.clone() } else { [own.clone(), own].concat() };
            set_list(task, "Secrets", all);
        }
    }
    Ok(group)
}

fn tasks_of(group: &mut Json) -> impl Iterator<Item = &mut Object> {
    let tasks = group.get_mut("Tasks").and_then(Json::as_array_mut);
    tasks.into_iter().flatten().filter_map(Json::as_object_mut)
}

fn inherit_vault(task: &mut Object, vault: &Json) {
    if task.get("Vault").is_none_or(Json::is_null) {
        task.insert("Vault".to_owned(), vault.clone());
    }
}

fn list_of(task: &mut Object, field: &str) -> Vec<Json> {
    match task.get_mut(field).map(Json::take) {
        Some(Json::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn set_list(object: &mut Object, field: &str, items: Vec<Json>) {
    let value = if items.is_empty() { Json::Null } else { Json::Array(items) };
    object.insert(field.to_owned(), value);
}

fn all_of(body: &Body, block: &Block, name: &str) -> Result<Vec<Json>, Diagnostic> {
    let Some(slot) = body.block(name) else { return Ok(Vec::new()) };
    block.blocks_of(slot.name).map(|one| body_json(slot.body, one)).collect()
}

fn last_of(body: &Body, block: &Block, name: &str) -> Result<Json, Diagnostic> {
    Ok(all_of(body, block, name)?.pop().unwrap_or(Json::Null))
}
