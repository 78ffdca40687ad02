//! A provider that is killed in the middle of an apply: the next apply finds what it had begun, and after a destroy
//! nothing is left.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acceptance_tests::Workspace;
use acceptance_tests::cluster::Cluster;
use serde_json::{Value, json};

use super::{resource, service};

/// How many jobs one apply registers.
const JOBS: usize = 3;

pub fn no_job_is_orphaned(here: &Workspace, cluster: &Cluster) {
    let count = variable("LOSTOPS_KILLS").unwrap_or(3);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let seed = variable("LOSTOPS_SEED").unwrap_or(now);
    eprintln!("{count} kills with LOSTOPS_SEED={seed}");
    let mut draw = Draw(seed | 1);
    let text = (0..JOBS).map(|at| resource(&format!("j{at}"), &service(&format!("killed-{at}"), "1")));
    let text: String = text.collect();
    let (mut whole, mut killed, mut found) = (Duration::from_secs(2), 0, 0);
    for _ in 0..count {
        here.config(&text);
        let begun = Instant::now();
        let apply = here.start(&["apply", "-auto-approve"]);
        thread::sleep(whole.mul_f64(draw.fraction()));
        killed += usize::from(kill(&here.plugin()));
        let ended = apply.finish();
        if ended.code == Some(0) {
            whole = begun.elapsed();
        }
        let after = jobs(cluster);
        found += after.len();
        for job in &after {
            assert_eq!(
                job["Meta"]["lostops"],
                format!("jobspec/{}", job["ID"].as_str().unwrap_or_default()),
                "{ended}"
            );
        }
        unlock(here);
        here.apply();
        here.nothing_to_do();
        assert_eq!(jobs(cluster).len(), JOBS, "{ended}");
        here.destroy();
        assert!(jobs(cluster).is_empty(), "orphaned with LOSTOPS_SEED={seed}: {:?}\n{ended}", jobs(cluster));
        // Nobody could tidy up behind a process that is gone at once.
        let _ = std::fs::remove_dir_all(here.path("tmp"));
        std::fs::create_dir(here.path("tmp")).expect("a folder can be made");
    }
    eprintln!("{count} applies, {killed} providers killed, {found} jobs found after them, none orphaned");
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The jobs of this test.
fn jobs(cluster: &Cluster) -> Vec<Value> {
    let all = cluster.get("/v1/jobs?prefix=killed-&meta=true").json();
    let lives = |job: &&Value| job["Stop"] != json!(true);
    all.as_array().into_iter().flatten().filter(lives).cloned().collect()
}

/// Kills the provider that runs this program, if there is one.
fn kill(program: &std::path::Path) -> bool {
    let output = Command::new("ps").args(["-A", "-o", "pid=,args="]).output().expect("ps can be run");
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    let path = program.display().to_string();
    let own = list
        .lines()
        .filter_map(|line| line.trim_start().split_once(' '))
        .filter(|(_, args)| args.starts_with(&path));
    let pids: Vec<&str> = own.map(|(pid, _)| pid).collect();
    pids.iter()
        .filter(|pid| Command::new("kill").args(["-9", pid]).status().is_ok_and(|status| status.success()))
        .count()
        > 0
}

/// A lock of a run that came to nothing.
fn unlock(here: &Workspace) {
    let _ = std::fs::remove_file(here.path("config").join(".terraform.tfstate.lock.info"));
}

/// Numbers that only look random, so that a failure can be seen again.
struct Draw(u64);

impl Draw {
    fn fraction(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from(u32::try_from(self.0 >> 33).unwrap_or(0)) / f64::from(1_u32 << 31)
    }
}
