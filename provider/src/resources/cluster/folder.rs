//! The folder of a cluster's seeds: which of its files are ours. What somebody else put there is neither overwritten nor
//! removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kit::{Diagnostic, Result};
use serde::{Deserialize, Serialize};

use super::deed::Plot;
use super::root;

/// The version of lostops, which may make other seeds than another one.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A folder and what is known about it.
pub(super) struct Folder(Plot<Made>);

/// What is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    made_by: String,
    files: BTreeSet<String>,
}

impl Folder {
    /// The folder at this path, which need not be there.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Plot::open(path.into(), "nocloud.output_dir").map(Self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Who has it.
    pub fn owner(&self) -> Option<&str> {
        self.0.deed().map(|deed| deed.owner.as_str())
    }

    /// The other version of lostops that made what is in it, if it was another.
    pub fn made_by_another(&self) -> Option<&str> {
        self.0.deed().map(|deed| deed.more.made_by.as_str()).filter(|made_by| *made_by != VERSION)
    }

    /// Takes it for the owner's, with these files, although what says so is gone.
    pub fn recall(&mut self, cluster: &str, owner: &str, files: BTreeSet<String>) {
        self.0.recall(cluster, owner, Made { made_by: VERSION.to_owned(), files });
    }

    /// Makes it ours: the folder is there, and nothing that is about to be written is somebody else's. Without an owner
    /// there is a new one. The owner is the answer.
    pub fn claim(
        &mut self,
        cluster: &str,
        owner: Option<String>,
        files: &BTreeSet<String>,
    ) -> Result<String> {
        let known = self.0.deed().map(|deed| deed.more.files.clone()).unwrap_or_default();
        if let Some(name) = files.difference(&known).find(|name| self.path().join(name).exists()) {
            return Err(self.foreign(name));
        }
        let files = known.union(files).cloned().collect();
        self.0.claim(cluster, owner, Made { made_by: VERSION.to_owned(), files })
    }

    /// Removes those of our files that are no longer wanted.
    pub fn settle(&mut self, wanted: &BTreeSet<String>) -> Result<()> {
        let Some(mut made) = self.0.deed().map(|deed| deed.more.clone()) else { return Ok(()) };
        made.files.difference(wanted).try_for_each(|name| self.0.forget(name))?;
        made.files.retain(|name| wanted.contains(name));
        self.0.amend(made)
    }

    /// Removes everything of ours, last what says that it was ours; and the folder, if nothing else is in it.
    pub fn clear(&mut self) -> Result<()> {
        self.settle(&BTreeSet::new())?;
        self.0.forget(root::FILE)?;
        self.0.clear()
    }

    fn foreign(&self, name: &str) -> kit::Failure {
        let detail = "lostops did not make it, and would overwrite it. Move it elsewhere, or choose another output_dir.";
        Diagnostic::error(format!("{} is there already", self.path().join(name).display()), detail)
            .attribute("nocloud.output_dir")
            .into()
    }
}
