//! Rules for networks and ports.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Group;

const RULES: &[fn(&Group<'_>, &mut Diagnostics)] =
    &[labels, static_ports, collisions, cni_arguments, host_names, old_addresses];

pub(super) fn check(group: &Group<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(group, out);
    }
}

/// A port and the network it stands in.
struct Port<'t> {
    at: Cursor<'t>,
    network: Cursor<'t>,
    of_task: bool,
}

/// The ports that Nomad sees: those of the old form are lost beside any of the new form.
fn ports_in(network: Cursor<'_>) -> Vec<Cursor<'_>> {
    let ports: Vec<Cursor<'_>> = network.blocks_of("port").collect();
    if ports.is_empty() { network.blocks_of("reserved_ports").collect() } else { ports }
}

fn ports<'t>(group: &Group<'t>) -> Vec<Port<'t>> {
    let of_tasks = group
        .tasks
        .iter()
        .flat_map(|task| task.blocks_of("resources"))
        .flat_map(|resources| resources.blocks_of("network"));
    let networks = group
        .blocks_of("network")
        .map(|network| (network, false))
        .chain(of_tasks.map(|network| (network, true)));
    networks
        .flat_map(|(network, of_task)| {
            ports_in(network).into_iter().map(move |at| Port { at, network, of_task })
        })
        .collect()
}

/// The labels of all ports of a group and its tasks.
pub(super) fn port_labels<'t>(group: &Group<'t>) -> Vec<&'t str> {
    ports(group).iter().map(|port| port.at.label()).collect()
}

fn labels(group: &Group<'_>, out: &mut Diagnostics) {
    let all = ports(group);
    for (at, port) in all.iter().enumerate() {
        let same = all.iter().take(at).find(|other| !other.of_task && other.at.label() == port.at.label());
        if let Some(first) = same {
            let message = format!("there is another port {:?}", port.at.label());
            out.push(port.at.error("port-twice", message).note("the first is here", first.at.head()));
        }
    }
}

fn static_ports(group: &Group<'_>, out: &mut Diagnostics) {
    let mut taken: Vec<(i64, String, Cursor<'_>)> = Vec::new();
    for port in ports(group) {
        let (Some(number), Some(network)) =
            (port.at.int("static").is(), port.at.text_or_empty("host_network"))
        else {
            continue;
        };
        if number == 0 {
            continue;
        }
        let network = if network.is_empty() { "default" } else { network.as_str() };
        match taken.iter().find(|(other, on, _)| *other == number && on == network) {
            Some(_) if port.at.is_true("ignore_collision") && !port.of_task => {}
            Some((_, _, first)) => {
                let message = format!("the static port {number} is taken by {:?}", first.label());
                out.push(
                    port.at.error_at("static", "port-taken", message).note("it is taken here", first.head()),
                );
            }
            None => taken.push((number, network.to_owned(), port.at)),
        }
    }
}

fn collisions(group: &Group<'_>, out: &mut Diagnostics) {
    for port in ports(group).iter().filter(|port| !port.of_task && port.at.is_true("ignore_collision")) {
        let Some(mode) = port.network.text_or_empty("mode") else { continue };
        if !matches!(mode.as_str(), "" | "host") {
            let message = format!("`ignore_collision` is for host networks, this one is {:?}", mode.as_str());
            out.push(port.at.error_at("ignore_collision", "port-collision", message));
        }
    }
}

/// They are handed over as one text, with semicolons between them.
fn cni_arguments(group: &Group<'_>, out: &mut Diagnostics) {
    let mut seen: Vec<String> = Vec::new();
    for cni in group.blocks_of("network").flat_map(|network| network.blocks_of("cni")) {
        for entry in cni.entries("args") {
            let key = entry.name.value.to_string();
            if key.contains(';') || entry.value.as_str().is_some_and(|value| value.contains(';')) {
                out.push(cni.error_at(
                    "args",
                    "cni-semicolon",
                    format!("the argument {key:?} contains a semicolon"),
                ));
            }
            if seen.contains(&key) {
                out.push(cni.error_at(
                    "args",
                    "cni-twice",
                    format!("another network has the argument {key:?}"),
                ));
            }
            seen.push(key);
        }
    }
}

fn host_names(group: &Group<'_>, out: &mut Diagnostics) {
    for network in group.blocks_of("network") {
        let Some(name) =
            network.text("hostname").is().filter(|name| !name.is_empty() && !name.contains("${"))
        else {
            continue;
        };
        if !is_domain(&name) {
            out.push(network.error_at(
                "hostname",
                "hostname",
                format!("{:?} is no host name", name.as_str()),
            ));
        }
    }
}

/// What a resolver takes: labels of up to 63 bytes, 254 in all.
fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 254 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}

/// `static = -1` is taken for a dynamic port.
fn old_addresses(group: &Group<'_>, out: &mut Diagnostics) {
    for port in ports(group).iter().filter(|port| port.at.int("static").is().is_some_and(|number| number < 0))
    {
        let finding =
            port.at.warning_at("static", "port-negative", "a negative `static` means a dynamic port");
        out.push(finding.help("leave `static` out"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, task, tells};

    fn network(text: &str) -> String {
        group(&format!("network {{\n{text}\n}}"))
    }

    #[test]
    fn ports_have_labels_and_numbers_of_their_own() {
        tells(
            "port-twice",
            &network("port \"a\" {}\nport \"a\" {}"),
            &network("port \"a\" {}\nport \"b\" {}"),
        );
        let two = |more: &str| {
            network(&format!("port \"a\" {{\nstatic = 80\n}}\nport \"b\" {{\nstatic = 80\n{more}\n}}"))
        };
        tells("port-taken", &two(""), &two("host_network = \"private\""));
        tells("port-taken", &two(""), &two("ignore_collision = true"));
        tells(
            "port-negative",
            &network("port \"a\" {\nstatic = -1\n}"),
            &network("port \"a\" {\nto = -1\n}"),
        );
        tells(
            "range",
            &network("port \"a\" {\nstatic = 65536\n}"),
            &network("port \"a\" {\nstatic = 65535\n}"),
        );
    }

    #[test]
    fn ports_of_tasks_count_too() {
        let both = |label: &str| {
            task(&format!("resources {{\nnetwork {{\nport \"{label}\" {{}}\n}}\n}}")).replacen(
                "task \"t\"",
                "network {\nport \"a\" {}\n}\ntask \"t\"",
                1,
            )
        };
        tells("port-twice", &both("a"), &both("b"));
    }

    #[test]
    fn collisions_are_for_host_networks() {
        let port =
            |mode: &str| network(&format!("mode = \"{mode}\"\nport \"a\" {{\nignore_collision = true\n}}"));
        tells("port-collision", &port("bridge"), &port("host"));
    }

    #[test]
    fn arguments_for_plugins_hold_no_semicolon() {
        let cni = |value: &str| network(&format!("cni {{\nargs = {{\nA = \"{value}\"\n}}\n}}"));
        tells("cni-semicolon", &cni("a;b"), &cni("ab"));
        let two = |key: &str| {
            group(&format!(
                "network {{\ncni {{\nargs = {{\nA = \"1\"\n}}\n}}\n}}\nnetwork {{\ncni {{\nargs = {{\n{key} = \"1\"\n}}\n}}\n}}"
            ))
        };
        tells("cni-twice", &two("A"), &two("B"));
    }

    #[test]
    fn host_names_are_names() {
        tells("hostname", &network("hostname = \"a..b\""), &network("hostname = \"a.b\""));
        tells("hostname", &network("hostname = \"a..b\""), &network("hostname = \"a..${NOMAD_ALLOC_ID}\""));
    }
}
