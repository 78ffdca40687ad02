//! Resources: the ones that are written here, and every built-in pack.

mod cluster;
mod job;
mod pack;

use std::sync::LazyLock;

use kit::AnyResource;
use packgen::pack::Builtin;

use crate::jobs::Jobs;

static PACKS: LazyLock<Vec<Jobs<pack::PackKind>>> =
    LazyLock::new(|| Builtin::all().map(|builtin| Jobs(pack::PackKind::new(builtin.name()))).collect());

/// Every resource, by name.
pub static ALL: LazyLock<Vec<&'static dyn AnyResource>> = LazyLock::new(|| {
    let own: [&'static dyn AnyResource; _] = [&cluster::Clusters, &Jobs(job::Job)];
    let packs = PACKS.iter().map(|pack| -> &'static dyn AnyResource { pack });
    let mut all: Vec<_> = own.into_iter().chain(packs).collect();
    all.sort_by_key(|resource| resource.name().to_owned());
    all
});
