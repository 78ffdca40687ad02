//! What jobs cost: a refresh beside the bare calls to Nomad, the plan of a stack without Nomad, and plan and apply beside
//! `terraform-provider-nomad` where that is found (on `PATH`, or named by `LOSTOPS_TERRAFORM_PROVIDER_NOMAD`).
//!
//! On a real Nomad where it is found, else on the fake; each table says which. `LOSTOPS_BENCH_JOBS` and
//! `LOSTOPS_BENCH_ROUNDS` make less of it; a word after `--` measures one part: `stack`, `refresh`, `waiting`, `detached`.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, reason = "a figure that cannot be measured ends the run")]

mod beside;
mod refresh;
mod stack;
#[expect(dead_code, reason = "the other bench uses the rest of it")]
#[path = "../figures/table.rs"]
mod table;

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Cli, Provider, Running, Workspace};
use std::time::{Duration, Instant};

fn main() {
    let Some(cli) = Cli::all().into_iter().next() else {
        println!("skipped: terraform and tofu not found");
        return;
    };
    let Some(ours) = Provider::lostops() else {
        println!("skipped: terraform-provider-lostops not found beside this program (cargo build --release)");
        return;
    };
    if wanted("stack") {
        stack::measure(&cli, &ours);
    }
    if !["refresh", "waiting", "detached"].into_iter().any(wanted) {
        return;
    }
    let cluster = Cluster::real().unwrap_or_else(Cluster::fake);
    if wanted("refresh") {
        refresh::measure(&cli, &ours, &cluster);
    }
    for (how, part) in ["waiting", "detached"].into_iter().enumerate() {
        if wanted(part) {
            beside::measure(&cli, &ours, &cluster, how);
        }
    }
}

/// Whether a part was asked for, or none by name.
fn wanted(part: &str) -> bool {
    let mut names = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    names.peek().is_none() || names.any(|name| name == part)
}

/// Which Nomad it was.
fn named(cluster: &Cluster) -> &'static str {
    if cluster.fake.is_some() { "the fake Nomad" } else { "a real Nomad" }
}

/// How many jobs.
fn count(usual: usize) -> usize {
    at_most(usual, "LOSTOPS_BENCH_JOBS")
}

/// How often something is measured.
fn rounds(usual: usize) -> usize {
    at_most(usual, "LOSTOPS_BENCH_ROUNDS").max(1)
}

fn at_most(usual: usize, variable: &str) -> usize {
    let less = std::env::var(variable).ok().and_then(|count| count.parse().ok());
    less.map_or(usual, |less: usize| less.min(usual))
}

/// The seconds that a command takes.
fn seconds(here: &Workspace, arguments: &[&str]) -> f64 {
    time(here, arguments).as_secs_f64()
}

/// The time that a command takes.
fn time(here: &Workspace, arguments: &[&str]) -> Duration {
    let mut command = here.command(arguments);
    command.env_remove("TF_LOG").env_remove("TF_LOG_PATH");
    let begun = Instant::now();
    Running::start(&mut command).finish().ok();
    begun.elapsed()
}

/// A service that sleeps and is healthy soon; of `copies` none or one.
fn jobspec(id: &str, copies: usize) -> String {
    format!(
        r#"job "{id}" {{
  update {{
    health_check     = "task_states"
    min_healthy_time = "100ms"
  }}
  group "all" {{
    count = {copies}
    ephemeral_disk {{
      size = 20
    }}
    task "main" {{
      driver = "raw_exec"
      config {{
        command = "/bin/sleep"
        args    = ["3600"]
      }}
      logs {{
        max_files     = 1
        max_file_size = 5
      }}
      resources {{
        cpu    = 1
        memory = 10
      }}
    }}
  }}
}}
"#
    )
}

/// A resource for each job, `i` in its name.
fn many(resource: &str, jobs: usize, copies: usize, more: &str) -> String {
    let text = jobspec("NAME-${count.index}", copies)
        .replace("NAME", resource.split('_').next().unwrap_or_default());
    format!("resource \"{resource}\" \"x\" {{\ncount = {jobs}\njobspec = <<EOT\n{text}EOT\n{more}\n}}\n")
}
