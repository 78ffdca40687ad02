//! A refresh of many jobs, beside the bare calls that tell how each is and what differs: once as an apply has left the
//! jobs, and once after somebody has touched each of them, so that each has to be compared.

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Cli, Provider, Workspace};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::table::{judged, median, print};
use super::{count, many, named, rounds, seconds};

/// How many calls are under way at once, here as there.
const AT_ONCE: usize = 24;
const ROUNDS: usize = 5;
const JOBS: usize = 200;

/// Measures and prints.
pub fn measure(cli: &Cli, ours: &Provider, cluster: &Cluster) {
    let (jobs, rounds) = (count(JOBS), rounds(ROUNDS));
    let here = Workspace::new(cli, &ours.clone().on_nomad()).with_cluster(cluster.clone());
    here.config(&many("lostops_job", jobs, 0, "wait = false"));
    seconds(&here, &["apply", "-auto-approve", "-parallelism=24"]);
    let left = series(&here, cluster, jobs, rounds);
    for at in 0..jobs {
        let same = json!({"Count": 0, "Target": {"Group": "all"}});
        assert_eq!(cluster.call("PUT", &format!("/v1/job/lostops-{at}/scale"), &same).status, 200);
    }
    let touched = series(&here, cluster, jobs, rounds);
    here.destroy();
    let row =
        |name: &str, cell: &dyn Fn(&Series) -> String| vec![name.to_owned(), cell(&left), cell(&touched)];
    print(
        &format!("Refresh of {jobs} jobs on {} (medians of {rounds})", named(cluster)),
        &[
            vec![String::new(), "as the apply left them".into(), "each touched since".into()],
            row("terraform plan", &|one| format!("{:.3} s", one.plan)),
            row("terraform plan -refresh=false", &|one| format!("{:.3} s", one.without)),
            row("what the refresh costs", &|one| format!("{:.3} s", one.cost)),
            row("the bare calls: look and plan", &|one| format!("{:.3} s", one.bare)),
            row("of them, look alone", &|one| format!("{:.3} s", one.looks)),
            row("refresh by look and plan", &|one| judged(one.cost / one.bare, "×", 1.3)),
        ],
    );
}

/// Medians, in seconds.
struct Series {
    plan: f64,
    without: f64,
    cost: f64,
    bare: f64,
    looks: f64,
}

fn series(here: &Workspace, cluster: &Cluster, jobs: usize, rounds: usize) -> Series {
    let bodies: Vec<Value> = (0..jobs).map(|at| json!({"Job": body(cluster, at), "Diff": true})).collect();
    let (mut plan, mut without, mut bare, mut looks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        plan.push(seconds(here, &["plan", "-parallelism=24"]));
        without.push(seconds(here, &["plan", "-parallelism=24", "-refresh=false"]));
        bare.push(calls(cluster, &bodies, true));
        looks.push(calls(cluster, &bodies, false));
    }
    let cost: Vec<f64> = plan.iter().zip(&without).map(|(plan, without)| plan - without).collect();
    Series {
        plan: median(&plan),
        without: median(&without),
        cost: median(&cost),
        bare: median(&bare),
        looks: median(&looks),
    }
}

/// A job as it is held, which is what a plan of the same text is asked with.
fn body(cluster: &Cluster, at: usize) -> Value {
    cluster.get(&format!("/v1/job/lostops-{at}")).json()
}

/// The same questions that a refresh asks, from as many threads.
fn calls(cluster: &Cluster, bodies: &[Value], plan: bool) -> f64 {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let id = body["Job"]["ID"].as_str().unwrap_or_default();
                    assert_eq!(cluster.get(&format!("/v1/job/{id}")).status, 200);
                    if plan {
                        let answer = cluster.call("POST", &format!("/v1/job/{id}/plan"), body);
                        assert_eq!(answer.status, 200);
                    }
                }
            });
        }
    });
    begun.elapsed().as_secs_f64()
}
