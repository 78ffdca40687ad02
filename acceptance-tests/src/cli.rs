//! The two programs that run providers, and what each of them can do since when.

use std::path::PathBuf;
use std::process::Command;

use crate::program::{find, required};

/// Terraform or OpenTofu.
#[derive(Clone, Debug)]
pub struct Cli {
    /// `terraform` or `tofu`.
    pub name: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// Its major and minor version.
    pub version: (u32, u32),
}

/// Since which version each program can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Terraform's.
    pub terraform: (u32, u32),
    /// OpenTofu's.
    pub tofu: (u32, u32),
}

impl Needs {
    /// What every version that we know can do.
    pub const NOTHING: Self = Self::since((1, 6), (1, 6));
    /// Functions of a provider.
    pub const FUNCTIONS: Self = Self::since((1, 8), (1, 7));
    /// Providers that are made up by `test`.
    pub const MOCKS: Self = Self::since((1, 7), (1, 8));
    /// `moved` from one resource type to another.
    pub const MOVED_TYPES: Self = Self::since((1, 8), (1, 10));
    /// Ephemeral resources.
    pub const EPHEMERAL: Self = Self::since((1, 10), (1, 11));
    /// Write-only attributes.
    pub const WRITE_ONLY: Self = Self::since((1, 11), (1, 11));

    /// Since these versions.
    pub const fn since(terraform: (u32, u32), tofu: (u32, u32)) -> Self {
        Self { terraform, tofu }
    }
}

impl Cli {
    /// Those that are here. Says which are not, and fails if one of these is required.
    pub fn all() -> Vec<Self> {
        ["terraform", "tofu"].into_iter().filter_map(Self::named).collect()
    }

    /// The program of this name, if it is here.
    pub fn named(name: &'static str) -> Option<Self> {
        let Some(path) = find(name) else {
            assert!(!required(name), "{name} is required and was not found");
            return None;
        };
        let version = version(&path);
        Some(Self { name, path, version })
    }

    /// Why this program cannot run a test with these needs; nothing if it can.
    pub fn lacks(&self, needs: Needs) -> Option<String> {
        let since = if self.name == "tofu" { needs.tofu } else { needs.terraform };
        let (major, minor) = self.version;
        (self.version < since)
            .then(|| format!("{} {major}.{minor} is older than {}.{}", self.name, since.0, since.1))
    }
}

fn version(path: &PathBuf) -> (u32, u32) {
    let output = Command::new(path)
        .args(["version", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_CONFIG_FILE")
        .output()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", path.display()));
    let told: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("`version -json` prints JSON");
    let text = told["terraform_version"].as_str().expect("`version -json` names the version");
    let mut numbers = text.split('.').map(|part| part.parse().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}
