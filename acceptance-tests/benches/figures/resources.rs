//! What a resource costs that does nothing: ours and a peer's, over Terraform's own `terraform_data`.

use acceptance_tests::{Cli, Provider, Running, Workspace};
use std::fs;
use std::time::Instant;

use crate::table::{judged, median, print};

/// How many resources, and how often each command is measured with them.
const SIZES: [(u32, usize); 3] = [(1, 15), (100, 15), (1000, 5)];
/// More than this many are applied once: that is Terraform's own quadratic work.
const APPLIED_OFTEN: u32 = 100;
/// The commands.
const VERBS: [&str; 3] = ["plan", "second plan", "apply"];
/// What a resource costs, in milliseconds: in which command, among how many, and how much it may be.
const COSTS: [(usize, usize, Option<f64>); 5] =
    [(0, 1, None), (0, 2, Some(0.7)), (1, 1, None), (1, 2, Some(1.0)), (2, 1, Some(1.4))];

/// Whose resources are measured, and the seconds that each command took, by size and round.
struct Subject {
    resource: &'static str,
    here: Workspace,
    seconds: [[Vec<f64>; SIZES.len()]; VERBS.len()],
}

/// Measures and prints.
pub fn measure(cli: &Cli, providers: &[Provider]) {
    let mut subjects = vec![Subject::new(cli, None, "terraform_data")];
    for provider in providers {
        match provider.name {
            "lab" => subjects.push(Subject::new(cli, Some(provider), "lab_noop")),
            "null" => subjects.push(Subject::new(cli, Some(provider), "null_resource")),
            _ => {}
        }
    }
    for (size, (count, rounds)) in SIZES.into_iter().enumerate() {
        for subject in &subjects {
            subject.configure(count);
        }
        run_all(&mut subjects, 0, size, rounds, Subject::plan);
        let applied = if count > APPLIED_OFTEN { 1 } else { rounds };
        run_all(&mut subjects, 2, size, applied, Subject::apply);
        run_all(&mut subjects, 1, size, rounds, Subject::plan);
    }
    print_seconds(cli, &subjects);
    print_differences(&subjects);
}

/// Lets each do the same in turns.
fn run_all(subjects: &mut [Subject], verb: usize, size: usize, rounds: usize, run: impl Fn(&Subject) -> f64) {
    for _ in 0..rounds {
        for subject in &mut *subjects {
            let seconds = run(subject);
            subject.seconds[verb][size].push(seconds);
        }
    }
}

impl Subject {
    fn new(cli: &Cli, provider: Option<&Provider>, resource: &'static str) -> Self {
        let none = Provider::lab("/dev/null");
        let here = Workspace::new(cli, provider.unwrap_or(&none));
        if provider.is_none() {
            here.write("provider.tf", "");
        }
        Self { resource, here, seconds: Default::default() }
    }

    fn configure(&self, count: u32) {
        self.forget();
        self.here.config(&format!("resource \"{}\" \"x\" {{\ncount = {count}\n}}\n", self.resource));
    }

    fn forget(&self) {
        for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
            // There is none before the first apply.
            let _ = fs::remove_file(self.here.path("config").join(name));
        }
    }

    fn plan(&self) -> f64 {
        self.seconds(&["plan", "-out=plan"])
    }

    fn apply(&self) -> f64 {
        self.forget();
        self.seconds(&["apply", "-auto-approve"])
    }

    fn seconds(&self, arguments: &[&str]) -> f64 {
        let mut command = self.here.command(arguments);
        command.env_remove("TF_LOG").env_remove("TF_LOG_PATH");
        let begun = Instant::now();
        Running::start(&mut command).finish().ok();
        begun.elapsed().as_secs_f64()
    }
}

fn print_seconds(cli: &Cli, subjects: &[Subject]) {
    let mut head = vec!["seconds".to_owned()];
    head.extend(VERBS.iter().flat_map(|verb| SIZES.iter().map(move |(count, _)| format!("{verb} {count}"))));
    let rows = subjects.iter().map(|subject| {
        let cells = subject.seconds.iter().flatten().map(|rounds| format!("{:.3}", median(rounds)));
        [subject.resource.to_owned()].into_iter().chain(cells).collect()
    });
    let title = format!("Commands of {} {}.{} (medians)", cli.name, cli.version.0, cli.version.1);
    print(&title, &[head].into_iter().chain(rows).collect::<Vec<_>>());
}

/// What one more resource costs: what many cost over `terraform_data`, less what one does, as that is the start.
fn print_differences(subjects: &[Subject]) {
    let Some((floor, others)) = subjects.split_first() else { return };
    let cost = |subject: &Subject, verb: usize, size: usize| {
        let many = over(subject, floor, verb, size) - over(subject, floor, verb, 0);
        many * 1e3 / f64::from(SIZES[size].0)
    };
    let mut head = vec!["milliseconds per resource".to_owned()];
    head.extend(COSTS.iter().map(|&(verb, size, _)| format!("{} of {}", VERBS[verb], SIZES[size].0)));
    let mut rows = vec![head];
    for subject in others {
        let cells = COSTS.iter().map(|&(verb, size, limit)| {
            let (figure, ours) = (cost(subject, verb, size), subject.resource == "lab_noop");
            limit
                .filter(|_| ours)
                .map_or_else(|| format!("{figure:.2} ms"), |limit| judged(figure, "ms", limit))
        });
        rows.push([subject.resource.to_owned()].into_iter().chain(cells).collect());
    }
    if let [ours, peer] = others {
        let ratio = |&(verb, size, _): &(usize, usize, Option<f64>)| {
            format!("{:.2}", cost(ours, verb, size) / cost(peer, verb, size))
        };
        let name = format!("{} / {}", ours.resource, peer.resource);
        rows.push([name].into_iter().chain(COSTS.iter().map(ratio)).collect());
    }
    print("What one more resource costs over terraform_data", &rows);
}

/// How much longer a command takes than with `terraform_data`, round by round, as both met the same machine.
fn over(subject: &Subject, floor: &Subject, verb: usize, size: usize) -> f64 {
    let rounds = subject.seconds[verb][size].iter().zip(&floor.seconds[verb][size]);
    median(&rounds.map(|(ours, floor)| ours - floor).collect::<Vec<_>>())
}
