//! A refresh of many jobs, beside the bare calls that it has to make.

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Cli, Provider, Workspace};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::table::{judged, median, print};
use super::{count, many, named, seconds};

/// How many calls are under way at once, here as there.
const AT_ONCE: usize = 24;
const ROUNDS: usize = 5;
const JOBS: usize = 200;

/// Measures and prints.
pub fn measure(cli: &Cli, ours: &Provider, cluster: &Cluster) {
    let jobs = count(JOBS);
    let here = Workspace::new(cli, &ours.clone().on_nomad()).with_cluster(cluster.clone());
    here.config(&many("lostops_job", jobs, 0, "wait = false"));
    seconds(&here, &["apply", "-auto-approve", "-parallelism=24"]);
    let bodies: Vec<Value> = (0..jobs).map(|at| json!({"Job": body(cluster, at), "Diff": true})).collect();
    let (mut whole, mut without, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        whole.push(seconds(&here, &["plan", "-parallelism=24"]));
        without.push(seconds(&here, &["plan", "-parallelism=24", "-refresh=false"]));
        bare.push(calls(cluster, &bodies));
    }
    here.destroy();
    let cost: Vec<f64> = whole.iter().zip(&without).map(|(whole, without)| whole - without).collect();
    let (cost, bare) = (median(&cost), median(&bare));
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    print(
        &format!("Refresh of {jobs} jobs on {} (medians of {ROUNDS})", named(cluster)),
        &[
            row("terraform plan", format!("{:.3} s", median(&whole))),
            row("terraform plan -refresh=false", format!("{:.3} s", median(&without))),
            row("what the refresh costs", format!("{cost:.3} s")),
            row("the bare calls (look, plan)", format!("{bare:.3} s")),
            row("one by the other", judged(cost / bare, "×", 1.3)),
        ],
    );
}

/// A job as it is held, which is what a plan of the same text is asked with.
fn body(cluster: &Cluster, at: usize) -> Value {
    cluster.get(&format!("/v1/job/lostops-{at}")).json()
}

/// The same questions that a refresh asks, from as many threads.
fn calls(cluster: &Cluster, bodies: &[Value]) -> f64 {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let id = body["Job"]["ID"].as_str().unwrap_or_default();
                    assert_eq!(cluster.get(&format!("/v1/job/{id}")).status, 200);
                    assert_eq!(cluster.call("POST", &format!("/v1/job/{id}/plan"), body).status, 200);
                }
            });
        }
    });
    begun.elapsed().as_secs_f64()
}
