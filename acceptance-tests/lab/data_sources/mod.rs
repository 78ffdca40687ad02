//! Every data source of the lab, by name.

mod file;

use kit::AnyDataSource;

/// The list that everything else goes by.
pub const ALL: &[&dyn AnyDataSource] = &[&file::FileDataSource];
