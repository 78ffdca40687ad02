//! The ways in which the stack is rendered here: what a person would ask for, from the least to everything.

/// A way to render it.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// What it is called.
    pub name: &'static str,
    /// Its variables, as a file of variables says them.
    pub variables: &'static str,
}

/// All of them.
pub const ALL: &[Variant] = &[
    Variant { name: "default", variables: "" },
    Variant { name: "minimal", variables: "components = [\"prometheus\"]\nstorage = { ephemeral = true }\n" },
    Variant { name: "bucket", variables: BUCKET },
    Variant { name: "nomad", variables: NOMAD },
    Variant { name: "receivers", variables: RECEIVERS },
    Variant {
        name: "pairs",
        variables: "components = [\"alloy\", \"grafana\", \"loki\"]\ndiscovery = \"nomad\"\n",
    },
];

const BUCKET: &str = r#"
storage = { s3 = { bucket = "obs", endpoint = "fsn1.example.com", region = "fsn1", path_style = true } }
retention = { metrics = "90d", logs = "8w", traces = "48h" }
"#;

const NOMAD: &str = r#"
discovery = "nomad"
cluster = "it's \"quoted\": {x}"
agents = { ca_pem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", nomad_servers = ["10.0.0.1:4646"] }
storage = { s3 = { bucket = "obs", endpoint = "s3.example.com", keys = false, insecure = true } }
alloy = { journal = false, textfiles = "/var/lib/metrics" }
host_network = "private"
"#;

const RECEIVERS: &str = r##"
domain = "grafana.example.com"
ingress = { cert_resolver = "le" }
agents = { ca_pem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" }
probe = {
  home = { target = "https://example.com/a?b=c" }
  plain = { target = "http://example.com", module = "https_redirect" }
  db = { target = "db.example.com:5432", module = "tcp" }
}
alerting = {
  discord = { severity = "info" }
  slack = { channel = "#ops" }
  email = { to = ["ops@example.com", "boss@example.com"], from = "alerts@example.com", smarthost = "mail.example.com:587", username = "alerts" }
  webhook = { severity = "warning" }
  deadman = { every = "2m" }
}
"##;
