//! The scheduler: does what is wanted, so that what runs is what a job says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::canonical::{list, text};
use super::placing::{Place, place};
use super::tasks::Run;
use super::wanted::{Wanted, deploys, slots, wanted};
use super::world::{Alloc, Deployment, GroupState, Key, World, now};

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
