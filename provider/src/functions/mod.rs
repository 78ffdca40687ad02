//! Functions: pure, offline, and called before anything is configured.

mod format_jobspec;
mod render_pack;
mod validate_jobspec;

use kit::AnyFunction;

/// Every function, by name.
pub const ALL: &[&dyn AnyFunction] =
    &[&format_jobspec::FormatJobspec, &render_pack::RenderPack, &validate_jobspec::ValidateJobspec];
