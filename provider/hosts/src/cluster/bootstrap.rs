//! The cluster's first tokens, policies and roles, made on the servers themselves: so it works for hosts that nobody can
//! reach from where they were planned, and a crash between bootstrap and save loses nothing.
//!
//! Tokens are in files that only root reads, never in a process's arguments.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::blueprint::{Blueprint, Unit};
use crate::secrets::{Broken, RootSecrets};
use crate::spec::ClusterSpec;

use super::{Site, ask, consul, dir, file, ports, secret, units};

const FOLDER: &str = "/etc/lostops/bootstrap";
/// How what Consul is told of a token of ours begins.
pub(crate) const MADE: &str = "Made by lostops: ";
const UNIT: &str = "lostops-bootstrap.service";

/// Jobs get Consul tokens by their own identity.
pub(super) fn identities(site: &Site<'_>) -> bool {
    site.spec.consul().is_some() && site.spec.security.acl && site.spec.security.workload_identity
}

pub(super) fn add(site: &Site<'_>, print: &mut Blueprint) -> Result<(), Broken> {
    let at = |name: &str| format!("{FOLDER}/{name}");
    print.dirs.push(dir(FOLDER, 0o700, "root:root"));
    let management = site.root.token("nomad/management")?;
    let mut files = vec![
        file(&at("run"), include_str!("bootstrap.sh"), "root:root", 0o600),
        file(&at("where"), &wherever(site), "root:root", 0o600),
        file(&at("curl"), &ask::curl(site.spec.security), "root:root", 0o600),
        secret(&at("nomad.token"), &format!("X-Nomad-Token: {}\n", management.expose()), "root:root", 0o600),
        secret(
            &at("nomad.bootstrap"),
            &json!({ "BootstrapSecret": management.expose() }).to_string(),
            "root:root",
            0o600,
        ),
    ];
    if site.spec.consul().is_some() {
        let management = site.root.token("consul/management")?;
        let header = format!("X-Consul-Token: {}\n", management.expose());
        files.push(secret(&at("consul.token"), &header, "root:root", 0o600));
        files.push(secret(&at("consul.steps"), &steps(site)?, "root:root", 0o600));
    }
    let path = format!("/etc/systemd/system/{UNIT}");
    files.push(file(&path, units::BOOTSTRAP, "root:root", 0o644));
    let restart_on = files.iter().map(|file| file.path.clone()).collect();
    print.files.extend(files);
    print.units.push(Unit { name: UNIT.into(), restart_on, reload_on: vec![], oneshot: true });
    Ok(())
}

fn wherever(site: &Site<'_>) -> String {
    let scheme = if site.spec.security.tls { "https" } else { "http" };
    let consul =
        site.spec.consul().map(|_| format!("{scheme}://{}", consul::address(site))).unwrap_or_default();
    format!("NOMAD={scheme}://127.0.0.1:{}\nCONSUL={consul}\nDATA=/opt/nomad/data\n", ports::NOMAD_HTTP)
}

/// What Consul is to know, a line each: kind, name, JSON, between tabs. Later ones name earlier ones.
fn steps(site: &Site<'_>) -> Result<String, Broken> {
    let mut steps = vec![
        policy("lostops-nomad-server", &format!("{AGENT}acl = \"write\"\nmesh = \"write\"\n")),
        policy("lostops-nomad-client", AGENT),
        policy("lostops-dns", READ),
    ];
    for (usage, grant, what) in grants(site.spec) {
        steps.push(token(site, &usage, grant, &what)?);
    }
    if identities(site) {
        steps.extend(workloads(site));
    }
    Ok(steps
        .iter()
        .fold(String::new(), |text, (kind, name, value)| text + &format!("{kind}\t{name}\t{value}\n")))
}

/// Which tokens there are in Consul beside the first: what each is for, and what it may do.
fn grants(spec: &ClusterSpec) -> Vec<(String, &'static str, Value)> {
    let usual = [
        ("consul/nomad-server", "lostops-nomad-server"),
        ("consul/nomad-client", "lostops-nomad-client"),
        ("consul/dns", "lostops-dns"),
    ];
    let usual = usual.map(|(usage, policy)| (usage.to_owned(), "Policies", json!([{ "Name": policy }])));
    let agents = spec.hosts().map(|(_, _, host)| {
        let identity = json!([{ "NodeName": host.name, "Datacenter": spec.datacenter }]);
        (consul::agent(&host.name), "NodeIdentities", identity)
    });
    usual.into_iter().chain(agents).collect()
}

/// The names of those tokens.
pub(crate) fn accessors(spec: &ClusterSpec, root: &RootSecrets) -> Result<BTreeSet<String>, Broken> {
    grants(spec).iter().map(|(usage, ..)| root.accessor(usage)).collect()
}

type Step = (&'static str, String, Value);

/// What an agent of Nomad does in Consul: it registers services of all jobs.
const AGENT: &str = "agent_prefix \"\" { policy = \"read\" }\nnode_prefix \"\" { policy = \"write\" }\n\
                     service_prefix \"\" { policy = \"write\" }\n";
/// Who runs where, for names.
const READ: &str = "node_prefix \"\" { policy = \"read\" }\nservice_prefix \"\" { policy = \"read\" }\n\
                    query_prefix \"\" { policy = \"read\" }\n";
/// What a job's tasks may read, if nobody says otherwise.
const TASKS: &str = "key_prefix \"\" { policy = \"read\" }\nnode_prefix \"\" { policy = \"read\" }\n\
                     service_prefix \"\" { policy = \"read\" }\n";

fn policy(name: &str, rules: &str) -> Step {
    ("policy", name.to_owned(), json!({ "Name": name, "Description": "Made by lostops", "Rules": rules }))
}

fn token(site: &Site<'_>, usage: &str, grant: &str, what: &Value) -> Result<Step, Broken> {
    let accessor = site.root.accessor(usage)?;
    let mut token = json!({
        "AccessorID": accessor,
        "SecretID": site.root.token(usage)?.expose(),
        "Description": format!("{MADE}{usage}"),
    });
    token[grant] = what.clone();
    Ok(("token", accessor, token))
}

/// Nomad vouches for its jobs, and Consul believes Nomad's keys, fetched from the server beside it.
fn workloads(site: &Site<'_>) -> Vec<Step> {
    let scheme = if site.spec.security.tls { "https" } else { "http" };
    let mut config = json!({
        "JWKSURL": format!("{scheme}://127.0.0.1:{}/.well-known/jwks.json", ports::NOMAD_HTTP),
        "JWTSupportedAlgs": ["RS256"],
        "BoundAudiences": ["consul.io"],
        "ClaimMappings": {
            "nomad_namespace": "nomad_namespace", "nomad_job_id": "nomad_job_id", "nomad_task": "nomad_task",
            "nomad_service": "nomad_service",
        },
    });
    if site.spec.security.tls {
        config["JWKSCACert"] = json!(site.root.ca_pem());
    }
    let rule = |name: &str, kind: &str, bind: &str, selector: &str| {
        let rule = json!({
            "AuthMethod": "nomad-workloads", "Description": name, "BindType": kind, "BindName": bind, "Selector": selector,
        });
        ("binding-rule", name.to_owned(), rule)
    };
    vec![
        policy("nomad-tasks", TASKS),
        (
            "role",
            "nomad-tasks".into(),
            json!({ "Name": "nomad-tasks", "Description": "Tasks of jobs in any namespace. Made by lostops",
                    "Policies": [{ "Name": "nomad-tasks" }] }),
        ),
        (
            "auth-method",
            "nomad-workloads".into(),
            json!({ "Name": "nomad-workloads", "Type": "jwt", "Description": "Made by lostops",
                    "TokenLocality": "local", "Config": config }),
        ),
        rule("lostops services", "service", "${value.nomad_service}", "\"nomad_service\" in value"),
        rule("lostops tasks of any namespace", "role", "nomad-tasks", "\"nomad_service\" not in value"),
    ]
}
