//! Rules for health checks.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::super::duration::ONE_SECOND;
use super::scene::Service;
use super::service::{provider, unknown_port};

/// Longest remark of a check in bytes.
const NOTES: usize = 255;

type Rule = fn(&Service<'_, '_>, Cursor<'_>, &mut Diagnostics);

const RULES: &[Rule] = &[
    kind,
    http_path,
    script,
    times,
    port,
    port_exists,
    address_mode,
    task_exists,
    restart,
    nomad_only,
    consul_counts,
    expose,
    sidecar_tcp,
    notes,
    names,
];

pub(super) fn check(service: &Service<'_, '_>, out: &mut Diagnostics) {
    for at in service.at.blocks_of("check") {
        for rule in RULES {
            rule(service, at, out);
        }
    }
}

fn kind_of(at: Cursor<'_>) -> Option<String> {
    at.text_or_empty("type").map(|kind| kind.to_lowercase())
}

fn uses_nomad(service: &Service<'_, '_>) -> bool {
    provider(service.at).is_some_and(|name| name == "nomad")
}

fn kind(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(kind) = kind_of(at) else { return };
    let fits = match kind.as_str() {
        "tcp" | "http" => true,
        "grpc" | "script" => !uses_nomad(service),
        _ => false,
    };
    if !fits {
        let known = if uses_nomad(service) {
            "`http` or `tcp` in Nomad's own catalogue"
        } else {
            "`http`, `tcp`, `script` or `grpc`"
        };
        out.push(at.error_at(
            "type",
            "check-type",
            format!("a check's `type` must be {known}, not {kind:?}"),
        ));
    }
}

fn http_path(_: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if kind_of(at).is_none_or(|kind| kind != "http") {
        return;
    }
    let Some(path) = at.text_or_empty("path") else { return };
    if path.is_empty() {
        out.push(at.error_at("path", "check-path", "an `http` check needs a `path`"));
    } else if has_scheme(&path) {
        let message = format!("the `path` of a check is relative, {:?} is a whole address", path.as_str());
        out.push(at.error_at("path", "check-path", message));
    } else if path.contains(|letter: char| letter.is_ascii_control()) {
        out.push(at.error_at("path", "check-path", "the `path` of a check contains a control character"));
    }
}

fn has_scheme(path: &str) -> bool {
    let Some((scheme, _)) = path.split_once(':') else { return false };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn script(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if kind_of(at).is_none_or(|kind| kind != "script") {
        return;
    }
    if at.text_or_empty("command").is_some_and(|command| command.is_empty()) {
        out.push(at.error_at("command", "check-command", "a `script` check needs a `command`"));
    }
    let named = at.has_text("task") || service.at.has_text("task");
    let exact = at.text("type").is().is_some_and(|kind| kind.as_str() == "script");
    if service.task.is_none() && !named && exact {
        out.push(
            at.error("check-task", "a `script` check of a group's service needs `task`: where does it run?"),
        );
    }
}

fn times(_: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    for name in ["interval", "timeout"] {
        let Some(time) = at.nanos(name).or(0) else { continue };
        if time < ONE_SECOND {
            let message = if time == 0 {
                format!("a check needs `{name}`")
            } else {
                format!("`{name}` must be at least 1s")
            };
            out.push(at.error_at(name, "check-times", message));
        }
    }
}

fn needs_port(at: Cursor<'_>) -> bool {
    at.text("type").is().is_some_and(|kind| matches!(kind.as_str(), "http" | "tcp" | "grpc"))
}

fn effective_port(service: &Service<'_, '_>, at: Cursor<'_>) -> Option<String> {
    let own = at.text_or_empty("port")?;
    if own.is_empty() {
        service.at.text_or_empty("port").map(|port| port.to_string())
    } else {
        Some(own.to_string())
    }
}

fn port(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let exposed = at.is_true("expose")
        && service.at.block_of("connect").is_some_and(|connect| connect.has("sidecar_service"));
    if needs_port(at) && !exposed && effective_port(service, at).is_some_and(|port| port.is_empty()) {
        out.push(at.error("check-port", "the check needs a `port`, or its service does"));
    }
}

/// Nomad looks up the ports of a task's checks only; a group's is advice.
fn port_exists(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(port) = effective_port(service, at).filter(|port| !port.is_empty() && needs_port(at)) else {
        return;
    };
    let driver = at.text("address_mode").is().is_some_and(|mode| mode.as_str() == "driver");
    match (port.parse::<i64>(), service.task) {
        (Ok(number), Some(_)) if driver && number <= 0 => {
            out.push(at.error_at("port", "check-port", format!("{number} is no port number")));
        }
        (Ok(_), Some(_)) if !driver => {
            out.push(at.error_at(
                "port",
                "check-port",
                "a port number in a check needs `address_mode = \"driver\"`",
            ));
        }
        (Err(_), Some(_)) if unknown_port(service, &port) => {
            out.push(at.error_at(
                "port",
                "check-port",
                format!("no network of the group has a port {port:?}"),
            ));
        }
        (Err(_), None) if at.has_text("port") && unknown_port(service, &port) && !port.contains("${") => {
            let message = format!("no network of the group has a port {port:?}");
            out.push(at.warning_at("port", "check-port-unknown", message));
        }
        _ => {}
    }
}

fn address_mode(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(mode) = at.text("address_mode").is() else { return };
    let message = match (mode.as_str(), service.task) {
        ("alloc" | "alloc_ipv6", Some(_)) => "this `address_mode` is for checks of a group's service",
        ("driver", None) if at.has_text("task") => "this `address_mode` is for checks of a task's service",
        _ => return,
    };
    out.push(at.error_at("address_mode", "check-address-mode", message));
}

fn task_exists(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(name) = at.text("task").is().filter(|name| !name.is_empty() && service.task.is_none()) else {
        return;
    };
    if !service.group.tasks.iter().any(|task| task.label() == name.as_str()) {
        let message = format!("the group has no task {:?}", name.as_str());
        let known = service.group.tasks.iter().map(|task| task.label());
        out.push(
            at.error_at("task", "check-task", message)
                .maybe_help(super::super::validate::did_you_mean(&name, known)),
        );
    }
}

/// Restarting on what counts as healthy would never end.
fn restart(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let (own, of_service) = (at.block_of("check_restart"), service.at.block_of("check_restart"));
    let Some(restart) = own.or(of_service) else { return };
    let meaning = match at.text_or_empty("on_update") {
        Some(meaning) if meaning.is_empty() => service.at.text_or_empty("on_update"),
        meaning => meaning,
    };
    let ignores = own.is_some_and(|at| at.is_true("ignore_warnings"))
        || of_service.is_some_and(|at| at.is_true("ignore_warnings"));
    match meaning.as_deref() {
        Some("ignore") => {
            out.push(
                restart.error("check-restart", "`check_restart` does not go with `on_update = \"ignore\"`"),
            );
        }
        Some("ignore_warnings") if !ignores => {
            let message =
                "`on_update = \"ignore_warnings\"` needs `check_restart { ignore_warnings = true }`";
            out.push(restart.error("check-restart", message));
        }
        _ => {}
    }
    if restart.nanos("grace").is().is_some_and(|grace| grace < 0) {
        out.push(restart.error_at("grace", "negative-duration", "`grace` cannot be negative"));
    }
    if uses_nomad(service) && ignores {
        out.push(restart.error("check-nomad", "checks of Nomad's own catalogue have no warnings to ignore"));
    }
}

/// What Nomad's own catalogue does not have.
fn nomad_only(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if !uses_nomad(service) {
        return;
    }
    let counts = ["success_before_passing", "failures_before_critical", "failures_before_warning"];
    let mut wrong: Vec<&str> =
        counts.into_iter().filter(|name| at.int(name).is().is_some_and(|count| count > 0)).collect();
    wrong.extend(Some("expose").filter(|name| at.is_true(name)));
    wrong.extend(Some("tls_server_name").filter(|name| at.has_text(name)));
    let meaning = at.text("on_update").is().or_else(|| service.at.text("on_update").is());
    if meaning.is_some_and(|meaning| meaning.as_str() == "ignore_warnings") {
        wrong.push("on_update");
    }
    if at.text("address_mode").is().is_some_and(|mode| mode.as_str() == "driver") {
        wrong.push("address_mode");
    }
    for name in wrong {
        let message =
            format!("this `{name}` is for services in Consul, this one is in Nomad's own catalogue");
        out.push(at.error_at(name, "check-nomad", message));
    }
    let method = at.text("method").is().filter(|method| !method.is_empty());
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];
    let exact = at.text("type").is().is_some_and(|kind| kind.as_str() == "http");
    if let Some(method) = method.filter(|method| exact && !known.contains(&method.to_uppercase().as_str())) {
        out.push(at.error_at("method", "check-method", format!("{:?} is no HTTP method", method.as_str())));
    }
}

fn consul_counts(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if uses_nomad(service) || needs_port(at) || at.text("type").is().is_none() {
        return;
    }
    for name in ["success_before_passing", "failures_before_critical", "failures_before_warning"] {
        if at.int(name).is().is_some_and(|count| count > 0) {
            out.push(at.error_at(
                name,
                "check-counts",
                format!("`{name}` is for `http`, `tcp` and `grpc` checks"),
            ));
        }
    }
}

fn expose(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if !at.is_true("expose") {
        return;
    }
    let sidecar = service.at.block_of("connect").is_some_and(|connect| connect.has("sidecar_service"));
    let message = if service.task.is_some() {
        "`expose` is for checks of a group's service"
    } else if !sidecar {
        "`expose` needs a `connect { sidecar_service {} }`"
    } else if kind_of(at).is_some_and(|kind| !matches!(kind.as_str(), "http" | "grpc")) {
        "`expose` is for `http` and `grpc` checks"
    } else {
        return;
    };
    out.push(at.error_at("expose", "check-expose", message));
}

/// The service listens inside the network namespace only.
fn sidecar_tcp(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let sidecar = service.at.block_of("connect").is_some_and(|connect| connect.has("sidecar_service"));
    if sidecar && at.text("type").is().is_some_and(|kind| kind.as_str() == "tcp") {
        out.push(at.error_at("type", "check-sidecar", "a service behind a mesh proxy has no `tcp` check"));
    }
}

fn notes(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    if let Some(notes) = at.text("notes").is().filter(|notes| notes.len() > NOTES && !uses_nomad(service)) {
        let message = format!("`notes` may have {NOTES} bytes, this has {}", notes.len());
        out.push(at.error_at("notes", "check-notes", message));
    }
}

/// Nomad tells the checks of a task's service apart by name.
fn names(service: &Service<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(name) = at.text_or_empty("name").filter(|_| service.task.is_some()) else { return };
    let before = service.at.blocks_of("check").take_while(|other| !std::ptr::eq(other.block, at.block));
    for first in before.filter(|other| other.text_or_empty("name").is_some_and(|other| other == name)) {
        let finding = at.error("check-twice", "there is another check with this name in the service");
        out.push(finding.note("the first is here", first.head()).help("give each check a `name`"));
    }
}

#[cfg(test)]
mod tests;
