//! Nomad on a host: its configuration, Docker and CNI where jobs run, its unit.

use serde_json::{Map, Value, json};

use crate::blueprint::{Binary, Blueprint, Packing, Unit};
use crate::secrets::Broken;

use super::agents::{self, Tls};
use super::{Site, dir, file, pins, ports, secret, units};

const CONFIG: &str = "/etc/nomad.d/nomad.json";
const CONSUL: &str = "/etc/nomad.d/consul.json";
const CNI_FOLDER: &str = "/opt/cni/bin";
const DOCKER: &str = "/etc/docker/daemon.json";
const UNIT: &str = "/etc/systemd/system/nomad.service";

pub(super) fn add(site: &Site<'_>, print: &mut Blueprint) -> Result<(), Broken> {
    agents::install("nomad", &site.spec.nomad, print);
    // Tasks need root: mounts, namespaces and cgroups. A server that runs none does without.
    let user = if site.pool.role.works() { "root" } else { "nomad" };
    print.dirs.push(dir("/opt/nomad/data", 0o700, &format!("{user}:{user}")));
    if site.spec.security.tls {
        agents::certify(site, "nomad", &site.spec.region, print)?;
    }
    print.files.push(file(CONFIG, &super::json(&config(site)), "root:nomad", 0o640));
    print.files.push(file("/etc/nomad.d/join.json", &super::json(&join(site)), "root:nomad", 0o640));
    if site.pool.role.serves() && site.spec.security.gossip {
        let key = json!({ "server": { "encrypt": site.root.gossip_key("nomad")?.expose() } });
        print.files.push(secret("/etc/nomad.d/gossip.json", &super::json(&key), "root:nomad", 0o640));
        agents::forgetful("nomad", "/opt/nomad/data/server/serf.keyring", print);
    }
    if site.spec.consul().is_some() {
        print.files.push(secret(CONSUL, &super::json(&consul(site)?), "root:nomad", 0o640));
    }
    if site.pool.role.works() {
        docker(print);
        cni(site, print);
    }
    unit(site, user, print);
    Ok(())
}

/// Everything whose change needs a restart.
fn config(site: &Site<'_>) -> Value {
    let (spec, role) = (site.spec, site.pool.role);
    let mut config = json!({
        "region": spec.region,
        "datacenter": site.pool.datacenter.as_ref().unwrap_or(&spec.datacenter),
        "name": site.host.name,
        "data_dir": "/opt/nomad/data",
        "bind_addr": "0.0.0.0",
        "disable_update_check": true,
        "leave_on_interrupt": false,
        "leave_on_terminate": false,
        "acl": { "enabled": spec.security.acl },
        "telemetry": {
            "prometheus_metrics": true,
            "publish_allocation_metrics": true,
            "publish_node_metrics": true,
            "disable_hostname": true,
        },
    });
    let mut put = |key: &str, value: Value| config[key] = value;
    if let Some(address) = site.host.ips().first() {
        let address = address.to_string();
        put("advertise", json!({ "http": address, "rpc": address, "serf": address }));
    }
    if spec.security.tls {
        let Tls { ca, cert, key } = agents::tls("nomad");
        put(
            "tls",
            json!({
                "http": true, "rpc": true, "ca_file": ca, "cert_file": cert, "key_file": key,
                "verify_server_hostname": true, "verify_https_client": spec.security.https_client_certs,
            }),
        );
    }
    if role.serves() {
        put("server", server(site));
    }
    if role.works() {
        put("client", client(site));
        let docker = json!({ "allow_privileged": false, "volumes": { "enabled": true } });
        put("plugin", json!([{ "docker": [{ "config": [docker] }] }]));
    }
    config
}

fn server(site: &Site<'_>) -> Value {
    let mut server = json!({ "enabled": true });
    if site.spec.nomad.version.at_least(1, 11) {
        server["client_introduction"] = json!({ "enforcement": site.spec.security.introduction.name() });
    }
    server
}

fn client(site: &Site<'_>) -> Value {
    let pool = site.pool;
    let mut client = json!({
        "enabled": true,
        "cni_path": CNI_FOLDER,
        "min_dynamic_port": ports::DYNAMIC.first(),
        "max_dynamic_port": ports::DYNAMIC.last(),
        // Where there is no metadata service, each of these costs seconds at every start.
        "options": { "fingerprint.denylist": "env_aws,env_azure,env_digitalocean,env_gce" },
    });
    let mut put = |key: &str, value: Value| client[key] = value;
    // What jobs keep outlives the agent's own data.
    if site.spec.nomad.version.at_least(1, 10) {
        put("host_volumes_dir", json!("/opt/nomad/volumes"));
    }
    // A host with an address for the world and another for the cluster: tasks listen where the cluster is.
    if let (Some(outside), Some(inside)) = (&site.host.address, site.host.private_address)
        && outside.parse() != Ok(inside)
    {
        let exactly = inside.to_string().replace('.', "[.]");
        let found = format!("GetAllInterfaces | include \"address\" \"^{exactly}(/|$)\" | attr \"name\"");
        put("network_interface", json!(format!("{{{{ {found} }}}}")));
    }
    if let Some(name) = &pool.node_pool {
        put("node_pool", json!(name));
    }
    if let Some(name) = &pool.node_class {
        put("node_class", json!(name));
    }
    let mut meta = pool.meta.clone();
    if pool.ingress {
        meta.entry("ingress".into()).or_insert_with(|| "true".into());
    }
    if !meta.is_empty() {
        put("meta", json!(meta));
    }
    if !pool.volumes.is_empty() {
        let volumes = pool.volumes.iter().map(|volume| {
            (volume.name.clone(), json!([{ "path": volume.path, "read_only": volume.read_only }]))
        });
        put("host_volume", json!([volumes.collect::<Map<String, Value>>()]));
    }
    client
}

/// Where the others are: read when Nomad starts.
fn join(site: &Site<'_>) -> Value {
    let mut join = json!({});
    if site.pool.role.serves() {
        let servers = agents::servers(site, ports::NOMAD_GOSSIP);
        join["server"] = json!({ "bootstrap_expect": site.spec.servers().count() });
        if !servers.is_empty() {
            join["server"]["server_join"] = json!({ "retry_join": servers, "retry_interval": "5s" });
        }
    }
    if site.pool.role.works() {
        // A host that runs a server asks its own.
        let own = site.pool.role.serves();
        let of_client =
            if own { vec!["127.0.0.1".to_owned()] } else { agents::servers(site, ports::NOMAD_RPC) };
        join["client"] = json!({ "server_join": { "retry_join": of_client, "retry_interval": "5s" } });
    }
    join
}

/// The Consul agent of this host, and how jobs get tokens from it.
fn consul(site: &Site<'_>) -> Result<Value, Broken> {
    let security = &site.spec.security;
    let mut consul = json!({ "address": super::consul::address(site), "grpc_address": "127.0.0.1:8502" });
    if security.tls {
        // Its own files: Consul's are not for Nomad to read, and the authority is the same.
        let Tls { ca, cert, key } = agents::tls("nomad");
        consul["ssl"] = json!(true);
        consul["verify_ssl"] = json!(true);
        consul["ca_file"] = json!(ca);
        if security.https_client_certs {
            consul["cert_file"] = json!(cert);
            consul["key_file"] = json!(key);
        }
    }
    if security.acl {
        let role = if site.pool.role.serves() { "server" } else { "client" };
        consul["token"] = json!(site.root.token(&format!("consul/nomad-{role}"))?.expose());
    }
    if super::bootstrap::identities(site) {
        let identity = json!({ "aud": ["consul.io"], "ttl": "1h" });
        if site.pool.role.serves() {
            consul["service_identity"] = identity.clone();
            consul["task_identity"] = identity;
        }
        if site.pool.role.works() {
            consul["service_auth_method"] = json!("nomad-workloads");
            consul["task_auth_method"] = json!("nomad-workloads");
        }
    }
    Ok(json!({ "consul": consul }))
}

/// Containers outlive a restart of Docker, and their logs do not fill the disk.
fn docker(print: &mut Blueprint) {
    let config = json!({
        "live-restore": true,
        "log-driver": "json-file",
        "log-opts": { "max-size": "10m", "max-file": "3" },
    });
    print.dirs.push(dir("/etc/docker", 0o755, "root:root"));
    print.files.push(file(DOCKER, &super::json(&config), "root:root", 0o644));
    print.units.push(Unit {
        name: "docker.service".into(),
        restart_on: vec![DOCKER.into()],
        ..Unit::default()
    });
}

fn cni(site: &Site<'_>, print: &mut Blueprint) {
    let Some(release) = &site.spec.cni else { return };
    print.binaries.push(Binary {
        name: "cni-plugins".into(),
        version: release.version.to_string(),
        packing: Packing::TarGz,
        path: CNI_FOLDER.into(),
        fetches: pins::cni(release),
    });
}

fn unit(site: &Site<'_>, user: &str, print: &mut Blueprint) {
    let volumes = site.pool.volumes.iter().filter(|volume| volume.device.is_some());
    let mounts: Vec<&str> = volumes.map(|volume| volume.path.as_str()).collect();
    let mut after = Vec::new();
    if site.spec.consul().is_some() {
        after.push("consul.service");
    }
    if site.pool.role.works() {
        after.push("docker.service");
    }
    let command = format!("{} agent -config=/etc/nomad.d", agents::program("nomad"));
    let text = units::agent(&units::Agent {
        description: "Nomad",
        command: &command,
        user,
        kind: "notify",
        // Without `leave_on_interrupt` it goes without leaving the cluster.
        signal: "SIGINT",
        again: None,
        after: &after,
        mounts: &mounts,
        oom: -1000,
    });
    print.files.push(file(UNIT, &text, "root:root", 0o644));
    let Tls { ca, cert, key } = agents::tls("nomad");
    let mut restart_on = vec![CONFIG.to_owned(), UNIT.to_owned(), agents::program("nomad")];
    if site.spec.consul().is_some() {
        restart_on.push(CONSUL.to_owned());
    }
    if site.pool.role.works() {
        restart_on.push(CNI_FOLDER.to_owned());
    }
    print.units.push(Unit {
        name: "nomad.service".into(),
        restart_on,
        reload_on: vec![ca, cert, key],
        oneshot: false,
    });
}
