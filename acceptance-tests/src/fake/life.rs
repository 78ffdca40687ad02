//! Time: tasks start and end, allocations become healthy or not, deployments go on, decisions are made.
//!
//! Called again and again with the lock held. Must never wait.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::world::{Alloc, Deployment, Key, World};

impl World {
    /// Lets time pass.
    pub fn tick(&mut self) {
        self.decide();
        self.run_tasks();
        self.judge_health();
        self.watch_deployments();
        self.replace_failed();
        self.job_statuses();
    }

    /// Decides what is due.
    fn decide(&mut self) {
        if std::mem::take(&mut self.room) {
            let at = self.index;
            let blocked: Vec<Key> = self
                .evals
                .iter()
                .filter(|eval| eval.status == "blocked")
                .map(|eval| eval.key.clone())
                .collect();
            for eval in self.evals.iter_mut().filter(|eval| eval.status == "blocked") {
                (eval.status, eval.modify) = ("complete", at + 1);
            }
            for key in &blocked {
                let at = self.changed(&["evals"]);
                self.evaluate(key, "queued-allocs", at);
            }
        }
        let now = Instant::now();
        while let Some(at) = self.evals.iter().position(|eval| eval.status == "pending" && eval.due <= now) {
            let (key, id) = (self.evals[at].key.clone(), self.evals[at].id.clone());
            let (deployment, unplaced) = self.schedule(&key, &id);
            let index = self.changed(&["evals"]);
            let blocked =
                if unplaced.is_empty() { String::new() } else { self.block(&key, &id, &unplaced, index) };
            let eval = &mut self.evals[at];
            (eval.status, eval.modify, eval.blocked) = ("complete", index, blocked);
            (eval.deployment, eval.unplaced) = (deployment, unplaced);
        }
    }

    /// What waits until there is room.
    fn block(
        &mut self,
        key: &Key,
        previous: &str,
        unplaced: &std::collections::BTreeMap<String, Value>,
        at: u64,
    ) -> String {
        for eval in self.evals.iter_mut().filter(|eval| eval.key == *key && eval.status == "blocked") {
            (eval.status, eval.modify) = ("canceled", at);
        }
        let id = self.evaluate(key, "queued-allocs", at);
        if let Some(eval) = self.evals.iter_mut().find(|eval| eval.id == id) {
            (eval.status, eval.previous) = ("blocked", previous.to_owned());
            eval.unplaced.clone_from(unplaced);
        }
        id
    }

    fn run_tasks(&mut self) {
        let now = Instant::now();
        for at in 0..self.allocs.len() {
            if !self.allocs[at].is_live() {
                continue;
            }
            let mut alloc = self.allocs[at].clone();
            let before = (alloc.client, alloc.tasks.iter().map(|task| task.events.len()).sum::<usize>());
            if alloc.desired == "stop" {
                alloc.tasks.iter_mut().for_each(super::tasks::Run::kill);
                alloc.client = "complete";
                self.room = true;
            } else {
                self.step_tasks(&mut alloc, now);
            }
            alloc.client = client_status(&alloc);
            match alloc.client {
                "running" => "Tasks are running",
                "failed" => "Failed tasks",
                "complete" => "All tasks have completed",
                _ => "No tasks have started",
            }
            .clone_into(&mut alloc.client_why);
            let after = (alloc.client, alloc.tasks.iter().map(|task| task.events.len()).sum::<usize>());
            if before != after {
                alloc.modify = self.changed(&["allocs"]);
                self.allocs[at] = alloc;
            }
        }
    }

    fn step_tasks(&self, alloc: &mut Alloc, now: Instant) {
        let first_left = alloc.tasks.iter().any(|task| task.first && task.state != "dead");
        let missing: Vec<bool> = alloc
            .tasks
            .iter()
            .map(|task| task.waits_for.iter().any(|path| !self.nouns.has_variable(&alloc.key.0, path)))
            .collect();
        for (task, missing) in alloc.tasks.iter_mut().zip(missing) {
            if task.due.is_none_or(|due| due > now) || (first_left && !task.first) {
                continue;
            }
            match task.state {
                "running" => task.end(),
                "pending" if missing && task.events.is_empty() => {
                    task.note("Received", "Task received by client");
                    let path = task.waits_for.join(", ");
                    task.note(
                        "Template",
                        &format!("Missing: nomad.var.block({path}@{}.global)", alloc.key.0),
                    );
                }
                "pending" if missing => {}
                "pending" => task.start(),
                _ => {}
            }
        }
        if alloc.tasks.iter().any(|task| task.failed) {
            alloc.tasks.iter_mut().filter(|task| !task.failed).for_each(super::tasks::Run::kill);
        }
    }

    /// Says what deployments think of their allocations.
    fn judge_health(&mut self) {
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

    fn watch_deployments(&mut self) {
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
            let auto = |state: &super::world::GroupState| {
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

    fn is_deciding(&self, key: &Key) -> bool {
        self.evals.iter().any(|eval| eval.key == *key && eval.status == "pending")
    }

    /// Ends the deployments of a job that have come as far as they should.
    pub fn finish_deployments(&mut self, key: &Key) {
        for at in 0..self.deployments.len() {
            let one = &self.deployments[at];
            if one.key != *key || one.status != "running" {
                continue;
            }
            let (version, id) = (one.version, one.id.clone());
            let done = |(name, state): (&String, &super::world::GroupState)| {
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

    /// What has failed is placed anew, as far as its job allows.
    fn replace_failed(&mut self) {
        let now = Instant::now();
        for at in 0..self.allocs.len() {
            let alloc = &self.allocs[at];
            if alloc.client != "failed" || alloc.desired != "run" || !alloc.next.is_empty() {
                continue;
            }
            let key = alloc.key.clone();
            let due = alloc.replace_at.is_some_and(|due| due <= now);
            if due && !self.is_deciding(&key) {
                let index = self.changed(&["evals"]);
                self.evaluate(&key, "alloc-failure", index);
            } else if self.allocs[at].followup.is_empty()
                && let Some(delay) = self.delay(&self.allocs[at])
            {
                let (index, id) = (self.changed(&["allocs", "evals"]), self.id());
                let alloc = &mut self.allocs[at];
                (alloc.replace_at, alloc.modify) = (Some(now + delay), index);
                alloc.followup.clone_from(&id);
            }
        }
    }

    /// After which time a failed allocation is replaced, if it is.
    fn delay(&self, alloc: &Alloc) -> Option<Duration> {
        let job = self.job(&alloc.key).filter(|job| job["Version"] == alloc.version)?;
        let group = list(job, "TaskGroups").find(|group| group["Name"] == alloc.group)?;
        let policy = &group["ReschedulePolicy"];
        let failed = self.deployments.iter().any(|one| one.id == alloc.deployment && one.status == "failed");
        let may = policy["Unlimited"] == true || policy["Attempts"].as_u64().unwrap_or(0) > alloc.attempts;
        let base = policy["Delay"].as_u64().unwrap_or(0);
        (may && !failed && !policy.is_null()).then(|| Duration::from_nanos(base))
    }

    fn job_statuses(&mut self) {
        let keys: Vec<Key> = self.jobs.keys().cloned().collect();
        for key in keys {
            let status = self.status_of(&key);
            let Some(job) = self.jobs.get(&key).and_then(|record| record.versions.last()) else { continue };
            if job["Status"] != status {
                let index = self.changed(&["jobs"]);
                if let Some(job) = self.jobs.get_mut(&key).and_then(|record| record.versions.last_mut()) {
                    (job["Status"], job["ModifyIndex"]) = (json!(status), index.into());
                }
            }
        }
    }

    fn status_of(&self, key: &Key) -> &'static str {
        let Some(job) = self.job(key) else { return "dead" };
        let waits = !job["Periodic"].is_null() || !job["ParameterizedJob"].is_null();
        if self.live(key).next().is_some() {
            return "running";
        }
        if job["Stop"] == true {
            return "dead";
        }
        if waits || text(&job["Type"]) == "system" && !self.is_deciding(key) {
            return "running";
        }
        if self.deployments.iter().any(|one| one.key == *key && one.is_active()) {
            return "running";
        }
        let open =
            self.evals.iter().any(|eval| eval.key == *key && matches!(eval.status, "pending" | "blocked"));
        let begun = self.allocs.iter().any(|alloc| alloc.key == *key);
        let again = self
            .allocs
            .iter()
            .any(|alloc| alloc.key == *key && alloc.replace_at.is_some() && alloc.next.is_empty());
        if open || !begun || again { "pending" } else { "dead" }
    }
}

fn is_ready(state: &super::world::GroupState) -> bool {
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

fn client_status(alloc: &Alloc) -> &'static str {
    let states = || alloc.tasks.iter();
    if states().any(|task| task.failed) {
        return "failed";
    }
    if states().any(|task| task.state == "running") {
        return "running";
    }
    if states().all(|task| task.state == "dead") {
        return "complete";
    }
    if states().any(|task| task.state == "dead" || task.restarts > 0) { "running" } else { "pending" }
}
