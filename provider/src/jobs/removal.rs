//! Takes jobs away, with their secrets and with the volumes that were named; everything else stays.
//!
//! The secrets of a job whose volumes stay are kept, too: a data store that is made again on its old data needs the
//! passwords that are in it.

use std::collections::BTreeSet;
use std::time::Instant;

use kit::{Cx, Diagnostic, Failure, Result, Slot, Value};
use nomad::Client;
use nomad::deployment::{Progress as Happening, Removal, watch_removal};
use nomad::jobs::Deregister;

use super::mark::{Claim, claim};
use super::progress::Progress;
use super::rendering::Bill;
use super::state::State;
use super::target::{Target, refused, settings};
use super::{Common, secrets, spec, volumes};

/// Refuses what is protected.
pub fn permitted(prior: &Value) -> Result<()> {
    if prior.field("deletion_protection") != &Value::Bool(true) {
        return Ok(());
    }
    let ids: Vec<String> = State::of(prior).ids.into_values().collect();
    let problem = Diagnostic::error(
        format!("{} is protected", ids.join(", ")),
        "`deletion_protection` is on in the state, so the jobs are neither destroyed nor replaced. Set it to false and \
         apply that alone; then they can go.",
    );
    Err(problem.attribute("deletion_protection").into())
}

/// Takes everything of a resource away.
pub async fn remove(cx: &Cx, prior: Value, slot: &mut Slot) -> Result<()> {
    permitted(&prior)?;
    let common = Common::of(&prior)?;
    let mut state = State::of(&prior);
    if common.render_only || (state.versions.is_empty() && secrets::written(&slot.private).is_empty()) {
        return Ok(());
    }
    let settings = settings(cx)?;
    let target = Target::of(&common, &settings);
    let client = target.for_change(&common)?;
    let progress = Progress::new(settings.progress.clone());
    let deadline = cx.time_limit().map(|limit| Instant::now() + limit.saturating_sub(limit / 20));
    let bill = Bill::kept(&slot.private);
    let mut home = client.clone();
    for name in order(&bill, &state) {
        let id = state.ids.get(&name).cloned().unwrap_or_else(|| name.clone());
        let api = state.texts.get(&name).map(|text| spec::api(text, Some(client.namespace()))).transpose()?;
        if let Some(namespace) = api.as_ref().and_then(spec::namespace_of) {
            home = client.in_namespace(namespace);
        }
        if foreign(&home, &id, &bill).await? {
            let detail = "It carries another mark than when it was made here: it was left alone.";
            cx.warn(Diagnostic::warning(format!("Job {id} belongs to somebody else now"), detail));
        } else {
            one(&home, &id, common.purge, deadline, &progress).await?;
        }
        state.versions.remove(&name);
        slot.value = Some(state.write(prior.clone()));
    }
    let named = common.delete_data.clone().unwrap_or_default();
    let kept = volumes::delete(&home, &bill.volumes, &named).await?;
    clean(&home, &bill, &kept, slot).await?;
    if !kept.is_empty() {
        let detail =
            "`delete_data` names the ones that go with the jobs. The secrets of their jobs stay with them.";
        cx.warn(Diagnostic::warning(format!("These volumes stay: {}", kept.join(", ")), detail));
    }
    Ok(())
}

/// The registered jobs, each before those that it waits for.
fn order(bill: &Bill, state: &State) -> Vec<String> {
    let listed = bill.jobs.iter().rev().map(|entry| entry.name.clone());
    let mut names: Vec<String> = listed.filter(|name| state.versions.contains_key(name)).collect();
    let rest = state.versions.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>();
    names.extend(rest);
    names
}

/// Whether somebody else has made a job of that name his own.
async fn foreign(client: &Client, id: &str, bill: &Bill) -> Result<bool> {
    let known = client.jobs().read(id).await;
    let known = known.map_err(|error| refused(format!("Job {id} cannot be looked at"), &error))?;
    Ok(!bill.mark.is_empty() && matches!(claim(known.as_ref(), &[&bill.mark]), Claim::Theirs(Some(_))))
}

/// Takes one job away and waits until nothing of it runs.
pub async fn one(
    client: &Client,
    id: &str,
    purge: bool,
    deadline: Option<Instant>,
    progress: &Progress,
) -> Result<()> {
    let answer = client.jobs().deregister(id, Deregister { purge, global: false }).await;
    let answer = match answer {
        Err(error) if error.is_not_found() => return Ok(()),
        other => other.map_err(|error| refused(format!("Job {id} cannot be removed"), &error))?,
    };
    progress.tell(id, &"deregistered");
    let mut report = |happening: Happening| progress.tell(id, &happening);
    let end = watch_removal(client, id, &answer, deadline, &mut report).await;
    match end.map_err(|error| refused(format!("It is not known whether job {id} has stopped"), &error))? {
        Removal::Gone => Ok(()),
        still @ Removal::StillRuns(_) => Err(Failure::from(Diagnostic::error(
            format!("Job {id} has not stopped in time"),
            format!("{still}. Raise `delete` in the `timeouts` block, or look why its tasks do not end."),
        ))),
    }
}

/// Takes the secrets away, but for those of jobs whose volumes stay.
async fn clean(client: &Client, bill: &Bill, kept: &[String], slot: &mut Slot) -> Result<()> {
    let stay: BTreeSet<String> = bill
        .volumes
        .iter()
        .filter(|volume| kept.contains(&volume.called))
        .map(|volume| format!("nomad/jobs/{}", volume.job_id))
        .collect();
    let mut written = secrets::written(&slot.private);
    written.retain(|path, _| !stay.contains(path));
    secrets::remove(client, &written).await
}
