//! The Nomad that a test is about: the fake one, or a real one. What a test may do with it, it may do with both.

mod agent;
mod apart;
mod asking;
mod trio;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde_json::Value;

pub use self::agent::Agent;
pub use self::apart::Apart;
pub use self::asking::{Answer, ask};
pub use self::trio::{Trio, can_be_here};
use crate::fake::Fake;
use crate::process::wait_until;
use crate::program::{find, required};

/// How long something may take to become so.
const PATIENCE: Duration = Duration::from_secs(30);

/// Jobs with images are registered, and nothing is pulled on a machine that has a Docker.
const NO_DOCKER: &str =
    "plugin \"docker\" {\n  config {\n    endpoint = \"unix:///nowhere/docker.sock\"\n  }\n}\n";

static SHARED: Mutex<Weak<Agent>> = Mutex::new(Weak::new());

/// A cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Where it answers.
    pub address: String,
    /// Who asks.
    pub token: String,
    /// The fake one, if it is.
    pub fake: Option<Arc<Fake>>,
    _agent: Option<Arc<Agent>>,
}

impl Cluster {
    /// A fake one of its own.
    pub fn fake() -> Self {
        let fake = Fake::start();
        Self { address: fake.address.clone(), token: String::new(), fake: Some(Arc::new(fake)), _agent: None }
    }

    /// The real one that tests share, if Nomad is here.
    pub fn real() -> Option<Self> {
        let program = find("nomad")?;
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let agent = shared.upgrade().unwrap_or_else(|| Arc::new(Agent::start(&program, NO_DOCKER)));
        *shared = Arc::downgrade(&agent);
        Some(Self { address: agent.address.clone(), token: String::new(), fake: None, _agent: Some(agent) })
    }

    /// Whether there is a real one; says so, and fails if it is required.
    pub fn is_real_here(quiet: bool) -> bool {
        let here = find("nomad").is_some();
        assert!(here || !required("nomad"), "nomad is required and was not found");
        if !here && !quiet {
            #[expect(clippy::print_stderr, reason = "a skipped test says so")]
            {
                eprintln!("skipped: nomad not found");
            }
        }
        here
    }

    /// Asks.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        ask(&self.address, &self.token, method, path, body)
    }

    /// Looks.
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null)
    }

    /// Waits until something at a path is as it should be. Whether it became so is the answer.
    pub fn becomes(&self, path: &str, so: impl Fn(&Answer) -> bool) -> bool {
        wait_until(PATIENCE, || {
            let so = so(&self.get(path));
            if !so {
                std::thread::sleep(Duration::from_millis(20));
            }
            so
        })
    }
}

/// A place in JSON such as `TaskGroups.0.Count`.
pub fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').filter(|step| !step.is_empty()).fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) if value.is_array() => &value[index],
        _ => &value[step],
    })
}
