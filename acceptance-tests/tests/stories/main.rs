//! The examples, word for word, with the provider that we ship: stories are applied and found settled, what the
//! documentation shows is planned.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acceptance_tests::{Cli, Provider, Workspace, subjects, trial};
use libtest_mimic::{Arguments, Trial};

/// What the documentation shows, by kind. Everything else in `examples/` is a story.
const SHOWN: [&str; 5] = ["data-sources", "ephemeral-resources", "functions", "provider", "resources"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (programs, provider) = subjects(arguments.list);
    let mut trials = Vec::new();
    for (cli, provider) in
        programs.iter().flat_map(|cli| provider.iter().map(move |provider| (cli, provider)))
    {
        trials.extend(stories().into_iter().map(|folder| of_folder(cli, provider, folder, apply)));
        trials.extend(shown().into_iter().map(|folder| of_folder(cli, provider, folder, plan)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn of_folder(cli: &Cli, provider: &Provider, folder: PathBuf, test: fn(&Workspace, &Path)) -> Trial {
    let name = folder.strip_prefix(examples()).unwrap_or(&folder).display().to_string();
    trial(format!("{}::{name}", cli.name), cli, provider, move |here| test(here, &folder))
}

/// A story says itself which providers it needs.
fn apply(here: &Workspace, folder: &Path) {
    here.write("provider.tf", "");
    copy(here, folder);
    here.apply();
    here.nothing_to_do();
    here.destroy();
}

fn plan(here: &Workspace, folder: &Path) {
    copy(here, folder);
    copy(here, &examples().join("quickstart/web.nomad.hcl"));
    // An ephemeral resource is opened by a plan already, and nobody is there to open it.
    let opens = folder.parent().is_some_and(|kind| kind.ends_with("ephemeral-resources"));
    here.run(&[if opens { "validate" } else { "plan" }]).ok();
}

fn copy(here: &Workspace, from: &Path) {
    let files = if from.is_dir() { inside(from) } else { vec![from.to_owned()] };
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "tf" || kind == "hcl"))
    {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        here.write(&name, &fs::read_to_string(file).expect("an example can be read"));
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn stories() -> Vec<PathBuf> {
    let is_shown = |folder: &PathBuf| SHOWN.iter().any(|kind| folder.ends_with(kind));
    inside(&examples()).into_iter().filter(|path| path.is_dir() && !is_shown(path)).collect()
}

fn shown() -> Vec<PathBuf> {
    let kinds = SHOWN.iter().map(|kind| examples().join(kind)).filter(|folder| folder.is_dir());
    kinds.flat_map(|kind| if kind.ends_with("provider") { vec![kind] } else { inside(&kind) }).collect()
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder can be read");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
