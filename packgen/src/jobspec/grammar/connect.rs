//! The grammar of the service mesh. Data only.

use super::Runtime::Regex;
use super::Type::{Bool, Duration, Ports, Str, Strs};
use super::free::{CONFIG, FREE, MAP, MAP_REGEX};
use super::gateway::GATEWAY;
use super::identity::IDENTITY;
use super::storage::VOLUME_MOUNT;
use super::task::{LOGS, RESOURCES};
use super::{Body, INT, U16, Zero, attr, many, one};

/// Part of a service in Consul's mesh.
pub static CONNECT: Body = Body {
    name: "ConsulConnect",
    doc: "Part of a service in Consul's mesh.",
    attrs: &[
        attr("native", Bool, "Native", "The program speaks the mesh's protocol itself.").default("false")
    ],
    blocks: &[
        one("sidecar_service", &SIDECAR_SERVICE, "SidecarService", "A proxy beside the tasks."),
        one("sidecar_task", &SIDECAR_TASK, "SidecarTask", "What differs in the proxy's task."),
        one("gateway", &GATEWAY, "Gateway", "Makes the service a gateway of the mesh."),
    ],
    ..Body::EMPTY
};

/// A proxy beside the tasks.
pub static SIDECAR_SERVICE: Body = Body {
    name: "ConsulSidecarService",
    doc: "A proxy beside the tasks.",
    attrs: &[
        attr("tags", Strs, "Tags", "Tags of the proxy's service.").null().rt(Regex),
        attr("port", Str, "Port", "Port label that the proxy listens on.").rt(Regex),
        attr("disable_default_tcp_check", Bool, "DisableDefaultTCPCheck", "Leave out the proxy's own check.")
            .default("false")
            .since(1, 1, 0),
    ],
    blocks: &[
        one("meta", &MAP, "Meta", "Key-value pairs of the proxy's service.").since(1, 5, 4),
        one("proxy", &PROXY, "Proxy", "How the proxy works."),
    ],
    ..Body::EMPTY
};

/// How the proxy works.
pub static PROXY: Body = Body {
    name: "ConsulProxy",
    doc: "How the proxy works.",
    attrs: &[
        attr("local_service_address", Str, "LocalServiceAddress", "Address of the local service.").rt(Regex),
        attr("local_service_port", INT, "LocalServicePort", "Port of the local service.").default("0"),
    ],
    blocks: &[
        many("upstreams", &UPSTREAM, "Upstreams", "A service that is reached through the proxy."),
        one("expose", &EXPOSE, "Expose", "Paths that are open past the mesh."),
        one(
            "transparent_proxy",
            &TRANSPARENT_PROXY,
            "TransparentProxy",
            "Send the allocation's traffic through the proxy.",
        )
        .since(1, 8, 0),
        one("config", &FREE, "Config", "Settings of Envoy."),
    ],
    fixed: &[("ExposeConfig", Zero::Null)],
    ..Body::EMPTY
};

/// A service that is reached through the proxy.
pub static UPSTREAM: Body = Body {
    name: "ConsulUpstream",
    doc: "A service that is reached through the proxy.",
    attrs: &[
        attr("destination_name", Str, "DestinationName", "Name of the service.").rt(Regex),
        attr("destination_type", Str, "DestinationType", "Kind of destination.")
            .known(&["service", "prepared_query"])
            .since(1, 6, 2),
        attr("destination_namespace", Str, "DestinationNamespace", "Namespace of the service (Enterprise).")
            .since(1, 2, 9),
        attr("destination_partition", Str, "DestinationPartition", "Partition of the service (Enterprise).")
            .since(1, 7, 7),
        attr("destination_peer", Str, "DestinationPeer", "Cluster peer that has the service.").since(1, 6, 2),
        attr("datacenter", Str, "Datacenter", "Datacenter of the service.").rt(Regex),
        attr("local_bind_address", Str, "LocalBindAddress", "Address that the proxy listens on for it.")
            .rt(Regex)
            .since(1, 1, 0),
        attr("local_bind_port", INT, "LocalBindPort", "Port that the proxy listens on for it."),
        attr(
            "local_bind_socket_path",
            Str,
            "LocalBindSocketPath",
            "Unix socket that the proxy listens on for it.",
        )
        .since(1, 6, 2),
        attr("local_bind_socket_mode", Str, "LocalBindSocketMode", "File mode of that socket.")
            .since(1, 6, 2),
    ],
    blocks: &[
        one("mesh_gateway", &MESH_GATEWAY, "MeshGateway", "Whether mesh gateways are used.").since(1, 1, 1),
        one("config", &FREE, "Config", "Settings of Envoy for it.").since(1, 5, 0),
    ],
    ..Body::EMPTY
};

/// Whether mesh gateways are used.
pub static MESH_GATEWAY: Body = Body {
    name: "ConsulMeshGateway",
    doc: "Whether mesh gateways are used.",
    attrs: &[attr("mode", Str, "Mode", "Which gateway.").only(&["none", "local", "remote"]).since(1, 1, 1)],
    ..Body::EMPTY
};

/// Paths that are open past the mesh.
pub static EXPOSE: Body = Body {
    name: "ConsulExposeConfig",
    doc: "Paths that are open past the mesh.",
    blocks: &[many("path", &EXPOSE_PATH, "Paths", "One path.")],
    fixed: &[("Path", Zero::Null)],
    ..Body::EMPTY
};

/// A path that is open past the mesh.
pub static EXPOSE_PATH: Body = Body {
    name: "ConsulExposePath",
    doc: "A path that is open past the mesh.",
    attrs: &[
        attr("path", Str, "Path", "Path.").rt(Regex),
        attr("protocol", Str, "Protocol", "Protocol.").known(&["http", "http2"]).rt(Regex),
        attr("local_path_port", INT, "LocalPathPort", "Port of the local service.").default("0"),
        attr("listener_port", Str, "ListenerPort", "Port label that the proxy opens.").rt(Regex),
    ],
    ..Body::EMPTY
};

/// Send the allocation's traffic through the proxy.
pub static TRANSPARENT_PROXY: Body = Body {
    name: "ConsulTransparentProxy",
    doc: "Send the allocation's traffic through the proxy.",
    attrs: &[
        attr("uid", Str, "UID", "User id of the proxy.").since(1, 8, 0),
        attr("outbound_port", U16, "OutboundPort", "Port for outgoing traffic.").default("0").since(1, 8, 0),
        attr(
            "exclude_inbound_ports",
            Strs,
            "ExcludeInboundPorts",
            "Port labels or numbers that are left alone.",
        )
        .null()
        .since(1, 8, 0),
        attr("exclude_outbound_ports", Ports, "ExcludeOutboundPorts", "Port numbers that are left alone.")
            .null()
            .since(1, 8, 0),
        attr("exclude_outbound_cidrs", Strs, "ExcludeOutboundCIDRs", "Address ranges that are left alone.")
            .null()
            .since(1, 8, 0),
        attr("exclude_uids", Strs, "ExcludeUIDs", "User ids that are left alone.").null().since(1, 8, 0),
        attr("no_dns", Bool, "NoDNS", "Do not send DNS through Consul.").default("false").since(1, 8, 0),
    ],
    ..Body::EMPTY
};

/// What differs in the proxy's task.
pub static SIDECAR_TASK: Body = Body {
    name: "SidecarTask",
    doc: "What differs in the proxy's task.",
    attrs: &[
        attr("name", Str, "Name", "Name of the task."),
        attr("driver", Str, "Driver", "Driver of the task.").rt(Regex),
        attr("user", Str, "User", "User of the task.").rt(Regex),
        attr("kill_signal", Str, "KillSignal", "Signal that asks the task to stop.").rt(Regex),
        attr("kill_timeout", Duration, "KillTimeout", "Time between asking the task to stop and killing it.")
            .pointer()
            .default("5s"),
        attr("shutdown_delay", Duration, "ShutdownDelay", "Pause before the task is stopped.")
            .pointer()
            .default("0s"),
    ],
    blocks: &[
        one("config", &CONFIG, "Config", "Settings of the driver."),
        one("env", &MAP_REGEX, "Env", "Environment variables."),
        one("meta", &MAP_REGEX, "Meta", "Key-value pairs."),
        one("resources", &RESOURCES, "Resources", "What the task reserves."),
        one("logs", &LOGS, "LogConfig", "How its output is rotated."),
        many("identity", &IDENTITY, "Identities", "Signed identity (JWT) of the task.").since(1, 11, 1),
        many("volume_mount", &VOLUME_MOUNT, "VolumeMounts", "Where a volume appears in the task.")
            .since(1, 8, 0),
    ],
    ..Body::EMPTY
};
