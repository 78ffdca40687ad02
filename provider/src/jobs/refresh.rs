//! Refresh: what runs, compared with what was submitted. It has no configuration: state and provider block must do.

use std::collections::{BTreeMap, BTreeSet};

use kit::{Cx, Diagnostic, Result, Slot, Value};
use serde_json::Value as Json;

use super::ask::not_asked;
use super::look::{Found, Memory, all, lines, moment_of};
use super::resource::as_warning;
use super::state::State;
use super::target::{Target, settings};
use super::{Common, spec};

/// Looks at the jobs and fills `drift`.
pub async fn refresh(cx: &Cx, slot: &mut Slot) -> Result<()> {
    let Some(current) = slot.value.take() else { return Ok(()) };
    let looked = looked(cx, &current, slot).await;
    // A look that was refused has seen nothing: what is known stays.
    slot.value = Some(match &looked {
        Ok(Some(value)) => value.clone(),
        _ => current,
    });
    looked.map(drop)
}

async fn looked(cx: &Cx, current: &Value, slot: &mut Slot) -> Result<Option<Value>> {
    let common = Common::of(current)?;
    if common.render_only {
        return Ok(None);
    }
    let settings = settings(cx)?;
    let target = Target::of(&common, &settings);
    let client = match target.for_look(&common) {
        Ok(Some(client)) => client,
        Ok(None) if settings.nomad_required => return Err(super::target::nowhere().into()),
        Ok(None) => {
            let detail = "No Nomad is known to ask: what the state says is taken for what runs.";
            cx.warn(Diagnostic::warning("Jobs were not compared with what runs", detail));
            return Ok(None);
        }
        Err(problem) if settings.nomad_required => return Err(problem),
        Err(problem) => {
            problem.0.into_iter().for_each(|problem| cx.warn(as_warning(problem)));
            return Ok(None);
        }
    };
    let state = State::of(current);
    let mut jobs = Vec::new();
    for (name, text) in state.texts.iter().filter(|(name, _)| state.versions.contains_key(*name)) {
        let id = state.ids.get(name).cloned().unwrap_or_else(|| name.clone());
        jobs.push((name.clone(), id, spec::api(text, Some(client.namespace()))?));
    }
    let apis: BTreeMap<String, Json> =
        jobs.iter().map(|(name, _, api)| (name.clone(), api.clone())).collect();
    let mut memory = Memory::kept(&slot.private);
    let found = all(&client, jobs, common.sensitive_jobspecs, &memory).await;
    let mut seen = state;
    let mut unasked = BTreeSet::new();
    for (name, look) in found {
        match look {
            Ok(found) => note(&mut seen, &mut memory, &name, &found, &apis[&name]),
            Err(error) => {
                let id = seen.ids.get(&name).cloned().unwrap_or_else(|| name.clone());
                let problem = not_asked(&id, &error);
                if settings.nomad_required {
                    return Err(problem.into());
                }
                if unasked.insert(problem.summary.clone()) {
                    cx.warn(as_warning(problem));
                }
            }
        }
    }
    if seen.status.as_deref() == Some("canary") {
        canary(&client, &mut seen, &apis).await;
    }
    seen.drift = lines(&memory.drift, seen.texts.len() > 1);
    memory.keep(&mut slot.private);
    Ok(Some(seen.write(current.clone())))
}

/// What was found about one job.
fn note(state: &mut State, memory: &mut Memory, name: &str, found: &Found, api: &Json) {
    let drift = found.drift();
    if drift.is_empty() {
        memory.drift.remove(name);
    } else {
        memory.drift.insert(name.to_owned(), drift);
    }
    memory.compared.remove(name);
    let Some(job) = found.job() else {
        memory.seen.remove(name);
        return;
    };
    if matches!(found, Found::There(..)) {
        memory.compared.insert(name.to_owned(), moment_of(job));
    }
    memory.seen.insert(name.to_owned(), i64::try_from(job.job_modify_index).unwrap_or_default());
    state.versions.insert(name.to_owned(), i64::try_from(job.version).unwrap_or_default());
    let lasting = matches!(api["Type"].as_str(), Some("service" | "system") | None);
    let wanted: i64 = job.task_groups.iter().map(|group| group.count).sum();
    if lasting && job.status == "dead" && !job.stop && wanted > 0 && job.kind == "service" {
        // Everything of it has failed for good: the next apply tries again.
        memory.unwell.insert(name.to_owned());
        state.complete = Some(false);
        state.status = Some("unhealthy".to_owned());
    }
}

/// Canaries that somebody has promoted in Nomad wait for nobody any more.
async fn canary(client: &nomad::Client, state: &mut State, apis: &BTreeMap<String, Json>) {
    let mut waiting = false;
    for (name, api) in apis {
        let Some(id) = state.ids.get(name) else { continue };
        let home = client.in_namespace(spec::namespace_of(api).unwrap_or("default"));
        // Of one that cannot be asked nothing new is known.
        let newest = home.jobs().deployment(id).await.unwrap_or_default();
        waiting |= newest.is_some_and(|newest| newest.awaits_promotion() && !newest.is_over());
    }
    if !waiting {
        state.status = Some("healthy".to_owned());
    }
}
