//! Many jobs beside `terraform-provider-nomad`: both wait for health, and both do not.
//!
//! Measured in turns, so that a busy moment of the machine meets both sides.

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Cli, Provider, Workspace, find};

use super::table::{judged, median, print};
use super::{count, many, named, rounds, seconds};

const JOBS: usize = 100;
const ROUNDS: usize = 3;

/// What is measured of each side, in this order.
const VERBS: [&str; 4] = ["plan", "apply", "second plan", "destroy"];

/// One side of the comparison.
struct Side {
    name: &'static str,
    provider: Provider,
    resource: &'static str,
    /// What is written to wait, and not to.
    waits: [&'static str; 2],
}

/// Measures and prints.
pub fn measure(cli: &Cli, ours: &Provider, cluster: &Cluster, how: usize) {
    let mut sides = vec![Side {
        name: "lostops_job",
        provider: ours.clone().on_nomad(),
        resource: "lostops_job",
        waits: ["", "wait = false"],
    }];
    match find("terraform-provider-nomad") {
        Some(binary) => sides.push(Side {
            name: "nomad_job",
            provider: Provider {
                name: "nomad",
                source: "hashicorp/nomad",
                binary,
                block: "provider \"nomad\" {\n  address = var.nomad\n}\n",
            },
            resource: "nomad_job",
            waits: ["detach = false\npurge_on_destroy = true", "purge_on_destroy = true"],
        }),
        None => println!("skipped: terraform-provider-nomad, to compare with, not found"),
    }
    let (jobs, rounds) = (count(JOBS), rounds(ROUNDS));
    let mut figures = vec![VERBS.map(|_| Vec::new()); sides.len()];
    for _ in 0..rounds {
        for (side, figures) in sides.iter().zip(&mut figures) {
            let round = side.round(cli, cluster, jobs, how);
            figures.iter_mut().zip(round).for_each(|(all, one)| all.push(one));
        }
    }
    let medians: Vec<[f64; 4]> = figures.iter().map(|all| all.each_ref().map(|one| median(one))).collect();
    let mut rows = vec![["seconds"].into_iter().chain(VERBS).map(str::to_owned).collect::<Vec<_>>()];
    rows.extend(sides.iter().zip(&medians).map(|(side, medians)| {
        [side.name.to_owned()].into_iter().chain(medians.map(|figure| format!("{figure:.2}"))).collect()
    }));
    if let [ours, theirs] = medians.as_slice() {
        // The last one is nothing that was promised.
        let ratio = |at: usize| ours[at] / theirs[at];
        let cells = (0..3).map(|at| judged(ratio(at), "×", 1.0)).chain([format!("{:.2} ×", ratio(3))]);
        rows.push(["one by the other".to_owned()].into_iter().chain(cells).collect());
    }
    let what = ["waiting for health", "not waiting"][how];
    print(&format!("{jobs} jobs on {}, {what} (medians of {rounds})", named(cluster)), &rows);
}

impl Side {
    /// All verbs once, from nothing to nothing.
    fn round(&self, cli: &Cli, cluster: &Cluster, jobs: usize, how: usize) -> [f64; 4] {
        let here = Workspace::new(cli, &self.provider).with_cluster(cluster.clone());
        here.config(&many(self.resource, jobs, 1, self.waits[how]));
        [&["plan"][..], &["apply", "-auto-approve"], &["plan"], &["destroy", "-auto-approve"]]
            .map(|arguments| seconds(&here, arguments))
    }
}
