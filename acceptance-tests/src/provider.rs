//! Which provider a test is about, and where its program is.

use std::env;
use std::path::{Path, PathBuf};

/// A provider that was built.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its type, such as `lab`: the beginning of its resources' names.
    pub name: &'static str,
    /// Its address in `required_providers`.
    pub source: &'static str,
    /// The program.
    pub binary: PathBuf,
    /// The provider block for configurations that have none of their own. `var.folder` is a folder to use.
    pub block: &'static str,
}

impl Provider {
    /// The lab, which is built together with the tests.
    pub fn lab(binary: impl Into<PathBuf>) -> Self {
        Self {
            name: "lab",
            source: "example.com/lostops/lab",
            binary: binary.into(),
            block: "provider \"lab\" {\n  folder = var.folder\n}\n",
        }
    }

    /// The provider that we ship, if it was built with the same profile as this program.
    pub fn lostops() -> Option<Self> {
        let binary = built("terraform-provider-lostops")?;
        Some(Self { name: "lostops", source: "lostops/lostops", binary, block: "" })
    }

    /// The same on the Nomad in `var.nomad`.
    #[must_use]
    pub fn on_nomad(self) -> Self {
        Self {
            block: "provider \"lostops\" {\n  nomad {\n    addresses = [var.nomad]\n    token     = var.token\n  }\n}\n",
            ..self
        }
    }

    /// The file name that Terraform looks for.
    pub fn file_name(&self) -> String {
        format!("terraform-provider-{}", self.name)
    }
}

/// A program that Cargo built into the folder that this one is in.
pub fn built(name: &str) -> Option<PathBuf> {
    let this = env::current_exe().ok()?;
    let folders = this.ancestors().skip(1).take(2);
    folders.map(|folder: &Path| folder.join(name)).find(|path| path.is_file())
}
