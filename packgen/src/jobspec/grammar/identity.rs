//! The grammar of identities and secrets. Data only.

use super::Type::{Bool, Duration, Str, Strs};
use super::free::{FREE, MAP};
use super::{Body, attr, one};

/// A signed identity (JWT).
pub static IDENTITY: Body = Body {
    name: "WorkloadIdentity",
    doc: "A signed identity (JWT).",
    attrs: &[
        attr("name", Str, "Name", "Name of the identity; `default` if unset.").since(1, 7, 0),
        attr("aud", Strs, "Audience", "Who the token is meant for.").null().since(1, 7, 0),
        attr("extra_claims", Strs, "ExtraClaims", "Further claims that the token carries.")
            .null()
            .since(2, 0, 3),
        attr("service_name", Str, "ServiceName", "Service that the identity stands for; Nomad fills it in.")
            .since(1, 7, 0),
        attr("ttl", Duration, "TTL", "How long a token is valid.").default("0s").since(1, 7, 0),
        attr("env", Bool, "Env", "Put the token into `NOMAD_TOKEN` or `NOMAD_TOKEN_<name>`.")
            .default("false")
            .since(1, 5, 0),
        attr("file", Bool, "File", "Put the token into a file.").default("false").since(1, 5, 0),
        attr("filepath", Str, "Filepath", "Path of that file.").since(1, 9, 0),
        attr("change_mode", Str, "ChangeMode", "What happens to the task when the token is renewed.")
            .only(&["noop", "restart", "signal"])
            .since(1, 7, 0),
        attr("change_signal", Str, "ChangeSignal", "Signal for `change_mode = \"signal\"`.").since(1, 7, 0),
    ],
    ..Body::EMPTY
};

/// Access to Vault.
pub static VAULT: Body = Body {
    name: "Vault",
    doc: "Access to Vault.",
    attrs: &[
        attr("role", Str, "Role", "Role to log in with.").since(1, 7, 0),
        attr("namespace", Str, "Namespace", "Vault namespace (Enterprise).").null(),
        attr("cluster", Str, "Cluster", "Vault cluster (Enterprise).").default("\"default\"").since(1, 7, 0),
        attr("policies", Strs, "Policies", "Old form; roles replaced it.")
            .null()
            .deprecated("legacy token flow removed in 1.10"),
        attr("env", Bool, "Env", "Put the token into `VAULT_TOKEN`.").null().default("true"),
        attr("disable_file", Bool, "DisableFile", "Do not write the token into the secrets folder.")
            .null()
            .default("false")
            .since(1, 6, 0),
        attr("change_mode", Str, "ChangeMode", "What happens to the task when the token changes.")
            .null()
            .default("\"restart\"")
            .only(&["noop", "restart", "signal"]),
        attr("change_signal", Str, "ChangeSignal", "Signal for `change_mode = \"signal\"`.")
            .null()
            .default("\"SIGHUP\""),
        attr("allow_token_expiration", Bool, "AllowTokenExpiration", "Do not renew the token.")
            .null()
            .default("false")
            .since(1, 7, 3),
    ],
    ..Body::EMPTY
};

/// Access to Consul.
pub static CONSUL: Body = Body {
    name: "Consul",
    doc: "Access to Consul.",
    attrs: &[
        attr("cluster", Str, "Cluster", "Consul cluster (Enterprise).").default("\"default\"").since(1, 7, 0),
        attr("namespace", Str, "Namespace", "Consul namespace (Enterprise).").since(1, 1, 0),
        attr("partition", Str, "Partition", "Consul partition (Enterprise).").since(1, 7, 3),
    ],
    ..Body::EMPTY
};

/// A secret made available as `secret.<name>.<key>`.
pub static SECRET: Body = Body {
    name: "Secret",
    doc: "A secret made available as `secret.<name>.<key>`.",
    label: Some("Name"),
    attrs: &[
        attr("provider", Str, "Provider", "Where the secret comes from: `nomad`, `vault` or a plugin.")
            .since(1, 11, 0),
        attr("path", Str, "Path", "Path of the secret there.").since(1, 11, 0),
    ],
    blocks: &[
        one("config", &FREE, "Config", "Settings of the provider.").since(1, 11, 0),
        one("env", &MAP, "Env", "Environment of a plugin.").since(1, 11, 0),
    ],
    ..Body::EMPTY
};
