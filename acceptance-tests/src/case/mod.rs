//! Tests that are folders: each file is a step, applied after the one before it.
//!
//! After a step that succeeds a second plan must be empty; at the end everything is destroyed. What else has to be so
//! stands in the comments at the top of the step, as [`Line`] lists. A warning that is not listed there is a failure.

mod deed;
mod line;
mod step;

pub use deed::{Deed, Wanted};
pub use line::Line;
pub use step::Step;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::Cli;
use crate::workspace::Workspace;

/// A folder of steps.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's path below `cases`, such as `lab_file/drift`.
    pub name: String,
    folder: PathBuf,
}

impl Case {
    /// All of them below `root`, by name: every folder that has configurations in it.
    pub fn all(root: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        collect(root, root, &mut found);
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// Why this program cannot run it; nothing if it can.
    pub fn lacked_by(&self, cli: &Cli) -> Option<String> {
        let mut lines = self.steps().into_iter().flat_map(|step| step.lines);
        lines.find_map(|line| if let Line::Needs(needs) = line { cli.lacks(needs) } else { None })
    }

    /// Whether only the fake cluster can be brought to what its steps want.
    pub fn is_only_for_the_fake(&self) -> bool {
        let fakes = |deed: &Deed| {
            matches!(
                deed,
                Deed::OnlyFake | Deed::Fault(_) | Deed::Node(_) | Deed::Secure(_) | Deed::Expire(_)
            )
        };
        let mut lines = self.steps().into_iter().flat_map(|step| step.lines);
        lines.any(|line| matches!(line, Line::Cluster(deed) if fakes(&deed)))
    }

    /// Runs it.
    pub fn run(&self, here: &Workspace) {
        let steps = self.steps();
        if steps.iter().any(Step::configures_provider) {
            here.write("provider.tf", &here.header());
        }
        for folder in entries(&self.folder).iter().filter(|path| path.is_dir()) {
            here.copy(folder);
        }
        for step in &steps {
            step.run(here);
        }
        here.destroy();
    }

    fn steps(&self) -> Vec<Step> {
        let mut files = entries(&self.folder);
        files.retain(|path| path.extension().is_some_and(|extension| extension == "tf"));
        files.sort_by_key(|path| number(path));
        files.iter().map(|path| Step::read(path)).collect()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Case>) {
    let entries = entries(folder);
    if entries.iter().any(|path| path.extension().is_some_and(|extension| extension == "tf")) {
        let name = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
        found.push(Case { name, folder: folder.to_owned() });
    }
    entries.iter().filter(|path| path.is_dir()).for_each(|path| collect(root, path, found));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.flatten().map(|entry| entry.path()).collect()
}

fn number(path: &Path) -> u32 {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let digits = name.split('-').next().and_then(|digits| digits.parse().ok());
    digits.unwrap_or_else(|| panic!("{}: a step is called <number>-<name>.tf", path.display()))
}
