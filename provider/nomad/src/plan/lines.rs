//! What differs, line by line: Nomad's diff of a job as attributes, each by its place in a jobspec.
//!
//! Pure. Must never report what only the servers added, and never hide a change because it does not know how to put it.

use super::describe::{Line, Options};
use super::diff::{Change, FieldDiff, GroupDiff, JobDiff, ObjectDiff, TaskDiff};
use super::pair::paired;
use super::{names, values};

/// All of a job.
pub fn job(diff: &JobDiff, options: &Options) -> Vec<Line> {
    // Of a job that is new or gone the groups say enough.
    let mut lines =
        if diff.kind == Change::Edited { inside("", "", &diff.fields, &diff.objects) } else { Vec::new() };
    for group_diff in &diff.task_groups {
        lines.extend(group(group_diff, options));
    }
    if lines.is_empty()
        && diff.kind == Change::Edited
        && !diff.task_groups.iter().any(|group| noise(group, options))
    {
        lines.push(unsaid("job".to_owned()));
    }
    lines
}

/// Whether a group differs in something that is left out on purpose.
fn noise(group: &GroupDiff, options: &Options) -> bool {
    let added = group.objects.iter().any(|object| object.name == "Scaling" && object.kind == Change::Edited);
    let scaled = options.scaled_groups.contains(&group.name);
    added || (scaled && group.fields.iter().any(|field| field.name == "Count" && differs(field)))
}

fn group(diff: &GroupDiff, options: &Options) -> Vec<Line> {
    let path = format!("group.{}", diff.name);
    match diff.kind {
        Change::None => Vec::new(),
        Change::Added | Change::Deleted => {
            let tasks = diff.tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(", ");
            vec![whole(diff.kind, path, &format!("tasks: {tasks}"))]
        }
        Change::Edited => {
            let scaled = options.scaled_groups.contains(&diff.name);
            let fields = diff.fields.iter().filter(|field| !(scaled && field.name == "Count"));
            let fields = fields.cloned().collect::<Vec<_>>();
            let mut lines = inside(&path, "", &fields, &diff.objects);
            lines.extend(diff.tasks.iter().flat_map(|inner| task(&path, inner)));
            lines
        }
    }
}

fn task(parent: &str, diff: &TaskDiff) -> Vec<Line> {
    let path = format!("{parent}.task.{}", diff.name);
    match diff.kind {
        Change::None => Vec::new(),
        Change::Added | Change::Deleted => vec![whole(diff.kind, path, "")],
        Change::Edited => {
            let lines = inside(&path, "", &diff.fields, &diff.objects);
            if lines.is_empty() { vec![unsaid(path)] } else { lines }
        }
    }
}

/// What differs in a block: its attributes, then its blocks.
fn inside(path: &str, block: &str, fields: &[FieldDiff], objects: &[ObjectDiff]) -> Vec<Line> {
    let mut lines = fields
        .iter()
        .filter(|field| differs(field))
        .map(|field| line(path, block, field))
        .collect::<Vec<_>>();
    lines.extend(paired(objects).iter().flat_map(|inner| object(path, inner)));
    lines
}

fn object(parent: &str, diff: &ObjectDiff) -> Vec<Line> {
    let path = join(parent, &labelled(diff));
    if diff.is_set() {
        return set(path, diff);
    }
    match diff.kind {
        Change::None => Vec::new(),
        Change::Added | Change::Deleted => vec![whole(diff.kind, path, &summary(diff))],
        Change::Edited => {
            let lines = inside(&path, &diff.name, &diff.fields, &diff.objects);
            match (lines.is_empty(), diff.name.as_str()) {
                // The servers add to it what it scales; the plan's job has that not.
                (true, "Scaling") => Vec::new(),
                (true, _) => vec![unsaid(path)],
                (false, _) => lines,
            }
        }
    }
}

fn set(path: String, diff: &ObjectDiff) -> Vec<Line> {
    let side = |pick: fn(&FieldDiff) -> &String, kind: Change| {
        let fields = diff.fields.iter().filter(|field| field.kind == kind);
        fields.map(|field| pick(field).as_str()).collect::<Vec<_>>().join(", ")
    };
    let (old, new) = (side(|field| &field.old, Change::Deleted), side(|field| &field.new, Change::Added));
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let change = match (old.is_empty(), new.is_empty()) {
        (true, _) => Change::Added,
        (_, true) => Change::Deleted,
        _ => Change::Edited,
    };
    vec![Line { change, path, old, new }]
}

fn differs(field: &FieldDiff) -> bool {
    field.kind != Change::None && field.old != field.new
}

fn line(path: &str, block: &str, field: &FieldDiff) -> Line {
    let value = |value: &String| {
        if names::is_duration(&field.name) && !names::is_free(block) {
            values::duration(value)
        } else {
            value.clone()
        }
    };
    let path = join(path, &names::attribute(block, &field.name));
    Line { change: Change::Edited, path, old: value(&field.old), new: value(&field.new) }
}

fn whole(change: Change, path: String, what: &str) -> Line {
    let (old, new) = if change == Change::Deleted { (what, "") } else { ("", what) };
    Line { change, path, old: old.to_owned(), new: new.to_owned() }
}

/// Nomad says that it differs, but not how: some blocks are not part of its diff.
fn unsaid(path: String) -> Line {
    Line { change: Change::None, path, old: String::new(), new: String::new() }
}

/// The block's name with what tells it from others of that name.
fn labelled(diff: &ObjectDiff) -> String {
    let name = names::block(&diff.name);
    let field = names::key(&diff.name).and_then(|key| diff.fields.iter().find(|field| field.name == key));
    let label = field.map(|field| if field.old.is_empty() { &field.new } else { &field.old });
    // A check without a name is given one that says nothing.
    let given =
        |label: &str| label.is_empty() || (label.starts_with("service: ") && label.ends_with(" check"));
    match label.filter(|label| !given(label)) {
        Some(label) => format!("{name}.{}", label.trim_end_matches('/')),
        None => name,
    }
}

/// The attributes of a block that is new or gone, as far as they say something.
fn summary(diff: &ObjectDiff) -> String {
    let key = names::key(&diff.name);
    let value = |field: &FieldDiff| if field.new.is_empty() { field.old.clone() } else { field.new.clone() };
    let telling = |field: &&FieldDiff| {
        Some(field.name.as_str()) != key && !matches!(value(field).as_str(), "" | "0" | "false" | "nil")
    };
    let said = diff.fields.iter().filter(telling).take(6).map(|field| {
        let line = line("", &diff.name, field);
        let value = if field.new.is_empty() { line.old } else { line.new };
        format!("{} {}", line.path, values::short(&value))
    });
    let blocks = diff.objects.iter().map(labelled);
    said.chain(blocks).collect::<Vec<_>>().join(", ")
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}
