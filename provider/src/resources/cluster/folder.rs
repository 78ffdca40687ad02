//! The folder of a cluster's seeds: whose it is, and which of its files are ours. What somebody else put there is neither
//! overwritten nor removed, and what another object of Terraform has taken over is left to it.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use hosts::secrets::mark;
use hosts::seed;
use kit::{Diagnostic, Result};
use serde::{Deserialize, Serialize};

use super::root;

/// The version of lostops, which may make other seeds than another one.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A folder and what is known about it.
pub(super) struct Folder {
    path: PathBuf,
    deed: Option<Deed>,
}

/// What says whose a folder is. It is in the folder before anything else is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    version: u32,
    cluster: String,
    owner: String,
    made_by: String,
    files: BTreeSet<String>,
}

/// What every format has.
#[derive(Deserialize)]
struct Probe {
    version: u32,
}

impl Folder {
    /// The folder at this path, which need not be there.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let file = path.join("cluster.json");
        let wrong = |why: String| {
            let cure = "Restore the file, or choose another output_dir.";
            Diagnostic::error(format!("{} cannot be used", file.display()), format!("{why}. {cure}"))
                .attribute("nocloud.output_dir")
        };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { path, deed: None }),
            Err(error) => return Err(wrong(error.to_string()).into()),
        };
        let probe: Probe = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if probe.version != 1 {
            let why = format!("it has format {}, which this version of lostops does not know", probe.version);
            return Err(wrong(why).into());
        }
        let deed = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { path, deed: Some(deed) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who has it.
    pub fn owner(&self) -> Option<&str> {
        self.deed.as_ref().map(|deed| deed.owner.as_str())
    }

    /// The other version of lostops that made what is in it, if it was another.
    pub fn made_by_another(&self) -> Option<&str> {
        self.deed.as_ref().map(|deed| deed.made_by.as_str()).filter(|made_by| *made_by != VERSION)
    }

    /// Takes it for the owner's, with these files, although what says so is gone.
    pub fn recall(&mut self, cluster: &str, owner: &str, files: BTreeSet<String>) {
        let (cluster, owner, made_by) = (cluster.to_owned(), owner.to_owned(), VERSION.to_owned());
        self.deed = Some(Deed { version: 1, cluster, owner, made_by, files });
    }

    /// Makes it ours: the folder is there, and nothing that is about to be written is somebody else's. Without an owner
    /// there is a new one. The owner is the answer.
    pub fn claim(
        &mut self,
        cluster: &str,
        owner: Option<String>,
        files: &BTreeSet<String>,
    ) -> Result<String> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        made.map_err(|error| {
            let detail = format!("output_dir: {error}. Choose a folder that you may write to.");
            Diagnostic::error(format!("{} cannot be made", self.path.display()), detail)
                .attribute("nocloud.output_dir")
        })?;
        let known = self.deed.as_ref().map(|deed| deed.files.clone()).unwrap_or_default();
        if let Some(name) = files.difference(&known).find(|name| self.path.join(name).exists()) {
            return Err(self.foreign(name));
        }
        let owner = match owner {
            Some(owner) => owner,
            None => {
                mark().map_err(|error| Diagnostic::error("The folder cannot be marked", error.to_string()))?
            }
        };
        let files = known.union(files).cloned().collect();
        let (cluster, made_by) = (cluster.to_owned(), VERSION.to_owned());
        self.sign(Deed { version: 1, cluster, owner: owner.clone(), made_by, files })?;
        Ok(owner)
    }

    /// Removes those of our files that are no longer wanted.
    pub fn settle(&mut self, wanted: &BTreeSet<String>) -> Result<()> {
        let Some(mut deed) = self.deed.clone() else { return Ok(()) };
        deed.files.difference(wanted).try_for_each(|name| forget(&self.path.join(name)))?;
        deed.files.retain(|name| wanted.contains(name));
        if self.deed.as_ref() == Some(&deed) { Ok(()) } else { self.sign(deed) }
    }

    /// Removes everything of ours, last what says that it was ours; and the folder, if nothing else is in it.
    pub fn clear(&mut self) -> Result<()> {
        self.settle(&BTreeSet::new())?;
        forget(&root::file(&self.path))?;
        forget(&self.path.join("cluster.json"))?;
        self.deed = None;
        // A folder that is not empty holds something of its owner's, and stays.
        let _ = fs::remove_dir(&self.path);
        Ok(())
    }

    fn sign(&mut self, deed: Deed) -> Result<()> {
        let failed = |why: String| Diagnostic::error("The folder of the seeds cannot be marked", why);
        let text = serde_json::to_string_pretty(&deed).map_err(|error| failed(error.to_string()))? + "\n";
        seed::write(&self.path.join("cluster.json"), text.as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        self.deed = Some(deed);
        Ok(())
    }

    fn foreign(&self, name: &str) -> kit::Failure {
        let detail = "lostops did not make it, and would overwrite it. Move it elsewhere, or choose another output_dir.";
        Diagnostic::error(format!("{} is there already", self.path.join(name).display()), detail)
            .attribute("nocloud.output_dir")
            .into()
    }
}

fn forget(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Diagnostic::error(format!("{} cannot be removed", path.display()), error.to_string()).into())
        }
        _ => Ok(()),
    }
}
