//! The scheduler: what has to be placed, replaced, changed in place or stopped, so that what runs is what is wanted.
//!
//! Follows Nomad's order: canaries before anything else, then as many at a time as the job allows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::diff;
use super::placing::{Place, place};
use super::tasks::Run;
use super::world::{Alloc, Deployment, GroupState, Key, World, now};

/// What would be done with a group.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Slots to be filled, and whose place they take.
    pub fill: Vec<(usize, Option<String>)>,
    /// How many of those are canaries.
    pub canaries: usize,
    /// Allocations to be stopped.
    pub stop: Vec<String>,
    /// Allocations that are changed while they run.
    pub in_place: Vec<String>,
    /// Allocations that are replaced by those that fill their slots.
    pub destroy: Vec<String>,
    /// How many are left alone.
    pub ignore: usize,
}

/// How a group of an allocation differs from what is wanted now.
fn differs(world: &World, alloc: &Alloc, job: &Value, group: &Value) -> Change {
    if job["Version"] == alloc.version {
        return Change::Nothing;
    }
    let Some(old) = world.version(&alloc.key, alloc.version) else { return Change::Destructive };
    let Some(before) = list(old, "TaskGroups").find(|one| one["Name"] == alloc.group) else {
        return Change::Destructive;
    };
    let one_group = |job: &Value, group: &Value| json!({"TaskGroups": [group], "Meta": job["Meta"]});
    let found = diff::job(Some(&one_group(old, before)), &one_group(job, group));
    let group = &found["TaskGroups"][0];
    let heavy = |field: &Value| text(&field["Name"]).starts_with("Meta[");
    let rooted = ["Network", "Volume", "EphemeralDisk"];
    let destructive = list(&found, "Fields").any(heavy)
        || list(group, "Fields").any(heavy)
        || list(group, "Objects").any(|object| rooted.contains(&text(&object["Name"])))
        || list(group, "Tasks").any(|task| match text(&task["Type"]) {
            "None" => false,
            "Edited" => diff::is_destructive(task),
            _ => true,
        });
    if destructive { Change::Destructive } else { Change::InPlace }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    InPlace,
    Destructive,
}

/// What the scheduler would do about one group of a job, with the deployment that is under way.
pub fn wanted(
    world: &World,
    key: &Key,
    job: &Value,
    group: &Value,
    slots: usize,
    under_way: Option<&Deployment>,
) -> Wanted {
    let name = text(&group["Name"]);
    let here = |alloc: &&Alloc| alloc.key == *key && alloc.group == name;
    let mut wanted = Wanted::default();
    let state = under_way.and_then(|deployment| deployment.groups.get(name));
    let update = &group["Update"];
    let at_once = update["MaxParallel"].as_u64().filter(|many| *many > 0 && deploys(job, group));
    let (mut old, mut held) = (Vec::new(), BTreeMap::new());
    for alloc in world.allocs.iter().filter(here).filter(|alloc| alloc.holds_its_place()) {
        let change = differs(world, alloc, job, group);
        let unpromoted = alloc.canary && state.is_some_and(|state| !state.promoted);
        if change == Change::Nothing && unpromoted {
            continue;
        }
        // A canary of a deployment that came to nothing.
        if alloc.canary && change != Change::Nothing {
            wanted.stop.push(alloc.id.clone());
            continue;
        }
        if alloc.slot >= slots || held.contains_key(&alloc.slot) && change != Change::Nothing {
            wanted.stop.push(alloc.id.clone());
            continue;
        }
        if let Some(other) = held.insert(alloc.slot, alloc.id.clone()) {
            wanted.stop.push(other.clone());
            old.retain(|id| *id != other);
            wanted.in_place.retain(|id| *id != other);
        }
        match change {
            Change::Nothing => wanted.ignore += 1,
            Change::InPlace => wanted.in_place.push(alloc.id.clone()),
            Change::Destructive => old.push(alloc.id.clone()),
        }
    }
    let canaries = usize::try_from(update["Canary"].as_u64().unwrap_or(0)).unwrap_or(0);
    let unpromoted =
        state.map_or(canaries > 0 && !old.is_empty(), |state| state.canaries > 0 && !state.promoted);
    if unpromoted {
        let there = state.map_or(0, |state| state.placed_canaries.len());
        wanted.canaries = canaries.saturating_sub(there);
        wanted.fill = (0..wanted.canaries).map(|slot| (slot, None)).collect();
        wanted.ignore += old.len();
        return wanted;
    }
    let unsettled = world.allocs.iter().filter(here).filter(|alloc| {
        alloc.holds_its_place()
            && under_way.is_some_and(|one| one.id == alloc.deployment)
            && alloc.healthy.is_none()
    });
    let room = at_once.map_or(usize::MAX, |many| {
        usize::try_from(many).unwrap_or(usize::MAX).saturating_sub(unsettled.count())
    });
    let replaced = old.len().min(room);
    wanted.ignore += old.len() - replaced;
    for id in old.drain(..replaced) {
        let slot = world.allocs.iter().find(|alloc| alloc.id == id).map_or(0, |alloc| alloc.slot);
        wanted.fill.push((slot, Some(id.clone())));
        wanted.destroy.push(id);
    }
    let done = finished(world, key, job, name);
    let waits = |slot: usize| {
        let mut failed =
            world.allocs.iter().filter(here).filter(|alloc| alloc.slot == slot && alloc.next.is_empty());
        failed.find(|alloc| {
            alloc.client == "failed" && alloc.desired == "run" && job["Version"] == alloc.version
        })
    };
    for slot in (0..slots).filter(|slot| !held.contains_key(slot) && !done.contains(slot)) {
        match waits(slot) {
            Some(alloc) if alloc.replace_at.is_none_or(|at| at > Instant::now()) => {}
            Some(alloc) => wanted.fill.push((slot, Some(alloc.id.clone()))),
            None => wanted.fill.push((slot, None)),
        }
    }
    wanted
}

/// Slots of a batch job's present version that have come to a good end.
fn finished(world: &World, key: &Key, job: &Value, group: &str) -> Vec<usize> {
    if !["batch", "sysbatch"].contains(&text(&job["Type"])) {
        return Vec::new();
    }
    let done = world.allocs.iter().filter(|alloc| {
        alloc.key == *key
            && alloc.group == group
            && alloc.client == "complete"
            && job["Version"] == alloc.version
    });
    done.map(|alloc| alloc.slot).collect()
}

/// Whether changes to the group are deployments.
pub fn deploys(job: &Value, group: &Value) -> bool {
    ["service", "system"].contains(&text(&job["Type"]))
        && group["Update"]["MaxParallel"].as_u64().unwrap_or(0) > 0
}

/// How many of a group there should be, where.
pub fn slots(world: &World, job: &Value, group: &Value) -> usize {
    if ["system", "sysbatch"].contains(&text(&job["Type"])) {
        return place(world, job, group).map_or(0, |places| places.len());
    }
    usize::try_from(group["Count"].as_u64().unwrap_or(0)).unwrap_or(0)
}

impl World {
    /// Decides about a job: the id of the deployment, and what could not be placed.
    pub fn schedule(&mut self, key: &Key, eval: &str) -> (String, BTreeMap<String, Value>) {
        let Some(job) = self.job(key).filter(|job| job["Stop"] != true).cloned() else {
            self.stop_all(key);
            return Default::default();
        };
        let groups: Vec<Value> = list(&job, "TaskGroups").cloned().collect();
        let mut unplaced = BTreeMap::new();
        let names: Vec<&str> = groups.iter().map(|group| text(&group["Name"])).collect();
        let gone = self.allocs.iter().filter(|alloc| alloc.key == *key && alloc.holds_its_place());
        let gone: Vec<String> = gone
            .filter(|alloc| !names.contains(&alloc.group.as_str()))
            .map(|alloc| alloc.id.clone())
            .collect();
        for id in &gone {
            self.stop(id, "alloc not needed due to job update");
        }
        let deployment = self.deployment_of(key, &job, &groups);
        let paused = deployment.as_ref().is_some_and(|id| self.is_held(id));
        for group in groups.iter().filter(|_| !paused) {
            if let Some(why) = self.settle(key, &job, group, eval, deployment.as_deref()) {
                unplaced.insert(text(&group["Name"]).to_owned(), why);
            }
        }
        self.finish_deployments(key);
        (deployment.unwrap_or_default(), unplaced)
    }

    fn is_held(&self, deployment: &str) -> bool {
        let held = |status: &str| matches!(status, "paused" | "failed");
        self.deployments.iter().any(|one| one.id == deployment && held(one.status))
    }

    /// The deployment of this version: the one that there is, or a new one if there is something to deploy.
    fn deployment_of(&mut self, key: &Key, job: &Value, groups: &[Value]) -> Option<String> {
        let version = job["Version"].as_u64().unwrap_or(0);
        let this = |one: &&Deployment| {
            one.key == *key && one.version == version && job["CreateIndex"] == one.job_create
        };
        let of_job = self.deployments.iter().filter(this);
        if let Some(known) = of_job.max_by_key(|one| one.create) {
            return Some(known.id.clone());
        }
        let mut states = BTreeMap::new();
        for group in groups.iter().filter(|group| deploys(job, group)) {
            let slots = slots(self, job, group);
            let wanted = wanted(self, key, job, group, slots, None);
            if wanted.fill.is_empty() && wanted.in_place.is_empty() {
                continue;
            }
            states.insert(text(&group["Name"]).to_owned(), state(group, slots, &wanted));
        }
        if states.is_empty() {
            return None;
        }
        let at = self.changed(&["deployment"]);
        let manual = states.values().any(|state| state.canaries > 0 && !state.auto_promote);
        let description = if manual {
            "Deployment is running but requires manual promotion"
        } else {
            "Deployment is running"
        };
        let id = self.id();
        self.deployments.push(Deployment {
            id: id.clone(),
            key: key.clone(),
            version,
            job_index: job["JobModifyIndex"].as_u64().unwrap_or(0),
            job_create: job["CreateIndex"].as_u64().unwrap_or(0),
            status: "running",
            description: description.to_owned(),
            groups: states,
            create: at,
            modify: at,
        });
        Some(id)
    }

    /// Brings one group to where it should be; what could not be placed is the answer.
    fn settle(
        &mut self,
        key: &Key,
        job: &Value,
        group: &Value,
        eval: &str,
        deployment: Option<&str>,
    ) -> Option<Value> {
        let under_way = deployment.and_then(|id| self.deployments.iter().find(|one| one.id == id)).cloned();
        let under_way = under_way.filter(Deployment::is_active);
        let wanted = wanted(self, key, job, group, slots(self, job, group), under_way.as_ref());
        for id in &wanted.stop {
            self.stop(id, "alloc not needed due to job update");
        }
        let watched = under_way.as_ref().map_or("", |one| one.id.as_str());
        for id in &wanted.in_place {
            self.change_in_place(id, job, watched);
        }
        let mut missing: Option<(Value, u64)> = None;
        for (slot, instead) in &wanted.fill {
            match place(self, job, group) {
                Ok(places) => {
                    let place = &places[slot % places.len()];
                    self.start(
                        key,
                        job,
                        group,
                        eval,
                        watched,
                        (*slot, wanted.canaries > 0),
                        place,
                        instead.as_deref(),
                    );
                }
                Err(why) => missing = Some((why, missing.map_or(0, |(_, more)| more + 1))),
            }
        }
        missing.map(|(mut why, more)| {
            why["CoalescedFailures"] = more.into();
            why
        })
    }

    #[expect(clippy::too_many_arguments, reason = "what makes an allocation, each once")]
    fn start(
        &mut self,
        key: &Key,
        job: &Value,
        group: &Value,
        eval: &str,
        deployment: &str,
        (slot, canary): (usize, bool),
        place: &Place,
        instead: Option<&str>,
    ) {
        let id = self.id();
        let batch = ["batch", "sysbatch"].contains(&text(&job["Type"]));
        let mut attempts = 0;
        if let Some(old) = instead {
            self.stop(old, "alloc is being updated due to job update");
            let at = self.index;
            if let Some(old) = self.allocs.iter_mut().find(|alloc| alloc.id == old) {
                (old.next, old.modify) = (id.clone(), at);
                attempts = if old.client == "failed" { old.attempts + 1 } else { 0 };
            }
        }
        let at = self.changed(&["allocs"]);
        let made = Instant::now();
        self.allocs.push(Alloc {
            id: id.clone(),
            key: key.clone(),
            version: job["Version"].as_u64().unwrap_or(0),
            group: text(&group["Name"]).to_owned(),
            slot,
            node: place.node.clone(),
            node_name: place.name.clone(),
            eval: eval.to_owned(),
            deployment: deployment.to_owned(),
            desired: "run",
            desired_why: String::new(),
            client: "pending",
            client_why: "No tasks have started".to_owned(),
            canary,
            healthy: None,
            tasks: list(group, "Tasks").map(|task| Run::new(task, batch)).collect(),
            create: at,
            modify: at,
            watched: made,
            made_at: now(),
            next: String::new(),
            previous: instead.unwrap_or_default().to_owned(),
            followup: String::new(),
            replace_at: None,
            attempts,
        });
        let name = text(&group["Name"]);
        let mut of_group = self.deployments.iter_mut().filter(|one| one.id == deployment);
        if let Some((deployment, state)) =
            of_group.next().and_then(|one| Some((&mut one.modify, one.groups.get_mut(name)?)))
        {
            *deployment = at;
            state.placed += 1;
            if canary {
                state.placed_canaries.push(id);
            }
        }
    }

    fn change_in_place(&mut self, id: &str, job: &Value, deployment: &str) {
        let at = self.changed(&["allocs", "deployment"]);
        let Some(alloc) = self.allocs.iter_mut().find(|alloc| alloc.id == id) else { return };
        alloc.version = job["Version"].as_u64().unwrap_or(0);
        (alloc.modify, alloc.healthy, alloc.canary, alloc.watched) = (at, None, false, Instant::now());
        deployment.clone_into(&mut alloc.deployment);
        let group = alloc.group.clone();
        if let Some(one) = self.deployments.iter_mut().find(|one| one.id == deployment) {
            one.modify = at;
            one.groups.entry(group).and_modify(|state| state.placed += 1);
        }
    }

    /// Tells an allocation to stop.
    pub fn stop(&mut self, id: &str, why: &str) {
        let Some(at) = self.allocs.iter().position(|alloc| alloc.id == id) else { return };
        if self.allocs[at].desired == "stop" {
            return;
        }
        let index = self.changed(&["allocs"]);
        let alloc = &mut self.allocs[at];
        (alloc.desired, alloc.modify, alloc.replace_at) = ("stop", index, None);
        why.clone_into(&mut alloc.desired_why);
    }

    fn stop_all(&mut self, key: &Key) {
        let all: Vec<String> =
            self.allocs.iter().filter(|alloc| alloc.key == *key).map(|alloc| alloc.id.clone()).collect();
        for id in &all {
            self.stop(id, "alloc not needed as job is stopped");
        }
    }
}

fn state(group: &Value, slots: usize, wanted: &Wanted) -> GroupState {
    let update = &group["Update"];
    let nanos = |name: &str| Duration::from_nanos(update[name].as_u64().unwrap_or(0));
    let progress = nanos("ProgressDeadline");
    GroupState {
        total: slots,
        canaries: wanted.canaries,
        placed_canaries: Vec::new(),
        promoted: false,
        auto_promote: update["AutoPromote"] == true,
        auto_revert: update["AutoRevert"] == true,
        placed: 0,
        healthy: 0,
        unhealthy: 0,
        progress,
        require_by: Instant::now() + progress,
    }
}
