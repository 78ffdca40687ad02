//! The stack as `packgen render` gives it: jobs, and the files that they carry.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

use crate::programs;

/// Everything that one render gave.
#[derive(Debug)]
pub struct Rendered {
    document: Value,
}

/// A job of it.
#[derive(Clone, Copy, Debug)]
pub struct Job<'r> {
    value: &'r Value,
}

/// A file that a job carries.
#[derive(Debug)]
pub struct Carried<'r> {
    /// Where the task finds it, without a leading slash.
    pub path: &'r str,
    /// What it holds before Nomad fills in what only it knows.
    pub text: &'r str,
    /// Whether `{{` in it is Nomad's.
    pub filled_in: bool,
}

/// Renders the stack with these variables.
pub fn render(variables: &str) -> Rendered {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("variables.hcl");
    std::fs::write(&file, variables).expect("a file can be written");
    let packgen = programs::packgen().expect("packgen is here");
    let mut command = Command::new(packgen);
    command.args(["render", "observability_stack", "--json", "-f"]).arg(&file).current_dir(folder.path());
    let output = command.output().expect("packgen runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    Rendered { document: serde_json::from_str(&printed).expect("packgen prints JSON") }
}

impl Rendered {
    /// All jobs.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        self.document["jobs"].as_array().expect("a list of jobs").iter().map(|value| Job { value })
    }

    /// One job, if it runs in this variant.
    pub fn job(&self, name: &str) -> Option<Job<'_>> {
        self.jobs().find(|job| job.name() == name)
    }

    /// What the pack says about itself.
    pub fn output(&self, name: &str) -> &Value {
        &self.document["outputs"][name]
    }

    /// The volumes that have to be there.
    pub fn volumes(&self) -> &[Value] {
        self.document["volumes"].as_array().expect("a list of volumes")
    }
}

impl<'r> Job<'r> {
    /// Its name in the pack.
    pub fn name(self) -> &'r str {
        self.value["name"].as_str().expect("a job has a name")
    }

    /// Its text.
    pub fn text(self) -> &'r str {
        self.value["text"].as_str().expect("a job has a text")
    }

    /// It as Nomad's API takes it.
    pub fn json(self) -> &'r Value {
        &self.value["job"]
    }

    /// What its task's program is started with.
    pub fn arguments(self) -> impl Iterator<Item = &'r str> {
        let arguments = &self.value["job"]["TaskGroups"][0]["Tasks"][0]["Config"]["args"];
        arguments.as_array().expect("a program has arguments").iter().filter_map(Value::as_str)
    }

    /// What its task carries.
    pub fn files(self) -> impl Iterator<Item = Carried<'r>> {
        let templates = &self.value["job"]["TaskGroups"][0]["Tasks"][0]["Templates"];
        templates.as_array().expect("a job carries files").iter().map(|template| Carried {
            path: template["DestPath"].as_str().expect("a file has a path"),
            text: template["EmbeddedTmpl"].as_str().unwrap_or_default(),
            filled_in: template["LeftDelim"] != "<<",
        })
    }
}

/// The pack's own folder: its rules and their tests are there.
pub fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packgen/packs/observability_stack")
}
