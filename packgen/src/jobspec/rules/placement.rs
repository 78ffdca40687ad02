//! Rules for constraints, affinities and spreads.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::super::shorthand::{self, Compared};
use super::scene::{Job, Kind};
use super::{regexp, version};

/// Node values that a constraint can compare by their exact names.
const EXACT: [&str; 5] =
    ["${node.unique.id}", "${node.datacenter}", "${node.unique.name}", "${node.class}", "${node.pool}"];
const PREFIXES: [&str; 3] = ["${attr.", "${device.", "${meta."];

pub(super) fn check(job: &Job<'_>, out: &mut Diagnostics) {
    let groups = job.groups.iter().filter_map(|group| group.at);
    let tasks: Vec<Cursor<'_>> = job.tasks().map(|task| task.at).collect();
    for task in &tasks {
        task.blocks_of("constraint").for_each(|at| no_distinct(at, "a task", out));
    }
    for at in std::iter::once(job.at).chain(groups).chain(tasks) {
        at.blocks_of("constraint").for_each(|at| constraint(at, out));
        if job.kind != Some(Kind::System) {
            at.blocks_of("affinity").for_each(|at| affinity(at, out));
            at.blocks_of("spread").for_each(|at| spread(at, out));
        }
    }
}

const CONSTRAINT: &[fn(Cursor<'_>, &Compared, &mut Diagnostics)] =
    &[operand, distinct_property, presence, attribute, ignored];

pub(super) fn constraint(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(compared) = shorthand::constraint(at.block) else { return };
    for rule in CONSTRAINT {
        rule(at, &compared, out);
    }
}

/// Where a wrong value is shown: at the shorthand, if that is how it is written.
fn value_name(at: Cursor<'_>, compared: &Compared) -> String {
    let shorthand = compared.operator.as_str();
    if at.attr(shorthand).is_some() { shorthand.to_owned() } else { "value".to_owned() }
}

fn operand(at: Cursor<'_>, compared: &Compared, out: &mut Diagnostics) {
    let name = value_name(at, compared);
    let value = compared.value.as_str();
    let operator = compared.operator.as_str();
    let problem = match operator {
        "=" | "==" | "is" | "!=" | "not" | "<" | "<=" | ">" | ">=" | "set_contains" | "set_contains_all"
        | "set_contains_any"
            if value.is_empty() =>
        {
            format!("the operator `{operator}` needs a `value`")
        }
        "regexp" => match regexp::wrong(value) {
            None => return,
            Some(problem) => format!("{value:?} is no regular expression: {problem}"),
        },
        "version" if !version::is_constraint(value, version::Style::Version) => {
            format!("{value:?} is no version constraint, such as \">= 1.2, < 2.0\"")
        }
        "semver" if !version::is_constraint(value, version::Style::Semver) => {
            format!("{value:?} is no version constraint, such as \">= 1.2.0\"")
        }
        _ => return,
    };
    out.push(at.error_at(&name, "constraint-value", problem));
}

fn distinct_property(at: Cursor<'_>, compared: &Compared, out: &mut Diagnostics) {
    if compared.operator.as_str() != "distinct_property" || compared.value.is_empty() {
        return;
    }
    if !compared.value.parse::<u64>().is_ok_and(|count| count >= 1) {
        let message =
            format!("`distinct_property` takes a count of at least 1, not {:?}", compared.value.as_str());
        out.push(at.error_at("value", "constraint-value", message));
    }
}

fn presence(at: Cursor<'_>, compared: &Compared, out: &mut Diagnostics) {
    if matches!(compared.operator.as_str(), "is_set" | "is_not_set") && !compared.value.is_empty() {
        let message = format!("the operator `{}` takes no `value`", compared.operator);
        out.push(at.error_at("value", "constraint-value", message));
    }
}

fn attribute(at: Cursor<'_>, compared: &Compared, out: &mut Diagnostics) {
    if compared.operator.as_str() == "distinct_hosts" {
        return;
    }
    let name = if at.attr("distinct_property").is_some() { "distinct_property" } else { "attribute" };
    let text = compared.attribute.as_str();
    let problem = match text {
        "" => "the constraint compares nothing: `attribute` is missing".to_owned(),
        _ if !text.starts_with('$') => return,
        _ if !text.starts_with("${") || !text.ends_with('}') => format!("{text:?} is not closed as `${{…}}`"),
        _ if EXACT.contains(&text) || PREFIXES.iter().any(|prefix| text.starts_with(prefix)) => return,
        _ => format!("a constraint cannot compare {text}"),
    };
    let help = "it can compare ${attr.…}, ${meta.…}, ${device.…} and ${node.class}, .datacenter, .pool, .unique.id, .unique.name";
    out.push(at.error_at(name, "constraint-attribute", problem).help(help));
}

/// Shorthands that Nomad reads and forgets.
fn ignored(at: Cursor<'_>, _: &Compared, out: &mut Diagnostics) {
    for name in ["set_contains_all", "set_contains_any", "is_set", "is_not_set"] {
        if at.attr(name).is_some() {
            let finding =
                at.warning_at(name, "constraint-ignored", format!("Nomad ignores `{name}` as an attribute"));
            out.push(finding.help(format!("write `operator = {name:?}`")));
        }
    }
}

/// What tells allocations apart makes no sense for less than a group.
pub(super) fn no_distinct(at: Cursor<'_>, place: &str, out: &mut Diagnostics) {
    let Some(compared) = shorthand::constraint(at.block) else { return };
    if matches!(compared.operator.as_str(), "distinct_hosts" | "distinct_property") {
        let finding = at.error("constraint-distinct", format!("`{}` is not for {place}", compared.operator));
        out.push(finding.help("move the constraint into the group or the job"));
    }
}

pub(super) fn affinity(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(compared) = shorthand::affinity(at.block) else { return };
    operand(at, &compared, out);
    if compared.attribute.is_empty() {
        out.push(at.error_at(
            "attribute",
            "affinity-attribute",
            "the affinity compares nothing: `attribute` is missing",
        ));
    }
    if at.int("weight").is() == Some(0) {
        out.push(at.error_at("weight", "affinity-weight", "a `weight` of zero means nothing"));
    }
}

const SPREAD: &[fn(Cursor<'_>, &mut Diagnostics)] = &[spread_attribute, spread_targets];

fn spread(at: Cursor<'_>, out: &mut Diagnostics) {
    for rule in SPREAD {
        rule(at, out);
    }
}

fn spread_attribute(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.text_or_empty("attribute").is_some_and(|attribute| attribute.is_empty()) {
        out.push(at.error_at("attribute", "spread-attribute", "`spread` needs an `attribute`"));
    }
}

fn spread_targets(at: Cursor<'_>, out: &mut Diagnostics) {
    let targets: Vec<Cursor<'_>> = at.blocks_of("target").collect();
    for (index, second) in targets.iter().enumerate() {
        if let Some(first) = targets.iter().take(index).find(|other| other.label() == second.label()) {
            let message = format!("there is another target {:?}", second.label());
            out.push(second.error("spread-target", message).note("the first is here", first.head()));
        }
    }
    let sum: i64 = targets.iter().filter_map(|target| target.int("percent").is()).sum();
    if sum > 100 {
        out.push(at.error("spread-target", format!("the targets add up to {sum} percent")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, job, task, tells};

    fn constraint(text: &str) -> String {
        group(&format!("constraint {{\n{text}\n}}"))
    }

    const NAME: &str = "attribute = \"${attr.kernel.name}\"";

    #[test]
    fn operators_have_values_that_fit() {
        let with = |text: &str| constraint(&format!("{NAME}\n{text}"));
        tells("constraint-value", &with(""), &with("value = \"linux\""));
        tells(
            "constraint-value",
            &with("operator = \"regexp\"\nvalue = \"(\""),
            &with("operator = \"regexp\"\nvalue = \"(a)\""),
        );
        tells("constraint-value", &with("regexp = \"(\""), &with("regexp = \"a\""));
        tells("constraint-value", &with("version = \"x\""), &with("version = \">= 1.2\""));
        tells("constraint-value", &with("semver = \"~> 1.2\""), &with("semver = \">= 1.2\""));
        tells(
            "constraint-value",
            &with("operator = \"is_set\"\nvalue = \"a\""),
            &with("operator = \"is_set\""),
        );
        tells(
            "constraint-value",
            &constraint("distinct_property = \"${meta.rack}\"\nvalue = \"0\""),
            &constraint("distinct_property = \"${meta.rack}\"\nvalue = \"2\""),
        );
        tells(
            "constraint-ignored",
            &with("set_contains_any = \"a\"\nvalue = \"b\""),
            &with("set_contains = \"a\""),
        );
        tells("value", &with("operator = \"=>\"\nvalue = \"a\""), &with("operator = \">=\"\nvalue = \"a\""));
    }

    #[test]
    fn constraints_compare_what_the_scheduler_knows() {
        let with = |text: &str| constraint(&format!("attribute = \"{text}\"\nvalue = \"a\""));
        tells("constraint-attribute", &constraint("value = \"a\""), &with("${node.class}"));
        tells("constraint-attribute", &with("${NOMAD_DC}"), &with("${meta.a}"));
        tells("constraint-attribute", &with("$attr"), &with("literal"));
        tells(
            "constraint-attribute",
            &constraint("operator = \"distinct_property\""),
            &constraint("distinct_hosts = true"),
        );
        let of_task = task("constraint {\ndistinct_hosts = true\n}");
        tells("constraint-distinct", &of_task, &constraint("distinct_hosts = true"));
    }

    #[test]
    fn affinities_compare_and_weigh() {
        let affinity = |text: &str| job(&format!("affinity {{\n{text}\n}}"));
        let right = affinity(&format!("{NAME}\nvalue = \"linux\""));
        tells("affinity-attribute", &affinity("value = \"linux\""), &right);
        tells("affinity-weight", &affinity(&format!("{NAME}\nvalue = \"linux\"\nweight = 0")), &right);
        tells("range", &affinity(&format!("{NAME}\nvalue = \"linux\"\nweight = 101")), &right);
        tells("constraint-value", &affinity(NAME), &right);
    }

    #[test]
    fn spreads_add_up() {
        let spread =
            |text: &str| job(&format!("spread {{\nattribute = \"${{node.datacenter}}\"\n{text}\n}}"));
        tells("spread-attribute", &job("spread {}"), &spread(""));
        let two = |label: &str, percent: u8| {
            spread(&format!(
                "target \"a\" {{\npercent = 60\n}}\ntarget \"{label}\" {{\npercent = {percent}\n}}"
            ))
        };
        tells("spread-target", &two("a", 40), &two("b", 40));
        tells("spread-target", &two("b", 41), &two("b", 40));
        tells("range", &spread("weight = 0"), &spread("weight = 1"));
    }
}
