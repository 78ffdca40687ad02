//! What the scheduler would do about a group: fill, replace, change in place, stop. Pure: a plan asks it as well.
//!
//! Follows Nomad's order: canaries before anything else, then as many at a time as the job allows.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::diff;
use super::placing::place;
use super::world::{Alloc, Deployment, Key, World};

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
