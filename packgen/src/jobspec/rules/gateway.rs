//! Rules for gateways of the service mesh.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Service;

const RULES: &[fn(Cursor<'_>, &mut Diagnostics)] =
    &[one_kind, bind_addresses, listeners, listener_services, linked_services];

pub(super) fn check(service: &Service<'_, '_>, out: &mut Diagnostics) {
    for gateway in service.at.blocks_of("connect").flat_map(|connect| connect.blocks_of("gateway")) {
        for rule in RULES {
            rule(gateway, out);
        }
        mesh_port(service, gateway, out);
    }
}

fn one_kind(gateway: Cursor<'_>, out: &mut Diagnostics) {
    let kinds = ["ingress", "terminating", "mesh"];
    if kinds.iter().filter(|kind| gateway.has(kind)).count() != 1 {
        out.push(gateway.error("gateway-kind", "`gateway` needs one of `ingress`, `terminating` and `mesh`"));
    }
}

fn bind_addresses(gateway: Cursor<'_>, out: &mut Diagnostics) {
    for at in gateway.blocks_of("proxy").flat_map(|proxy| proxy.blocks_of("envoy_gateway_bind_addresses")) {
        if at.text_or_empty("address").is_some_and(|address| address.is_empty()) {
            out.push(at.error_at("address", "gateway-bind", "`address` is missing"));
        }
        if at.int("port").or(0).is_some_and(|port| port <= 0 && port != -1) {
            out.push(at.error_at(
                "port",
                "gateway-bind",
                "`port` must be a port number, or -1 to have one chosen",
            ));
        }
    }
}

fn listeners(gateway: Cursor<'_>, out: &mut Diagnostics) {
    for ingress in gateway.blocks_of("ingress") {
        if !ingress.has("listener") {
            out.push(ingress.error("gateway-listener", "`ingress` needs a `listener`"));
        }
        for at in ingress.blocks_of("listener") {
            if at.int("port").or(0).is_some_and(|port| port <= 0) {
                out.push(at.error_at("port", "gateway-listener", "a listener needs a `port`"));
            }
            if !at.has("service") {
                out.push(at.error("gateway-listener", "a listener needs a `service`"));
            }
        }
    }
}

fn listener_services(gateway: Cursor<'_>, out: &mut Diagnostics) {
    for listener in gateway.blocks_of("ingress").flat_map(|ingress| ingress.blocks_of("listener")) {
        let Some(protocol) = listener.text_or_empty("protocol") else { continue };
        let tcp = matches!(protocol.as_str(), "" | "tcp");
        for at in listener.blocks_of("service") {
            let Some(name) = at.text_or_empty("name") else { continue };
            let hosts = !at.texts("hosts").is_empty();
            let (attribute, message) = match name.as_str() {
                "" => ("name", "a service of a listener needs a `name`"),
                "*" if tcp => ("name", "a `tcp` listener leads to one service, not to `*`"),
                _ if tcp && hosts => ("hosts", "a `tcp` listener cannot tell `hosts` apart"),
                "*" if hosts => ("hosts", "a service `*` takes no `hosts`"),
                _ => continue,
            };
            out.push(at.error_at(attribute, "gateway-service", message));
        }
    }
}

fn linked_services(gateway: Cursor<'_>, out: &mut Diagnostics) {
    for terminating in gateway.blocks_of("terminating") {
        if !terminating.has("service") {
            out.push(terminating.error("gateway-linked", "`terminating` needs a `service`"));
        }
        for at in terminating.blocks_of("service") {
            if at.text_or_empty("name").is_some_and(|name| name.is_empty()) {
                out.push(at.error_at("name", "gateway-linked", "a linked service needs a `name`"));
            }
            let set = |name: &str| at.has_text(name);
            if ["cert_file", "key_file", "sni"].into_iter().any(set)
                && at.text_or_empty("ca_file").is_some_and(|file| file.is_empty())
            {
                out.push(at.error("gateway-linked", "TLS to a linked service needs a `ca_file`"));
            }
            if set("cert_file") != set("key_file") {
                out.push(at.error("gateway-linked", "`cert_file` and `key_file` go together"));
            }
        }
    }
}

fn mesh_port(service: &Service<'_, '_>, gateway: Cursor<'_>, out: &mut Diagnostics) {
    if gateway.has("mesh") && service.at.text_or_empty("port").is_some_and(|port| port.is_empty()) {
        out.push(service.at.error("gateway-mesh", "the service of a mesh gateway needs a `port`"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{service, tells};

    fn gateway(text: &str) -> String {
        service(&format!("connect {{\ngateway {{\n{text}\n}}\n}}"))
    }

    #[test]
    fn a_gateway_is_of_one_kind() {
        let ingress = "ingress {\nlistener {\nport = 1\nservice {\nname = \"a\"\n}\n}\n}";
        tells("gateway-kind", &gateway(""), &gateway(ingress));
        tells("gateway-kind", &gateway(&format!("{ingress}\nmesh {{}}")), &gateway("mesh {}"));
        tells("gateway-mesh", &gateway("mesh {}").replacen("port = \"http\"\n", "", 1), &gateway("mesh {}"));
    }

    #[test]
    fn listeners_lead_somewhere() {
        let listener = |text: &str| gateway(&format!("ingress {{\nlistener {{\n{text}\n}}\n}}"));
        let right = listener("port = 1\nservice {\nname = \"a\"\n}");
        tells("gateway-listener", &gateway("ingress {}"), &right);
        tells("gateway-listener", &listener("service {\nname = \"a\"\n}"), &right);
        tells("gateway-listener", &listener("port = 1"), &right);
        tells("gateway-service", &listener("port = 1\nservice {}"), &right);
        tells(
            "gateway-service",
            &listener("port = 1\nservice {\nname = \"*\"\n}"),
            &listener("port = 1\nprotocol = \"http\"\nservice {\nname = \"*\"\n}"),
        );
        tells("gateway-service", &listener("port = 1\nservice {\nname = \"a\"\nhosts = [\"b\"]\n}"), &right);
        tells(
            "gateway-service",
            &listener("port = 1\nprotocol = \"http\"\nservice {\nname = \"*\"\nhosts = [\"b\"]\n}"),
            &right,
        );
    }

    #[test]
    fn linked_services_and_addresses() {
        let linked = |text: &str| gateway(&format!("terminating {{\nservice {{\n{text}\n}}\n}}"));
        tells("gateway-linked", &gateway("terminating {}"), &linked("name = \"a\""));
        tells("gateway-linked", &linked(""), &linked("name = \"a\""));
        tells(
            "gateway-linked",
            &linked("name = \"a\"\nsni = \"b\""),
            &linked("name = \"a\"\nsni = \"b\"\nca_file = \"c\""),
        );
        tells(
            "gateway-linked",
            &linked("name = \"a\"\nca_file = \"c\"\nkey_file = \"k\""),
            &linked("name = \"a\"\nca_file = \"c\"\nkey_file = \"k\"\ncert_file = \"d\""),
        );
        let bind = |text: &str| {
            gateway(&format!("mesh {{}}\nproxy {{\nenvoy_gateway_bind_addresses \"a\" {{\n{text}\n}}\n}}"))
        };
        tells("gateway-bind", &bind("port = 1"), &bind("port = 1\naddress = \"a\""));
        tells("gateway-bind", &bind("port = 0\naddress = \"a\""), &bind("port = -1\naddress = \"a\""));
    }
}
