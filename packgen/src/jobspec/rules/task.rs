//! Rules for tasks.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::paths::escapes;
use super::scene::Task;

const RULES: &[fn(&Task<'_, '_>, &mut Diagnostics)] =
    &[name, driver, times, logs, actions, dispatch_payload, csi_plugin, lifecycle, proxy_kind, vault];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(task, out);
    }
}

fn name(task: &Task<'_, '_>, out: &mut Diagnostics) {
    if let Some(problem) = wrong_name(task.at.label()) {
        out.push(task.at.error("task-name", format!("the task's name {problem}")));
    }
}

/// What is wrong with the name of a task.
pub(super) fn wrong_name(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("is empty"),
        "alloc" => Some("cannot be \"alloc\", which is a folder beside the task's"),
        name if name.contains(['/', '\\']) => Some("contains a slash"),
        name if name.contains('\0') => Some("contains a null character"),
        _ => None,
    }
}

fn driver(task: &Task<'_, '_>, out: &mut Diagnostics) {
    if task.at.text_or_empty("driver").is_some_and(|driver| driver.is_empty()) {
        out.push(task.at.error_at("driver", "task-driver", "the task has no `driver`"));
    }
}

fn times(task: &Task<'_, '_>, out: &mut Diagnostics) {
    negative_times(task.at, out);
}

/// The times of a task, or of the proxy beside it.
pub(super) fn negative_times(at: Cursor<'_>, out: &mut Diagnostics) {
    for name in ["kill_timeout", "shutdown_delay"] {
        if at.nanos(name).is().is_some_and(|time| time < 0) {
            out.push(at.error_at(name, "negative-duration", format!("`{name}` cannot be negative")));
        }
    }
}

fn logs(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("logs") {
        if let (Some(enabled), Some(disabled)) = (at.bool("enabled").is(), at.bool("disabled").is())
            && enabled == disabled
        {
            out.push(at.warning_at(
                "enabled",
                "logs-enabled",
                "`enabled` and `disabled` contradict each other",
            ));
        }
    }
}

fn actions(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let mut seen: Vec<&str> = Vec::new();
    for at in task.at.blocks_of("action") {
        let name = at.label();
        if name.is_empty()
            || name.chars().count() > 128
            || name.contains(|letter: char| letter == '\0' || letter.is_ascii_whitespace())
        {
            out.push(at.error(
                "action-name",
                format!("{name:?} is no name for an action: up to 128 letters, no spaces"),
            ));
        }
        if seen.contains(&name) {
            out.push(at.error("action-twice", format!("there is another action {name:?}")));
        }
        if at.text("command").is().is_some_and(|command| command.is_empty()) {
            out.push(at.error_at("command", "action-command", "the action's `command` is empty"));
        }
        seen.push(name);
    }
}

fn dispatch_payload(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("dispatch_payload") {
        if at.text("file").is().is_some_and(|file| escapes("task/local", &file)) {
            out.push(at.error_at("file", "path-escapes", "the file lies outside of the allocation's folder"));
        }
    }
}

fn csi_plugin(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("csi_plugin") {
        for name in ["id", "type"] {
            if at.text_or_empty(name).is_some_and(|text| text.is_empty()) {
                out.push(at.error_at(name, "csi-plugin", format!("a CSI plugin needs `{name}`")));
            }
        }
        let folder = |name: &str, default: &str| {
            let text = at.text_or_empty(name)?;
            Some(if text.is_empty() { default.to_owned() } else { text.to_string() })
        };
        let (Some(mount), Some(stage)) =
            (folder("mount_dir", "/csi"), folder("stage_publish_base_dir", "/local/csi"))
        else {
            continue;
        };
        if super::paths::is_inside(&mount, &stage) {
            let message = "`stage_publish_base_dir` cannot lie in `mount_dir`";
            out.push(at.error_at("stage_publish_base_dir", "csi-plugin", message));
        }
    }
}

fn lifecycle(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("lifecycle") {
        if at.text("hook").is().is_some_and(|hook| hook.is_empty()) {
            out.push(at.error_at("hook", "lifecycle-hook", "`hook` is empty: when does the task run?"));
        }
    }
}

/// Tasks that stand in for Nomad's own proxies.
fn proxy_kind(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let Some(kind) = task.at.text("kind").is() else { return };
    let prefixes = ["connect-proxy", "connect-ingress", "connect-terminating", "connect-mesh"];
    let Some((prefix, service)) = kind.split_once(':').filter(|(prefix, _)| prefixes.contains(prefix)) else {
        return;
    };
    if prefix != "connect-proxy" {
        return;
    }
    if let Some(own) = task.at.block_of("service") {
        out.push(own.error("proxy-kind", "a proxy task has no service of its own"));
    }
    if task.at.is_true("leader") {
        out.push(task.at.error_at("leader", "proxy-kind", "a proxy task cannot be the leader"));
    }
    let mut services = task
        .group
        .blocks_of("service")
        .filter(|at| at.block_of("connect").is_some_and(|connect| connect.has("sidecar_service")));
    if !services.any(|at| at.text("name").is().is_none_or(|name| name.as_str() == service)) {
        out.push(task.at.error_at(
            "kind",
            "proxy-kind",
            format!("the group has no service {service:?} in the mesh"),
        ));
    }
}

/// The nearest `vault` block counts.
fn vault(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let own = task.at.block_of("vault");
    let Some(at) =
        own.or_else(|| task.group.blocks_of("vault").last()).or_else(|| task.job.at.block_of("vault"))
    else {
        return;
    };
    let signal = at.text("change_mode").is().is_some_and(|mode| mode.as_str() == "signal");
    if signal && at.text("change_signal").is().is_some_and(|signal| signal.is_empty()) {
        out.push(at.error_at(
            "change_signal",
            "vault-signal",
            "`change_mode = \"signal\"` needs a `change_signal`",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{job, task, tells};

    #[test]
    fn tasks_have_names_and_drivers() {
        let named = |name: &str| job(&format!("task \"{name}\" {{\ndriver = \"raw_exec\"\n}}"));
        for name in ["", "alloc", "a/b", "a\\\\b"] {
            tells("task-name", &named(name), &named("a"));
        }
        tells("task-driver", &job("task \"a\" {}"), &named("a"));
    }

    #[test]
    fn times_of_tasks() {
        tells("negative-duration", &task("kill_timeout = \"-1s\""), &task("kill_timeout = \"1s\""));
        tells(
            "logs-enabled",
            &task("logs {\nenabled = true\ndisabled = true\n}"),
            &task("logs {\nenabled = false\ndisabled = true\n}"),
        );
    }

    #[test]
    fn actions_have_names_and_commands() {
        let action =
            |name: &str, command: &str| task(&format!("action \"{name}\" {{\ncommand = \"{command}\"\n}}"));
        tells("action-name", &action("a b", "c"), &action("a-b", "c"));
        tells("action-command", &action("a", ""), &action("a", "c"));
        tells(
            "action-twice",
            &task("action \"a\" {\ncommand = \"c\"\n}\naction \"a\" {\ncommand = \"c\"\n}"),
            &action("a", "c"),
        );
    }

    #[test]
    fn files_stay_in_the_allocation() {
        let payload = |file: &str| task(&format!("dispatch_payload {{\nfile = \"{file}\"\n}}"));
        tells("path-escapes", &payload("../../../../x"), &payload("../x"));
    }

    #[test]
    fn csi_plugins() {
        let plugin = |text: &str| task(&format!("csi_plugin {{\n{text}\n}}"));
        let right = "id = \"a\"\ntype = \"node\"";
        tells("csi-plugin", &plugin("type = \"node\""), &plugin(right));
        tells("csi-plugin", &plugin("id = \"a\""), &plugin(right));
        tells("csi-plugin", &plugin(&format!("{right}\nmount_dir = \"/local\"")), &plugin(right));
    }

    #[test]
    fn hooks_and_kinds() {
        let hook = |hook: &str| task(&format!("lifecycle {{\nhook = \"{hook}\"\nsidecar = true\n}}"));
        tells("lifecycle-hook", &hook(""), &hook("prestart"));
        tells("proxy-kind", &task("kind = \"connect-proxy:a\""), &task("kind = \"connect-native:a\""));
        let vault = |signal: &str| {
            task(&format!("vault {{\nchange_mode = \"signal\"\nchange_signal = \"{signal}\"\n}}"))
        };
        tells("vault-signal", &vault(""), &vault("SIGHUP"));
    }
}
