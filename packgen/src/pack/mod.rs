//! Packs: folders of plain Nomad HCL that become jobs.
//!
//! [`Pack::load`] reads and checks a folder, [`Pack::render`] makes jobs of it. Both are pure but for the
//! files of the [`Folder`]; nothing outside of that folder is read, and nothing is printed.

mod builtin;
mod disk;
pub mod docs;
mod export;
mod folder;
mod functions;
mod instance;
mod load;
pub mod manifest;
pub mod origin;
mod ready;
pub mod render;
mod scaffold;
mod template;
mod testing;

use std::sync::Arc;

use crate::hcl::syntax::{BlockSyntax, Body};
use crate::hcl::variables::Variable;
use crate::source::{Diagnostics, SourceMap};
use crate::tree::Name;

pub use builtin::Builtin;
pub use disk::{Disk, read_regular};
pub use folder::{Folder, Memory, glob};
pub use instance::MARK;
pub use manifest::Manifest;
pub use render::{NeededSecret, NeededVolume, Rendered, RenderedJob, Request};
pub use scaffold::scaffold;
pub use testing::Tested;

/// A pack that was read and fits together.
pub struct Pack {
    sources: Arc<SourceMap>,
    folder: Arc<dyn Folder>,
    manifest: Manifest,
    variables: Vec<Variable>,
    locals: Vec<Body>,
    jobs: Vec<JobFile>,
}

/// A job's file.
struct JobFile {
    name: Name,
    block: BlockSyntax,
    locals: Vec<Body>,
}

impl Pack {
    /// Reads a pack. Its texts go to `sources`, where all findings point; with the pack come warnings.
    pub fn load(
        folder: Arc<dyn Folder>,
        sources: Arc<SourceMap>,
    ) -> Result<(Pack, Diagnostics), Diagnostics> {
        load::pack(folder, sources)
    }

    /// Makes jobs. The error holds everything that was found.
    pub fn render(&self, request: &Request) -> Result<Rendered, Diagnostics> {
        render::render(self, request)
    }

    /// Its jobs as files that plain Nomad takes, each with its name; with them come warnings.
    pub fn export_hcl2(
        &self,
        request: &Request,
    ) -> Result<(Vec<(String, String)>, Diagnostics), Diagnostics> {
        export::hcl2(self, request)
    }

    /// The pack as a pack of HashiCorp's nomad-pack: files with their paths; with them come warnings.
    /// `freeze` fixes the variables that cannot be variables there, which otherwise are an error.
    pub fn export_nomad_pack(
        &self,
        request: &Request,
        freeze: bool,
    ) -> Result<(Vec<(String, String)>, Diagnostics), Diagnostics> {
        export::nomad_pack(self, request, freeze)
    }

    /// Runs its own tests, `tests/*.hcl`.
    pub fn test(&self) -> Result<Vec<Tested>, Diagnostics> {
        testing::run(self)
    }

    /// Its name, jobs, volumes, secrets and outputs.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its variables, in the order in which they are written; `name` is not among them.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The texts that its findings point to.
    pub fn sources(&self) -> &Arc<SourceMap> {
        &self.sources
    }

    /// Its files.
    pub fn folder(&self) -> &dyn Folder {
        &*self.folder
    }
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack").field("name", &self.manifest.name.value).finish_non_exhaustive()
    }
}
