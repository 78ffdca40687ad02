//! What the provider says about itself, and where its diagnostics point: as Terraform prints both.

use acceptance_tests::{Running, Workspace};
use serde_json::{Value, json};

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(the_schema_is_the_one_that_was_agreed),
        test(the_schema_needs_nothing),
        test(every_diagnostic_points_at_its_place),
    ]
}

/// Only what both programs have said since the oldest version that we know.
const SAID: [&str; 3] = ["provider", "resource_schemas", "data_source_schemas"];

fn the_schema_is_the_one_that_was_agreed(here: &Workspace) {
    here.config("");
    let told = here.run(&["providers", "schema", "-json"]).ok().json();
    let schemas = &told["provider_schemas"][here.provider.source];
    let mut said: Value = SAID.iter().map(|part| (part.to_owned(), schemas[part].clone())).collect();
    without_news(&mut said);
    insta::assert_json_snapshot!("schema", said);
}

/// Words that only newer programs print.
fn without_news(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !["deprecation_message", "write_only"].contains(&name.as_str()));
            fields.values_mut().for_each(without_news);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_news),
        _ => {}
    }
}

fn the_schema_needs_nothing(here: &Workspace) {
    // No network, no home, no credentials: nothing but the program.
    here.config("");
    let mut command = here.command(&["providers", "schema", "-json"]);
    command
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("HOME", "/nonexistent");
    Running::start(&mut command).finish().ok();
}

const WRONG: &str = r#"
resource "lab_file" "attribute" {
  name    = "Wrong"
  content = "x"
}
resource "lab_network" "blocks" {
  name = "net"
  entry {
    address = "x"
  }
  rule {
    port = 1
  }
  rule {
    port = 0
  }
  zone "a" {
    place = "x"
  }
  zone "b" {
    place = "x"
  }
  zone "c" {
    place = "x"
  }
  zone "d" {
    place = "x"
  }
  zone "e" {
    place = "x"
  }
}
resource "lab_file" "nested" {
  name    = "fine"
  content = "x"
  timeouts {
    delete = "never"
  }
}
resource "lab_everything" "elements" {
  port = -1
  names = [
    "a",
    "B",
  ]
  aliases = {
    a = "a"
    b = "B"
  }
}
resource "lab_parcel" "set" {
  name    = "x"
  content = "x"
  stickers = [
    "A",
    "b",
  ]
}
data "lab_file" "data" {
  name = ""
}
resource "lab_file" "warned" {
  name    = "fine"
  content = "x"
  comment = "old"
}
"#;

fn every_diagnostic_points_at_its_place(here: &Workspace) {
    here.config(WRONG);
    let told = here.run(&["validate", "-json"]).exits(1).json();
    let diagnostics = told["diagnostics"].as_array().expect("a list of diagnostics").iter();
    let ours = diagnostics.filter(|each| each["summary"] != "Provider development overrides are in effect");
    let mut said = ours
        .map(|each| {
            let place = &each["range"]["start"]["line"];
            json!([place, each["snippet"]["code"], each["severity"], each["summary"], each["detail"]])
        })
        .collect::<Vec<_>>();
    said.sort_by_key(|each| each[0].as_u64());
    insta::assert_json_snapshot!("diagnostics", said);
}
