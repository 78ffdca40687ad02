//! The grammar of networks and ports. Data only.

use super::Runtime::Regex;
use super::Type::{Bool, Map, Str, Strs};
use super::{Body, INT, attr, many, one};

/// Network and ports.
pub static NETWORK: Body = Body {
    name: "NetworkResource",
    doc: "Network and ports.",
    attrs: &[
        attr(
            "mode",
            Str,
            "Mode",
            "How the network is made: shared with the host, bridged, none, or by a CNI configuration.",
        )
        .known(&["host", "bridge", "none", "cni/*"])
        .rt(Regex),
        attr("device", Str, "Device", "Old form: network device.").rt(Regex),
        attr("cidr", Str, "CIDR", "Old form: address range.").rt(Regex),
        attr("ip", Str, "IP", "Old form: address.").rt(Regex),
        attr("hostname", Str, "Hostname", "Host name inside the network namespace.").rt(Regex).since(1, 1, 5),
        attr("mbits", INT, "MBits", "Old form: bandwidth.").null().deprecated("deprecated"),
    ],
    blocks: &[
        one("dns", &DNS, "DNS", "Name resolution of the allocation."),
        one("cni", &CNI, "CNI", "Arguments for CNI plugins.").since(1, 8, 2),
        many("port", &PORT, "DynamicPorts", "A labelled port."),
        many("reserved_ports", &PORT, "ReservedPorts", "Old form of `port` with `static`."),
    ],
    ..Body::EMPTY
};

/// A labelled port; dynamic unless `static` is set.
pub static PORT: Body = Body {
    name: "Port",
    doc: "A labelled port; dynamic unless `static` is set.",
    label: Some("Label"),
    attrs: &[
        attr("static", INT, "Value", "Port number on the host.").default("0").at_most(65535),
        attr("to", INT, "To", "Port number inside the network namespace; -1 means the same as on the host.")
            .default("0")
            .range(-1, 65535),
        attr("host_network", Str, "HostNetwork", "Host network that the port is opened on.").rt(Regex),
        attr(
            "ignore_collision",
            Bool,
            "IgnoreCollision",
            "Allow several allocations of one node to have this static port.",
        )
        .default("false")
        .since(1, 9, 0),
    ],
    ..Body::EMPTY
};

/// Name resolution of the allocation.
pub static DNS: Body = Body {
    name: "DNSConfig",
    doc: "Name resolution of the allocation.",
    attrs: &[
        attr("servers", Strs, "Servers", "Name servers.").null().rt(Regex),
        attr("searches", Strs, "Searches", "Search domains.").null().rt(Regex),
        attr("options", Strs, "Options", "Resolver options.").null().rt(Regex),
    ],
    ..Body::EMPTY
};

/// Arguments for CNI plugins.
pub static CNI: Body = Body {
    name: "CNIConfig",
    doc: "Arguments for CNI plugins.",
    attrs: &[attr("args", Map, "Args", "Arguments handed to the plugins as `CNI_ARGS`.")
        .null()
        .rt(Regex)
        .since(1, 8, 2)],
    ..Body::EMPTY
};
