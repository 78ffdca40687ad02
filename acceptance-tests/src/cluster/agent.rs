//! A real Nomad agent on this machine's loopback, in a folder of its own, ended with whoever started it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

use super::asking::ask;
use crate::process::{end_all_of, pid, wait_until};

/// A running agent.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    /// Where it answers.
    pub address: String,
    folder: TempDir,
}

impl Agent {
    /// Starts one that is server and client at once, with more configuration, and waits until it takes jobs.
    pub fn start(program: &Path, more: &str) -> Self {
        let folder = TempDir::with_prefix("nomad-").expect("a folder can be made");
        let [http, rpc, serf] = ports();
        let text = AGENT
            .replace("FOLDER", &folder.path().display().to_string())
            .replace("HTTP", &http.to_string())
            .replace("RPC", &rpc.to_string())
            .replace("SERF", &serf.to_string());
        fs::write(folder.path().join("agent.hcl"), text + more).expect("a file can be written");
        let log = fs::File::create(folder.path().join("log")).expect("a log can be made");
        let child = Command::new(program)
            .args(["agent", "-dev", "-config"])
            .arg(folder.path().join("agent.hcl"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log can be shared"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let agent = Self { child, address: format!("http://127.0.0.1:{http}"), folder };
        let nothing = serde_json::Value::Null;
        let ready = || {
            let nodes = ask(&agent.address, "", "GET", "/v1/nodes", &nothing);
            nodes.status == 403 || nodes.text.contains("\"Status\":\"ready\"")
        };
        assert!(wait_until(Duration::from_mins(1), ready), "Nomad does not start:\n{}", agent.log());
        agent
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Asked to leave, it ends its tasks, too.
        let _ = kill_process(pid(self.child.id()), Signal::INT);
        let ended = wait_until(Duration::from_secs(20), || self.child.try_wait().ok().flatten().is_some());
        if !ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        end_all_of(self.folder.path());
        unmount(self.folder.path());
    }
}

/// An agent that ends in haste leaves its tasks' secret folders mounted: they would outlive the folder.
pub(super) fn unmount(folder: &Path) {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let within = |line: &str| {
        let place = PathBuf::from(line.split(' ').nth(1)?);
        place.starts_with(folder).then_some(place)
    };
    for place in mounts.lines().filter_map(within) {
        let _ = Command::new("umount").arg(place).status();
    }
}

/// Ports that are free now.
pub(super) fn ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    held.map(|listener| listener.local_addr().expect("it has an address").port())
}

const AGENT: &str = r#"
data_dir             = "FOLDER/data"
bind_addr            = "127.0.0.1"
disable_update_check = true
ports {
  http = HTTP
  rpc  = RPC
  serf = SERF
}
advertise {
  http = "127.0.0.1"
  rpc  = "127.0.0.1"
  serf = "127.0.0.1"
}
consul {
  auto_advertise   = false
  server_auto_join = false
  client_auto_join = false
}
client {
  host_volumes_dir = "FOLDER/volumes"
  options = {
    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean,consul,vault"
  }
}
limits {
  http_max_conns_per_client = 0
}
"#;
