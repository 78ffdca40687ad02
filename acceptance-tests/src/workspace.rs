//! A folder for one test: configuration, state, objects, logs, and a Terraform that knows nothing outside of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::cli::Cli;
use crate::cluster::Cluster;
use crate::outcome::Outcome;
use crate::process::{Running, running, wait_until};
use crate::provider::Provider;
use crate::state::State;

/// What Terraform logs when a provider breaks its contract, or does not leave when asked to.
const REPROACHES: [&str; 5] =
    ["legacy", "inconsistent", "invalid plan", "failed to exit gracefully", "unexpected data"];

/// A folder with a Terraform and a provider.
#[derive(Debug)]
pub struct Workspace {
    root: TempDir,
    /// The program that runs here.
    pub cli: Cli,
    /// The provider that it runs.
    pub provider: Provider,
    /// The Nomad that the provider works on, if it works on one.
    pub cluster: Option<Cluster>,
}

impl Workspace {
    /// A fresh folder.
    pub fn new(cli: &Cli, provider: &Provider) -> Self {
        let mut root = TempDir::with_prefix("lostops-").expect("a temporary folder can be made");
        root.disable_cleanup(std::env::var_os("LOSTOPS_KEEP").is_some());
        let here = Self { root, cli: cli.clone(), provider: provider.clone(), cluster: None };
        for folder in ["config", "home", "objects", "plugins", "tmp"] {
            fs::create_dir(here.path(folder)).expect("a folder can be made");
        }
        std::os::unix::fs::symlink(&provider.binary, here.plugin()).expect("a link can be made");
        let overrides =
            format!("dev_overrides {{\n{:?} = \"{}\"\n}}", provider.source, here.path("plugins").display());
        here.install(&format!("{overrides}\ndirect {{}}"));
        here.write("provider.tf", &format!("{}\n{}", here.header(), provider.block));
        here
    }

    /// The same folder with a Nomad, which configurations find in `var.nomad` and `var.token`.
    #[must_use]
    pub fn with_cluster(mut self, cluster: Cluster) -> Self {
        self.join(cluster);
        self
    }

    /// Gives it a Nomad, which configurations find in `var.nomad` and `var.token`.
    pub fn join(&mut self, cluster: Cluster) {
        self.cluster = Some(cluster);
        self.write("provider.tf", &format!("{}\n{}", self.header(), self.provider.block));
    }

    /// Says how Terraform is to find providers: the inside of a `provider_installation` block.
    pub fn install(&self, methods: &str) {
        let text = format!("provider_installation {{\n{methods}\n}}\n");
        fs::write(self.path("cli.tfrc"), text).expect("a file can be written");
    }

    /// What every configuration begins with: where the provider is from, and `var.folder`.
    pub fn header(&self) -> String {
        let Provider { name, source, .. } = &self.provider;
        let required =
            format!("terraform {{\nrequired_providers {{\n{name} = {{ source = {source:?} }}\n}}\n}}");
        let variable = |name: &str, value: &str| format!("variable {name:?} {{\ndefault = {value:?}\n}}\n");
        let folder = variable("folder", &self.path("objects").display().to_string());
        let nomad = self
            .cluster
            .as_ref()
            .map(|cluster| variable("nomad", &cluster.address) + &variable("token", &cluster.token));
        format!("{required}\n{folder}{}", nomad.unwrap_or_default())
    }

    /// A path inside of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The program that Terraform starts: a path that no other test uses.
    pub fn plugin(&self) -> PathBuf {
        self.path("plugins").join(self.provider.file_name())
    }

    /// Writes a file of the configuration.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path("config").join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder can be made");
        fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    /// Copies a folder into the configuration.
    pub fn copy(&self, folder: &Path) {
        copy(folder, &self.path("config").join(folder.file_name().unwrap_or_default()));
    }

    /// Writes `main.tf`.
    pub fn config(&self, text: &str) {
        self.write("main.tf", text);
    }

    /// Makes or changes an object behind Terraform's back.
    pub fn put(&self, name: &str, text: &str) {
        fs::write(self.path("objects").join(name), text).expect("an object can be written");
    }

    /// Removes an object behind Terraform's back.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path("objects").join(name)).expect("an object can be removed");
    }

    /// What an object holds, if it is there.
    pub fn object(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path("objects").join(name)).ok()
    }

    /// How often something is in the provider's diary.
    pub fn noted(&self, line: &str) -> usize {
        let diary = self.object(".diary").unwrap_or_default();
        diary.lines().filter(|noted| *noted == line).count()
    }

    /// Waits until something is in the provider's diary.
    #[track_caller]
    pub fn wait_for_note(&self, line: &str) {
        assert!(wait_until(Duration::from_mins(1), || self.noted(line) > 0), "{line:?} was never noted");
    }

    /// The command line, ready for more.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.cli.path);
        command.args(arguments).current_dir(self.path("config")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.env("TF_CLI_CONFIG_FILE", self.path("cli.tfrc")).env("CHECKPOINT_DISABLE", "1");
        command.env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0").env("TF_CLI_ARGS", "-no-color");
        command.env("TF_LOG", "warn").env("TF_LOG_PATH", self.path("log"));
        command
    }

    /// Runs Terraform.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Running::start(&mut self.command(arguments)).finish()
    }

    /// Starts Terraform.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.command(arguments))
    }

    /// `apply`, which has to succeed.
    #[track_caller]
    pub fn apply(&self) -> Outcome {
        let outcome = self.run(&["apply", "-auto-approve", "-json"]);
        outcome.ok();
        outcome
    }

    /// `plan`, which has to find nothing to do.
    #[track_caller]
    pub fn nothing_to_do(&self) {
        self.run(&["plan", "-detailed-exitcode"]).ok();
    }

    /// `destroy`, which has to succeed and to leave nothing.
    #[track_caller]
    pub fn destroy(&self) {
        self.run(&["destroy", "-auto-approve"]).ok();
        assert!(self.state().is_empty(), "something is left in the state: {:?}", self.state());
    }

    /// The saved state.
    pub fn state(&self) -> State {
        let text = fs::read_to_string(self.path("config/terraform.tfstate"));
        State::read(&text.unwrap_or_else(|_| "{}".to_owned()))
    }

    /// What Terraform and the provider logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The processes of the provider that are running.
    pub fn providers(&self) -> Vec<String> {
        running(&self.plugin())
    }

    /// The end of every test: no process, no socket, and no reproach in the log.
    #[track_caller]
    pub fn check_leftovers(&self) {
        let gone = wait_until(Duration::from_secs(5), || self.providers().is_empty());
        assert!(gone, "providers are still running: {:?}", self.providers());
        let log = self.log();
        let reproaches = |line: &&str| REPROACHES.iter().any(|reproach| line.contains(reproach));
        let found = log.lines().filter(reproaches).collect::<Vec<_>>();
        assert!(found.is_empty(), "in the log: {found:#?}");
        let sockets = fs::read_dir(self.path("tmp")).expect("the folder is there").flatten();
        let sockets = sockets.map(|entry| entry.file_name()).collect::<Vec<_>>();
        assert!(sockets.is_empty(), "left in TMPDIR: {sockets:?}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).expect("a file can be copied");
        }
    }
}
