//! The stack and an app of a user's own pack, by one `terraform apply`: both come up, what somebody changes by hand is seen
//! and repaired, an image that cannot be had is gone back from, and in the end only data is left.
//!
//! Where a program of the stack is not here, something stands in for it: this is about jobs, not about what they do.

use acceptance_tests::{Cli, Provider, Workspace, wait_until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::machine::{ADDRESS, Machine, NOMAD};
use super::{found, images, variables};
use crate::http;
use crate::pack::{Rendered, render};
use crate::programs::{must, run};

/// The image of the app. Nobody serves the other one.
const IMAGE: &str = images::SHOP;
const NOWHERE: &str = "127.0.0.1:1/example/shop:9";

/// Tells it, in a folder.
pub fn tell(folder: &Path) {
    found::versions();
    let machine = Machine::start(folder);
    let rendered = render(&variables(&machine));
    images::make(&machine, &rendered);
    let cli = Cli::all().into_iter().next().expect("terraform or tofu is here");
    let here = Workspace::new(&cli, &Provider::lostops().expect("the provider is built"));
    here.copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/observability/live/shop"));
    let configure = |image: &str| here.config(&configuration(&machine, image));

    configure(IMAGE);
    let begun = Instant::now();
    must(&mut here.command(APPLY));
    eprintln!("live: one apply made the stack and the app in {:.0} s", begun.elapsed().as_secs_f32());
    for address in ["lostops_observability_stack.obs", "lostops_job.shop"] {
        assert_eq!(here.state().attribute(&format!("{address}.status")), "healthy");
    }
    here.nothing_to_do();
    let before = jobs();

    changed_by_hand();
    let plan = here.run(&["plan", "-detailed-exitcode"]);
    plan.exits(2).says("resources.cpu: 20 → 40").says("it is gone");
    must(&mut here.command(APPLY));
    here.nothing_to_do();
    assert_eq!((cpu(), jobs()), (json!(20), before), "it was not repaired");

    configure(NOWHERE);
    let (ok, told) = run(&mut here.command(APPLY));
    for words in ["Job shop-web", NOWHERE, "Failed to pull", "It went back to version", "which is healthy"] {
        assert!(!ok && told.contains(words), "{words:?} is not told:\n{told}");
    }
    let held = http::get(NOMAD, "/v1/job/shop-web").json();
    assert_eq!(held["TaskGroups"][0]["Tasks"][0]["Config"]["image"], IMAGE, "it was not gone back from");
    configure(IMAGE);
    must(&mut here.command(APPLY));
    here.nothing_to_do();

    let told = must(&mut here.command(&["destroy", "-auto-approve"]));
    assert!(told.contains("These volumes stay"), "nobody says that data stays:\n{told}");
    assert!(here.state().is_empty(), "{:?}", here.state());
    only_data_is_left(&machine, &rendered);
    here.check_leftovers();
}

const APPLY: &[&str] = &["apply", "-auto-approve"];

/// Somebody gives the app more, and takes a job of the stack away.
fn changed_by_hand() {
    let mut job = http::get(NOMAD, "/v1/job/shop-web").json();
    job["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"] = 40.into();
    let answer = http::send("POST", NOMAD, "/v1/jobs", &json!({ "Job": job }).to_string());
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = http::send("DELETE", NOMAD, "/v1/job/alertmanager?purge=true", "");
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn cpu() -> Value {
    http::get(NOMAD, "/v1/job/shop-web").json()["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"].clone()
}

/// The ids of the jobs.
fn jobs() -> BTreeSet<String> {
    names("/v1/jobs", "ID")
}

fn names(path: &str, name: &str) -> BTreeSet<String> {
    let list = http::get(NOMAD, path).json();
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|one| one[name].as_str().map(str::to_owned)).collect()
}

/// No job and no container, but every volume with what is in it, and the secrets that belong to it.
fn only_data_is_left(machine: &Machine, rendered: &Rendered) {
    assert_eq!(jobs(), BTreeSet::new(), "jobs are left");
    let containers = || must(machine.docker_command().args(["ps", "-aq"]));
    let gone = wait_until(Duration::from_mins(1), || containers().trim().is_empty());
    assert!(gone, "containers are left: {}", containers());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let own = [("shop-web-orders".to_owned(), "shop-web".to_owned())];
    let of_stack = rendered.volumes().iter().map(|volume| (text(&volume["called"]), text(&volume["job"])));
    let kept: Vec<(String, String)> = of_stack.chain(own).collect();
    let called: BTreeSet<String> = kept.iter().map(|(called, _)| called.clone()).collect();
    assert_eq!(names("/v1/volumes?type=host", "Name"), called, "the volumes");
    let keepers: BTreeSet<String> = kept.iter().map(|(_, job)| format!("nomad/jobs/{job}")).collect();
    let secrets = names("/v1/vars", "Path");
    assert!(secrets.is_subset(&keepers), "secrets of jobs without data are left: {secrets:?}");
    assert!(secrets.contains("nomad/jobs/shop-web"), "the key of what is kept is gone: {secrets:?}");
    let volumes = http::get(NOMAD, "/v1/volumes?type=host").json();
    let orders = volumes.as_array().into_iter().flatten().find(|volume| volume["Name"] == "shop-web-orders");
    let id = text(&orders.expect("it is there")["ID"]);
    let path = text(&http::get(NOMAD, &format!("/v1/volume/host/{id}")).json()["HostPath"]);
    let opened = std::fs::read_to_string(Path::new(&path).join("opened")).unwrap_or_default();
    assert!(opened.lines().count() > 1, "what was ordered is gone: {opened:?} in {path}");
}

/// Both, in one configuration. Receivers are nowhere: nobody here is called.
fn configuration(machine: &Machine, image: &str) -> String {
    CONFIGURATION
        .replace("NOMAD", NOMAD)
        .replace("ADDRESS", ADDRESS)
        .replace("SOCKET", &machine.socket().display().to_string())
        .replace("COMPONENTS", &found::components())
        .replace("TOOLS", IMAGE)
        .replace("IMAGE", image)
}

const CONFIGURATION: &str = r#"
provider "lostops" {
  nomad {
    addresses = ["http://NOMAD"]
  }
}

resource "lostops_observability_stack" "obs" {
  discovery     = "nomad"
  cluster       = "lab"
  docker_socket = "SOCKET"
  components    = COMPONENTS
  alloy {
    journal = false
  }
  agents {
    nomad_servers = ["NOMAD"]
  }
  alerting {
    webhook {}
    group_wait = "1s"
  }
  webhook_url_wo         = "http://ADDRESS:9999/alert"
  webhook_url_wo_version = 1
  timeouts {
    create = "10m"
  }
  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "The stack is not complete."
    }
  }
}

resource "lostops_job" "shop" {
  pack = "./shop"
  name = "shop"
  variables = {
    image    = "IMAGE"
    tools    = "TOOLS"
    otel_env = lostops_observability_stack.obs.otel_env
  }
  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "The app is not complete."
    }
  }
}
"#;
