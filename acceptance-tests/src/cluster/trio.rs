//! Three real servers and a client on loopback addresses of their own, with everything on: TLS that checks names, gossip
//! encryption, access control. Servers can be killed one by one.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{end_all_of, wait_until};

/// How long a cluster may take to have a leader, and a client to be ready.
const PATIENCE: Duration = Duration::from_mins(2);

/// The cluster.
#[derive(Debug)]
pub struct Trio {
    program: PathBuf,
    folder: TempDir,
    servers: Vec<Option<Child>>,
    client: Option<Child>,
    ports: [u16; 3],
    /// Who may do everything.
    pub token: String,
}

impl Trio {
    /// Starts it, and waits until it takes jobs.
    pub fn start(program: &Path) -> Self {
        let folder = TempDir::with_prefix("trio-").expect("a folder can be made");
        let mut trio = Self {
            program: program.to_owned(),
            folder,
            servers: Vec::new(),
            client: None,
            ports: super::agent::ports(),
            token: String::new(),
        };
        for words in ["tls ca create", "tls cert create -server", "tls cert create -client"] {
            trio.nomad(words).unwrap_or_else(|error| panic!("{words}: {error}"));
        }
        let key = trio.nomad("operator gossip keyring generate").expect("a key can be made");
        for number in 1..=3 {
            let own = json!({ "enabled": true, "bootstrap_expect": 3, "encrypt": key.trim(),
                "server_join": { "retry_join": trio.peers(2), "retry_interval": "1s" } });
            let child = trio.agent(number, "server", "server", &own);
            trio.servers.push(Some(child));
        }
        let own = json!({ "enabled": true, "servers": trio.peers(1),
            "options": { "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean,consul,vault" } });
        trio.client = Some(trio.agent(4, "client", "client", &own));
        let mut said = String::new();
        let led = wait_until(PATIENCE, || match trio.nomad("acl bootstrap -json") {
            Ok(text) => {
                let made: Value = serde_json::from_str(&text).unwrap_or_default();
                trio.token = made["SecretID"].as_str().map(str::to_owned).unwrap_or_default();
                true
            }
            Err(error) => {
                said = error;
                std::thread::sleep(Duration::from_millis(200));
                false
            }
        });
        assert!(led, "no leader: {said}");
        let ready = || trio.nomad("node status").is_ok_and(|text| text.contains(" ready"));
        assert!(wait_until(PATIENCE, ready), "the client is not ready: {:?}", trio.nomad("node status"));
        trio
    }

    /// Where the servers answer.
    pub fn addresses(&self) -> Vec<String> {
        (1..=3).map(|number| format!("https://127.0.0.{number}:{}", self.ports[0])).collect()
    }

    /// The authority's certificate.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("nomad-agent-ca.pem")
    }

    /// Runs a command line of Nomad's on one of the servers that live.
    pub fn nomad(&self, words: &str) -> Result<String, String> {
        let living = self.servers.iter().position(Option::is_some).unwrap_or(0);
        let mut command = Command::new(&self.program);
        command.args(words.split(' ')).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("NOMAD_ADDR", &self.addresses()[living]);
        command.env("NOMAD_CACERT", self.ca()).env("NOMAD_TLS_SERVER_NAME", "server.global.nomad");
        command.env("NOMAD_TOKEN", &self.token);
        let output = command.output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Kills the server that leads, without a word to it, and says which it was.
    pub fn kill_leader(&mut self) -> usize {
        let leader = self.nomad("operator api /v1/status/leader").unwrap_or_default();
        let number =
            (1..=3).find(|number| leader.contains(&format!("127.0.0.{number}:"))).expect("somebody leads");
        let mut child = self.servers[number - 1].take().expect("it runs");
        let _ = child.kill();
        let _ = child.wait();
        number
    }

    fn peers(&self, port: usize) -> Vec<String> {
        (1..=3).map(|number| format!("127.0.0.{number}:{}", self.ports[port])).collect()
    }

    fn agent(&self, number: u8, role: &str, certificate: &str, own: &Value) -> Child {
        let address = format!("127.0.0.{number}");
        let at = |name: String| self.folder.path().join(name).display().to_string();
        let config = json!({
            "name": format!("n{number}"), "bind_addr": address, "data_dir": at(format!("data-{number}")),
            "disable_update_check": true,
            "ports": { "http": self.ports[0], "rpc": self.ports[1], "serf": self.ports[2] },
            "advertise": { "http": address, "rpc": address, "serf": address },
            "consul": { "auto_advertise": false, "server_auto_join": false, "client_auto_join": false },
            "acl": { "enabled": true },
            "tls": { "http": true, "rpc": true, "verify_server_hostname": true,
                "ca_file": self.ca(), "cert_file": at(format!("global-{certificate}-nomad.pem")),
                "key_file": at(format!("global-{certificate}-nomad-key.pem")) },
            "plugin": [{ "raw_exec": [{ "config": [{ "enabled": true }] }] }],
            role: own,
        });
        let path = at(format!("n{number}.json"));
        fs::write(&path, config.to_string()).expect("a file can be written");
        let log = fs::File::create(at(format!("n{number}.log"))).expect("a log can be made");
        Command::new(&self.program)
            .args(["agent", "-config", &path])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log can be shared"))
            .stderr(log)
            .spawn()
            .expect("nomad can be started")
    }
}

impl Drop for Trio {
    fn drop(&mut self) {
        for child in self.client.iter_mut().chain(self.servers.iter_mut().flatten()) {
            let _ = child.kill();
            let _ = child.wait();
        }
        // Tasks outlive a client that is killed.
        end_all_of(self.folder.path());
        super::agent::unmount(self.folder.path());
    }
}

/// Whether an address of loopback besides the usual one can be had: not everywhere they all can.
pub fn can_be_here() -> bool {
    TcpListener::bind("127.0.0.4:0").is_ok()
}
