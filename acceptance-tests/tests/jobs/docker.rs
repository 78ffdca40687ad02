//! Docker itself: an image that cannot be had is named as the cause, and the job goes back to what ran.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use acceptance_tests::cluster::{Agent, ask};
use acceptance_tests::{Cli, Provider, Workspace, find, wait_until};
use serde_json::Value;

use super::{resource, service};

/// Nobody answers there.
const IMAGE: &str = "127.0.0.1:1/shop/api:9.9";

/// Whether Docker can be started here.
pub fn can_be_here() -> bool {
    ["dockerd", "docker"].iter().all(|name| find(name).is_some()) && rustix::process::geteuid().is_root()
}

pub fn an_image_that_cannot_be_pulled_is_gone_back_from(cli: &Cli, provider: &Provider) {
    let here = Workspace::new(cli, provider);
    let docker = Docker::start(&here.path("objects"));
    let plugin = format!(
        "plugin \"docker\" {{\n  config {{\n    endpoint = \"unix://{}\"\n  }}\n}}\n",
        docker.socket.display()
    );
    let nomad = Agent::start(&find("nomad").expect("nomad is here"), &plugin);
    let block =
        format!("provider \"lostops\" {{\n  nomad {{\n    addresses = [{:?}]\n  }}\n}}\n", nomad.address);
    let good = service("shop", "1");
    here.config(&(block.clone() + &resource("it", &good)));
    here.apply();

    let quick = "\"100ms\"\n    healthy_deadline = \"10s\"\n    progress_deadline = \"15s\"";
    let driver = good
        .replace("\"100ms\"", quick)
        .replace("\"raw_exec\"", "\"docker\"")
        .replace("command = \"/bin/sleep\"", &format!("image = {IMAGE:?}"))
        .replace("args = [\"600\"]", "")
        .replace(
            "    task \"main\"",
            "    restart {\n      attempts = 0\n      mode     = \"fail\"\n    }\n    task \"main\"",
        );
    here.config(&(block.clone() + &resource("it", &driver)));
    let outcome = here.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says(IMAGE).says("Failed to pull");
    let held = || ask(&nomad.address, "", "GET", "/v1/job/shop", &Value::Null).json();
    let runs_with = |name: &str| held()["TaskGroups"][0]["Tasks"][0]["Driver"] == name;
    assert!(runs_with("raw_exec"), "it was not gone back from: {outcome}");
    here.config(&(block + &resource("it", &good)));
    here.apply();
    here.nothing_to_do();
    here.destroy();
    here.check_leftovers();
}

/// A Docker of its own that touches no network of the machine.
struct Docker {
    child: Child,
    socket: PathBuf,
}

impl Docker {
    fn start(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        let socket = at("docker.sock");
        let log = std::fs::File::create(at("docker.log")).expect("a log can be made");
        let mut command = Command::new(find("dockerd").expect("dockerd is here"));
        command.arg("--data-root").arg(at("docker")).arg("--exec-root").arg(at("docker-run"));
        command.arg("--pidfile").arg(at("docker.pid")).arg(format!("-Hunix://{}", socket.display()));
        command.args(["--bridge=none", "--iptables=false", "--ip6tables=false"]);
        command.stdin(Stdio::null()).stderr(log.try_clone().expect("a log can be shared")).stdout(log);
        let docker = Self { child: command.spawn().expect("dockerd can be started"), socket };
        let up = wait_until(Duration::from_mins(1), || {
            let mut info = Command::new(find("docker").expect("docker is here"));
            info.arg("info").env("DOCKER_HOST", format!("unix://{}", docker.socket.display()));
            info.output().is_ok_and(|output| output.status.success())
        });
        assert!(up, "Docker does not start: {:?}", std::fs::read_to_string(at("docker.log")));
        docker
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        let id = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let _ = id.map(|id| rustix::process::kill_process(id, rustix::process::Signal::TERM));
        if !wait_until(Duration::from_secs(20), || self.child.try_wait().ok().flatten().is_some()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
