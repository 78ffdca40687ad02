//! Rules for the job itself.

use crate::source::Diagnostics;

use super::scene::{Job, Kind};

/// Longest description of a job in bytes.
const DESCRIPTION: usize = 1000;

/// Most instances of one job, as servers are set up by default.
const INSTANCES: i64 = 50_000;

const RULES: &[fn(&Job<'_>, &mut Diagnostics)] = &[
    id,
    name,
    kind,
    region,
    datacenters,
    groups,
    group_names,
    system_placement,
    description,
    instances,
    enterprise,
];

pub(super) fn check(job: &Job<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(job, out);
    }
}

fn id(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(id) = job.at.text("id").or(job.at.label().into()) else { return };
    let problem = match id.as_str() {
        "" => "is empty",
        id if id.contains(' ') => "contains a space",
        id if id.contains('\0') => "contains a null character",
        _ => return,
    };
    out.push(job.at.error_at("id", "job-id", format!("the job's id {problem}")));
}

fn name(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(name) = job.name() else { return };
    if name.is_empty() || name.contains('\0') {
        let problem = if name.is_empty() { "is empty" } else { "contains a null character" };
        out.push(job.at.error_at("name", "job-name", format!("the job's name {problem}")));
    }
}

fn kind(job: &Job<'_>, out: &mut Diagnostics) {
    if job.at.text("type").is().is_some_and(|kind| kind.is_empty()) {
        let finding = job.at.error_at("type", "job-type", "the job's type is empty");
        out.push(finding.help("leave `type` out for a service"));
    }
}

fn region(job: &Job<'_>, out: &mut Diagnostics) {
    if job.at.text("region").is().is_some_and(|region| region.is_empty()) && !job.at.has("multiregion") {
        let finding = job.at.error_at("region", "job-region", "the job's region is empty");
        out.push(finding.help("leave `region` out for the agent's own"));
    }
}

fn datacenters(job: &Job<'_>, out: &mut Diagnostics) {
    if job.at.texts("datacenters").iter().any(|name| name.is_empty()) {
        out.push(job.at.error_at("datacenters", "job-datacenters", "a datacenter's name is empty"));
    }
}

fn groups(job: &Job<'_>, out: &mut Diagnostics) {
    if job.groups.is_empty() {
        out.push(job.at.error("job-groups", "the job has no group").help("add `group \"name\" { task … }`"));
    }
}

fn group_names(job: &Job<'_>, out: &mut Diagnostics) {
    for (at, group) in job.groups.iter().enumerate() {
        let place = group.at.or_else(|| group.tasks.first().copied()).unwrap_or(job.at);
        if group.name.is_empty() {
            out.push(place.error("group-name", "the group's name is empty"));
        } else if job.groups.iter().take(at).any(|other| other.name == group.name) {
            out.push(place.error("group-twice", format!("there is another group {:?}", group.name)));
        }
        if group.name.contains('\0') {
            out.push(place.error("group-name", "the group's name contains a null character"));
        }
    }
}

/// A system job runs on every node: there is nothing to prefer.
fn system_placement(job: &Job<'_>, out: &mut Diagnostics) {
    if job.kind != Some(Kind::System) {
        return;
    }
    let groups = job.groups.iter().filter_map(|group| group.at);
    let tasks = job.tasks().map(|task| task.at);
    for at in std::iter::once(job.at).chain(groups).chain(tasks) {
        for ty in ["affinity", "spread"] {
            if let Some(found) = at.block_of(ty) {
                out.push(
                    found.error(
                        "system-placement",
                        format!("a system job runs on every node and has no `{ty}`"),
                    ),
                );
            }
        }
    }
}

fn description(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(ui) = job.at.block_of("ui") else { return };
    if let Some(text) = ui.text("description").is().filter(|text| text.len() > DESCRIPTION) {
        let message = format!("the description may have {DESCRIPTION} bytes, this has {}", text.len());
        out.push(ui.error_at("description", "ui-description", message));
    }
}

fn instances(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(counts) = job.groups.iter().map(super::scene::Group::count).collect::<Option<Vec<i64>>>() else {
        return;
    };
    let total = counts.iter().fold(0_i64, |sum, count| sum.saturating_add(*count));
    if total > INSTANCES {
        let message =
            format!("the groups run {total} instances, servers allow {INSTANCES} unless told otherwise");
        out.push(job.at.error("job-instances", message));
    }
}

/// What only Nomad Enterprise runs.
fn enterprise(job: &Job<'_>, out: &mut Diagnostics) {
    let mut say = |at: super::Cursor<'_>, what: &str| {
        out.push(at.error("enterprise", format!("{what} needs Nomad Enterprise")));
    };
    if let Some(block) = job.at.block_of("multiregion").filter(|block| block.has("region")) {
        say(block, "`multiregion`");
    }
    for task in job.tasks() {
        if let Some(block) = task.at.block_of("schedule").filter(|block| block.has("cron")) {
            say(block, "`schedule`");
        }
        let numa = task.at.block_of("resources").and_then(|resources| resources.block_of("numa"));
        if let Some(block) = numa.filter(|numa| {
            numa.text("affinity").is().is_some_and(|kind| matches!(kind.as_str(), "prefer" | "require"))
        }) {
            say(block, "scheduling by memory node");
        }
    }
    let blocks = job
        .groups
        .iter()
        .filter_map(|group| group.at)
        .flat_map(|at| at.blocks_of("consul").chain(at.blocks_of("vault")));
    let of_tasks = job.tasks().flat_map(|task| task.at.blocks_of("consul").chain(task.at.blocks_of("vault")));
    let services = job
        .services()
        .map(|service| service.at)
        .filter(|at| at.text("provider").is().is_none_or(|name| name.as_str() == "consul"));
    for at in job.at.blocks_of("vault").chain(blocks).chain(of_tasks).chain(services) {
        if at.text("cluster").is().is_some_and(|name| !matches!(name.as_str(), "" | "default")) {
            say(at, "a cluster other than `default`");
        }
        if &*at.block.ty.value == "vault" && at.has_text("namespace") {
            say(at, "a Vault namespace");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, job, kind, task, tells};

    #[test]
    fn names_of_jobs_and_groups() {
        tells("job-id", &job("id = \"a b\""), &job("id = \"a-b\""));
        tells("job-id", &job("id = \"\""), &job(""));
        tells("job-name", &job("name = \"\""), &job("name = \"a b\""));
        tells("group-name", "job \"j\" {\ngroup \"\" {}\n}\n", &job(""));
        tells("group-twice", &job("group \"g\" {}"), &job("group \"h\" {}"));
        tells("group-twice", &job("task \"g\" {}"), &job("task \"h\" {}"));
    }

    #[test]
    fn what_a_job_needs() {
        tells("job-type", &job("type = \"\""), &job("type = null"));
        tells("job-region", &job("region = \"\""), &job("region = \"eu\""));
        tells("job-datacenters", &job("datacenters = [\"a\", \"\"]"), &job("datacenters = []"));
        tells("job-groups", "job \"j\" {}\n", &job(""));
        tells(
            "ui-description",
            &job(&format!("ui {{\ndescription = \"{}\"\n}}", "x".repeat(1001))),
            &job("ui {}"),
        );
        tells("job-instances", &group("count = 50001"), &group("count = 50000"));
    }

    #[test]
    fn system_jobs_have_nothing_to_prefer() {
        let affinity = "affinity {\nattribute = \"${node.class}\"\nvalue = \"a\"\n}";
        tells("system-placement", &kind("system", affinity), &kind("sysbatch", affinity));
        tells(
            "system-placement",
            &kind("system", "spread {\nattribute = \"${node.class}\"\n}"),
            &kind("system", ""),
        );
    }

    #[test]
    fn what_needs_enterprise() {
        tells("enterprise", &job("multiregion {\nregion \"a\" {}\n}"), &job("multiregion {}"));
        tells("enterprise", &task("schedule {\ncron {}\n}"), &task("schedule {}"));
        tells("enterprise", &task("vault {\nnamespace = \"a\"\n}"), &task("vault {}"));
        tells(
            "enterprise",
            &task("consul {\ncluster = \"a\"\n}"),
            &task("consul {\ncluster = \"default\"\n}"),
        );
        let numa =
            |affinity: &str| task(&format!("resources {{\nnuma {{\naffinity = \"{affinity}\"\n}}\n}}"));
        tells("enterprise", &numa("require"), &numa("none"));
    }
}
