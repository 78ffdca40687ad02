//! The plan of a stack of many jobs where nobody knows a Nomad: what a pull request's pipeline does.

use acceptance_tests::{Cli, Provider, Workspace};
use std::fmt::Write as _;

use super::table::{judged, median, milliseconds, print};
use super::{count, jobspec, time};

const JOBS: usize = 30;
const ROUNDS: usize = 9;

/// Measures and prints.
pub fn measure(cli: &Cli, ours: &Provider) {
    let (one, jobs) = (Workspace::new(cli, ours), count(JOBS));
    let all = Workspace::new(cli, ours);
    for (here, jobs) in [(&one, 1), (&all, jobs)] {
        pack(here, jobs);
        here.config("resource \"lostops_job\" \"x\" {\npack = \"./stack\"\nname = \"s\"\n}\n");
    }
    let mut more = Vec::new();
    for _ in 0..ROUNDS {
        let alone = milliseconds(time(&one, &["plan"]));
        more.push(milliseconds(time(&all, &["plan"])) - alone);
    }
    let row = vec![format!("{jobs} jobs over one"), judged(median(&more), "ms", 100.0)];
    print(&format!("terraform plan of a pack without Nomad (median of {ROUNDS})"), &[row]);
}

/// A pack with so many jobs.
fn pack(here: &Workspace, jobs: usize) {
    let mut manifest = "pack \"stack\" {\n  version = \"1.0.0\"\n  summary = \"Many jobs.\"\n}\n".to_owned();
    for at in 0..jobs {
        let _ = writeln!(manifest, "job \"j{at}\" {{}}");
        here.write(&format!("stack/j{at}.nomad.hcl"), &jobspec(&format!("j{at}"), 1));
    }
    here.write("stack/pack.hcl", &manifest);
    here.write("stack/variables.hcl", "");
}
