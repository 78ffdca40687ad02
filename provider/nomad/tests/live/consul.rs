//! Against a real Consul, where there is one: on `PATH` or named by `LOSTOPS_CONSUL`.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nomad::consul::{Client, Link, NewToken, NodeIdentity, Policy, Role, TokenUse};
use nomad::{Config, Limits, Secret};
use serde_json::json;
use tempfile::TempDir;

use crate::agent::found;

const FIRST: &str = "3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a02";

/// A Consul server alone, with access control.
struct Consul {
    child: Child,
    client: Client,
    _folder: TempDir,
}

impl Consul {
    fn start() -> Option<Self> {
        let program = found("consul")?;
        let folder = TempDir::with_prefix("consul-live-").expect("a folder can be made");
        let held = [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [http, server, lan, wan, dns] = held.map(|held| held.local_addr().expect("an address").port());
        let configuration = json!({
            "server": true, "bootstrap_expect": 1, "node_name": "one", "datacenter": "dc1",
            "bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "data_dir": folder.path().join("data"),
            "ports": {"http": http, "server": server, "serf_lan": lan, "serf_wan": wan, "dns": dns, "grpc": -1},
            "acl": {"enabled": true, "default_policy": "deny"}, "disable_update_check": true,
        });
        let file = folder.path().join("consul.json");
        std::fs::write(&file, configuration.to_string()).expect("a file can be written");
        let child = run(&program, &file, folder.path());
        let limits = Limits { patience: Duration::from_mins(1), ..Limits::default() };
        let addresses = vec![format!("http://127.0.0.1:{http}")];
        let client = Client::new(&Config { addresses, limits, ..Config::default() }).expect("good");
        Some(Self { child, client, _folder: folder })
    }
}

fn run(program: &Path, file: &Path, home: &Path) -> Child {
    Command::new(program)
        .args(["agent", "-config-file"])
        .arg(file)
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("consul can be started")
}

impl Drop for Consul {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn bootstrapped(consul: &Consul) -> Client {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        match consul.client.acl().bootstrap(&Secret::new(FIRST)).await {
            // Before 1.12 Consul chooses the secret itself.
            Ok((token, fresh)) => {
                assert!(fresh);
                return consul.client.with_token(token.secret_id);
            }
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_cluster_is_bootstrapped_and_asked() {
    let Some(consul) = Consul::start() else { return };
    let client = bootstrapped(&consul).await;
    let error = consul.client.kv().put("a", &"b".into(), None).await.expect_err("nobody may not");
    assert!(error.is_forbidden(), "{error}");
    assert!(!client.operator().leader().await.expect("an answer").is_empty());
    assert_eq!(client.operator().peers().await.expect("an answer").len(), 1);
    assert_eq!(client.operator().raft().await.expect("an answer").servers[0].node, "one");
    let deadline = Instant::now() + Duration::from_mins(1);
    while client.operator().health().await.expect("an answer").servers.len() != 1 {
        assert!(Instant::now() < deadline, "nobody looks after the servers");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let members = client.agent().members().await.expect("an answer");
    assert!(members[0].is_alive() && members[0].tags["role"] == "consul", "{members:?}");
    assert!(client.agent().myself().await.expect("an answer").config.contains_key("Version"));
    assert_eq!(client.catalog().datacenters().await.expect("an answer"), ["dc1"]);
    assert_eq!(client.catalog().nodes().await.expect("an answer")[0].node, "one");
    assert!(client.catalog().services().await.expect("an answer").contains_key("consul"));
    assert!(client.catalog().instances("consul", false).await.expect("an answer")[0].service.port > 0);

    let put = |value: &'static str, cas| {
        let client = client.clone();
        async move { client.kv().put("app/a key", &value.into(), cas).await.expect("an answer") }
    };
    assert!(put("one", Some(0)).await && !put("two", Some(0)).await);
    let entry = client.kv().read("app/a key").await.expect("an answer").expect("it is there");
    assert_eq!(entry.text(), Some("one".into()));
    assert!(put("two", Some(entry.modify_index)).await);
    assert_eq!(client.kv().list("app/").await.expect("an answer").expect("some").len(), 1);
    assert!(!client.kv().delete("app/a key", Some(1)).await.expect("an answer"));
    assert!(client.kv().delete("app/a key", None).await.expect("an answer"));
    assert_eq!(client.kv().read("app/a key").await.expect("an answer"), None);
}

#[tokio::test]
async fn agents_get_tokens_and_servers_are_saved() {
    let Some(consul) = Consul::start() else { return };
    let client = bootstrapped(&consul).await;
    assert_eq!(client.acl().policy("agents").await.expect("an answer"), None);
    let rules = "node_prefix \"\" { policy = \"write\" }";
    let policy = Policy { name: "agents".into(), rules: rules.into(), ..Policy::default() };
    let made = client.acl().put_policy(&policy).await.expect("it is made");
    let changed = Policy { description: "for agents".into(), ..made.clone() };
    assert_eq!(client.acl().put_policy(&changed).await.expect("it is changed").id, made.id);
    let found = client.acl().policy("agents").await.expect("an answer");
    assert_eq!(found.map(|policy| policy.description), Some("for agents".into()));
    assert_eq!(client.acl().role("tasks").await.expect("an answer"), None);
    let role =
        Role { name: "tasks".into(), policies: vec![Link { name: "agents".into() }], ..Role::default() };
    client.acl().put_role(&role).await.expect("it is made");
    let found = client.acl().role("tasks").await.expect("an answer").expect("it is there");
    assert_eq!(found.policies, role.policies);
    assert_eq!(client.acl().auth_method("nomad-workloads").await.expect("an answer"), None);
    let identity = NodeIdentity { node_name: "one".into(), datacenter: "dc1".into() };
    let new = NewToken {
        accessor_id: Some(FIRST.replace('3', "6")),
        description: "agent".into(),
        node_identities: vec![identity],
        ..NewToken::default()
    };
    let token = client.acl().create_token(&new).await.expect("it is made");
    client.agent().set_token(TokenUse::Agent, &token.secret_id).await.expect("it is taken");
    let own = client.with_token(token.secret_id.clone()).acl().token_self().await.expect("an answer");
    assert_eq!((own.accessor_id, own.node_identities), (token.accessor_id.clone(), new.node_identities));
    client.acl().delete_token(&token.accessor_id).await.expect("it goes");
    let entry = json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http"});
    assert!(client.config_entries().put(&entry, Some(0)).await.expect("an answer"));
    assert!(!client.config_entries().put(&entry, Some(1)).await.expect("an answer"));
    let entry = client.config_entries().read("service-defaults", "web").await.expect("an answer");
    assert_eq!(entry.expect("it is there")["Protocol"], "http");
    client.config_entries().delete("service-defaults", "web").await.expect("it goes");
    client.kv().put("kept", &"yes".into(), None).await.expect("it is made");
    let mut snapshot = Vec::new();
    client.operator().save_snapshot(&mut snapshot).await.expect("it is saved");
    client.kv().delete("kept", None).await.expect("it goes");
    client.operator().restore_snapshot(std::io::Cursor::new(snapshot)).await.expect("it is restored");
    assert!(client.kv().read("kept").await.expect("an answer").is_some());
    client.agent().reload().await.expect("it is done");
}
