//! A machine in the namespaces: an interface, a Docker and a Nomad, all in one folder.

use acceptance_tests::{find, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::http;
use crate::programs::must;

/// The machine's address.
pub const ADDRESS: &str = "10.99.0.2";
/// Where Nomad answers.
pub const NOMAD: &str = "10.99.0.2:4646";

/// What runs on it. It ends with the namespaces.
#[derive(Debug)]
pub struct Machine {
    folder: PathBuf,
    programs: Vec<Child>,
}

impl Machine {
    /// Sets it up and waits until it takes jobs.
    pub fn start(folder: &Path) -> Self {
        network();
        let mut machine = Self { folder: folder.to_owned(), programs: Vec::new() };
        machine.docker();
        machine.nomad();
        machine
    }

    /// Docker's socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    /// A command of Docker's.
    pub fn docker_command(&self) -> Command {
        let mut command = Command::new(find("docker").expect("docker is here"));
        command.env("DOCKER_HOST", format!("unix://{}", self.socket().display())).env("DOCKER_BUILDKIT", "0");
        command
    }

    fn docker(&mut self) {
        let path = |name: &str| self.folder.join(name);
        let mut command = Command::new(find("dockerd").expect("dockerd is here"));
        command.arg("--data-root").arg(path("docker")).arg("--exec-root").arg(path("docker-run"));
        command.arg("--pidfile").arg(path("docker.pid")).arg(format!("-Hunix://{}", self.socket().display()));
        command.args(["--bip", "172.30.0.1/24"]);
        self.spawn("dockerd", &mut command);
        let up = wait_until(Duration::from_secs(30), || {
            self.docker_command().arg("info").output().is_ok_and(|info| info.status.success())
        });
        assert!(up, "Docker does not start:\n{}", self.log("dockerd"));
    }

    fn nomad(&mut self) {
        let file = self.folder.join("agent.hcl");
        let text = AGENT.replace("FOLDER", &self.folder.display().to_string()).replace("ADDRESS", ADDRESS);
        fs::write(&file, text).expect("a file can be written");
        let mut command = Command::new(find("nomad").expect("nomad is here"));
        command.args(["agent", "-config"]).arg(file).env_remove("AWS_CA_BUNDLE");
        self.spawn("nomad", &mut command);
        let ready = || http::get(NOMAD, "/v1/nodes").body.contains("\"Status\":\"ready\"");
        assert!(wait_until(Duration::from_mins(1), ready), "Nomad does not start:\n{}", self.log("nomad"));
    }

    fn spawn(&mut self, name: &str, command: &mut Command) {
        let log = fs::File::create(self.folder.join(format!("{name}.log"))).expect("a log can be made");
        let errors = log.try_clone().expect("a log can be shared");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        self.programs.push(child.unwrap_or_else(|error| panic!("cannot start {name}: {error}")));
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(format!("{name}.log"))).unwrap_or_default()
    }
}

fn network() {
    let ip = |line: &str| must(Command::new("ip").args(line.split(' ')));
    ip("link set lo up");
    ip("link add eth0 type veth peer name eth1");
    ip(&format!("addr add {ADDRESS}/24 dev eth0"));
    ip("link set eth0 up");
    ip("link set eth1 up");
    ip("route add default via 10.99.0.1 dev eth0");
    must(Command::new("mount").args(["--make-rshared", "/"]));
}

const AGENT: &str = r#"
data_dir  = "FOLDER/nomad"
bind_addr = "0.0.0.0"
advertise {
  http = "ADDRESS"
  rpc  = "ADDRESS"
  serf = "ADDRESS"
}
server {
  enabled          = true
  bootstrap_expect = 1
  default_scheduler_config {
    memory_oversubscription_enabled = true
  }
}
client {
  enabled           = true
  network_interface = "eth0"
  options = {
    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean,consul,vault"
  }
}
plugin "docker" {
  config {
    endpoint     = "unix://FOLDER/docker.sock"
    extra_labels = ["job_name", "task_group_name", "task_name", "namespace", "node_name"]
    volumes {
      enabled = true
    }
  }
}
plugin "raw_exec" {
  config {
    enabled = true
  }
}
telemetry {
  collection_interval        = "2s"
  disable_hostname           = true
  prometheus_metrics         = true
  publish_allocation_metrics = true
  publish_node_metrics       = true
}
"#;
