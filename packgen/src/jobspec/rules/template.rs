//! Rules for templates.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::super::duration::text;
use super::paths::escapes;
use super::scene::Task;

const RULES: &[fn(Cursor<'_>, &mut Diagnostics)] =
    &[content, destination, change_mode, signal, script, splay, permissions, wait];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("template") {
        for rule in RULES {
            rule(at, out);
        }
    }
    destinations(task, out);
}

fn content(at: Cursor<'_>, out: &mut Diagnostics) {
    let empty = |name| at.text_or_empty(name).is_some_and(|text| text.is_empty());
    if empty("source") && empty("data") {
        out.push(at.error("template-content", "a template needs `data` or `source`"));
    }
}

fn destination(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(path) = at.text_or_empty("destination") else { return };
    if path.is_empty() {
        out.push(at.error_at("destination", "template-destination", "a template needs a `destination`"));
    } else if escapes("task", &path) {
        out.push(at.error_at(
            "destination",
            "path-escapes",
            "the destination lies outside of the allocation's folder",
        ));
    }
}

fn destinations(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let mut seen: Vec<(String, Cursor<'_>)> = Vec::new();
    for at in task.at.blocks_of("template") {
        let Some(path) = at.text("destination").is() else { continue };
        match seen.iter().find(|(other, _)| *other == path.as_str()) {
            Some((_, first)) => {
                let finding =
                    at.error_at("destination", "template-twice", "another template has this destination");
                out.push(finding.note("it is here", first.head()));
            }
            None => seen.push((path.to_string(), at)),
        }
    }
}

fn change_mode(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.text("change_mode").is().is_some_and(|mode| mode.is_empty()) {
        out.push(at.error_at("change_mode", "template-mode", "`change_mode` cannot be empty"));
    }
}

fn is_mode(at: Cursor<'_>, mode: &str) -> bool {
    at.text("change_mode").is().is_some_and(|text| text.as_str() == mode)
}

fn signal(at: Cursor<'_>, out: &mut Diagnostics) {
    if !is_mode(at, "signal") {
        return;
    }
    if at.text("change_signal").is().is_some_and(|signal| signal.is_empty()) {
        let message = "`change_mode = \"signal\"` needs a `change_signal`";
        out.push(at.error_at("change_signal", "template-signal", message).help("leave it out for SIGHUP"));
    }
    if at.is_true("env") {
        let message =
            "a signal does not change a task's environment: `env` needs `change_mode = \"restart\"`";
        out.push(at.error_at("change_mode", "template-signal", message));
    }
}

fn script(at: Cursor<'_>, out: &mut Diagnostics) {
    if !is_mode(at, "script") {
        return;
    }
    let Some(script) = at.block_of("change_script") else {
        out.push(at.error_at(
            "change_mode",
            "template-script",
            "`change_mode = \"script\"` needs a `change_script`",
        ));
        return;
    };
    if script.text_or_empty("command").is_some_and(|command| command.is_empty()) {
        out.push(script.error_at("command", "template-script", "`change_script` needs a `command`"));
    }
}

fn splay(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.nanos("splay").is().is_some_and(|splay| splay < 0) {
        out.push(at.error_at("splay", "negative-duration", "`splay` cannot be negative"));
    }
}

/// Octal digits, up to twelve bits.
fn permissions(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(text) = at.text("perms").is().filter(|text| !text.is_empty()) else { return };
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain
        || u32::from_str_radix(&text, 8).is_ok_and(|mode| mode > 0o7777)
        || u32::from_str_radix(&text, 8).is_err()
    {
        let finding = at.error_at("perms", "template-perms", format!("{:?} is no file mode", text.as_str()));
        out.push(finding.help("write octal digits, for example `\"0640\"`"));
    }
}

fn wait(at: Cursor<'_>, out: &mut Diagnostics) {
    for wait in at.blocks_of("wait") {
        let (Some(min), Some(max)) = (wait.nanos("min").is(), wait.nanos("max").is()) else { continue };
        if min > max {
            let message = format!("`min` ({}) is more than `max` ({})", text(min), text(max));
            out.push(wait.error_at("min", "template-wait", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{task, tells};

    fn template(text: &str) -> String {
        task(&format!("template {{\ndata = \"x\"\ndestination = \"local/x\"\n{text}\n}}"))
    }

    #[test]
    fn templates_have_a_source_and_a_destination() {
        tells("template-content", &task("template {\ndestination = \"a\"\n}"), &template(""));
        tells("template-destination", &task("template {\ndata = \"a\"\n}"), &template(""));
        tells(
            "path-escapes",
            &task("template {\ndata = \"a\"\ndestination = \"../../../a\"\n}"),
            &template(""),
        );
        tells(
            "template-twice",
            &template("}\ntemplate {\ndata = \"y\"\ndestination = \"local/x\""),
            &template("}\ntemplate {\ndata = \"y\"\ndestination = \"local/y\""),
        );
    }

    #[test]
    fn what_happens_when_a_template_changes() {
        tells("template-mode", &template("change_mode = \"\""), &template("change_mode = \"noop\""));
        tells(
            "template-signal",
            &template("change_mode = \"signal\"\nchange_signal = \"\""),
            &template("change_mode = \"signal\"\nchange_signal = \"SIGHUP\""),
        );
        tells(
            "template-signal",
            &template("change_mode = \"signal\"\nchange_signal = \"SIGHUP\"\nenv = true"),
            &template("env = true"),
        );
        tells(
            "template-script",
            &template("change_mode = \"script\""),
            &template("change_mode = \"script\"\nchange_script {\ncommand = \"a\"\n}"),
        );
        tells(
            "template-script",
            &template("change_mode = \"script\"\nchange_script {\ncommand = \"\"\n}"),
            &template(""),
        );
    }

    #[test]
    fn settings_of_templates() {
        tells("negative-duration", &template("splay = \"-1s\""), &template("splay = \"0s\""));
        tells("template-perms", &template("perms = \"0999\""), &template("perms = \"0640\""));
        tells("template-perms", &template("perms = \"10000\""), &template("perms = \"7777\""));
        tells(
            "template-wait",
            &template("wait {\nmin = \"2s\"\nmax = \"1s\"\n}"),
            &template("wait {\nmin = \"1s\"\nmax = \"1s\"\n}"),
        );
    }
}
