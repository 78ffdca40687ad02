//! Resources. There is none yet: packs and clusters will be the first. CONTRIBUTING.md shows how one is added.

use kit::AnyResource;

/// Every resource, by name.
pub const ALL: &[&dyn AnyResource] = &[];
