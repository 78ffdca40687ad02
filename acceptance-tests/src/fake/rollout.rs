//! Deployments: allocations become healthy or not, and changes go on, are promoted, fail, and are gone back from.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::canonical::list;
use super::world::{Alloc, Deployment, GroupState, Key, World};

impl World {
    /// Says what deployments think of their allocations.
    pub fn judge_health(&mut self) {
        let now = Instant::now();
        for at in 0..self.allocs.len() {
            let alloc = &self.allocs[at];
            if alloc.deployment.is_empty() || alloc.healthy.is_some() || alloc.desired == "stop" {
                continue;
            }
            let Some(group) = self
                .version(&alloc.key, alloc.version)
                .and_then(|job| list(job, "TaskGroups").find(|group| group["Name"] == alloc.group))
            else {
                continue;
            };
            let Some(healthy) = verdict(alloc, group, now) else { continue };
            let index = self.changed(&["allocs", "deployment"]);
            let alloc = &mut self.allocs[at];
            (alloc.healthy, alloc.modify) = (Some(healthy), index);
            let (id, group) = (alloc.deployment.clone(), alloc.group.clone());
            let Some(deployment) = self.deployments.iter_mut().find(|one| one.id == id) else { continue };
            deployment.modify = index;
            if let Some(state) = deployment.groups.get_mut(&group) {
                if healthy {
                    state.healthy += 1;
                    state.require_by = now + state.progress;
                } else {
                    state.unhealthy += 1;
                }
            }
        }
    }

    /// Ends, promotes and moves on deployments.
    pub fn watch_deployments(&mut self) {
        let now = Instant::now();
        for at in 0..self.deployments.len() {
            let one = &self.deployments[at];
            if one.status != "running" {
                continue;
            }
            let failed = one.groups.values().find_map(|state| {
                if state.unhealthy > 0 && state.progress.is_zero() {
                    Some("Failed due to unhealthy allocations")
                } else if !state.progress.is_zero() && now >= state.require_by && !is_ready(state) {
                    Some("Failed due to progress deadline")
                } else {
                    None
                }
            });
            if let Some(why) = failed {
                let id = one.id.clone();
                self.fail_deployment(&id, why);
                continue;
            }
            let auto = |state: &GroupState| {
                state.canaries > 0 && !state.promoted && state.auto_promote && state.healthy >= state.canaries
            };
            if one.groups.values().any(auto) {
                let id = one.id.clone();
                self.promote(&id, &[]);
            }
        }
        let moving: Vec<(Key, u64)> = self
            .deployments
            .iter()
            .filter(|one| one.status == "running")
            .map(|one| (one.key.clone(), one.modify))
            .collect();
        for (key, modified) in moving {
            let decided = self.evals.iter().filter(|eval| eval.key == key).map(|eval| eval.create).max();
            if decided.is_none_or(|decided| decided < modified) && !self.is_deciding(&key) {
                let at = self.changed(&["evals"]);
                self.evaluate(&key, "deployment-watcher", at);
            }
        }
    }

    /// Ends the deployments of a job that have come as far as they should.
    pub fn finish_deployments(&mut self, key: &Key) {
        for at in 0..self.deployments.len() {
            let one = &self.deployments[at];
            if one.key != *key || one.status != "running" {
                continue;
            }
            let (version, id) = (one.version, one.id.clone());
            let done = |(name, state): (&String, &GroupState)| {
                let healthy = self.allocs.iter().filter(|alloc| {
                    alloc.deployment == id
                        && alloc.group == *name
                        && alloc.healthy == Some(true)
                        && alloc.holds_its_place()
                });
                (state.canaries == 0 || state.promoted) && healthy.count() >= state.total
            };
            if one.groups.iter().all(done) {
                let index = self.changed(&["deployment", "jobs"]);
                let one = &mut self.deployments[at];
                (one.status, one.modify) = ("successful", index);
                "Deployment completed successfully".clone_into(&mut one.description);
                self.mark_stable(key, version, true);
            }
        }
    }

    /// Makes canaries the new version: of these groups, or of all.
    pub fn promote(&mut self, id: &str, groups: &[String]) {
        let index = self.changed(&["deployment", "allocs"]);
        let Some(one) = self.deployments.iter_mut().find(|one| one.id == id) else { return };
        one.modify = index;
        "Deployment is running".clone_into(&mut one.description);
        let key = one.key.clone();
        let mut promoted = Vec::new();
        for (name, state) in &mut one.groups {
            if groups.is_empty() || groups.contains(name) {
                state.promoted = true;
                promoted.extend(state.placed_canaries.clone());
            }
        }
        for alloc in self.allocs.iter_mut().filter(|alloc| promoted.contains(&alloc.id)) {
            (alloc.canary, alloc.modify) = (false, index);
        }
        self.evaluate(&key, "deployment-watcher", index);
    }

    /// Ends a deployment as failed, and goes back if its groups ask for it. The answer is the evaluation.
    pub fn fail_deployment(&mut self, id: &str, why: &str) -> String {
        let Some(one) = self.deployments.iter().find(|one| one.id == id).cloned() else {
            return String::new();
        };
        let index = self.changed(&["deployment", "allocs"]);
        let back =
            if one.groups.values().any(|state| state.auto_revert) { self.stable_before(&one) } else { None };
        let reverts = one.groups.values().any(|state| state.auto_revert);
        let tail = match back {
            Some(version) => format!(" - rolling back to job version {version}"),
            None if reverts => " - no stable job version to auto revert to".to_owned(),
            None => String::new(),
        };
        self.end_deployment(id, "failed", &format!("{why}{tail}"), index);
        if let Some(version) = back {
            self.revert(&one.key, version, index);
        }
        let at = self.changed(&["evals"]);
        self.evaluate(&one.key, "deployment-watcher", at)
    }

    /// Ends a deployment; canaries that were not promoted go with it.
    pub fn end_deployment(&mut self, id: &str, status: &'static str, why: &str, index: u64) {
        let Some(one) = self.deployments.iter_mut().find(|one| one.id == id) else { return };
        (one.status, one.modify) = (status, index);
        why.clone_into(&mut one.description);
        let left = one
            .groups
            .values()
            .filter(|state| !state.promoted)
            .flat_map(|state| state.placed_canaries.clone());
        let left: Vec<String> = left.collect();
        for id in &left {
            self.stop(id, "alloc not needed due to job update");
        }
    }

    fn stable_before(&self, deployment: &Deployment) -> Option<u64> {
        let versions = &self.jobs.get(&deployment.key)?.versions;
        let older = versions.iter().rev().filter(|job| job["Version"].as_u64() < Some(deployment.version));
        older.filter(|job| job["Stable"] == true).find_map(|job| job["Version"].as_u64())
    }
}

fn is_ready(state: &GroupState) -> bool {
    if state.canaries > 0 && !state.promoted {
        state.healthy >= state.canaries
    } else {
        state.healthy >= state.total
    }
}

/// Whether an allocation is healthy; nothing while that is not known.
fn verdict(alloc: &Alloc, group: &Value, now: Instant) -> Option<bool> {
    let update = &group["Update"];
    let nanos = |name: &str| Duration::from_nanos(update[name].as_u64().unwrap_or(0));
    if alloc.client == "failed" {
        return Some(false);
    }
    let checked = update["HealthCheck"] == "checks"
        && list(group, "Services")
            .chain(list(group, "Tasks").flat_map(|task| list(task, "Services")))
            .any(|service| list(service, "Checks").next().is_some());
    let answered = !checked || alloc.tasks.iter().any(super::tasks::Run::listens);
    let since = alloc.tasks.iter().filter(|task| !task.first).map(|task| task.since).min().flatten();
    let since = since.filter(|_| alloc.client == "running").map(|since| since.max(alloc.watched));
    let all = alloc.tasks.iter().all(|task| task.state == "running" || (task.first && task.state == "dead"));
    if all && answered && since.is_some_and(|since| now >= since + nanos("MinHealthyTime")) {
        return Some(true);
    }
    (now >= alloc.watched + nanos("HealthyDeadline")).then_some(false)
}
