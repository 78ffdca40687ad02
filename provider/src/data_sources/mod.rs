//! Data sources.

mod jobspec;
mod pack;

use kit::AnyDataSource;

/// Every data source, by name.
pub const ALL: &[&dyn AnyDataSource] = &[&jobspec::Jobspec, &pack::PackInfo];
