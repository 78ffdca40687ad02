//! Data sources.

mod cloud_init;
mod jobspec;
mod pack;

use kit::AnyDataSource;

/// Every data source, by name.
pub const ALL: &[&dyn AnyDataSource] = &[&cloud_init::CloudInit, &jobspec::Jobspec, &pack::PackInfo];
