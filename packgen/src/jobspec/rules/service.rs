//! Rules for services.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::{Group, Job, Service};

const RULES: &[fn(&Service<'_, '_>, &mut Diagnostics)] =
    &[name, address, address_mode_place, own_task, port_exists, nomad_connect, identity];

pub(super) fn check(service: &Service<'_, '_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(service, out);
    }
}

/// The catalogue that lists a service.
pub(super) fn provider(at: Cursor<'_>) -> Option<String> {
    let name = at.text_or_empty("provider")?;
    Some(if name.is_empty() { "consul".to_owned() } else { name.to_string() })
}

/// The name under which a service is listed, with Nomad's own place-holders filled in.
pub(super) fn full_name(service: &Service<'_, '_>) -> Option<String> {
    let job = service.job.name()?;
    let task = service.task.map_or("group", Cursor::label);
    let written = service.at.text_or_empty("name")?;
    let written = match (written.as_str(), service.task) {
        ("", Some(task)) => format!("{job}-{}-{}", service.group.name, task.label()),
        ("", None) => format!("{job}-{}", service.group.name),
        (name, _) => name.to_owned(),
    };
    let base = format!("{job}-{}-{task}", service.group.name);
    let parts = [("JOB", job.as_str()), ("TASKGROUP", service.group.name), ("TASK", task), ("BASE", &base)];
    Some(parts.iter().fold(written, |name, (key, value)| name.replace(&format!("${{{key}}}"), value)))
}

fn name(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let Some(name) = full_name(service) else { return };
    if is_label(&without_placeholders(&name)) {
        return;
    }
    let message = format!("{name:?} is no name for a service: letters, digits and dashes, up to 63 of them");
    out.push(service.at.error_at("name", "service-name", message));
}

fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let ends = name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && name.as_bytes().last().is_some_and(u8::is_ascii_alphanumeric);
    name.len() <= 63 && ends && name.bytes().all(inner)
}

/// Nomad checks the name with a fixed word in place of what is only known at run time.
fn without_placeholders(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(start) = rest.find("${") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let inner = from.get(2..).unwrap_or_default();
        let end = inner.find('}').filter(|end| {
            *end > 0
                && inner.bytes().take(*end).all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        });
        let Some(end) = end else {
            out.push_str("${");
            rest = inner;
            continue;
        };
        out.push_str("ENV-VAR");
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn address(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let mode = service.at.text_or_empty("address_mode");
    if service.at.has_text("address") && mode.is_some_and(|mode| !matches!(mode.as_str(), "" | "auto")) {
        let message = "`address` needs `address_mode = \"auto\"`";
        out.push(service.at.error_at("address", "service-address", message));
    }
}

/// Which address modes fit where the service stands.
fn address_mode_place(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let Some(mode) = service.at.text("address_mode").is() else { return };
    let place = match (mode.as_str(), service.task) {
        ("driver", None) => "a task's service",
        ("alloc" | "alloc_ipv6", Some(_)) => "a group's service",
        _ => return,
    };
    let message = format!("`address_mode = {:?}` is for {place}", mode.as_str());
    out.push(service.at.error_at("address_mode", "service-address-mode", message));
}

fn own_task(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let Some(task) = service.task else { return };
    let other = |at: Cursor<'_>| {
        at.text("task").is().is_some_and(|name| !name.is_empty() && name.as_str() != task.label())
    };
    if other(service.at) {
        let finding = service.at.error_at("task", "service-task", "a task's service belongs to that task");
        out.push(finding.help("leave `task` out, or move the service into the group"));
    }
    for check in service.at.blocks_of("check").filter(|check| other(*check)) {
        let message = "Nomad ignores `task` in the checks of a task's service";
        out.push(
            check
                .warning_at("task", "service-task", message)
                .help("leave `task` out, or move the service into the group"),
        );
    }
}

/// Whether a port label is one that Nomad looks up for a task's service.
pub(super) fn unknown_port(service: &Service<'_, '_>, label: &str) -> bool {
    !super::network::port_labels(service.group).contains(&label)
}

/// Nomad looks up the ports of a task's services only; for a group's it is advice.
fn port_exists(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let Some(port) = service.at.text("port").is().filter(|port| !port.is_empty()) else { return };
    let number = port.parse::<i64>().is_ok();
    let literal_fits = service.at.text("address_mode").is().is_some_and(|mode| mode.as_str() == "driver");
    if number && (literal_fits || service.task.is_none()) || !unknown_port(service, &port) {
        return;
    }
    let message = format!("no network of the group has a port {:?}", port.as_str());
    let finding = if service.task.is_some() {
        service.at.error_at("port", "service-port", message)
    } else if port.contains("${") {
        return;
    } else {
        service.at.warning_at("port", "service-port-unknown", message)
    };
    let known = super::network::port_labels(service.group);
    out.push(finding.maybe_help(super::super::validate::did_you_mean(&port, known)));
}

fn nomad_connect(service: &Service<'_, '_>, out: &mut Diagnostics) {
    let Some(connect) = service.at.block_of("connect") else { return };
    if provider(service.at).is_some_and(|name| name == "nomad") {
        out.push(connect.error("service-connect", "`connect` needs `provider = \"consul\"`"));
    }
    if service.task.is_some() {
        let finding = connect.error("service-connect", "`connect` is for a group's service");
        out.push(finding.help("move the service into the group"));
    }
}

fn identity(service: &Service<'_, '_>, out: &mut Diagnostics) {
    for at in service.at.blocks_of("identity") {
        if at.texts("aud").is_empty()
            && at.attr("aud").is_none_or(|attr| attr.value.first_unknown().is_none())
        {
            out.push(at.error_at("aud", "identity-aud", "a service's identity needs an `aud`"));
        }
    }
}

const GROUP_RULES: &[fn(&Job<'_>, &Group<'_>, &mut Diagnostics)] = &[unique, one_provider];

pub(super) fn check_group(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for rule in GROUP_RULES {
        rule(job, group, out);
    }
}

/// Nomad tells services apart by task, name and port.
fn unique(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let mut seen = Vec::<(_, Cursor<'_>)>::new();
    for service in job.services_of(group) {
        let (Some(name), Some(port)) = (full_name(&service), service.at.text_or_empty("port")) else {
            continue;
        };
        let key = (service.task.map(Cursor::label), name, port.to_string());
        match seen.iter().find(|(other, _)| *other == key) {
            Some((_, first)) => {
                let message = format!("there is another service {:?} with this port", key.1);
                out.push(service.at.error("service-twice", message).note("the first is here", first.head()));
            }
            None => seen.push((key, service.at)),
        }
    }
}

fn one_provider(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let mut services = job.services_of(group).filter_map(|service| Some((provider(service.at)?, service.at)));
    let Some((first, _)) = services.next() else { return };
    if let Some((other, at)) = services.find(|(other, _)| *other != first) {
        let message = format!("the services of a group use one provider, this is {other:?} beside {first:?}");
        out.push(at.error_at("provider", "service-providers", message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, group, service, task, tells};

    #[test]
    fn names_of_services() {
        let named = |name: &str| group(&format!("service {{\nname = \"{name}\"\n}}"));
        tells("service-name", &named("a_b"), &named("a-b"));
        tells("service-name", &named("-a"), &named("a"));
        tells("service-name", &named(&"a".repeat(64)), &named(&"a".repeat(63)));
        tells("service-name", &named("${NOMAD_META_x}_"), &named("${NOMAD_META_x}-b"));
        tells("service-name", &named("a.${JOB}"), &named("${BASE}"));
    }

    #[test]
    fn addresses_of_services() {
        tells(
            "service-address",
            &service("address = \"a\"\naddress_mode = \"host\""),
            &service("address = \"a\"\naddress_mode = \"auto\""),
        );
        tells(
            "service-address-mode",
            &service("address_mode = \"driver\""),
            &service("address_mode = \"alloc\""),
        );
        let own = |mode: &str| task(&format!("service {{\nname = \"s\"\naddress_mode = \"{mode}\"\n}}"));
        tells("service-address-mode", &own("alloc"), &own("driver"));
    }

    #[test]
    fn a_tasks_service_is_its_own() {
        let own = |name: &str| task(&format!("service {{\nname = \"s\"\ntask = \"{name}\"\n}}"));
        tells("service-task", &own("other"), &own("t"));
        let check =
            |name: &str| task(&format!("service {{\nname = \"s\"\ncheck {{\ntask = \"{name}\"\n}}\n}}"));
        tells("service-task", &check("other"), &check("t"));
        tells(
            "service-connect",
            &task("service {\nname = \"s\"\nconnect {\nnative = true\n}\n}"),
            &task("service {\nname = \"s\"\n}"),
        );
    }

    #[test]
    fn ports_of_services_exist() {
        let own = |port: &str| {
            task(&format!(
                "service {{\nname = \"s\"\nport = \"{port}\"\n}}\nresources {{\nnetwork {{\nport \"http\" {{}}\n}}\n}}"
            ))
        };
        tells("service-port", &own("htpp"), &own("http"));
        tells(
            "service-port-unknown",
            &service("").replace("port = \"http\"", "port = \"htpp\""),
            &service(""),
        );
        assert!(
            !codes(&service("").replace("port = \"http\"", "port = \"8080\""))
                .contains(&"service-port-unknown")
        );
    }

    #[test]
    fn services_of_a_group_fit_together() {
        let two = |text: &str| service(&format!("}}\nservice {{\n{text}"));
        tells("service-twice", &two("name = \"s\"\nport = \"http\""), &two("name = \"s\"\nport = \"db\""));
        tells(
            "service-providers",
            &two("name = \"b\"\nprovider = \"nomad\""),
            &two("name = \"b\"\nprovider = \"consul\""),
        );
        let connect = |provider: &str| {
            service(&format!("provider = \"{provider}\"\nconnect {{\nsidecar_service {{}}\n}}"))
        };
        tells("service-connect", &connect("nomad"), &connect("consul"));
        tells("identity-aud", &service("identity {}"), &service("identity {\naud = [\"a\"]\n}"));
    }
}
