//! Each configuration under its own program, and what no program checks.

mod alertmanager;
mod alloy;
pub mod dashboards;
mod provisioning;
mod rules;
mod simple;
mod start;

use libtest_mimic::Trial;
use std::path::{Path, PathBuf};

use crate::pack::{Job, render};
use crate::programs::here;
use crate::resolved::Resolved;
use acceptance_tests::variants::{STACK, Variant};

pub use start::inside;

/// How a program looks at the files of its job.
struct Check {
    job: &'static str,
    program: &'static str,
    run: fn(&Path, &Resolved, Job<'_>),
}

const CHECKS: &[Check] = &[
    Check { job: "alertmanager", program: "amtool", run: alertmanager::check },
    Check { job: "alloy", program: "alloy", run: alloy::check },
    Check { job: "blackbox", program: "blackbox_exporter", run: simple::blackbox },
    Check { job: "loki", program: "loki", run: simple::loki },
    Check { job: "prometheus", program: "promtool", run: simple::prometheus },
    Check { job: "tempo", program: "tempo", run: simple::tempo },
];

pub fn trials(quiet: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for check in CHECKS {
        if let Some(program) = here(check.program, check.job, quiet) {
            trials.extend(STACK.iter().map(|variant| under(check, program.clone(), variant)));
        }
    }
    trials.extend(dashboards::trials());
    trials.extend(provisioning::trials());
    trials.extend(rules::trials(quiet));
    trials.extend(start::trials(quiet));
    trials
}

fn under(check: &'static Check, program: PathBuf, variant: &'static Variant) -> Trial {
    Trial::test(format!("{}::{}::{}", check.job, check.program, variant.name), move || {
        let rendered = render(variant.variables);
        if let Some(job) = rendered.job(check.job) {
            (check.run)(&program, &Resolved::new(job), job);
        }
        Ok(())
    })
}
