//! What registering a job would come to: the answer to a plan. Changes nothing.

use serde_json::{Value, json};

use super::admission::admitted;
use crate::fake::canonical::{list, text};
use crate::fake::diff;
use crate::fake::http::{Answer, Call};
use crate::fake::placing::place;
use crate::fake::wanted::{Wanted, slots, wanted};
use crate::fake::world::World;

pub fn plan(world: &mut World, call: &Call, namespace: &str) -> Answer {
    let (key, mut job) = match admitted(world, &call.body["Job"], namespace) {
        Ok(admitted) => admitted,
        Err(refusal) => return refusal,
    };
    let old = world.job(&key).cloned();
    let mut found = diff::job(old.as_ref(), &job);
    let changed = found["Type"] != "None";
    let version = old.as_ref().map_or(0, |old| old["Version"].as_u64().unwrap_or(0) + u64::from(changed));
    job["Version"] = version.into();
    let under_way =
        world.deployments.iter().rfind(|one| one.key == key && one.version == version && !changed).cloned();
    let (mut updates, mut unplaced) = (serde_json::Map::new(), serde_json::Map::new());
    let waits = !job["Periodic"].is_null() || !job["ParameterizedJob"].is_null();
    for group in list(&job, "TaskGroups").filter(|_| !waits) {
        let name = text(&group["Name"]).to_owned();
        let wanted = wanted(world, &key, &job, group, slots(world, &job, group), under_way.as_ref());
        if let (Some(_), Err(why)) = (wanted.fill.first(), place(world, &job, group)) {
            unplaced.insert(name.clone(), why);
        }
        annotate(&mut found, &name, &wanted);
        updates.insert(name, counted(&wanted));
    }
    let annotations = json!({"DesiredTGUpdates": updates, "PreemptedAllocs": null});
    let index = old.map_or(0, |old| old["JobModifyIndex"].as_u64().unwrap_or(0));
    let unplaced = if unplaced.is_empty() { Value::Null } else { Value::Object(unplaced) };
    let shown = if call.body["Diff"] == true { found } else { Value::Null };
    Answer::json(
        &json!({"Annotations": annotations, "FailedTGAllocs": unplaced, "JobModifyIndex": index, "CreatedEvals": null,
            "Diff": shown, "NextPeriodicLaunch": null, "Warnings": ""}),
        world.index,
    )
}

/// What a change to a group comes to, in the words of Nomad's diff.
fn annotate(diff: &mut Value, name: &str, wanted: &Wanted) {
    let groups = diff["TaskGroups"].as_array_mut().into_iter().flatten();
    let Some(group) = groups.into_iter().find(|group| group["Name"] == name) else { return };
    let counts = [
        ("ignore", wanted.ignore),
        ("create", wanted.fill.len() - wanted.canaries - wanted.destroy.len()),
        ("destroy", wanted.stop.len()),
        ("canary", wanted.canaries),
        ("in-place update", wanted.in_place.len()),
        ("create/destroy update", wanted.destroy.len()),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    group["Updates"] = counts.map(|(word, count)| (word.to_owned(), json!(count))).collect();
    let number = |field: &Value, side: &str| text(&field[side]).parse::<i64>().unwrap_or(0);
    for field in group["Fields"].as_array_mut().into_iter().flatten().filter(|field| field["Name"] == "Count")
    {
        let more = number(field, "New") > number(field, "Old");
        field["Annotations"] = json!([if more { "forces create" } else { "forces destroy" }]);
    }
}

fn counted(wanted: &Wanted) -> Value {
    let place = wanted.fill.len() - wanted.canaries - wanted.destroy.len();
    json!({"Ignore": wanted.ignore, "Place": place, "Migrate": 0, "Stop": wanted.stop.len(),
        "InPlaceUpdate": wanted.in_place.len(), "DestructiveUpdate": wanted.destroy.len(), "Canary": wanted.canaries,
        "Preemptions": 0})
}
