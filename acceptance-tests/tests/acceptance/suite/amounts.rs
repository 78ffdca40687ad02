//! Much of something: resources, text, calls at once.

use acceptance_tests::{Running, Workspace};
use std::fs;

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(two_hundred_resources_fifty_at_a_time),
        test(ten_megabytes_in_one_attribute),
        test(planned_twice_it_is_the_same_plan),
    ]
}

fn two_hundred_resources_fifty_at_a_time(here: &Workspace) {
    here.config(
        "resource \"lab_file\" \"f\" {\ncount = 140\nname = \"f${count.index}\"\ncontent = \"x\"\n}\n\
         resource \"lab_nap\" \"n\" {\ncount = 60\nname = \"n${count.index}\"\nmilliseconds = 3000\n}\n",
    );
    here.run(&["apply", "-auto-approve", "-parallelism=50"]).ok().says("200 added");
    here.run(&["plan", "-detailed-exitcode", "-parallelism=50"]).ok();
    let notes = here.object(".diary").unwrap_or_default();
    let (mut asleep, mut most) = (0_i32, 0);
    for line in notes.lines() {
        asleep += i32::from(line.starts_with("asleep")) - i32::from(line.starts_with("rested"));
        most = most.max(asleep);
    }
    assert!(most > 10, "only {most} were asleep at once");
    here.run(&["destroy", "-auto-approve", "-parallelism=50"]).ok().says("200 destroyed");
}

fn ten_megabytes_in_one_attribute(here: &Workspace) {
    let text = "0123456789abcdef".repeat(10 << 16);
    fs::write(here.path("config/long.txt"), &text).expect("a file can be written");
    here.config(
        "resource \"lab_everything\" \"e\" {\ntext = file(\"long.txt\")\nanything = file(\"long.txt\")\n}\n\
         resource \"lab_file\" \"f\" {\nname = \"long\"\ncontent = file(\"long.txt\")\n}\n\
         output \"same\" {\nvalue = lab_everything.e.anything == lab_file.f.content\n}\n",
    );
    let report = here.apply().report();
    assert_eq!(report.outputs["same"], true);
    assert_eq!(here.object("long").map(|text| text.len()), Some(10 << 20));
    here.nothing_to_do();
}

const MANY: &str = r#"
resource "terraform_data" "x" {
  input = "x"
}
resource "lab_file" "f" {
  name    = "hello"
  content = "fixed"
}
resource "lab_network" "n" {
  name = "net"
  entry {
    address = terraform_data.x.output
  }
  peer {
    name = "b"
  }
  peer {
    name = "a"
  }
  zone "east" {
    place = "here"
  }
}
resource "lab_everything" "e" {
  number   = 0.1
  labels   = { b = "2", a = terraform_data.x.output }
  anything = { list = [1, terraform_data.x.output] }
}
resource "lab_crew" "c" {
  name = "crew"
  size = 2
}
"#;

fn planned_twice_it_is_the_same_plan(here: &Workspace) {
    here.config(MANY);
    let plan = |name: &str| {
        Running::start(&mut here.command(&["plan", &format!("-out={name}")])).finish().ok();
        let mut shown = here.run(&["show", "-json", name]).ok().json();
        shown.as_object_mut().map(|plan| plan.remove("timestamp"));
        shown
    };
    assert_eq!(plan("one"), plan("two"));
    here.run(&["apply", "two"]).ok();
    here.config(&MANY.replace("fixed", "changed").replace("size = 2", "size = 3"));
    assert_eq!(plan("three"), plan("four"));
    here.run(&["apply", "three"]).ok();
    here.nothing_to_do();
}
