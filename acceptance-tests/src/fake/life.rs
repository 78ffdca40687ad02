//! Time: tasks start and end, what fails is placed anew, decisions are made.
//!
//! Called again and again with the lock held. Must never wait.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::canonical::{list, text};
use super::world::{Alloc, Key, World};

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

    /// Whether the scheduler has something about a job before it.
    pub fn is_deciding(&self, key: &Key) -> bool {
        self.evals.iter().any(|eval| eval.key == *key && eval.status == "pending")
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
