//! Whether Nomad's server would register a job.

use packgen::jobspec::validate;
use packgen::source::Diagnostics;

use crate::agent::Agent;
use crate::{program, reading, report};

/// Where we and Nomad's server disagree on purpose, and why. `#n` is the n-th snippet in a file.
const DISAGREEMENTS: &[(&str, &str)] = &[];

#[test]
fn every_job_of_nomads_own_tree_is_judged_as_a_server_judges_it() {
    let Some((_, nomad)) = program::tools() else { return };
    let agent = Agent::start(&nomad);
    report::compare(DISAGREEMENTS, |_, path, report| {
        let (Ok(tree), Ok(job)) = (reading::tree(path), reading::ours(path)) else { return };
        let mut findings = Diagnostics::new();
        validate::register(&tree, validate::Options::default(), &mut findings);
        match (agent.validate(&job), findings.has_errors()) {
            (Ok(()), false) => report.equal += 1,
            (Err(_), true) => report.refused += 1,
            (Ok(()), true) => report.surprise(&format!("only we refuse it: {}", reading::words(&findings))),
            (Err(theirs), false) => report.surprise(&format!("only Nomad refuses it: {theirs}")),
        }
    });
}
