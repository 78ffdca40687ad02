//! The grammar of services and their checks. Data only.

use super::Runtime::Regex;
use super::Type::{Bool, Duration, Str, Strs};
use super::connect::CONNECT;
use super::free::{MAP_LISTS, MAP_REGEX};
use super::identity::IDENTITY;
use super::{Body, INT, attr, many, one};

/// A service in the catalogue.
pub static SERVICE: Body = Body {
    name: "Service",
    doc: "A service in the catalogue.",
    attrs: &[
        attr("name", Str, "Name", "Name of the service; made from job, group and task if unset.").rt(Regex),
        attr("provider", Str, "Provider", "Catalogue that lists the service.")
            .default("\"consul\"")
            .only(&["consul", "nomad"])
            .since(1, 3, 0),
        attr("port", Str, "PortLabel", "Port label, or a number where the address mode allows it.").rt(Regex),
        attr("address", Str, "Address", "Address to announce in place of the node's.")
            .rt(Regex)
            .since(1, 3, 0),
        attr("address_mode", Str, "AddressMode", "Which address is announced.").default("\"auto\"").only(&[
            "auto",
            "host",
            "driver",
            "alloc",
            "alloc_ipv6",
        ]),
        attr("tags", Strs, "Tags", "Tags of the service.").null().rt(Regex),
        attr("canary_tags", Strs, "CanaryTags", "Tags in place of `tags` while the allocation is a canary.")
            .null()
            .rt(Regex),
        attr("enable_tag_override", Bool, "EnableTagOverride", "Let others change the tags in Consul.")
            .default("false"),
        attr("task", Str, "TaskName", "Task that the service belongs to, for group services."),
        attr("on_update", Str, "OnUpdate", "What its checks mean during an update.")
            .default("\"require_healthy\"")
            .only(&["require_healthy", "ignore_warnings", "ignore"])
            .since(1, 1, 0),
        attr("cluster", Str, "Cluster", "Consul cluster (Enterprise).").default("\"default\"").since(1, 7, 0),
        attr("kind", Str, "Kind", "Kind of the service in Consul.")
            .only(&["api-gateway", "ingress-gateway", "mesh-gateway", "terminating-gateway"])
            .since(1, 10, 3),
    ],
    blocks: &[
        one("meta", &MAP_REGEX, "Meta", "Key-value pairs of the service in Consul."),
        one(
            "canary_meta",
            &MAP_REGEX,
            "CanaryMeta",
            "Pairs in place of `meta` while the allocation is a canary.",
        ),
        one("tagged_addresses", &MAP_REGEX, "TaggedAddresses", "Further addresses by name.").since(1, 4, 0),
        one("weights", &WEIGHTS, "Weights", "Weights in DNS answers of Consul.").since(1, 9, 2),
        one("identity", &IDENTITY, "Identity", "Signed identity (JWT) of the service.").since(1, 7, 0),
        many("check", &CHECK, "Checks", "Health check of the service."),
        one("check_restart", &CHECK_RESTART, "CheckRestart", "Restart the task when checks keep failing."),
        one("connect", &CONNECT, "Connect", "Part of the service in Consul's mesh."),
    ],
    ..Body::EMPTY
};

/// A health check of a service.
pub static CHECK: Body = Body {
    name: "ServiceCheck",
    doc: "A health check of a service.",
    attrs: &[
        attr("type", Str, "Type", "How health is asked.").only(&["http", "tcp", "script", "grpc"]).rt(Regex),
        attr("name", Str, "Name", "Name of the check.").rt(Regex),
        attr("port", Str, "PortLabel", "Port label; the service's port if unset.").rt(Regex),
        attr("address_mode", Str, "AddressMode", "Which address is asked.").only(&[
            "host",
            "driver",
            "alloc",
            "alloc_ipv6",
        ]),
        attr("advertise", Str, "Advertise", "Address that Consul shows for the check.").since(1, 3, 0),
        attr("path", Str, "Path", "Path of an `http` check.").rt(Regex),
        attr("protocol", Str, "Protocol", "Protocol of an `http` check.").known(&["http", "https"]).rt(Regex),
        attr("method", Str, "Method", "Method of an `http` check.").rt(Regex),
        attr("body", Str, "Body", "Body of an `http` check.").since(1, 1, 0),
        attr("command", Str, "Command", "Program of a `script` check.").rt(Regex),
        attr("args", Strs, "Args", "Arguments of a `script` check.").null().rt(Regex),
        attr("task", Str, "TaskName", "Task that a `script` or `grpc` check of a group service runs in."),
        attr("grpc_service", Str, "GRPCService", "Service that a `grpc` check asks about.").rt(Regex),
        attr("grpc_use_tls", Bool, "GRPCUseTLS", "Use TLS for a `grpc` check.").default("false"),
        attr("tls_server_name", Str, "TLSServerName", "Server name that is expected in the certificate.")
            .since(1, 6, 0),
        attr("tls_skip_verify", Bool, "TLSSkipVerify", "Do not verify the certificate.").default("false"),
        attr("interval", Duration, "Interval", "Time between two checks, at least one second."),
        attr("timeout", Duration, "Timeout", "How long an answer may take, at least one second."),
        attr("initial_status", Str, "InitialStatus", "Status before the first result.")
            .only(&["passing", "warning", "critical"])
            .rt(Regex),
        attr(
            "success_before_passing",
            INT,
            "SuccessBeforePassing",
            "Good results in a row before the status is passing.",
        )
        .default("0"),
        attr(
            "failures_before_critical",
            INT,
            "FailuresBeforeCritical",
            "Bad results in a row before the status is critical.",
        )
        .default("0"),
        attr(
            "failures_before_warning",
            INT,
            "FailuresBeforeWarning",
            "Bad results in a row before the status is warning.",
        )
        .default("0")
        .since(1, 7, 3),
        attr("on_update", Str, "OnUpdate", "What the check means during an update.")
            .default("\"require_healthy\"")
            .only(&["require_healthy", "ignore_warnings", "ignore"])
            .since(1, 1, 0),
        attr("expose", Bool, "Expose", "Make the check reachable past the mesh proxy.").default("false"),
        attr("notes", Str, "Notes", "Remark, up to 255 characters.").rt(Regex).since(1, 8, 1),
    ],
    blocks: &[
        one("header", &MAP_LISTS, "Header", "Headers of an `http` check."),
        one(
            "check_restart",
            &CHECK_RESTART,
            "CheckRestart",
            "Restart the task when this check keeps failing.",
        ),
    ],
    ..Body::EMPTY
};

/// Restart the task when checks keep failing.
pub static CHECK_RESTART: Body = Body {
    name: "CheckRestart",
    doc: "Restart the task when checks keep failing.",
    attrs: &[
        attr("limit", INT, "Limit", "Failures in a row before the restart; 0 turns it off.")
            .default("0")
            .at_least(0),
        attr("grace", Duration, "Grace", "Wait after a start before failures count.").pointer().default("1s"),
        attr("ignore_warnings", Bool, "IgnoreWarnings", "Take warnings as good.").default("false"),
    ],
    ..Body::EMPTY
};

/// Weights in DNS answers of Consul.
pub static WEIGHTS: Body = Body {
    name: "ServiceWeights",
    doc: "Weights in DNS answers of Consul.",
    attrs: &[
        attr("passing", INT, "Passing", "Weight while passing.").default("1").since(1, 9, 2),
        attr("warning", INT, "Warning", "Weight while warning.").default("1").since(1, 9, 2),
    ],
    ..Body::EMPTY
};
