//! What says whose a folder is: it is in there before anything else is, and goes last. So what another object of Terraform
//! has taken over is left to it, and what a run that was cut off has begun is found again.

use std::fmt::Display;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use hosts::secrets::mark;
use hosts::seed;
use kit::{Diagnostic, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The file that says it.
const NAME: &str = "cluster.json";
/// The format that is known.
const FORMAT: u32 = 1;

/// A folder and what says whose it is, with what else is kept there of a cluster on that platform.
pub(super) struct Plot<T> {
    path: PathBuf,
    attribute: &'static str,
    deed: Option<Deed<T>>,
}

/// What says whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deed<T> {
    version: u32,
    /// Which cluster's it is.
    pub cluster: String,
    /// Which object's it is.
    pub owner: String,
    /// What else is kept.
    #[serde(flatten)]
    pub more: T,
}

/// What every format has.
#[derive(Deserialize)]
struct Probe {
    version: u32,
}

impl<T: Clone + PartialEq + Serialize + DeserializeOwned> Plot<T> {
    /// The folder at this path, which need not be there; `attribute` says it.
    pub fn open(path: PathBuf, attribute: &'static str) -> Result<Self> {
        let mut plot = Self { path, attribute, deed: None };
        let file = plot.file();
        let wrong = |why: String| {
            let cure = format!("Restore the file, or choose another `{attribute}`.");
            Diagnostic::error(format!("{} cannot be used", file.display()), format!("{why}. {cure}"))
                .attribute(attribute)
        };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(plot),
            Err(error) => return Err(wrong(error.to_string()).into()),
        };
        let probe: Probe = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if probe.version != FORMAT {
            let why = format!("it has format {}, which this version of lostops does not know", probe.version);
            return Err(wrong(why).into());
        }
        plot.deed = Some(serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?);
        Ok(plot)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose it is; nobody's, if nothing says so.
    pub fn deed(&self) -> Option<&Deed<T>> {
        self.deed.as_ref()
    }

    /// Takes it for theirs, although what says so is gone.
    pub fn recall(&mut self, cluster: &str, owner: &str, more: T) {
        self.deed =
            Some(Deed { version: FORMAT, cluster: cluster.to_owned(), owner: owner.to_owned(), more });
    }

    /// Makes it theirs, and the folder if it is not there. Without an owner there is a new one. The owner is the answer.
    pub fn claim(&mut self, cluster: &str, owner: Option<String>, more: T) -> Result<String> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        made.map_err(|error| self.refused("made", &format!("{error}. Choose one that you may write to.")))?;
        let owner = owner.map_or_else(mark, Ok).map_err(|error| self.refused("marked", &error))?;
        self.sign(Deed { version: FORMAT, cluster: cluster.to_owned(), owner: owner.clone(), more })?;
        Ok(owner)
    }

    /// Keeps something else beside the same names.
    pub fn amend(&mut self, more: T) -> Result<()> {
        match self.deed.clone() {
            Some(deed) if deed.more != more => self.sign(Deed { more, ..deed }),
            _ => Ok(()),
        }
    }

    /// Whether somebody else has it.
    pub fn is_others(&self, cluster: &str, owner: Option<&str>) -> bool {
        let other =
            |deed: &Deed<T>| deed.cluster != cluster || owner.is_some_and(|owner| owner != deed.owner);
        self.deed.as_ref().is_some_and(other)
    }

    /// Removes a file in it.
    pub fn forget(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                let what = format!("{} cannot be removed", path.display());
                Err(Diagnostic::error(what, error.to_string()).attribute(self.attribute).into())
            }
            _ => Ok(()),
        }
    }

    /// Removes what says whose it is; and the folder, if nothing else is in it.
    pub fn clear(&mut self) -> Result<()> {
        self.forget(NAME)?;
        self.deed = None;
        // A folder that is not empty holds something of its owner's, and stays.
        let _ = fs::remove_dir(&self.path);
        Ok(())
    }

    fn sign(&mut self, deed: Deed<T>) -> Result<()> {
        let text =
            serde_json::to_string_pretty(&deed).map_err(|error| self.refused("marked", &error))? + "\n";
        seed::keep(&self.file(), text.as_bytes()).map_err(|error| self.refused("marked", &error))?;
        self.deed = Some(deed);
        Ok(())
    }

    fn file(&self) -> PathBuf {
        self.path.join(NAME)
    }

    fn refused(&self, what: &str, why: &dyn Display) -> Diagnostic {
        let what = format!("{} cannot be {what}", self.path.display());
        Diagnostic::error(what, why.to_string()).attribute(self.attribute)
    }
}
