//! A hundred hosts: whether all of them make it, and whether the memory of who drives them stays flat.

use acceptance_tests::Fleet;
use std::path::Path;
use std::time::Instant;

use hosts::blueprint::{Blueprint, File};
use hosts::converge;
use hosts::secrets::Secret;
use hosts::ssh::each;
use hosts::way::Task;

use super::ours::{client, host};

const AT_ONCE: usize = 16;

/// First ten, then a hundred, one file of 100 KiB for each.
pub fn measure(root: &Path, folder: &Path) {
    println!("\nmany hosts, {AT_ONCE} at a time");
    for count in [10, 100] {
        let fleet = Fleet::up(count, root, folder);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        // What came before does not count for the peak.
        std::fs::write("/proc/self/clear_refs", "5").expect("the peak can be forgotten");
        let begun = Instant::now();
        let failed = runtime.expect("a runtime can be made").block_on(async {
            let client = client(&fleet);
            let results = each(AT_ONCE, 0..fleet.len(), async |number| {
                let script = converge::script(&blueprint(number)).expect("the blueprint is sound");
                client.run(&host(&fleet, number), &Task::converge(&script, None), &|_| ()).await.result
            });
            results.await.into_iter().filter_map(Result::err).collect::<Vec<_>>()
        });
        let seconds = begun.elapsed().as_secs_f64();
        let peak = peak();
        println!("  {count:>3} hosts {seconds:>6.1} s, {} failed, peak memory {peak} KiB", failed.len());
        for fault in &failed {
            println!("    {fault}");
        }
    }
}

fn blueprint(number: usize) -> Blueprint {
    let file = File {
        path: "/etc/large.conf".into(),
        content: Secret::new("x".repeat(100 * 1024)),
        mode: 0o644,
        owner: None,
        secret: false,
        once: false,
    };
    Blueprint { host: format!("h{}", number + 1), files: vec![file], ..Blueprint::default() }
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map(|line| line.trim_end_matches("kB").trim().to_owned()).unwrap_or_default()
}
