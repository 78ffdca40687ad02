//! A cluster on whole systems over SSH: made, changed, wounded, healed and taken away by the real Terraform, with the real
//! Nomad on hosts that systemd runs.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a test of minutes says how far it is")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod consul;
mod doors;
mod here;
mod lab;
mod majority;
mod story;
mod upgrade;

use std::path::PathBuf;
use std::process::ExitCode;

use acceptance_tests::{Image, enter, find, required, subjects};
use libtest_mimic::{Arguments, Trial};

use lab::{Lab, Programs};

/// What happens where there is a Consul.
const WITH_CONSUL: &[Story] = &[
    ("a cluster with Consul lives", 6, consul::life),
    ("a host that was away when gossip keys changed finds the others of Consul", 2, consul::away),
];

/// What happens, with its name and how many hosts it takes.
type Story = (&'static str, u8, fn(&mut Lab));

const STORIES: &[Story] = &[
    ("a cluster lives", 6, story::life),
    ("a server is lost in the middle of an upgrade", 4, upgrade::survives_a_loss),
    ("most servers are gone for ever", 6, majority::lost),
    ("hosts that do not answer are said and waited for", 4, story::unreachable),
    ("hosts are reached in the ways that are written, and in no others", 3, doors::ways),
    ("a machine sets itself up", 1, here::local),
    ("a first apply that is cut off is finished by the next", 3, story::resumed),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They share a bridge.
    arguments.test_threads = Some(1);
    let (programs, Some(provider)) = subjects(arguments.list) else { return ExitCode::SUCCESS };
    let Some(cli) = programs.into_iter().next() else { return ExitCode::SUCCESS };
    let Some(disk) = Image::find() else { return ExitCode::SUCCESS };
    let Some(nomad) = find("nomad") else {
        assert!(!required("systemd"), "nomad is required and not found");
        eprintln!("skipped: a cluster on whole systems: nomad not found");
        return ExitCode::SUCCESS;
    };
    if !arguments.list
        && let Some(code) = enter()
    {
        return code;
    }
    let trial = |&(name, hosts, story): &Story, consul: Option<PathBuf>| {
        let (cli, provider, disk, nomad) = (cli.clone(), provider.clone(), disk.clone(), nomad.clone());
        Trial::test(name, move || {
            story(&mut Lab::new(&cli, &provider, &disk, Programs { nomad, consul }, hosts));
            Ok(())
        })
    };
    let mut trials: Vec<Trial> = STORIES.iter().map(|story| trial(story, None)).collect();
    if let Some(consul) = find("consul") {
        trials.extend(WITH_CONSUL.iter().map(|story| trial(story, Some(consul.clone()))));
    } else {
        assert!(!required("consul"), "consul is required and not found");
        eprintln!("skipped: a cluster with Consul on whole systems: consul not found");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
