//! Rules for groups.

use crate::source::Diagnostics;

use super::scene::{Group, Job, Kind};

type Rule = fn(&Job<'_>, &Group<'_>, &mut Diagnostics);

const RULES: &[Rule] = &[
    tasks,
    task_names,
    leaders,
    system_count,
    shutdown_delay,
    max_run_duration,
    disconnect_times,
    disconnect_kind,
    scaling_bounds,
    scaling_count,
];

pub(super) fn check(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(job, group, out);
    }
}

/// A gateway of the service mesh brings its own task.
fn tasks(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at else { return };
    let brings_task = |service: super::Cursor<'_>| {
        service
            .block_of("connect")
            .is_some_and(|connect| connect.has("gateway") || connect.has("sidecar_service"))
    };
    if group.tasks.is_empty() && !group.blocks_of("service").any(brings_task) {
        out.push(at.error("group-tasks", "the group has no task").help("add `task \"name\" { driver = … }`"));
    }
}

fn task_names(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for (at, task) in group.tasks.iter().enumerate() {
        if let Some(first) = group.tasks.iter().take(at).find(|other| other.label() == task.label()) {
            let message = format!("there is another task {:?} in the group", task.label());
            out.push(task.error("task-twice", message).note("the first is here", first.head()));
        }
    }
}

fn leaders(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for second in group.tasks.iter().filter(|task| task.is_true("leader")).skip(1) {
        out.push(second.error_at("leader", "leader-twice", "only one task of a group can be its leader"));
    }
}

fn system_count(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at.filter(|_| job.kind == Some(Kind::System)) else { return };
    if group.count().is_some_and(|count| count > 1) {
        let finding = at.error_at(
            "count",
            "system-count",
            "a system job runs once on every node, `count` cannot be more than 1",
        );
        out.push(finding.help("leave `count` out"));
    }
}

fn shutdown_delay(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at else { return };
    if at.nanos("shutdown_delay").is().is_some_and(|delay| delay < 0) {
        out.push(at.error_at("shutdown_delay", "negative-duration", "`shutdown_delay` cannot be negative"));
    }
}

fn max_run_duration(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at else { return };
    let Some(longest) = at.nanos("max_run_duration").is() else { return };
    if longest <= 0 {
        out.push(at.error_at(
            "max_run_duration",
            "max-run-duration",
            "`max_run_duration` must be more than zero",
        ));
    }
    if job.kind.is_some() && !job.is_batch() {
        let message = "`max_run_duration` is for jobs of type batch or sysbatch";
        out.push(at.error_at("max_run_duration", "max-run-duration-type", message));
    }
}

fn disconnect_times(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.blocks_of("disconnect") {
        for name in ["lost_after", "stop_on_client_after"] {
            if at.nanos(name).is().is_some_and(|time| time < 0) {
                out.push(at.error_at(name, "negative-duration", format!("`{name}` cannot be negative")));
            }
        }
        let lost = at.nanos("lost_after").is().is_some_and(|time| time != 0);
        if lost && !at.nanos("stop_on_client_after").is_absent() {
            let message = "`lost_after` and `stop_on_client_after` exclude each other";
            out.push(at.error_at("stop_on_client_after", "disconnect-both", message));
        }
    }
}

fn disconnect_kind(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let fits = matches!(job.kind, None | Some(Kind::Service | Kind::Batch));
    for at in
        group.blocks_of("disconnect").filter(|at| !fits && !at.nanos("stop_on_client_after").is_absent())
    {
        let message = "`stop_on_client_after` is for jobs of type service or batch";
        out.push(at.error_at("stop_on_client_after", "disconnect-type", message));
    }
}

fn scaling_bounds(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.blocks_of("scaling") {
        let (Some(max), Some(count)) = (at.int("max").or(-1), group.count()) else { continue };
        let Some(min) = at.int("min").or(count) else { continue };
        if max < 0 {
            out.push(at.error_at("max", "scaling-max", "`max` must be at least 0"));
        } else if max < min {
            out.push(at.error_at(
                "max",
                "scaling-bounds",
                format!("`max` ({max}) is less than `min` ({min})"),
            ));
        }
        if min < 0 {
            out.push(at.error_at("min", "scaling-min", "`min` must be at least 0"));
        }
    }
}

fn scaling_count(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at else { return };
    let (Some(scaling), Some(count)) = (at.block_of("scaling"), group.count()) else { return };
    if scaling.int("max").is().is_some_and(|max| max < count) {
        let message = format!("`count` ({count}) is more than the `max` of `scaling`");
        out.push(at.error_at("count", "scaling-count", message));
    }
    if scaling.int("min").is().is_some_and(|min| count < min) {
        let message = format!("`count` ({count}) is less than the `min` of `scaling`");
        out.push(at.error_at("count", "scaling-count", message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, job, kind, tells};

    #[test]
    fn groups_have_tasks_with_names_of_their_own() {
        tells("group-tasks", &job("group \"h\" {}"), &job(""));
        tells("task-twice", &group("task \"t\" {}"), &group("task \"u\" {}"));
        let leaders = |other: &str| {
            group(&format!("task \"u\" {{\nleader = true\n}}\ntask \"v\" {{\nleader = {other}\n}}"))
        };
        tells("leader-twice", &leaders("true"), &leaders("false"));
    }

    #[test]
    fn a_system_job_runs_once_on_a_node() {
        tells("system-count", &kind("system", "count = 2"), &kind("system", "count = 1"));
        tells("system-count", &kind("system", "count = 2"), &kind("service", "count = 2"));
    }

    #[test]
    fn times_of_groups() {
        tells("negative-duration", &group("shutdown_delay = \"-1s\""), &group("shutdown_delay = \"1s\""));
        tells(
            "max-run-duration",
            &kind("batch", "max_run_duration = \"0s\""),
            &kind("batch", "max_run_duration = \"1h\""),
        );
        tells(
            "max-run-duration-type",
            &group("max_run_duration = \"1h\""),
            &kind("sysbatch", "max_run_duration = \"1h\""),
        );
    }

    #[test]
    fn disconnected_nodes() {
        let both = "disconnect {\nlost_after = \"1h\"\nstop_on_client_after = \"1m\"\n}";
        tells("disconnect-both", &group(both), &group("disconnect {\nlost_after = \"1h\"\n}"));
        tells("negative-duration", &group("disconnect {\nlost_after = \"-1h\"\n}"), &group("disconnect {}"));
        let stop = "disconnect {\nstop_on_client_after = \"1m\"\n}";
        tells("disconnect-type", &kind("system", stop), &kind("batch", stop));
    }

    #[test]
    fn scaling_has_bounds() {
        let scaling = |text: &str| group(&format!("count = 2\nscaling {{\n{text}\n}}"));
        tells("scaling-max", &scaling("max = -1"), &scaling("max = 3"));
        tells("scaling-max", &scaling("max = null"), &scaling("max = 3"));
        tells("scaling-bounds", &scaling("min = 4\nmax = 3"), &scaling("min = 2\nmax = 3"));
        tells("scaling-min", &scaling("min = -4\nmax = 3"), &scaling("min = 0\nmax = 3"));
        tells("scaling-count", &scaling("max = 1"), &scaling("max = 2"));
        tells("scaling-count", &scaling("min = 3\nmax = 4"), &scaling("min = 2\nmax = 4"));
    }
}
