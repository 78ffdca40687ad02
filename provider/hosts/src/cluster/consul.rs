//! Consul on a host: its configuration and its unit. From 1.8 on, as configuration was renamed on the way to 1.22.

use serde_json::{Value, json};

use crate::blueprint::{Blueprint, Unit};
use crate::secrets::Broken;
use crate::spec::Release;

use super::agents::{self, Tls};
use super::{Site, dir, file, ports, secret, units};

const CONFIG: &str = "/etc/consul.d/consul.json";
const TOKENS: &str = "/etc/consul.d/tokens.json";
const UNIT: &str = "/etc/systemd/system/consul.service";

pub(super) fn add(site: &Site<'_>, print: &mut Blueprint) -> Result<(), Broken> {
    let Some(release) = site.spec.consul() else { return Ok(()) };
    agents::install("consul", release, print);
    print.dirs.push(dir("/opt/consul/data", 0o700, "consul:consul"));
    if site.spec.security.tls {
        agents::certify(site, "consul", &site.spec.datacenter, print)?;
    }
    print.files.push(file(CONFIG, &super::json(&config(site, release)), "root:consul", 0o640));
    print.files.push(file("/etc/consul.d/join.json", &super::json(&join(site)), "root:consul", 0o640));
    if site.spec.security.gossip {
        let key = json!({ "encrypt": site.root.gossip_key("consul")?.expose() });
        print.files.push(secret("/etc/consul.d/gossip.json", &super::json(&key), "root:consul", 0o640));
        agents::forgetful("consul", "/opt/consul/data/serf/local.keyring", print);
    }
    if site.spec.security.acl {
        let tokens = json!({ "acl": { "tokens": tokens(site, release)? } });
        print.files.push(secret(TOKENS, &super::json(&tokens), "root:consul", 0o640));
    }
    unit(site, print);
    Ok(())
}

/// Where this host's own Consul answers.
pub(super) fn address(site: &Site<'_>) -> String {
    format!("127.0.0.1:{}", ports::consul_api(site.spec.security.tls))
}

fn config(site: &Site<'_>, release: &Release) -> Value {
    let (spec, serves) = (site.spec, site.pool.role.serves());
    let version = &release.version;
    let mut config = json!({
        "datacenter": spec.datacenter,
        "node_name": site.host.name,
        "data_dir": "/opt/consul/data",
        "bind_addr": "0.0.0.0",
        "client_addr": "127.0.0.1",
        "server": serves,
        "disable_update_check": true,
        "leave_on_terminate": !serves,
        "skip_leave_on_interrupt": true,
        "connect": { "enabled": true },
        "performance": { "raft_multiplier": 1 },
        "telemetry": { "prometheus_retention_time": "60s", "disable_hostname": true },
        "acl": {
            "enabled": spec.security.acl,
            "default_policy": if spec.security.acl { "deny" } else { "allow" },
            "down_policy": "extend-cache",
            "enable_token_persistence": true,
        },
    });
    let mut put = |key: &str, value: Value| config[key] = value;
    if let Some(address) = site.host.ips().first() {
        put("advertise_addr", json!(address.to_string()));
    }
    put("ports", listening(site, release));
    if serves {
        if version.at_least(1, 9) {
            put("ui_config", json!({ "enabled": true }));
        } else {
            put("ui", json!(true));
        }
        // The API is for people as well: who may come is the firewall's to say.
        put("addresses", json!({ (if spec.security.tls { "https" } else { "http" }): "0.0.0.0" }));
    }
    if spec.security.gossip {
        put("encrypt_verify_incoming", json!(true));
        put("encrypt_verify_outgoing", json!(true));
    }
    if spec.security.tls {
        tls(&mut config, release, spec.security.https_client_certs);
    }
    config
}

/// Where there is TLS nothing is in clear but on the host's own loopback. There is nothing between datacenters.
fn listening(site: &Site<'_>, release: &Release) -> Value {
    let tls = site.spec.security.tls;
    let mut listening = json!({
        "http": if tls { -1 } else { i32::from(ports::CONSUL_HTTP) },
        "https": if tls { i32::from(ports::CONSUL_HTTPS) } else { -1 },
        "grpc": ports::CONSUL_GRPC,
        "dns": ports::CONSUL_DNS,
        "serf_wan": -1,
    });
    if release.version.at_least(1, 14) {
        listening["grpc_tls"] = json!(-1);
    }
    listening
}

fn tls(config: &mut Value, release: &Release, client_certs: bool) {
    let Tls { ca, cert, key } = agents::tls("consul");
    if release.version.at_least(1, 12) {
        config["tls"] = json!({
            "defaults": { "ca_file": ca, "cert_file": cert, "key_file": key, "verify_outgoing": true },
            "internal_rpc": { "verify_incoming": true, "verify_server_hostname": true },
            "https": { "verify_incoming": client_certs },
        });
        return;
    }
    for (name, value) in [("ca_file", ca), ("cert_file", cert), ("key_file", key)] {
        config[name] = json!(value);
    }
    for (name, value) in [
        ("verify_incoming_rpc", true),
        ("verify_incoming_https", client_certs),
        ("verify_outgoing", true),
        ("verify_server_hostname", true),
    ] {
        config[name] = json!(value);
    }
}

/// Where the others are: read when Consul starts.
fn join(site: &Site<'_>) -> Value {
    let mut join = json!({});
    let servers = agents::servers(site, ports::CONSUL_GOSSIP);
    if !servers.is_empty() {
        join["retry_join"] = json!(servers);
    }
    if site.pool.role.serves() {
        join["bootstrap_expect"] = json!(site.spec.servers().count());
    }
    join
}

fn tokens(site: &Site<'_>, release: &Release) -> Result<Value, Broken> {
    let mut tokens = json!({ "agent": site.root.token(&agent(&site.host.name))?.expose() });
    if site.pool.role.serves() {
        let name = if release.version.at_least(1, 11) { "initial_management" } else { "master" };
        tokens[name] = json!(site.root.token("consul/management")?.expose());
    }
    if release.version.at_least(1, 18) {
        tokens["dns"] = json!(site.root.token("consul/dns")?.expose());
    }
    Ok(tokens)
}

/// What the token of a host's own Consul is called.
pub(super) fn agent(host: &str) -> String {
    format!("consul/agent/{host}")
}

fn unit(site: &Site<'_>, print: &mut Blueprint) {
    let command = format!("{} agent -config-dir=/etc/consul.d", agents::program("consul"));
    let text = units::agent(&units::Agent {
        description: "Consul",
        command: &command,
        user: "consul",
        // `notify` would wait for the others to be found: a first server could not be started before the last.
        kind: "exec",
        // A client that goes takes its services out of the catalogue, and one that starts anew does not.
        signal: "SIGTERM",
        again: Some("SIGINT"),
        after: &[],
        mounts: &[],
        oom: -900,
    });
    print.files.push(file(UNIT, &text, "root:root", 0o644));
    let Tls { ca, cert, key } = agents::tls("consul");
    let (mut restart_on, mut reload_on) =
        (vec![CONFIG.into(), UNIT.into(), agents::program("consul")], vec![ca, cert, key]);
    // A server makes the first token when it begins to lead, if it was started with another one than there is.
    if site.pool.role.serves() { &mut restart_on } else { &mut reload_on }.push(TOKENS.into());
    print.units.push(Unit { name: "consul.service".into(), restart_on, reload_on, oneshot: false });
}
