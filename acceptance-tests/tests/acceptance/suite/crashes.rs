//! A provider that breaks: a panic in a verb, and a process that is gone in the middle of an apply.

use acceptance_tests::Workspace;

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![test(a_panic_is_shown_and_others_go_on), test(a_crash_while_applying_can_be_repaired)]
}

fn trouble(fails: &str) -> String {
    format!("resource \"lab_trouble\" \"t\" {{\nname = \"it\"\nfails = {fails}\n}}\n")
}

fn a_panic_is_shown_and_others_go_on(here: &Workspace) {
    let file = "resource \"lab_file\" \"f\" {\nname = \"other\"\ncontent = lab_noop.before.id\n}\n\
                resource \"lab_noop\" \"before\" {}\nresource \"lab_nap\" \"n\" {\nname = \"bed\"\nmilliseconds = 700\n}\n";
    here.config(&(trouble("\"create panics\"") + file));
    let outcome = here.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says("The provider crashed in this operation");
    // OpenTofu shows a crash only to those who ask for its log.
    let shown = if here.cli.name == "tofu" { here.log() } else { outcome.stderr.clone() };
    assert!(shown.contains("panic: it was told to"), "{shown}: {outcome}");
    let state = here.state();
    assert!(state.is_tainted("lab_trouble.t"), "what was recorded before the panic is lost: {outcome}");
    assert_eq!(here.object("other").as_deref(), Some("noop"), "{outcome}");
    assert_eq!(state.attribute("lab_file.f.content"), "noop", "{outcome}");
    assert_eq!(state.attribute("lab_nap.n.rested"), true, "{outcome}");
    here.config(&(trouble("null") + file));
    here.apply();
    here.nothing_to_do();
}

fn a_crash_while_applying_can_be_repaired(here: &Workspace) {
    here.config(&trouble("\"create aborts\""));
    let outcome = here.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says("The plugin");
    assert_eq!(here.object("it").as_deref(), Some(""), "it crashed too early: {outcome}");
    assert!(here.state().instance("lab_trouble.t").is_null(), "{outcome}");
    // Nobody could tidy up behind a process that is gone at once.
    std::fs::remove_dir_all(here.path("tmp")).expect("the folder can be removed");
    std::fs::create_dir(here.path("tmp")).expect("a folder can be made");
    here.config(&trouble("null"));
    here.apply();
    here.nothing_to_do();
    here.destroy();
}
