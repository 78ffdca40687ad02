//! Values that the grammar alone can judge: allowed words, ranges, what is outdated.

use crate::source::{Diagnostic, Diagnostics, Severity};
use crate::tree::Attr;

use super::super::cursor::Cursor;
use super::super::grammar::{self, Allowed, Body, Runtime, Slot};
use super::super::read::{Datum, read};
use super::super::shorthand::{self, Compared};
use super::did_you_mean;

/// Checks all values in a block and in the blocks inside it.
pub(super) fn body(body: &'static Body, at: Cursor<'_>, out: &mut Diagnostics) {
    Walk { out, job: at, sidecar: false, of_task: false }.body(body, at, true);
}

struct Walk<'o> {
    out: &'o mut Diagnostics,
    /// The job, whose policies its groups inherit.
    job: Cursor<'o>,
    /// Inside a `sidecar_task`, of which Nomad takes over only a part.
    sidecar: bool,
    /// Inside the `resources` of a task.
    of_task: bool,
}

impl Walk<'_> {
    /// What servers do not look at is a warning.
    fn body(&mut self, body: &'static Body, at: Cursor<'_>, enforced: bool) {
        for attr in &at.block.attrs {
            if let Some(def) = body.attr(&attr.name) {
                let enforced = enforced && self.is_read(body, at, def.name);
                self.value(def, at, attr, enforced);
            }
        }
        for inner in &at.block.blocks {
            let Some(slot) = body.block(&inner.ty) else { continue };
            let inner = at.inside(inner);
            if !slot.deprecated.is_empty() {
                self.out.push(outdated(slot.name, slot.deprecated, inner.block.ty.span, inner));
            }
            let before = (self.sidecar, self.of_task);
            self.sidecar |= slot.name == "sidecar_task";
            self.of_task |= slot.name == "resources";
            self.body(slot.body, inner, enforced && self.is_enforced(body, at, slot));
            (self.sidecar, self.of_task) = before;
        }
    }

    /// Whether servers look at what stands in a block.
    fn is_enforced(&self, outer: &Body, at: Cursor<'_>, slot: &Slot) -> bool {
        match (outer.name, slot.name) {
            ("Task", "restart")
            | ("Service", "identity")
            | ("ConsulUpstream", "mesh_gateway")
            | ("SidecarTask", "logs") => false,
            ("Resources", "numa") => !self.sidecar,
            ("Service", "check_restart") => at.has("check"),
            ("Multiregion", "strategy") => at.has("region"),
            _ => true,
        }
    }

    /// Whether an attribute has any effect beside the others.
    fn is_read(&self, body: &Body, at: Cursor<'_>, name: &str) -> bool {
        let decides = |compared: Option<Compared>| {
            compared.is_none_or(|compared| at.text("operator").is() == Some(compared.operator))
        };
        match (body.name, name) {
            ("Port", "to") => !self.of_task,
            ("Constraint", "operator") => decides(shorthand::constraint(at.block)),
            ("Affinity", "operator") => decides(shorthand::affinity(at.block)),
            ("VolumeMount", _) => at.attr("volume").is_some(),
            ("ReschedulePolicy", _) => self.reschedules(at),
            _ => true,
        }
    }

    /// Whether a policy, with what it inherits, reschedules at all; one that does not is not looked at.
    fn reschedules(&self, at: Cursor<'_>) -> bool {
        let layers = [Some(at), self.job.block_of("reschedule")].into_iter().flatten();
        let written = |name: &str| layers.clone().find(|layer| layer.attr(name).is_some());
        let is_batch = self.job.text("type").is().is_some_and(|kind| kind.as_str() == "batch");
        let unlimited = written("unlimited").map_or(Some(!is_batch), |layer| layer.bool("unlimited").is());
        let attempts =
            written("attempts").map_or(Some(i64::from(is_batch)), |layer| layer.int("attempts").is());
        unlimited != Some(false) || attempts.is_none_or(|attempts| attempts > 0)
    }

    fn value(&mut self, def: &grammar::Attr, at: Cursor<'_>, attr: &Attr, enforced: bool) {
        if attr.value.is_null() {
            return;
        }
        if !def.deprecated.is_empty() {
            self.out.push(outdated(def.name, def.deprecated, attr.name.span, at));
        }
        let found = match read(def.ty, &attr.value) {
            Ok(Datum::Text(text)) => word(def, text.as_str()).or_else(|| stays(def, text.as_str())),
            Ok(Datum::Int(number)) => range(def, number),
            _ => None,
        };
        if let Some(mut finding) = found {
            if !enforced {
                finding.severity = Severity::Warning;
            }
            self.out.push(at.place_at(attr, finding));
        }
    }
}

fn outdated(name: &str, instead: &str, at: crate::source::Span, cursor: Cursor<'_>) -> Diagnostic {
    cursor.explain(Diagnostic::warning("deprecated", format!("`{name}` is outdated: {instead}"), at))
}

fn word(def: &grammar::Attr, text: &str) -> Option<Diagnostic> {
    let none = crate::source::Span::NONE;
    let (values, code) = match def.allowed {
        Allowed::Any => return None,
        Allowed::Only(values) => (values, "value"),
        Allowed::Known(values) => (values, "value-unknown"),
    };
    let fits = |value: &&str| match value.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == *value,
    };
    if text.is_empty() || values.iter().any(fits) {
        return None;
    }
    let help =
        did_you_mean(text, values.iter().copied()).unwrap_or_else(|| format!("it can be {}", listed(values)));
    if matches!(def.allowed, Allowed::Only(_)) {
        Some(Diagnostic::error(code, format!("`{}` cannot be {text:?}", def.name), none).help(help))
    } else if text.contains("${") {
        None
    } else {
        Some(
            Diagnostic::warning(code, format!("`{}` is {text:?}, which is not known here", def.name), none)
                .help(help),
        )
    }
}

/// A name that exists only at run time, where nobody looks for it at run time.
fn stays(def: &grammar::Attr, text: &str) -> Option<Diagnostic> {
    let marks = ["${attr.", "${meta.", "${node.", "${device.", "${NOMAD_"];
    let mark = marks.into_iter().find(|mark| def.rt == Runtime::None && text.contains(mark))?;
    let message =
        format!("`{}` is read when the job is submitted: `{mark}…}}` stays as it is written", def.name);
    Some(Diagnostic::warning("run-time-name", message, crate::source::Span::NONE))
}

/// Words as they are listed in a sentence.
fn listed(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn range(def: &grammar::Attr, number: i128) -> Option<Diagnostic> {
    let (least, most) = def.range;
    let below = least.is_some_and(|least| number < i128::from(least));
    let above = most.is_some_and(|most| number > i128::from(most));
    if !below && !above {
        return None;
    }
    let wanted = match (least, most) {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    let message = format!("`{}` must be {wanted}, not {number}", def.name);
    Some(Diagnostic::error("range", message, crate::source::Span::NONE))
}

#[cfg(test)]
mod tests {
    use crate::jobspec::bare::{Inputs, read as read_file};
    use crate::jobspec::validate::{Options, check};
    use crate::source::{Severity, SourceMap};

    fn found(task: &str) -> Vec<String> {
        let sources = SourceMap::new();
        let text = format!(
            "job \"j\" {{\ngroup \"g\" {{\ntask \"t\" {{\ndriver = \"qemu\"\nconfig {{\nimage_path = \"a\"\n}}\n{task}\n}}\n}}\n}}\n"
        );
        let file = sources.add("t.nomad.hcl", text);
        let (tree, findings) = read_file(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        let found = check(&tree, Options::default());
        found
            .iter()
            .map(|one| format!("{}: {} ({})", one.code, one.message, one.help.as_deref().unwrap_or("")))
            .collect()
    }

    #[test]
    fn words_that_nomad_does_not_register() {
        let vault = |mode: &str| found(&format!("vault {{\nchange_mode = \"{mode}\"\n}}"));
        assert_eq!(vault("sginal"), ["value: `change_mode` cannot be \"sginal\" (did you mean `signal`?)"]);
        assert_eq!(
            vault("x"),
            ["value: `change_mode` cannot be \"x\" (it can be `noop`, `restart` or `signal`)"]
        );
        assert_eq!(vault("noop"), [""; 0]);
    }

    #[test]
    fn words_that_are_only_unusual() {
        assert_eq!(found("driver2 = 1").len(), 1);
        let mode = |mode: &str| found(&format!("resources {{\nnetwork {{\nmode = \"{mode}\"\n}}\n}}"));
        let unusual = mode("bridged");
        assert!(
            unusual.iter().any(|one| one.starts_with("value-unknown: `mode` is \"bridged\"")),
            "{unusual:?}"
        );
        assert!(!mode("cni/mine").iter().any(|one| one.starts_with("value-unknown")));
    }

    #[test]
    fn numbers_out_of_range_and_old_names() {
        assert_eq!(found("logs {\nmax_files = 0\n}"), ["range: `max_files` must be at least 1, not 0 ()"]);
        assert_eq!(
            found("resources {\niops = 1\n}"),
            ["deprecated: `iops` is outdated: removed function ()"]
        );
    }

    #[test]
    fn run_time_names_where_nobody_looks_for_them() {
        let name = found("volume_mount {\nvolume = \"v\"\nselinux_label = \"${NOMAD_META_x}\"\n}");
        assert!(name.iter().any(|one| one.starts_with("value: `selinux_label`")), "{name:?}");
        let role = |text: &str| found(&format!("vault {{\nrole = \"{text}\"\n}}"));
        assert_eq!(
            role("${NOMAD_META_x}"),
            [
                "run-time-name: `role` is read when the job is submitted: `${NOMAD_…}` stays as it is written ()"
            ]
        );
        assert_eq!(role("a"), [""; 0]);
        assert_eq!(found("artifact {\nsource = \"${meta.url}\"\n}"), [""; 0]);
    }

    /// How a value in a job is judged: by its severity, or not at all.
    fn judged(job: &str, code: &str) -> Option<Severity> {
        let sources = SourceMap::new();
        let text = format!("job \"j\" {{\n{job}\n}}\n");
        let file = sources.add("t.nomad.hcl", text);
        let (tree, findings) = read_file(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        check(&tree, Options::default()).iter().find(|one| one.code == code).map(|one| one.severity)
    }

    const FORGOTTEN: Option<Severity> = Some(Severity::Warning);
    const READ: Option<Severity> = Some(Severity::Error);

    #[test]
    fn an_operator_that_a_shorthand_replaces_is_not_read() {
        let of = |block: &str| judged(block, "value");
        for block in ["constraint", "affinity"] {
            let with = |rest: &str| {
                of(&format!(
                    "{block} {{\nattribute = \"${{attr.x}}\"\noperator = \"like\"\nvalue = \"1\"\n{rest}\n}}"
                ))
            };
            assert_eq!(with(""), READ, "{block}");
            assert_eq!(with("version = \">= 1\""), FORGOTTEN, "{block}");
        }
        assert_eq!(of("constraint {\noperator = \"like\"\ndistinct_hosts = true\n}"), FORGOTTEN);
        assert_eq!(of("constraint {\noperator = \"=\"\nattribute = \"a\"\nvalue = \"1\"\n}"), None);
    }

    #[test]
    fn a_mount_without_a_volume_is_not_read() {
        let of = |volume: &str| {
            let mount = format!("volume_mount {{\n{volume}\npropagation_mode = \"both\"\n}}");
            judged(&format!("group \"g\" {{\ntask \"t\" {{\n{mount}\n}}\n}}"), "value")
        };
        assert_eq!((of("volume = \"v\""), of("")), (READ, FORGOTTEN));
    }

    #[test]
    fn a_policy_that_does_not_reschedule_is_not_read() {
        let of = |kind: &str, job: &str, group: &str| {
            let policy = |text: &str| format!("reschedule {{\n{text}\n}}");
            let group = policy(&format!("delay_function = \"linear\"\n{group}"));
            let job = if job.is_empty() { String::new() } else { policy(job) };
            judged(&format!("type = \"{kind}\"\n{job}\ngroup \"g\" {{\n{group}\n}}"), "value")
        };
        let off = "attempts = 0\nunlimited = false";
        assert_eq!(of("service", "", ""), READ);
        assert_eq!(of("service", "", "attempts = 0"), READ);
        assert_eq!(of("service", "", off), FORGOTTEN);
        assert_eq!(of("service", off, ""), FORGOTTEN);
        assert_eq!(of("service", off, "attempts = 2"), READ);
        assert_eq!(of("service", off, "unlimited = true"), READ);
        assert_eq!(of("batch", "", ""), READ);
        assert_eq!(of("batch", "", "attempts = 0"), FORGOTTEN);
        assert_eq!(of("batch", "", "attempts = 0\nunlimited = true"), READ);
    }
}
