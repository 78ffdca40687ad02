//! States: of older versions, with too little and too much in them, taken over, imported, tainted.

use acceptance_tests::{Needs, Running, Workspace};
use serde_json::{Value, json};
use std::fs;

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(an_older_version_is_upgraded),
        test(the_version_before_is_upgraded),
        test(a_state_that_cannot_be_read_says_why),
        test(missing_and_surplus_attributes_do_not_matter),
        test(a_newer_version_is_refused),
        test(tainted_by_hand_it_is_replaced),
        test(what_is_kept_beside_the_state_survives),
        test(imported_on_the_command_line),
        test(a_configuration_is_generated_for_an_import).needs(Needs::since((1, 5), (1, 6))),
        test(what_is_only_written_is_nowhere).needs(Needs::WRITE_ONLY),
    ]
}

/// Changes the saved state as an older or newer provider would have left it.
fn edit(here: &Workspace, change: impl FnOnce(&mut Value)) {
    let mut state = here.state().json().clone();
    change(&mut state["resources"][0]["instances"][0]);
    fs::write(here.path("config/terraform.tfstate"), state.to_string()).expect("the state can be written");
}

const PARCEL: &str =
    "resource \"lab_parcel\" \"p\" {\nname = \"box\"\ncontent = \"socks\"\ngrams = 1500\n}\n";

fn an_older_version_is_upgraded(here: &Workspace) {
    here.config(PARCEL);
    here.apply();
    edit(here, |instance| {
        instance["schema_version"] = json!(0);
        instance["attributes"] =
            json!({ "name": "box", "content": "socks", "weight": "1.5kg", "sticker": null });
    });
    here.config(&PARCEL.replace("grams", "stickers = []\ngrams"));
    here.nothing_to_do();
    here.destroy();
}

fn the_version_before_is_upgraded(here: &Workspace) {
    here.config(PARCEL);
    here.apply();
    edit(here, |instance| {
        instance["schema_version"] = json!(1);
        instance["attributes"] =
            json!({ "name": "box", "content": "socks", "grams": 1500, "sticker": "fragile" });
    });
    here.config(&PARCEL.replace("grams", "stickers = [\"fragile\"]\ngrams"));
    here.nothing_to_do();
    let report = here.apply().report();
    assert!(report.changes.is_empty(), "{report:?}");
}

fn a_state_that_cannot_be_read_says_why(here: &Workspace) {
    here.config(PARCEL);
    here.apply();
    edit(here, |instance| {
        instance["schema_version"] = json!(0);
        instance["attributes"] = json!({ "name": "box", "content": "socks", "weight": "heavy" });
    });
    here.run(&["plan"]).exits(1).says("weight: expected something like 1.5kg, got \"heavy\"");
}

fn missing_and_surplus_attributes_do_not_matter(here: &Workspace) {
    here.config("resource \"lab_network\" \"n\" {\nname = \"net\"\nentry {\naddress = \"x\"\n}\n}\n");
    here.apply();
    edit(here, |instance| {
        instance["attributes"] =
            json!({ "name": "net", "entry": { "address": "x", "width": 10 }, "colour": "red" });
    });
    here.nothing_to_do();
}

fn a_newer_version_is_refused(here: &Workspace) {
    here.config(PARCEL);
    here.apply();
    edit(here, |instance| instance["schema_version"] = json!(7));
    here.run(&["plan"]).exits(1).says("managed by newer provider version");
}

fn tainted_by_hand_it_is_replaced(here: &Workspace) {
    here.config("resource \"lab_file\" \"f\" {\nname = \"hello\"\ncontent = \"x\"\n}\n");
    here.apply();
    here.run(&["taint", "lab_file.f"]).ok();
    let report = here.apply().report();
    assert_eq!(report.changes, [("lab_file.f".to_owned(), "replace".to_owned())]);
    here.nothing_to_do();
}

fn what_is_kept_beside_the_state_survives(here: &Workspace) {
    let disk = |size: u32| format!("resource \"lab_disk\" \"d\" {{\nname = \"data\"\nsize = {size}\n}}\n");
    for (size, changes) in [(1, 0), (2, 1), (3, 2)] {
        here.config(&disk(size));
        here.apply();
        here.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
        assert_eq!(here.state().attribute("lab_disk.d.changes"), changes);
    }
    let private = here.state().instance("lab_disk.d")["private"].clone();
    assert!(private.as_str().is_some_and(|bytes| !bytes.is_empty()), "{private}");
    edit(here, |instance| instance["private"] = json!(null));
    here.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
    assert_eq!(here.state().attribute("lab_disk.d.changes"), &json!(null));
}

fn imported_on_the_command_line(here: &Workspace) {
    here.config("resource \"lab_file\" \"f\" {\nname = \"found\"\ncontent = \"old\"\n}\n");
    here.run(&["import", "lab_file.f", "found"]).exits(1).says("There is no such object");
    here.put("found", "old");
    here.run(&["import", "lab_file.f", "Not/Good"]).exits(1).says("Not the name of a file");
    here.run(&["import", "lab_file.f", "found"]).ok();
    here.nothing_to_do();
    here.destroy();
    assert_eq!(here.object("found"), None);
}

fn a_configuration_is_generated_for_an_import(here: &Workspace) {
    here.put("found", "old");
    here.config("import {\nto = lab_file.f\nid = \"found\"\n}\n");
    here.run(&["plan", "-generate-config-out=generated.tf"]).ok();
    here.apply();
    here.nothing_to_do();
    assert_eq!(here.state().attribute("lab_file.f.content"), "old");
}

const SECRET: &str = r#"
variable "secret" {
  type      = string
  ephemeral = true
}
resource "lab_secret" "s" {
  name             = "key"
  value_wo         = var.secret
  value_wo_version = 1
  copy {
    name       = "spare"
    heading_wo = "also ${var.secret}"
  }
}
"#;

fn what_is_only_written_is_nowhere(here: &Workspace) {
    here.config(SECRET);
    let run = |arguments: &[&str]| {
        let mut command = here.command(arguments);
        Running::start(command.env("TF_VAR_secret", "swordfish").env("TF_LOG", "trace"))
            .finish()
            .ok()
            .stdout
            .clone()
    };
    run(&["plan", "-out=plan"]);
    let shown = run(&["show", "-json", "plan"]);
    run(&["apply", "plan"]);
    assert_eq!(here.object("key").as_deref(), Some("swordfish"));
    assert_eq!(here.object("spare").as_deref(), Some("also swordfish: swordfish"));
    for (place, text) in [("plan", shown), ("state", here.state().json().to_string()), ("log", here.log())] {
        assert!(!text.contains("swordfish"), "the secret is in the {place}: {text}");
    }
    here.remove("key");
    here.remove("spare");
}
