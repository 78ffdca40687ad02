//! The ways in which the built-in packs are used here: what a person would ask for, from the least to everything.

/// A way to use a pack.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// What it is called.
    pub name: &'static str,
    /// Its variables, as a file of variables says them.
    pub variables: &'static str,
}

/// Those of a built-in pack. One of which nothing is said here is used as it is.
pub fn of(pack: &str) -> &'static [Variant] {
    match pack {
        "observability_stack" => STACK,
        "static_site" => SITE,
        _ => &[Variant { name: "default", variables: "" }],
    }
}

/// A site: as its example says, and with what else changes its job.
const SITE: &[Variant] = &[
    Variant { name: "default", variables: "" },
    Variant { name: "protected", variables: "domains = [\"docs.example.com\"]\nprotect = true\n" },
    Variant {
        name: "pages",
        variables: "files = { \"a/b.html\" = \"{{ env \\\"X\\\" }} $${y} %%{if}\\n\" }\nheaders = { \"X-A\" = \"b\" }\n",
    },
    Variant { name: "volume", variables: "volume = {}\ninstances = 1\n" },
    Variant {
        name: "consul",
        variables: "discovery = \"consul\"\ntags = [\"traefik.enable=true\"]\nresources = { memory = 64 }\n",
    },
];

/// The observability stack; without a word it finds services in Consul.
pub const STACK: &[Variant] = &[
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

/// A certificate that nothing trusts: programs read it when they start.
macro_rules! ca {
    () => {
        r#"-----BEGIN CERTIFICATE-----\nMIIBMDCB46ADAgECAhR6BEP4ZQFv1uyw2MTTTTAfF14g/DAFBgMrZXAwDTELMAkG\nA1UEAwwCQ0EwIBcNMjYxMTI3MDk1NDE4WhgPMjEyNjExMDMwOTU0MThaMA0xCzAJ\nBgNVBAMMAkNBMCowBQYDK2VwAyEA0Lh6IXQRQntlqXhw56wQY+NmVBUrTwl37EJq\njVFBC0yjUzBRMB0GA1UdDgQWBBT7xE3R3ijd1Kmin5Vf8xhATH55jTAfBgNVHSME\nGDAWgBT7xE3R3ijd1Kmin5Vf8xhATH55jTAPBgNVHRMBAf8EBTADAQH/MAUGAytl\ncANBAN4aeciAREhYfo3d+2ZC4t0A39ZvSS8TXkObwrK0uwBycG78RpZuUvIhOmfI\n81ddX86kERFh9HTpCTCZnuvJmAg=\n-----END CERTIFICATE-----\n"#
    };
}

const NOMAD: &str = concat!(
    r#"
discovery = "nomad"
cluster = "it's \"quoted\": {x}"
agents = { ca_pem = ""#,
    ca!(),
    r#"", nomad_servers = ["10.0.0.1:4646"] }
storage = { s3 = { bucket = "obs", endpoint = "s3.example.com", keys = false, insecure = true } }
alloy = { journal = false, textfiles = "/var/lib/metrics" }
host_network = "private"
"#
);

const RECEIVERS: &str = concat!(
    r##"
domain = "grafana.example.com"
ingress = { cert_resolver = "le" }
agents = { ca_pem = ""##,
    ca!(),
    r##"" }
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
"##
);
