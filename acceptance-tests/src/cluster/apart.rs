//! A real server and real clients as processes of their own: each can be killed without a word to it, and started again
//! on what it has kept. Without TLS and access control, on one address.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::agent::{ports, unmount};
use super::asking::{Answer, ask};
use crate::process::{end_all_of, wait_until};

/// How long agents may take to know each other.
const PATIENCE: Duration = Duration::from_mins(1);

/// The cluster.
#[derive(Debug)]
pub struct Apart {
    program: PathBuf,
    folder: TempDir,
    server: Part,
    clients: Vec<Part>,
    /// Where the server answers.
    pub address: String,
}

/// One of its agents.
#[derive(Debug)]
struct Part {
    name: String,
    child: Option<Child>,
}

impl Apart {
    /// Starts a server and clients that are called `c1`, `c2`, …, and waits until all take jobs.
    pub fn start(program: &Path, clients: usize) -> Self {
        let folder = TempDir::with_prefix("apart-").expect("a folder can be made");
        let [http, rpc, serf] = ports();
        let part = |name: String| Part { name, child: None };
        let mut apart = Self {
            program: program.to_owned(),
            folder,
            server: part("server".to_owned()),
            clients: (1..=clients).map(|number| part(format!("c{number}"))).collect(),
            address: format!("http://127.0.0.1:{http}"),
        };
        // A client that is gone is missed within seconds, not after half a minute.
        let own = json!({ "enabled": true, "bootstrap_expect": 1, "heartbeat_grace": "5s", "min_heartbeat_ttl": "4s" });
        apart.configure("server", [http, rpc, serf], "server", &own);
        for number in 1..=clients {
            let own = json!({ "enabled": true, "servers": [format!("127.0.0.1:{rpc}")],
                "options": { "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean,consul,vault" } });
            apart.configure(&format!("c{number}"), ports(), "client", &own);
        }
        apart.start_server();
        for number in 1..=clients {
            apart.start_client(&format!("c{number}"));
        }
        apart
    }

    /// Asks the server.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        ask(&self.address, "", method, path, body)
    }

    /// Ends the server as a power cut would.
    pub fn kill_server(&mut self) {
        self.server.kill();
    }

    /// Starts the server on what it has kept, and waits until it leads.
    pub fn start_server(&mut self) {
        self.server.child = Some(self.spawn("server"));
        let leads = || self.call("GET", "/v1/status/leader", &Value::Null).text.contains(':');
        assert!(wait_until(PATIENCE, leads), "the server does not lead: {}", self.log("server"));
    }

    /// Ends a client as a power cut would: with everything that runs there.
    pub fn kill_client(&mut self, name: &str) {
        self.client(name).kill();
        end_all_of(&self.folder.path().join(name));
    }

    /// Starts a client on what it has kept, and waits until it takes jobs.
    pub fn start_client(&mut self, name: &str) {
        let child = self.spawn(name);
        self.client(name).child = Some(child);
        let ready = || self.status(name) == "ready";
        assert!(wait_until(PATIENCE, ready), "client {name} is not ready: {}", self.log(name));
    }

    /// What the server thinks of a client.
    pub fn status(&self, name: &str) -> String {
        let nodes = self.call("GET", "/v1/nodes", &Value::Null).json();
        let mut nodes = nodes.as_array().into_iter().flatten();
        let node = nodes.find(|node| node["Name"] == name);
        node.and_then(|node| node["Status"].as_str()).unwrap_or_default().to_owned()
    }

    fn client(&mut self, name: &str) -> &mut Part {
        self.clients.iter_mut().find(|part| part.name == name).expect("there is such a client")
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default()
    }

    fn configure(&self, name: &str, ports: [u16; 3], role: &str, own: &Value) {
        let address = "127.0.0.1";
        let config = json!({
            "name": name, "bind_addr": address, "data_dir": self.folder.path().join(name),
            "disable_update_check": true,
            "ports": { "http": ports[0], "rpc": ports[1], "serf": ports[2] },
            "advertise": { "http": address, "rpc": address, "serf": address },
            "consul": { "auto_advertise": false, "server_auto_join": false, "client_auto_join": false },
            "limits": { "http_max_conns_per_client": 0 },
            "plugin": [{ "raw_exec": [{ "config": [{ "enabled": true }] }] }],
            role: own,
        });
        let path = self.folder.path().join(format!("{name}.json"));
        fs::write(path, config.to_string()).expect("a file can be written");
    }

    fn spawn(&self, name: &str) -> Child {
        let at = |ending: &str| self.folder.path().join(format!("{name}.{ending}"));
        let log = fs::File::options().create(true).append(true).open(at("log")).expect("a log can be made");
        Command::new(&self.program)
            .args(["agent", "-config"])
            .arg(at("json"))
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

impl Part {
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.clients.iter_mut().for_each(Part::kill);
        self.server.kill();
        // Tasks outlive a client that is killed.
        end_all_of(self.folder.path());
        unmount(self.folder.path());
    }
}
