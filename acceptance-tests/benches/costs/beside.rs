//! Many jobs beside `terraform-provider-nomad`: both wait for health, and both do not.

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Cli, Provider, Workspace};
use std::env;
use std::path::PathBuf;

use super::table::print;
use super::{count, many, named, seconds};

const JOBS: usize = 100;

/// One side of the comparison.
struct Side {
    name: &'static str,
    provider: Provider,
    resource: &'static str,
    /// What is written to wait, and not to.
    waits: [&'static str; 2],
}

/// Measures and prints.
pub fn measure(cli: &Cli, ours: &Provider, cluster: &Cluster) {
    let mut sides = vec![Side {
        name: "lostops_job",
        provider: ours.clone().on_nomad(),
        resource: "lostops_job",
        waits: ["", "wait = false"],
    }];
    match peer() {
        Some(provider) => sides.push(Side {
            name: "nomad_job",
            provider,
            resource: "nomad_job",
            waits: ["detach = false\npurge_on_destroy = true", "purge_on_destroy = true"],
        }),
        None => println!("skipped: LOSTOPS_PEER_NOMAD names no provider to compare with"),
    }
    let jobs = count(JOBS);
    for (at, how) in ["waiting for health", "not waiting"].into_iter().enumerate() {
        let mut rows = vec![vec![
            "seconds".to_owned(),
            "plan".into(),
            "apply".into(),
            "second plan".into(),
            "destroy".into(),
        ]];
        for side in &sides {
            let here = Workspace::new(cli, &side.provider).with_cluster(cluster.clone());
            here.config(&many(side.resource, jobs, 1, side.waits[at]));
            let figures = [
                seconds(&here, &["plan"]),
                seconds(&here, &["apply", "-auto-approve"]),
                seconds(&here, &["plan"]),
                seconds(&here, &["destroy", "-auto-approve"]),
            ];
            let cells = figures.map(|figure| format!("{figure:.2}"));
            rows.push([side.name.to_owned()].into_iter().chain(cells).collect());
        }
        print(&format!("{jobs} jobs on {}, {how}", named(cluster)), &rows);
    }
}

/// The provider that `LOSTOPS_PEER_NOMAD` names.
fn peer() -> Option<Provider> {
    let binary = PathBuf::from(env::var_os("LOSTOPS_PEER_NOMAD").filter(|path| !path.is_empty())?);
    let block = "provider \"nomad\" {\n  address = var.nomad\n}\n";
    Some(Provider { name: "nomad", source: "hashicorp/nomad", binary, block })
}
