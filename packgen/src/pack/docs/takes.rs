//! What a pack's jobs ask for, as tables: measured on a render, so that no page can promise something else.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::hcl::variables::{Format, Inputs, Layer};
use crate::pack::{Pack, Rendered, Request};
use crate::source::Diagnostics;

/// What one task asks for.
struct Task {
    name: String,
    image: String,
    cpu: i64,
    memory: i64,
    at_most: i64,
    instances: i64,
    /// Whether it runs on every node, as system jobs do.
    everywhere: bool,
}

/// Every task with its image and what it gets, if nothing is said; empty where that is not known.
pub(super) fn table(pack: &Pack) -> Result<String, Diagnostics> {
    let rendered = pack.render(&Request { open: true, ..Request::default() })?;
    let Some(tasks) = tasks(&rendered) else { return Ok(String::new()) };
    let mut out = String::from("| task | image | how many | CPU | memory | at most |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for task in tasks {
        let instances = if task.everywhere { "one per node".to_owned() } else { task.instances.to_string() };
        let _ = writeln!(
            out,
            "| `{}` | {} | {instances} | {} MHz | {} MiB | {} MiB |",
            task.name,
            if task.image.is_empty() { "–".to_owned() } else { format!("`{}`", task.image) },
            task.cpu,
            task.memory,
            task.at_most.max(task.memory),
        );
    }
    Ok(out)
}

/// One line for each case: what all tasks together ask for. A case is a line `what it is: variables`.
pub(super) fn sizes(pack: &Pack, cases: &str) -> Result<String, Diagnostics> {
    let mut out = String::from("| | CPU | memory | at most | on every node besides | volumes |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for line in cases.lines().filter(|line| !line.trim().is_empty()) {
        let (what, variables) = line.split_once(':').unwrap_or((line, ""));
        let file = pack.sources().add(format!("guide.md, {}", what.trim()), variables.trim());
        let inputs = Inputs::default().with(Layer::file(pack.sources(), file, Format::Hcl)?);
        let rendered = pack.render(&Request { inputs, open: true, ..Request::default() })?;
        let tasks = tasks(&rendered).unwrap_or_default();
        let (nodes, others): (Vec<&Task>, Vec<&Task>) = tasks.iter().partition(|task| task.everywhere);
        let volumes: i64 = rendered
            .volumes
            .iter()
            .filter_map(|volume| volume.size.as_number().and_then(crate::hcl::Number::to_i64))
            .sum();
        let code =
            if variables.trim().is_empty() { String::new() } else { format!(": `{}`", variables.trim()) };
        let _ = writeln!(
            out,
            "| {}{code} | {} MHz | {} MiB | {} MiB | {} | {} |",
            what.trim(),
            sum(&others, |task| task.cpu),
            sum(&others, |task| task.memory),
            sum(&others, |task| task.at_most.max(task.memory)),
            if nodes.is_empty() { "–".to_owned() } else { per_node(&nodes) },
            if volumes == 0 { "–".to_owned() } else { format!("{} GiB", volumes >> 30) },
        );
    }
    Ok(out)
}

fn per_node(tasks: &[&Task]) -> String {
    format!("{} MHz, {} MiB", sum(tasks, |task| task.cpu), sum(tasks, |task| task.memory))
}

fn sum(tasks: &[&Task], each: fn(&Task) -> i64) -> i64 {
    tasks.iter().map(|task| each(task) * task.instances).sum()
}

/// The tasks of a render; `None` as long as something of them is not known.
fn tasks(rendered: &Rendered) -> Option<Vec<Task>> {
    let mut tasks = Vec::new();
    for job in rendered.jobs.as_ref().ok()? {
        job.text.as_ref().ok()?;
        let api = job.json().ok()?;
        let everywhere = matches!(api["Type"].as_str(), Some("system" | "sysbatch"));
        for group in list(&api["TaskGroups"]) {
            let instances = if everywhere { 1 } else { group["Count"].as_i64().unwrap_or(1) };
            for task in list(&group["Tasks"]) {
                let number = |name: &str| task["Resources"][name].as_i64().unwrap_or(0);
                tasks.push(Task {
                    name: task["Name"].as_str().unwrap_or_default().to_owned(),
                    image: task["Config"]["image"].as_str().unwrap_or_default().to_owned(),
                    cpu: number("CPU"),
                    memory: number("MemoryMB"),
                    at_most: number("MemoryMaxMB"),
                    instances,
                    everywhere,
                });
            }
        }
    }
    Some(tasks)
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}
