//! The grammar of gateways of the service mesh. Data only.

use super::Runtime::Regex;
use super::Type::{Bool, Duration, Str, Strs};
use super::free::{FREE, MAP};
use super::{Body, INT, U32, attr, by_label, many, one};

/// A gateway of the mesh.
pub static GATEWAY: Body = Body {
    name: "ConsulGateway",
    doc: "A gateway of the mesh.",
    blocks: &[
        one("proxy", &GATEWAY_PROXY, "Proxy", "How the gateway's proxy works."),
        one("ingress", &INGRESS, "Ingress", "Lets traffic into the mesh."),
        one("terminating", &TERMINATING, "Terminating", "Lets traffic out of the mesh.").since(1, 0, 4),
        one("mesh", &MESH, "Mesh", "Joins meshes.").since(1, 1, 1),
    ],
    ..Body::EMPTY
};

/// How the gateway's proxy works.
pub static GATEWAY_PROXY: Body = Body {
    name: "ConsulGatewayProxy",
    doc: "How the gateway's proxy works.",
    attrs: &[
        attr("connect_timeout", Duration, "ConnectTimeout", "How long a connection may take.")
            .pointer()
            .default("5s"),
        attr(
            "envoy_gateway_bind_tagged_addresses",
            Bool,
            "EnvoyGatewayBindTaggedAddresses",
            "Listen on the service's tagged addresses.",
        )
        .default("false"),
        attr(
            "envoy_gateway_no_default_bind",
            Bool,
            "EnvoyGatewayNoDefaultBind",
            "Do not listen on the default address.",
        )
        .default("false"),
        attr("envoy_dns_discovery_type", Str, "EnvoyDNSDiscoveryType", "How Envoy resolves names.")
            .only(&["STRICT_DNS", "LOGICAL_DNS"])
            .since(1, 0, 4),
    ],
    blocks: &[
        by_label(
            "envoy_gateway_bind_addresses",
            &BIND_ADDRESS,
            "EnvoyGatewayBindAddresses",
            "A named listener address.",
        ),
        one("config", &FREE, "Config", "Settings of Envoy."),
    ],
    ..Body::EMPTY
};

/// A named listener address.
pub static BIND_ADDRESS: Body = Body {
    name: "ConsulGatewayBindAddress",
    doc: "A named listener address.",
    label: Some("Name"),
    attrs: &[
        attr("address", Str, "Address", "Address.").rt(Regex),
        attr("port", INT, "Port", "Port.").default("0"),
    ],
    ..Body::EMPTY
};

/// Lets traffic into the mesh.
pub static INGRESS: Body = Body {
    name: "ConsulIngressConfigEntry",
    doc: "Lets traffic into the mesh.",
    blocks: &[
        one("tls", &GATEWAY_TLS, "TLS", "TLS for all listeners."),
        many("listener", &LISTENER, "Listeners", "A port and the services behind it."),
    ],
    ..Body::EMPTY
};

/// A port and the services behind it.
pub static LISTENER: Body = Body {
    name: "ConsulIngressListener",
    doc: "A port and the services behind it.",
    attrs: &[
        attr("port", INT, "Port", "Port."),
        attr("protocol", Str, "Protocol", "Protocol.")
            .default("\"tcp\"")
            .only(&["tcp", "http", "http2", "grpc"])
            .rt(Regex),
    ],
    blocks: &[many("service", &INGRESS_SERVICE, "Services", "A service behind the port.")],
    ..Body::EMPTY
};

/// A service behind a port of the gateway.
pub static INGRESS_SERVICE: Body = Body {
    name: "ConsulIngressService",
    doc: "A service behind a port of the gateway.",
    attrs: &[
        attr("name", Str, "Name", "Name of the service, or `*`.").rt(Regex),
        attr("hosts", Strs, "Hosts", "Host names that lead to it.").null().rt(Regex),
        attr("max_connections", U32, "MaxConnections", "Most connections.").null().since(1, 7, 7),
        attr("max_pending_requests", U32, "MaxPendingRequests", "Most requests that wait.")
            .null()
            .since(1, 7, 7),
        attr("max_concurrent_requests", U32, "MaxConcurrentRequests", "Most requests at once.")
            .null()
            .since(1, 7, 7),
    ],
    blocks: &[
        one("tls", &GATEWAY_TLS, "TLS", "TLS for this service.").since(1, 7, 7),
        one("request_headers", &HEADER_MODIFIERS, "RequestHeaders", "Changes to request headers.")
            .since(1, 7, 7),
        one("response_headers", &HEADER_MODIFIERS, "ResponseHeaders", "Changes to response headers.")
            .since(1, 7, 7),
    ],
    ..Body::EMPTY
};

/// Changes to headers.
pub static HEADER_MODIFIERS: Body = Body {
    name: "ConsulHTTPHeaderModifiers",
    doc: "Changes to headers.",
    attrs: &[attr("remove", Strs, "Remove", "Headers to take away.").null().since(1, 7, 7)],
    blocks: &[
        one("add", &MAP, "Add", "Headers to add.").since(1, 7, 7),
        one("set", &MAP, "Set", "Headers to set.").since(1, 7, 7),
    ],
    ..Body::EMPTY
};

/// TLS of a gateway.
pub static GATEWAY_TLS: Body = Body {
    name: "ConsulGatewayTLSConfig",
    doc: "TLS of a gateway.",
    attrs: &[
        attr("enabled", Bool, "Enabled", "Whether TLS is on.").default("false"),
        attr("tls_min_version", Str, "TLSMinVersion", "Lowest version.").since(1, 3, 2),
        attr("tls_max_version", Str, "TLSMaxVersion", "Highest version.").since(1, 3, 2),
        attr("cipher_suites", Strs, "CipherSuites", "Cipher suites.").null().since(1, 3, 2),
    ],
    blocks: &[one("sds", &GATEWAY_SDS, "SDS", "Certificates from a secret discovery service.").since(1, 7, 7)],
    ..Body::EMPTY
};

/// Certificates from a secret discovery service.
pub static GATEWAY_SDS: Body = Body {
    name: "ConsulGatewayTLSSDSConfig",
    doc: "Certificates from a secret discovery service.",
    attrs: &[
        attr("cluster_name", Str, "ClusterName", "Envoy cluster of the service.").since(1, 7, 7),
        attr("cert_resource", Str, "CertResource", "Resource to ask for.").since(1, 7, 7),
    ],
    ..Body::EMPTY
};

/// Lets traffic out of the mesh.
pub static TERMINATING: Body = Body {
    name: "ConsulTerminatingConfigEntry",
    doc: "Lets traffic out of the mesh.",
    blocks: &[many("service", &LINKED_SERVICE, "Services", "A service outside the mesh.").since(1, 0, 4)],
    ..Body::EMPTY
};

/// A service outside the mesh.
pub static LINKED_SERVICE: Body = Body {
    name: "ConsulLinkedService",
    doc: "A service outside the mesh.",
    attrs: &[
        attr("name", Str, "Name", "Name of the service.").since(1, 0, 4),
        attr("ca_file", Str, "CAFile", "Certificate authority that signs it.").since(1, 0, 4),
        attr("cert_file", Str, "CertFile", "Client certificate.").since(1, 0, 4),
        attr("key_file", Str, "KeyFile", "Key of the client certificate.").since(1, 0, 4),
        attr("sni", Str, "SNI", "Server name to ask for.").since(1, 0, 4),
    ],
    ..Body::EMPTY
};

/// Joins meshes; takes no settings.
pub static MESH: Body =
    Body { name: "ConsulMeshConfigEntry", doc: "Joins meshes; takes no settings.", ..Body::EMPTY };
