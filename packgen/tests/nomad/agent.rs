//! A Nomad agent of our own on loopback, with a folder and ports of its own; it ends with the value.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// A running agent.
pub struct Agent {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Agent {
    /// Starts a server that knows all that a job may ask for, Vault too.
    pub fn start(nomad: &Path) -> Agent {
        Self::with(nomad, "vault {\n enabled = true\n address = \"http://127.0.0.1:1\"\n}\n")
    }

    /// Starts a server, and a client that runs what needs no container, with further configuration.
    pub fn with(nomad: &Path, further: &str) -> Agent {
        let folder = tempfile::tempdir().unwrap();
        let [http, rpc, serf] = free_ports();
        let config = format!(
            "ports {{\n http = {http}\n rpc = {rpc}\n serf = {serf}\n}}\n{further}\
             client {{\n options = {{ \"fingerprint.denylist\" = \"env_aws,env_gce,env_azure,env_digitalocean,consul,vault\" }}\n}}\n"
        );
        std::fs::write(folder.path().join("agent.hcl"), config).unwrap();
        let child = Command::new(nomad)
            .args(["agent", "-dev", "-bind", "127.0.0.1", "-config", "agent.hcl"])
            .current_dir(folder.path())
            .env_remove("AWS_CA_BUNDLE")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Agent { child, port: http, _folder: folder };
        agent.wait();
        agent
    }

    fn wait(&self) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_mins(1) {
            if self.call("GET", "/v1/status/leader", "").is_ok_and(|answer| answer.contains(':')) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the agent has no leader after a minute");
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the server answers to a question.
    pub fn get(&self, path: &str) -> Json {
        let answer = self.call("GET", path, "").unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{path}: {answer}"))
    }

    /// What the server says about a job: nothing, or what is wrong.
    pub fn validate(&self, job: &Json) -> Result<(), String> {
        let mut job = job.clone();
        job["Namespace"] = "default".into();
        let body = serde_json::json!({ "Job": job }).to_string();
        let answer = self.call("PUT", "/v1/validate/job", &body).unwrap();
        let Ok(answer) = serde_json::from_str::<Json>(&answer) else { return Err(answer) };
        match answer["Error"].as_str() {
            None | Some("") => Ok(()),
            Some(error) => Err(error.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    fn call(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "{method} {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_ports() -> [u16; 3] {
    let held = [0; 3].map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.each_ref().map(|listener| listener.local_addr().unwrap().port())
}
