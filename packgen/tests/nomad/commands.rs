//! `packgen plan` and `packgen run` against a real Nomad: what a person sees, and what is there afterwards.

use std::process::Command;

use serde_json::Value as Json;

use crate::agent::Agent;
use crate::program;

const PACK: &str = r#"pack "sleeper" {
  version = "1.0.0"
  summary = "Sleeps"
}
job "sleeper" {}
secret "token" {
  job         = "sleeper"
  description = "What it is woken with"
}
secret "salt" {
  job         = "sleeper"
  generate    = { length = 20 }
  description = "Salt"
}
output "service" {
  type        = string
  value       = pack.id
  description = "Its service"
}
"#;

const JOB: &str = r#"job "sleeper" {
  group "g" {
    count          = var.count
    shutdown_delay = "1s"
    update {
      min_healthy_time = "0s"
      health_check     = "task_states"
    }
    service {
      name     = pack.id
      provider = "nomad"
    }
    task "t" {
      driver       = "raw_exec"
      kill_timeout = "1s"
      config {
        command = "/bin/sh"
        args    = ["-c", "exec sleep 600"]
      }
      template {
        destination = "secrets/token"
        data        = "{{ with nomadVar \"${pack.secrets.sleeper}\" }}{{ .token }}{{ end }}"
      }
      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
"#;

const FAILS: &str = r#"job "fails" {
  group "g" {
    update {
      health_check      = "task_states"
      min_healthy_time  = "2s"
      healthy_deadline  = "10s"
      progress_deadline = "15s"
    }
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }
    task "t" {
      driver = "raw_exec"
      config {
        command = "/bin/sh"
        args    = ["-c", "echo the reason >&2; exit 3"]
      }
      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
"#;

const VARIABLES: &str = "variable \"count\" {\n  type    = number\n  default = 1\n}\n";
const SECRET: &str = "n0t-f0r-y0ur-eyes";

/// A folder with the pack, and where the commands talk to.
struct Place {
    folder: tempfile::TempDir,
    address: String,
}

impl Place {
    fn new(address: String) -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap(), address };
        place.file("p/pack.hcl", PACK);
        place.file("p/sleeper.nomad.hcl", JOB);
        place.file("p/variables.hcl", VARIABLES);
        place.file("other/pack.hcl", &PACK.replace("pack \"sleeper\"", "pack \"other\""));
        place.file("other/sleeper.nomad.hcl", JOB);
        place.file("other/variables.hcl", VARIABLES);
        place.file("fails.nomad.hcl", FAILS);
        place
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// All that comes out of a command.
    fn run(&self, args: &[&str], env: &[(&str, &str)]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packgen"));
        command.args(args).current_dir(self.folder.path()).env_clear().env("NOMAD_ADDR", &self.address);
        let output = command.envs(env.iter().copied()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("status {}\n{}{}", output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }
}

fn says(shown: &str, status: u8, words: &[&str]) {
    assert!(shown.starts_with(&format!("status {status}\n")), "{shown}");
    for word in words {
        assert!(shown.contains(word), "{word:?} is not in:\n{shown}");
    }
    assert!(!shown.contains(SECRET), "{shown}");
}

fn json(shown: &str) -> Json {
    let documents = shown.split_once('\n').unwrap().1;
    let first = serde_json::Deserializer::from_str(documents).into_iter().next().unwrap();
    first.unwrap_or_else(|error| panic!("{error}\n{shown}"))
}

#[test]
fn a_pack_is_planned_run_and_changed() {
    let Some(nomad) = program::nomad() else { return };
    let agent = Agent::with(&nomad, "");
    wait_for_the_client(&agent);
    let place = Place::new(agent.address());
    let secret = [("PACKGEN_SECRET_token", SECRET)];

    says(&place.run(&["plan", "./p"], &[]), 0, &["+ sleeper: new", "--check-index sleeper=0"]);
    says(&place.run(&["plan", "./p", "--detailed-exitcode"], &[]), 2, &["+ sleeper: new"]);
    let missing = place.run(&["run", "./p"], &[]);
    says(&missing, 1, &["the secret `token` is not set", "PACKGEN_SECRET_token"]);
    assert_eq!(agent.get("/v1/jobs"), Json::Array(Vec::new()));
    says(
        &place.run(&["run", "./p", "--check-index", "sleeper=7"], &secret),
        1,
        &["was changed since it was planned"],
    );

    let ran = place.run(&["run", "./p", "--check-index", "sleeper=0"], &secret);
    says(
        &ran,
        0,
        &[
            "stored the secrets of sleeper",
            "nomad/jobs/sleeper",
            "sleeper: registered",
            "service = \"sleeper\"",
        ],
    );
    let items = &agent.get("/v1/var/nomad%2Fjobs%2Fsleeper")["Items"];
    assert_eq!((&items["token"], items["salt"].as_str().unwrap().len()), (&SECRET.into(), 20));
    assert_eq!(agent.get("/v1/job/sleeper")["Meta"]["lostops"], "sleeper");
    let deployments = agent.get("/v1/job/sleeper/deployments");
    assert_eq!(deployments[0]["Status"], "successful", "it was waited for");

    says(&place.run(&["plan", "./p", "--detailed-exitcode"], &[]), 0, &["sleeper: no change"]);
    let changed = place.run(&["plan", "./p", "--var", "count=2"], &[]);
    says(&changed, 0, &["~ sleeper: changed", "count", "1 → 2"]);
    let as_json = json(&place.run(&["plan", "./p", "--var", "count=2", "--json"], &[]));
    assert_eq!(
        (&as_json["version"], &as_json["changed"], &as_json["jobs"][0]["change"]),
        (&1.into(), &true.into(), &"edited".into())
    );
    let index = as_json["jobs"][0]["index"].as_u64().unwrap();
    says(
        &place.run(
            &["run", "./p", "--var", "count=2", "--check-index", &format!("sleeper={}", index - 1)],
            &[],
        ),
        1,
        &["was changed"],
    );
    says(&place.run(&["run", "./p", "--check-index", "sleepr=1"], &[]), 1, &["did you mean `sleeper`?"]);
    let done = json(&place.run(
        &["run", "./p", "--var", "count=2", "--check-index", &format!("sleeper={index}"), "--json"],
        &[],
    ));
    assert_eq!(
        (&done["ok"], &done["jobs"][0]["ok"], &done["secrets"]),
        (&true.into(), &true.into(), &Json::Array(Vec::new()))
    );
    assert_eq!(agent.get("/v1/var/nomad%2Fjobs%2Fsleeper")["Items"]["token"], SECRET, "what is stored stays");

    says(&place.run(&["run", "./other"], &secret), 1, &["belongs to \"sleeper\"", "--name"]);
    says(&place.run(&["run", "./p", "--name", "second", "--detach"], &secret), 0, &["second: registered"]);
    let fails = place.run(&["run", "fails.nomad.hcl"], &[]);
    says(&fails, 1, &["fails: ", "the reason"]);
}

#[test]
fn a_wrong_token_is_said() {
    let Some(nomad) = program::nomad() else { return };
    let agent = Agent::with(&nomad, "acl {\n enabled = true\n}\n");
    let place = Place::new(agent.address());
    for token in [&[][..], &[("NOMAD_TOKEN", "00000000-0000-0000-0000-000000000000")]] {
        for command in ["plan", "run"] {
            let mut env = vec![("PACKGEN_SECRET_token", SECRET)];
            env.extend(token);
            let shown = place.run(&[command, "./p"], &env);
            says(&shown, 1, &["NOMAD_TOKEN"]);
        }
    }
}

/// A new client takes a moment to be ready for jobs.
fn wait_for_the_client(agent: &Agent) {
    let start = std::time::Instant::now();
    while agent.get("/v1/nodes")[0]["Status"] != "ready" {
        assert!(start.elapsed() < std::time::Duration::from_mins(2), "the client is not ready");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
