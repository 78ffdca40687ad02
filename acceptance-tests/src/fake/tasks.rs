//! What tasks do: a handful of small programs that a jobspec can name, played through without running anything.
//!
//! `sleep`, `true`, `false`, `echo` and shell scripts made of them; images whose name has `missing` in it cannot be
//! pulled, all others run for ever and answer on their ports. What is not known does nothing and goes on.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::canonical::text;
use super::world::now;

/// What a task would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Its driver cannot start it.
    Cannot(String),
    /// It says this and ends so, if it ends.
    Runs { stdout: Vec<String>, stderr: Vec<String>, ends: Option<(Duration, i32)>, listens: bool },
}

/// A task of an allocation.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug)]
pub struct Run {
    pub name: String,
    pub behaviour: Behaviour,
    pub state: &'static str,
    pub failed: bool,
    pub restarts: u64,
    pub events: Vec<Value>,
    /// When something happens to it next.
    pub due: Option<Instant>,
    /// Since when it has been running.
    pub since: Option<Instant>,
    /// Whether it has to be over before the main tasks begin.
    pub first: bool,
    /// Variables that its templates wait for.
    pub waits_for: Vec<String>,
    attempts: u64,
    may_restart: u64,
    fails: bool,
    batch: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// A task that was just placed.
    pub fn new(task: &Value, batch: bool) -> Self {
        let policy = &task["RestartPolicy"];
        let lifecycle = &task["Lifecycle"];
        Self {
            name: text(&task["Name"]).to_owned(),
            behaviour: behaviour(task),
            state: "pending",
            failed: false,
            restarts: 0,
            events: Vec::new(),
            due: Some(Instant::now() + Duration::from_millis(5)),
            since: None,
            first: lifecycle["Hook"] == "prestart" && lifecycle["Sidecar"] != true,
            waits_for: variables(task),
            attempts: 0,
            may_restart: policy["Attempts"].as_u64().unwrap_or(0),
            fails: policy["Mode"] != "delay",
            batch,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// Whether it runs once and is then done with.
    fn ends_well(&self) -> bool {
        self.batch || self.first
    }

    /// Notes that something happened.
    pub fn note(&mut self, kind: &str, message: &str) {
        let time = u64::try_from(now()).unwrap_or(u64::MAX);
        let fails = kind == "Not Restarting";
        self.events.push(json!({"Type": kind, "Time": time, "DisplayMessage": message, "Message": message,
            "Details": {}, "FailsTask": fails}));
        let more = self.events.len().saturating_sub(10);
        self.events.drain(..more);
    }

    /// Starts it, or tries to.
    pub fn start(&mut self) {
        if self.events.is_empty() {
            self.note("Received", "Task received by client");
            self.note("Task Setup", "Building Task Directory");
        }
        match self.behaviour.clone() {
            Behaviour::Cannot(why) => {
                self.note("Driver Failure", &why);
                self.again();
            }
            Behaviour::Runs { stdout, stderr, ends, .. } => {
                self.note("Started", "Task started by client");
                (self.state, self.since) = ("running", Some(Instant::now()));
                for (log, lines) in [(&mut self.stdout, stdout), (&mut self.stderr, stderr)] {
                    for line in lines {
                        log.push_str(&line);
                        log.push('\n');
                    }
                }
                self.due = ends.map(|(after, _)| Instant::now() + after);
            }
        }
    }

    /// Its program has ended.
    pub fn end(&mut self) {
        let code = match &self.behaviour {
            Behaviour::Runs { ends: Some((_, code)), .. } => *code,
            _ => 0,
        };
        self.note("Terminated", &format!("Exit Code: {code}"));
        self.since = None;
        if code == 0 && self.ends_well() {
            (self.state, self.due) = ("dead", None);
            return;
        }
        self.again();
    }

    fn again(&mut self) {
        if self.attempts < self.may_restart || !self.fails {
            self.attempts += 1;
            self.restarts += 1;
            self.state = "pending";
            self.note("Restarting", "Task restarting in 10ms");
            self.due = Some(Instant::now() + Duration::from_millis(10));
            return;
        }
        let attempts = self.may_restart;
        let why = if attempts == 0 {
            "Policy allows no restarts".to_owned()
        } else {
            format!("Exceeded allowed attempts {attempts} in interval 30m0s and mode is \"fail\"")
        };
        self.note("Not Restarting", &why);
        (self.state, self.failed, self.due) = ("dead", true, None);
    }

    /// Somebody stops it.
    pub fn kill(&mut self) {
        if self.state != "dead" {
            self.note("Killed", "Task successfully killed");
        }
        (self.state, self.due, self.since) = ("dead", None, None);
    }

    /// Whether somebody would answer on its ports.
    pub fn listens(&self) -> bool {
        matches!(self.behaviour, Behaviour::Runs { listens: true, .. })
    }

    /// As the API shows it.
    pub fn json(&self) -> Value {
        json!({"State": self.state, "Failed": self.failed, "Restarts": self.restarts, "Events": self.events})
    }
}

/// The variables without which a task's templates cannot be written.
fn variables(task: &Value) -> Vec<String> {
    let templates = task["Templates"].as_array().into_iter().flatten();
    let named = templates.flat_map(|template| {
        let parts = text(&template["EmbeddedTmpl"]).split("nomadVar \"").skip(1);
        parts.filter_map(|part| part.split('"').next().map(str::to_owned)).collect::<Vec<_>>()
    });
    named.collect()
}

/// What a task would do.
fn behaviour(task: &Value) -> Behaviour {
    let config = &task["Config"];
    if text(&task["Driver"]) == "docker" {
        return image(config);
    }
    let command = text(&config["command"]);
    let args = arguments(config);
    let name = Path::new(command).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if command.starts_with('/') && !Path::new(command).is_file() {
        return Behaviour::Cannot(format!(
            "failed to launch command with executor: rpc error: code = Unknown desc = file {command} not found under path /"
        ));
    }
    match (name.as_str(), args.as_slice()) {
        ("sh" | "bash" | "dash", [flag, script, ..]) if flag.ends_with('c') => self::script(script),
        _ => script(&format!("{name} {}", args.join(" "))),
    }
}

fn arguments(config: &Value) -> Vec<String> {
    config["args"].as_array().into_iter().flatten().map(|arg| text(arg).to_owned()).collect()
}

fn image(config: &Value) -> Behaviour {
    let image = text(&config["image"]);
    if image.contains("missing") {
        let name = image.split(':').next().unwrap_or(image);
        return Behaviour::Cannot(format!(
            "Failed to pull `{image}`: Error response from daemon: pull access denied for {name}, repository does not exist or may require 'docker login'"
        ));
    }
    let args = arguments(config);
    match (text(&config["command"]), args.as_slice()) {
        ("sh" | "/bin/sh", [flag, script, ..]) if flag == "-c" => self::script(script),
        _ => Behaviour::Runs { stdout: Vec::new(), stderr: Vec::new(), ends: None, listens: true },
    }
}

/// A script of a few commands, one after the other.
fn script(text: &str) -> Behaviour {
    let (mut stdout, mut stderr, mut time, mut code) = (Vec::new(), Vec::new(), Duration::ZERO, 0);
    let (mut ends, mut listens) = (true, false);
    let separated = text.replace("&&", ";").replace('\n', ";");
    for command in separated.split(';').map(str::trim).filter(|command| !command.is_empty()) {
        let mut words = command.trim_start_matches("exec ").split_whitespace();
        match (words.next().unwrap_or_default(), words.next()) {
            ("sleep", Some(seconds)) if seconds != "infinity" => {
                let seconds = seconds.trim_end_matches('s').parse().unwrap_or(0.0);
                time += Duration::from_secs_f64(seconds);
            }
            ("sleep" | "while" | "cat" | "tail", _) => ends = false,
            ("httpd" | "nc" | "python3", _) => (ends, listens) = (false, true),
            ("false", _) => code = 1,
            ("true", _) => code = 0,
            ("exit", status) => {
                code = status.and_then(|status| status.parse().ok()).unwrap_or(code);
                break;
            }
            ("echo", _) => {
                let said = command.trim_start_matches("echo").trim();
                match said.strip_suffix(">&2") {
                    Some(said) => stderr.push(said.trim().trim_matches(['"', '\'']).to_owned()),
                    None => stdout.push(said.trim_matches(['"', '\'']).to_owned()),
                }
            }
            _ => {}
        }
    }
    Behaviour::Runs { stdout, stderr, ends: ends.then_some((time, code)), listens }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str, args: &[&str]) -> Behaviour {
        behaviour(&json!({"Driver": "raw_exec", "Config": {"command": command, "args": args}}))
    }

    #[test]
    fn small_programs_are_played_through() {
        let Behaviour::Runs { stderr, ends, .. } = of("/bin/sh", &["-c", "echo why >&2; sleep 0.5; exit 3"])
        else {
            panic!("it can be started");
        };
        assert_eq!((stderr, ends), (vec!["why".to_owned()], Some((Duration::from_millis(500), 3))));
        assert!(
            matches!(of("/bin/sleep", &["600"]), Behaviour::Runs { ends: Some((time, 0)), .. } if time.as_secs() == 600)
        );
        assert!(matches!(of("/no/such/program", &[]), Behaviour::Cannot(_)));
        let missing = json!({"Driver": "docker", "Config": {"image": "example/missing:1"}});
        assert!(matches!(behaviour(&missing), Behaviour::Cannot(why) if why.contains("example/missing:1")));
    }

    #[test]
    fn templates_wait_for_their_variables() {
        let task = json!({"Templates": [{"EmbeddedTmpl": "{{ with nomadVar \"nomad/jobs/web\" }}{{ .a }}{{ end }}"}]});
        assert_eq!(variables(&task), ["nomad/jobs/web"]);
    }
}
