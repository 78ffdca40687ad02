//! Ends that nobody planned: Ctrl-C, and a Terraform that is killed.

use acceptance_tests::{Signal, Workspace, wait_until};
use std::time::{Duration, Instant};

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(ctrl_c_stops_the_work_and_saves_what_there_is),
        test(ctrl_c_waits_for_work_that_cannot_be_stopped),
        test(ctrl_c_leaves_something_half_made_that_is_kept),
        test(ctrl_c_twice_ends_at_once),
        test(ctrl_c_while_planning_leaves_nothing),
        test(a_killed_terraform_leaves_no_provider),
        test(a_killed_terraform_lets_work_come_to_its_end),
    ]
}

fn nap(here: &Workspace, milliseconds: u32, deaf: bool) {
    here.config(&format!(
        "resource \"lab_nap\" \"n\" {{\nname = \"bed\"\nmilliseconds = {milliseconds}\ndeaf = {deaf}\n}}"
    ));
}

fn ctrl_c_stops_the_work_and_saves_what_there_is(here: &Workspace) {
    nap(here, 60_000, false);
    let apply = here.start(&["apply", "-auto-approve"]);
    here.wait_for_note("asleep bed");
    apply.signal_group(Signal::INT);
    let outcome = apply.finish();
    outcome.exits(1).says("Stopping operation").says("Terraform was asked to stop while this was waiting");
    assert_eq!(here.noted("woken bed"), 1, "{outcome}");
    assert!(here.state().is_tainted("lab_nap.n"), "{outcome}");
    assert_eq!(here.state().attribute("lab_nap.n.rested"), false);
    nap(here, 1, false);
    here.apply();
    assert_eq!(here.state().attribute("lab_nap.n.rested"), true);
    here.nothing_to_do();
}

fn ctrl_c_waits_for_work_that_cannot_be_stopped(here: &Workspace) {
    nap(here, 1_500, true);
    let apply = here.start(&["apply", "-auto-approve"]);
    here.wait_for_note("asleep bed");
    assert_eq!(here.providers().len(), 1, "nobody would see a provider that stays behind");
    apply.signal_group(Signal::INT);
    let outcome = apply.finish();
    outcome.exits(1).says("Stopping operation");
    assert_eq!(here.noted("rested bed"), 1, "{outcome}");
    assert!(!here.state().is_tainted("lab_nap.n"), "{outcome}");
    assert_eq!(here.state().attribute("lab_nap.n.rested"), true);
    here.nothing_to_do();
}

fn ctrl_c_leaves_something_half_made_that_is_kept(here: &Workspace) {
    let crew = |delay: u32| {
        format!("resource \"lab_crew\" \"c\" {{\nname = \"crew\"\nsize = 2\ndelay = {delay}\n}}")
    };
    here.config(&crew(1_500));
    let apply = here.start(&["apply", "-auto-approve"]);
    here.wait_for_note("wait for crew-2");
    apply.signal_group(Signal::INT);
    let outcome = apply.finish();
    outcome.exits(1).says("crew-2 did not come");
    let state = here.state();
    assert!(!state.is_tainted("lab_crew.c"), "{outcome}");
    assert_eq!(state.attribute("lab_crew.c.complete"), false, "{outcome}");
    assert_eq!(state.attribute("lab_crew.c.members.0"), "crew-1", "{outcome}");
    here.config(&crew(0));
    let report = here.apply().report();
    assert_eq!(report.changes, [("lab_crew.c".to_owned(), "update".to_owned())]);
    assert_eq!(here.state().attribute("lab_crew.c.complete"), true);
    here.nothing_to_do();
}

fn ctrl_c_twice_ends_at_once(here: &Workspace) {
    nap(here, 60_000, true);
    let apply = here.start(&["apply", "-auto-approve"]);
    here.wait_for_note("asleep bed");
    let begun = Instant::now();
    apply.signal_group(Signal::INT);
    apply.wait_for("Stopping operation");
    apply.signal_group(Signal::INT);
    let outcome = apply.finish();
    outcome.exits(1).says("Two interrupts received");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}: {outcome}", begun.elapsed());
    assert_eq!(here.noted("rested bed"), 0, "{outcome}");
}

fn ctrl_c_while_planning_leaves_nothing(here: &Workspace) {
    here.config("data \"lab_file\" \"d\" {\ncount = 400\nname = \"x\"\notherwise = \"y\"\n}");
    let plan = here.start(&["plan", "-parallelism=1"]);
    here.wait_for_note("look x");
    plan.signal_group(Signal::INT);
    let outcome = plan.finish();
    // A plan may be done before the signal reaches it.
    assert!(outcome.code == Some(1) || here.noted("look x") == 400, "{outcome}");
}

fn kill_during_nap(here: &Workspace) {
    let apply = here.start(&["apply", "-auto-approve"]);
    here.wait_for_note("asleep bed");
    apply.signal(Signal::KILL);
    let outcome = apply.finish();
    assert_eq!(outcome.code, None, "{outcome}");
}

fn a_killed_terraform_leaves_no_provider(here: &Workspace) {
    nap(here, 60_000, false);
    kill_during_nap(here);
    // Nobody is there any more to save anything: the work is woken, and the provider is gone soon after.
    assert!(wait_until(Duration::from_secs(10), || here.noted("woken bed") == 1), "the work was not stopped");
}

fn a_killed_terraform_lets_work_come_to_its_end(here: &Workspace) {
    nap(here, 1_500, true);
    kill_during_nap(here);
    assert!(wait_until(Duration::from_secs(10), || here.noted("rested bed") == 1), "the work was cut off");
}
