//! Jobs in Terraform, from outside: the provider that we ship under the real Terraform, on a fake Nomad always and on a
//! real one where it is found. Each test's name says which.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod compare;
mod docker;
mod kills;
mod losses;
mod peer;
mod trio;
mod variants;
mod writers;

use std::path::Path;
use std::process::ExitCode;

use acceptance_tests::case::Case;
use acceptance_tests::cluster::{Cluster, can_be_here};
use acceptance_tests::{Cli, Provider, Workspace, subjects, trial};
use libtest_mimic::{Arguments, Trial};

/// A test that needs a folder with a cluster.
type Test = fn(&Workspace, &Cluster);

/// What no configuration alone can say.
const TESTS: &[(&str, Test)] = &[
    ("kills", kills::no_job_is_orphaned),
    ("of_two_writers_the_second_is_told", writers::of_two_writers_the_second_is_told),
    ("a_job_of_another_provider_is_taken_over", peer::a_job_of_another_provider_is_taken_over),
    ("what_nobody_has_touched_is_not_compared_again", writers::what_nobody_has_touched_is_not_compared_again),
    (
        "a_change_in_the_middle_of_a_comparison_is_seen",
        writers::a_change_in_the_middle_of_a_comparison_is_seen,
    ),
    ("a_plan_needs_no_nomad", writers::a_plan_needs_no_nomad),
    ("what_happens_is_told_as_it_happens", writers::what_happens_is_told_as_it_happens),
    ("secrets_are_nowhere", writers::secrets_are_nowhere),
    ("every_variant_is_settled_by_one_apply", variants::every_variant_is_settled_by_one_apply),
];

/// A story that makes a cluster of its own.
type Story = fn(&Cli, &Provider);

/// Whether what it needs besides Nomad is here.
type Possible = fn() -> bool;

const STORIES: &[(&str, Story, Possible)] = &[
    ("a_cluster_of_three_loses_its_leader", trio::a_cluster_of_three_loses_its_leader, can_be_here),
    ("a_node_is_lost_in_the_middle_of_an_apply", losses::a_node_is_lost_in_the_middle_of_an_apply, || true),
    (
        "nomad_is_restarted_in_the_middle_of_an_apply",
        losses::nomad_is_restarted_in_the_middle_of_an_apply,
        || true,
    ),
    (
        "an_image_that_cannot_be_pulled_is_gone_back_from",
        docker::an_image_that_cannot_be_pulled_is_gone_back_from,
        docker::can_be_here,
    ),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let quiet = arguments.list;
    let real = Cluster::is_real_here(quiet);
    let mut trials = Vec::new();
    if real {
        trials.push(Trial::test("the_fake_answers_as_the_real_one_does", || {
            compare::the_fake_answers_as_the_real_one_does();
            Ok(())
        }));
    }
    let (programs, Some(provider)) = subjects(quiet) else {
        return libtest_mimic::run(&arguments, trials).exit_code();
    };
    for (name, story, possible) in STORIES {
        if !real || !possible() {
            if real && !quiet {
                eprintln!("skipped: {name}: what it needs was not found");
            }
            continue;
        }
        for cli in &programs {
            let (cli, provider) = (cli.clone(), provider.clone());
            trials.push(Trial::test(format!("{}::real::{name}", cli.name), move || {
                story(&cli, &provider);
                Ok(())
            }));
        }
    }
    let provider = provider.on_nomad();
    for cli in &programs {
        for kind in ["fake", "real"] {
            if kind == "real" && !real {
                continue;
            }
            for case in cases() {
                let skip = (kind == "real" && case.is_only_for_the_fake()) || case.lacked_by(cli).is_some();
                if !skip {
                    let name = format!("{}::{kind}::{}", cli.name, case.name);
                    trials.push(on_cluster(name, cli, &provider, kind, move |here, _| case.run(here)));
                }
            }
            for (name, test) in TESTS {
                let name = format!("{}::{kind}::{name}", cli.name);
                trials.push(on_cluster(name, cli, &provider, kind, *test));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn on_cluster(
    name: String,
    cli: &Cli,
    provider: &Provider,
    kind: &'static str,
    test: impl FnOnce(&Workspace, &Cluster) + Send + 'static,
) -> Trial {
    trial(name, cli, provider, move |here| {
        let cluster = if kind == "fake" { Cluster::fake() } else { Cluster::real().expect("nomad is here") };
        here.join(cluster.clone());
        test(here, &cluster);
        if let Some(fake) = &cluster.fake {
            assert_eq!(fake.jobs(), [""; 0], "these were left behind");
        }
    })
}

fn cases() -> Vec<Case> {
    let all = Case::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    all.into_iter().filter(|case| case.name.starts_with("lostops_")).collect()
}

/// The jobspec of a service that is healthy soon.
pub fn service(id: &str, value: &str) -> String {
    format!(
        "job \"{id}\" {{\n  update {{\n    health_check = \"task_states\"\n    min_healthy_time = \"100ms\"\n  }}\n  group \"all\" {{\n\
         task \"main\" {{\n      driver = \"raw_exec\"\n      config {{\n        command = \"/bin/sleep\"\n        args = [\"600\"]\n      }}\n\
         env {{\n        V = \"{value}\"\n      }}\n      resources {{\n        cpu = 20\n        memory = 16\n      }}\n    }}\n  }}\n}}\n"
    )
}

/// A resource with this job.
pub fn resource(name: &str, jobspec: &str) -> String {
    format!("resource \"lostops_job\" \"{name}\" {{\n  jobspec = <<EOT\n{jobspec}EOT\n}}\n")
}
