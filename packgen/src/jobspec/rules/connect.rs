//! Rules for Consul's service mesh.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Group;

const RULES: &[fn(&Group<'_>, &mut Diagnostics)] =
    &[one_role, network, lower_case, native, upstreams, transparent_proxy, transparent_values, mesh_modes];

pub(super) fn check(group: &Group<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(group, out);
    }
}

/// The services of the group with their `connect` blocks.
fn connected<'t>(group: &Group<'t>) -> impl Iterator<Item = (Cursor<'t>, Cursor<'t>)> + use<'t> {
    group.blocks_of("service").filter_map(|service| Some((service, service.block_of("connect")?)))
}

fn proxies<'t>(group: &Group<'t>) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
    let sidecars = connected(group).flat_map(|(_, connect)| connect.blocks_of("sidecar_service"));
    sidecars.flat_map(|sidecar| sidecar.blocks_of("proxy"))
}

fn one_role(group: &Group<'_>, out: &mut Diagnostics) {
    for (_, connect) in connected(group) {
        let Some(native) = connect.bool("native").or(false) else { continue };
        let roles = [native, connect.has("sidecar_service"), connect.has("gateway")];
        if roles.iter().filter(|role| **role).count() != 1 {
            let message = "`connect` needs one of `native = true`, `sidecar_service` and `gateway`";
            out.push(connect.error("connect-role", message));
        }
    }
}

/// The proxy and the tasks share one network namespace.
fn network(group: &Group<'_>, out: &mut Diagnostics) {
    let networks: Vec<Cursor<'_>> = group.blocks_of("network").collect();
    for (_, connect) in connected(group) {
        let gateway = connect.has("gateway");
        if !gateway && !connect.has("sidecar_service") {
            continue;
        }
        let [network] = networks.as_slice() else {
            let message = format!("`connect` needs one `network` in the group, there are {}", networks.len());
            out.push(connect.error("connect-network", message));
            continue;
        };
        let Some(mode) = network.text_or_empty("mode") else { continue };
        if mode.as_str() != "bridge" && !mode.starts_with("cni/") && !(gateway && mode.as_str() == "host") {
            let known = if gateway { "`bridge`, `host` or `cni/…`" } else { "`bridge` or `cni/…`" };
            let message = format!("`connect` needs a network of mode {known}");
            out.push(
                network.error_at("mode", "connect-network", message).note("it is used here", connect.head()),
            );
        }
    }
}

/// Consul takes only lower case there, without saying so.
fn lower_case(group: &Group<'_>, out: &mut Diagnostics) {
    for (service, _) in connected(group).filter(|(_, connect)| connect.has("sidecar_service")) {
        let upper = |name: &str| name.chars().any(char::is_uppercase);
        let plain = |name: &str| !name.contains("${");
        if service.text("name").is().is_some_and(|name| plain(&name) && upper(&name)) {
            out.push(service.error_at(
                "name",
                "connect-lower-case",
                "a service of the mesh has a lower-case name",
            ));
        }
        if upper(group.name)
            && let Some(at) = group.at
        {
            out.push(
                at.error("connect-lower-case", "a group with a service of the mesh has a lower-case name"),
            );
        }
    }
}

fn native(group: &Group<'_>, out: &mut Diagnostics) {
    for (service, connect) in connected(group).filter(|(_, connect)| connect.is_true("native")) {
        let Some(task) = service.text_or_empty("task") else { continue };
        if task.is_empty() && group.tasks.len() != 1 {
            out.push(service.error_at(
                "task",
                "connect-native",
                "`native` needs `task`: which one speaks the protocol?",
            ));
        } else if !task.is_empty() && !group.tasks.iter().any(|other| other.label() == task.as_str()) {
            out.push(service.error_at(
                "task",
                "connect-native",
                format!("the group has no task {:?}", task.as_str()),
            ));
        }
        if service.text_or_empty("port").is_some_and(|port| port.is_empty()) {
            out.push(connect.error_at("native", "connect-native", "`native` needs a `port` of the service"));
        }
    }
}

fn upstreams(group: &Group<'_>, out: &mut Diagnostics) {
    let mut seen: Vec<(String, Cursor<'_>)> = Vec::new();
    for upstream in proxies(group).flat_map(|proxy| proxy.blocks_of("upstreams")) {
        let (Some(socket), Some(address), Some(port)) = (
            upstream.text_or_empty("local_bind_socket_path"),
            upstream.text_or_empty("local_bind_address"),
            upstream.int("local_bind_port").or(0),
        ) else {
            continue;
        };
        let listener = if socket.is_empty() { format!("{address}:{port}") } else { socket.to_string() };
        match seen.iter().find(|(other, _)| *other == listener) {
            Some((_, first)) => {
                let finding =
                    upstream.error("connect-upstreams", format!("another upstream listens at {listener}"));
                out.push(finding.note("it is here", first.head()).help("give each a `local_bind_port`"));
            }
            None => seen.push((listener, upstream)),
        }
    }
}

fn transparent_proxy(group: &Group<'_>, out: &mut Diagnostics) {
    let services = connected(group).count();
    for at in proxies(group).flat_map(|proxy| proxy.blocks_of("transparent_proxy")) {
        if services > 1 {
            out.push(at.error(
                "connect-transparent",
                "with `transparent_proxy` a group has one service in the mesh",
            ));
        }
        let dns = group.blocks_of("network").find_map(|network| network.block_of("dns"));
        let used = dns
            .filter(|dns| ["servers", "searches", "options"].iter().any(|name| !dns.texts(name).is_empty()));
        if let Some(dns) = used.filter(|_| at.bool("no_dns").or(false) == Some(false)) {
            let finding = at.error("connect-transparent", "`transparent_proxy` answers DNS itself");
            out.push(finding.note("the network's own is set here", dns.head()).help("set `no_dns = true`"));
        }
        let labels: Vec<&str> = group
            .blocks_of("network")
            .flat_map(|network| {
                network
                    .blocks_of("port")
                    .filter(|port| port.int("static").is().is_some_and(|number| number > 0))
            })
            .map(Cursor::label)
            .collect();
        for port in at.texts("exclude_inbound_ports") {
            if port.parse::<u16>().is_err() && !labels.contains(&port.as_str()) {
                let message =
                    format!("{:?} is neither a port number nor the label of a static port", port.as_str());
                out.push(at.error_at("exclude_inbound_ports", "connect-transparent", message));
            }
        }
    }
}

fn transparent_values(group: &Group<'_>, out: &mut Diagnostics) {
    for at in proxies(group).flat_map(|proxy| proxy.blocks_of("transparent_proxy")) {
        for range in at.texts("exclude_outbound_cidrs").iter().filter(|range| !is_prefix(range)) {
            let message = format!("{:?} is no address range", range.as_str());
            out.push(at.error_at("exclude_outbound_cidrs", "connect-transparent", message));
        }
        let uid = at.text("uid").is().filter(|uid| !uid.is_empty()).map(|uid| ("uid", uid));
        let excluded = at.texts("exclude_uids").into_iter().map(|uid| ("exclude_uids", uid));
        for (name, uid) in uid.into_iter().chain(excluded).filter(|(_, uid)| uid.parse::<u16>().is_err()) {
            let message = format!("{:?} is no user id (0 to 65535)", uid.as_str());
            out.push(at.error_at(name, "connect-transparent", message));
        }
    }
}

fn is_prefix(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let plain = bits.bytes().all(|byte| byte.is_ascii_digit()) && !(bits.len() > 1 && bits.starts_with('0'));
    let (Ok(address), Ok(bits)) = (address.parse::<std::net::IpAddr>(), bits.parse::<u8>()) else {
        return false;
    };
    plain && bits <= if address.is_ipv4() { 32 } else { 128 }
}

/// Unset leaves the choice to Consul; an empty text does too.
fn mesh_modes(group: &Group<'_>, out: &mut Diagnostics) {
    for at in proxies(group)
        .flat_map(|proxy| proxy.blocks_of("upstreams"))
        .flat_map(|upstream| upstream.blocks_of("mesh_gateway"))
    {
        if at.attr("mode").is_none() {
            out.push(at.warning("connect-mesh", "`mesh_gateway` without a `mode` changes nothing"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, service, tells};

    fn connect(text: &str) -> String {
        service(&format!("connect {{\n{text}\n}}"))
    }

    fn proxy(text: &str) -> String {
        connect(&format!("sidecar_service {{\nproxy {{\n{text}\n}}\n}}"))
    }

    #[test]
    fn a_service_has_one_role_in_the_mesh() {
        tells("connect-role", &connect(""), &connect("sidecar_service {}"));
        tells("connect-role", &connect("native = true\nsidecar_service {}"), &connect("native = true"));
    }

    #[test]
    fn the_mesh_needs_a_network_of_its_own() {
        let right = connect("sidecar_service {}");
        tells("connect-network", &right.replace("bridge", "host"), &right.replace("bridge", "cni/a"));
        let without = group("service {\nname = \"s\"\nconnect {\nsidecar_service {}\n}\n}");
        tells("connect-network", &without, &right);
    }

    #[test]
    fn names_in_the_mesh_are_lower_case() {
        let right = connect("sidecar_service {}");
        tells("connect-lower-case", &right.replace("name = \"s\"", "name = \"S\""), &right);
        tells("connect-lower-case", &right.replace("group \"g\"", "group \"G\""), &right);
    }

    #[test]
    fn native_services_say_which_task() {
        let native = |text: &str| service(&format!("{text}\nconnect {{\nnative = true\n}}"));
        tells("connect-native", &native("task = \"u\""), &native("task = \"t\""));
        tells("connect-native", &native("").replacen("port = \"http\"\n", "", 1), &native(""));
        let two = native("").replacen("task \"t\"", "task \"u\" {}\ntask \"t\"", 1);
        tells("connect-native", &two, &native(""));
    }

    #[test]
    fn upstreams_listen_apart() {
        let two = |port: u16| {
            proxy(&format!(
                "upstreams {{\ndestination_name = \"a\"\nlocal_bind_port = 1\n}}\nupstreams {{\ndestination_name = \"b\"\nlocal_bind_port = {port}\n}}"
            ))
        };
        tells("connect-upstreams", &two(1), &two(2));
        tells(
            "connect-mesh",
            &proxy("upstreams {\nmesh_gateway {}\n}"),
            &proxy("upstreams {\nmesh_gateway {\nmode = \"local\"\n}\n}"),
        );
    }

    #[test]
    fn transparent_proxies() {
        let transparent = |text: &str| proxy(&format!("transparent_proxy {{\n{text}\n}}"));
        tells("connect-transparent", &transparent("uid = \"x\""), &transparent("uid = \"101\""));
        tells(
            "connect-transparent",
            &transparent("exclude_uids = [\"70000\"]"),
            &transparent("exclude_uids = [\"7\"]"),
        );
        tells(
            "connect-transparent",
            &transparent("exclude_outbound_cidrs = [\"10.0.0.0\"]"),
            &transparent("exclude_outbound_cidrs = [\"10.0.0.0/8\", \"::/0\"]"),
        );
        tells(
            "connect-transparent",
            &transparent("exclude_inbound_ports = [\"db\"]"),
            &transparent("exclude_inbound_ports = [\"http\", \"80\"]"),
        );
        let dns = |text: &str| {
            transparent(text).replacen("port \"db\"", "dns {\nservers = [\"1.1.1.1\"]\n}\nport \"db\"", 1)
        };
        tells("connect-transparent", &dns(""), &dns("no_dns = true"));
        let two = transparent("").replacen(
            "service {",
            "service {\nname = \"o\"\nport = \"db\"\nconnect {\nsidecar_service {}\n}\n}\nservice {",
            1,
        );
        tells("connect-transparent", &two, &transparent(""));
    }
}
