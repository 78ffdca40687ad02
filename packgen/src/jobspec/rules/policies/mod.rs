//! Rules for how allocations are updated, moved and restarted. Job and group are read together.

use crate::source::{Diagnostic, Diagnostics};

use super::super::duration::{ONE_SECOND, text};
use super::scene::{Group, Job, Kind, Layers};

type Rule = fn(&Job<'_>, &Group<'_>, &mut Diagnostics);

const MINUTE: i64 = 60 * ONE_SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Shortest wait before an allocation is rescheduled.
const LEAST_DELAY: i64 = 5 * ONE_SECOND;

const RULES: &[Rule] = &[
    update_kind,
    update_times,
    update_health,
    update_promote,
    migrate_kind,
    migrate_health,
    migrate_times,
    reschedule_kind,
    reschedule_limits,
    reschedule_delays,
    reschedule_fits,
    restart_group,
    restart_tasks,
    kill_timeout,
];

pub(super) fn check(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(job, group, out);
    }
}

/// The update policy of a group, if it has one.
fn update<'t>(job: &Job<'t>, group: &Group<'t>) -> Option<Layers<'t>> {
    Some(group.layers(job, "update")).filter(|update| update.any().is_some())
}

fn update_kind(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = update(job, group).and_then(Layers::any).filter(|_| job.is_batch()) else { return };
    out.push(at.error("update-type", "`update` is for jobs of type service or system"));
}

fn update_times(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(update) = update(job, group) else { return };
    let (Some(healthy), Some(deadline), Some(progress), Some(stagger)) = (
        update.nanos("min_healthy_time", 10 * ONE_SECOND),
        update.nanos("healthy_deadline", 5 * MINUTE),
        update.nanos("progress_deadline", 10 * MINUTE),
        update.nanos("stagger", 30 * ONE_SECOND),
    ) else {
        return;
    };
    let mut say = |wrong: bool, names: &[&str], message: String| {
        if wrong {
            out.extend(update.error(names, "update-times", message));
        }
    };
    say(healthy < 0, &["min_healthy_time"], "`min_healthy_time` cannot be negative".to_owned());
    say(deadline <= 0, &["healthy_deadline"], "`healthy_deadline` must be more than zero".to_owned());
    say(progress < 0, &["progress_deadline"], "`progress_deadline` cannot be negative".to_owned());
    say(stagger <= 0, &["stagger"], "`stagger` must be more than zero".to_owned());
    say(
        healthy >= deadline,
        &["min_healthy_time", "healthy_deadline"],
        format!(
            "`min_healthy_time` ({}) must be less than `healthy_deadline` ({})",
            text(healthy),
            text(deadline)
        ),
    );
    say(
        progress != 0 && deadline >= progress,
        &["progress_deadline", "healthy_deadline"],
        format!(
            "`healthy_deadline` ({}) must be less than `progress_deadline` ({})",
            text(deadline),
            text(progress)
        ),
    );
}

fn update_health(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(update) = update(job, group) else { return };
    if update.text("health_check", "checks").is_some_and(|check| check.is_empty()) {
        out.extend(update.error(&["health_check"], "update-health", "`health_check` cannot be empty"));
    }
}

fn update_promote(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(update) = update(job, group) else { return };
    if update.bool("auto_promote", false) == Some(true) && update.int("canary", 0) == Some(0) {
        let message = "`auto_promote` needs a `canary` of at least 1";
        out.extend(update.error(&["auto_promote"], "update-promote", message));
    }
}

fn migrate_kind(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    if matches!(job.kind, None | Some(Kind::Service)) {
        return;
    }
    if let Some(at) = group.layers(job, "migrate").any() {
        out.push(at.error("migrate-type", "`migrate` is for jobs of type service"));
    }
}

fn migrate_health(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let migrate = group.layers(job, "migrate");
    let some = migrate.int("max_parallel", 1).is_some_and(|parallel| parallel > 0);
    if some && migrate.text("health_check", "checks").is_some_and(|check| check.is_empty()) {
        out.extend(migrate.error(&["health_check"], "migrate-health", "`health_check` cannot be empty"));
    }
}

fn migrate_times(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let migrate = group.layers(job, "migrate");
    let (Some(healthy), Some(deadline)) =
        (migrate.nanos("min_healthy_time", 10 * ONE_SECOND), migrate.nanos("healthy_deadline", 5 * MINUTE))
    else {
        return;
    };
    let mut say = |wrong: bool, name: &str, message: String| {
        if wrong {
            out.extend(migrate.error(&[name], "migrate-times", message));
        }
    };
    say(healthy < 0, "min_healthy_time", "`min_healthy_time` cannot be negative".to_owned());
    say(deadline < 0, "healthy_deadline", "`healthy_deadline` cannot be negative".to_owned());
    let message = format!(
        "`min_healthy_time` ({}) must not be more than `healthy_deadline` ({})",
        text(healthy),
        text(deadline)
    );
    say(healthy > deadline, "min_healthy_time", message);
}

fn reschedule_kind(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    if !matches!(job.kind, Some(Kind::System | Kind::SysBatch)) {
        return;
    }
    if let Some(at) = group.layers(job, "reschedule").any() {
        out.push(at.error("reschedule-type", "`reschedule` is for jobs of type service or batch"));
    }
}

/// A reschedule policy with its defaults.
struct Reschedule<'t> {
    layers: Layers<'t>,
    attempts: i64,
    interval: i64,
    delay: i64,
    function: String,
    max_delay: i64,
    unlimited: bool,
}

/// The policy, if one is written and it is in force.
fn reschedule<'t>(job: &Job<'t>, group: &Group<'t>) -> Option<Reschedule<'t>> {
    let layers = group.layers(job, "reschedule");
    layers.any()?;
    let service = match job.kind? {
        Kind::Service => true,
        Kind::Batch => false,
        Kind::System | Kind::SysBatch => return None,
    };
    let pick = |of_service: i64, of_batch: i64| if service { of_service } else { of_batch };
    let policy = Reschedule {
        layers,
        attempts: layers.int("attempts", pick(0, 1))?,
        interval: layers.nanos("interval", pick(0, 24 * HOUR))?,
        delay: layers.nanos("delay", pick(30, 5) * ONE_SECOND)?,
        function: layers
            .text("delay_function", if service { "exponential" } else { "constant" })?
            .to_string(),
        max_delay: layers.nanos("max_delay", pick(HOUR, 0))?,
        unlimited: layers.bool("unlimited", service)?,
    };
    (policy.attempts > 0 || policy.unlimited).then_some(policy)
}

fn reschedule_limits(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(policy) = reschedule(job, group) else { return };
    let error = |names: &[&str], message: &str| policy.layers.error(names, "reschedule-limits", message);
    if policy.attempts > 0 && policy.interval <= 0 {
        out.extend(error(&["attempts"], "`attempts` needs an `interval`"));
    }
    if policy.attempts > 0 && policy.unlimited {
        let found = error(&["unlimited", "attempts"], "`attempts` and `unlimited` exclude each other");
        out.extend(found.map(|found| {
            found.help("a service is unlimited unless told otherwise: set `unlimited = false`")
        }));
    }
    if !policy.unlimited && policy.interval < 15 * ONE_SECOND {
        out.extend(error(&["interval", "attempts"], "`interval` must be at least 15s"));
    }
    if policy.function.is_empty() {
        out.extend(error(&["delay_function"], "`delay_function` cannot be empty"));
    }
}

fn reschedule_delays(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(policy) = reschedule(job, group) else { return };
    let error = |names: &[&str], message: &str| policy.layers.error(names, "reschedule-delays", message);
    if policy.delay < LEAST_DELAY {
        out.extend(error(&["delay"], "`delay` must be at least 5s"));
    }
    if policy.function == "constant" {
        return;
    }
    if policy.max_delay < LEAST_DELAY {
        out.extend(error(&["max_delay", "delay_function"], "`max_delay` must be at least 5s"));
    } else if policy.max_delay < policy.delay {
        out.extend(error(&["max_delay", "delay"], "`max_delay` must be at least `delay`"));
    }
}

/// The attempts must fit into the interval.
fn reschedule_fits(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(policy) = reschedule(job, group) else { return };
    let delays_ok = policy.delay >= LEAST_DELAY
        && (policy.function == "constant" || policy.max_delay >= LEAST_DELAY.max(policy.delay));
    if policy.unlimited || policy.attempts <= 0 || !delays_ok {
        return;
    }
    let Some(needed) = needed_interval(&policy) else { return };
    let message =
        format!("{} attempts do not fit into an interval of {}", policy.attempts, text(policy.interval));
    let found = policy.layers.error(&["attempts", "interval"], "reschedule-fits", message);
    out.extend(
        found.map(|found: Diagnostic| found.help(format!("set `interval` to at least {}", text(needed)))),
    );
}

/// The interval that is needed, if the one that is there is too short.
fn needed_interval(policy: &Reschedule<'_>) -> Option<i64> {
    let attempts = usize::try_from(policy.attempts).unwrap_or(0).min(10_000);
    match policy.function.as_str() {
        "constant" => {
            let needed = policy.attempts.saturating_mul(policy.delay);
            (policy.interval < needed).then_some(needed)
        }
        "exponential" => {
            let (mut needed, mut possible) = (0_i64, 0);
            for step in 0..attempts {
                let factor =
                    1_i64.checked_shl(u32::try_from(step).unwrap_or(u32::MAX)).filter(|factor| *factor > 0);
                let delay = policy.delay.saturating_mul(factor.unwrap_or(i64::MAX));
                needed =
                    if delay > policy.max_delay { needed.saturating_add(policy.max_delay) } else { delay };
                possible += usize::from(needed < policy.interval);
            }
            (possible < attempts).then_some(needed)
        }
        "fibonacci" => {
            let mut slots = vec![policy.delay, policy.delay];
            let mut capped = false;
            for step in 2..attempts {
                let back = |by: usize| slots.get(step - by).copied().unwrap_or(0);
                let sum = back(1).saturating_add(back(2));
                let next = if capped {
                    back(1).saturating_add(policy.max_delay)
                } else {
                    capped = sum > policy.max_delay;
                    sum.min(policy.max_delay)
                };
                slots.push(next);
            }
            let needed = slots.last().copied().unwrap_or(0);
            (policy.interval < needed).then_some(needed)
        }
        _ => None,
    }
}

fn restart_group(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let restart = Layers { inner: group.at.and_then(|at| at.block_of("restart")), outer: None };
    let service = matches!(job.kind, Some(Kind::Service | Kind::System));
    let (attempts, interval) = if service { (2, 30 * MINUTE) } else { (3, 24 * HOUR) };
    let values = (
        restart.int("attempts", attempts),
        restart.nanos("interval", interval),
        restart.nanos("delay", 15 * ONE_SECOND),
        restart.text("mode", "fail"),
    );
    let (Some(attempts), Some(interval), Some(delay), Some(mode)) = values else { return };
    if job.kind.is_none() || restart.any().is_none() {
        return;
    }
    if attempts == 0 && mode.as_str() != "fail" {
        let message = "a `restart` with no `attempts` can only have `mode = \"fail\"`";
        out.extend(restart.error(&["mode"], "restart-mode", message));
    }
    if interval < 5 * ONE_SECOND {
        out.extend(restart.error(&["interval"], "restart-interval", "`interval` must be at least 5s"));
    }
    if attempts.saturating_mul(delay) > interval {
        let message =
            format!("{attempts} restarts with a delay of {} do not fit into {}", text(delay), text(interval));
        out.extend(restart.error(&["attempts", "delay", "interval"], "restart-fits", message));
    }
    if mode.is_empty() {
        out.extend(restart.error(&["mode"], "restart-mode", "`mode` cannot be empty"));
    }
}

/// Nomad does not look at a task's own policy: what is wrong there is a warning.
fn restart_tasks(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.tasks.iter().flat_map(|task| task.blocks_of("restart")) {
        if at.int("attempts").is() == Some(0)
            && at.text("mode").is().is_some_and(|mode| mode.as_str() == "delay")
        {
            let message =
                "a `restart` with no `attempts` and `mode = \"delay\"` never restarts and never fails";
            out.push(at.warning_at("mode", "restart-mode", message));
        }
    }
}

fn kill_timeout(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    if job.kind != Some(Kind::Service) {
        return;
    }
    let Some(progress) = group.layers(job, "update").nanos("progress_deadline", 10 * MINUTE) else { return };
    for task in group.tasks.iter().copied().chain(group.proxies()) {
        let Some(timeout) =
            task.nanos("kill_timeout").is().filter(|timeout| progress > 0 && *timeout > progress)
        else {
            continue;
        };
        let message = format!(
            "`kill_timeout` ({}) is longer than the update's `progress_deadline` ({})",
            text(timeout),
            text(progress)
        );
        out.push(task.error_at("kill_timeout", "kill-timeout", message));
    }
}

#[cfg(test)]
mod tests;
