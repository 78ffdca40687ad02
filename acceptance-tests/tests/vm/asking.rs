//! Nomad's own command line, through what the state says of the cluster.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acceptance_tests::{Workspace, wait_until};

/// How long Nomad may take to say something.
const PATIENCE: Duration = Duration::from_mins(15);

/// The way to Nomad: authority, name and token of the state.
pub struct Asking {
    program: PathBuf,
    address: String,
    token: String,
    variables: [(&'static str, String); 3],
}

impl Asking {
    /// As the state says.
    pub fn of(here: &Workspace, program: &Path) -> Self {
        let state = here.state();
        let address = state.attribute("lostops_cluster.c.nomad.addresses")[0].as_str().unwrap_or_default();
        Self::at(here, program, address.to_owned())
    }

    /// The same at another address.
    pub fn at(here: &Workspace, program: &Path, address: String) -> Self {
        let state = here.state();
        let value = |path: &str| {
            let value = state.attribute(&format!("lostops_cluster.c.{path}"));
            value.as_str().unwrap_or_default().to_owned()
        };
        let ca = here.path("objects/ca.pem");
        std::fs::write(&ca, value("ca_pem")).expect("a file can be written");
        let variables = [
            ("HOME", here.path("home").display().to_string()),
            ("NOMAD_CACERT", ca.display().to_string()),
            ("NOMAD_TLS_SERVER_NAME", value("nomad.tls_server_name")),
        ];
        Self { program: program.to_owned(), address, token: value("nomad.token"), variables }
    }

    /// Waits until it says something.
    #[track_caller]
    pub fn until(&self, words: &[&str], so: impl Fn(&str) -> bool) {
        let mut said = String::new();
        let became = wait_until(PATIENCE, || {
            said = self.ask(&self.token, words).1;
            so(&said)
        });
        assert!(became, "{words:?} at {}: {said}", self.address);
    }

    /// Nothing is allowed without a token.
    pub fn refused_without_token(&self) {
        let (allowed, words) = self.ask("", &["server", "members"]);
        assert!(!allowed && words.contains("Permission denied"), "{words}");
    }

    fn ask(&self, token: &str, words: &[&str]) -> (bool, String) {
        let mut command = Command::new(&self.program);
        command.args(words).env_clear().envs(self.variables.clone());
        command.env("NOMAD_ADDR", &self.address).env("NOMAD_TOKEN", token);
        let output = command.output().expect("nomad can be started");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}
