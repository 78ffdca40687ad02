use std::sync::Arc;

use super::super::{Builtin, Memory, Pack};
use super::Tested;
use crate::source::SourceMap;

const PACK: &str = "pack \"web\" {\n  version = \"1\"\n  summary = \"s\"\n}\njob \"web\" {}\noutput \"n\" {\n  type        = number\n  description = \"d\"\n  value       = var.n\n}\n";
const VARIABLES: &str = "variable \"n\" {\n  type    = number\n  default = 1\n  validation {\n    condition     = var.n < 5\n    error_message = \"too many\"\n  }\n}\n";
const JOB: &str = "job \"web\" {\n  group \"g\" {\n    count = var.n\n    task \"t\" {\n      driver = \"docker\"\n      config {\n        image = \"nginx:1\"\n      }\n    }\n  }\n}\n";

fn tested(test: &str) -> String {
    let folder = Memory::new("web")
        .with("pack.hcl", PACK)
        .with("variables.hcl", VARIABLES)
        .with("web.nomad.hcl", JOB)
        .with("tests/a.hcl", test);
    let sources = Arc::new(SourceMap::new());
    let (pack, _) =
        Pack::load(Arc::new(folder), sources.clone()).map_err(|found| found.text(&sources)).unwrap();
    match pack.test() {
        Ok(tested) => {
            let words =
                |run: &Tested| format!("{} {}: {}", run.passed(), run.name, run.findings.text(&sources));
            tested.iter().map(words).collect::<Vec<_>>().concat()
        }
        Err(found) => found.text(&sources),
    }
}

#[test]
fn runs_look_at_jobs_texts_and_outputs() {
    let test = r#"
variables {
  n = 3
}
run "shared" {
  assert {
    condition     = job.web.TaskGroups[0].Count == 3 && output.n == 3 && ids == ["web"]
    error_message = "count"
  }
}
run "named" {
  name = "blue"
  variables {
    n = 2
  }
  assert {
    condition     = job.web.ID == "blue" && trimprefix(text.web, "job \"blue\"") != text.web
    error_message = "id"
  }
}
run "refused" {
  variables {
    n = 7
  }
  expect_error = "too many"
}
"#;
    assert_eq!(tested(test), "true shared: true named: true refused: ");
}

#[test]
fn what_is_wrong_is_said() {
    let failing = tested(
        "run \"x\" {\n  assert {\n    condition     = output.n == 9\n    error_message = \"it is not nine\"\n  }\n}\n",
    );
    assert!(failing.starts_with("false x: error: it is not nine\n --> web/tests/a.hcl:3:21"), "{failing}");
    assert!(tested("run \"x\" {\n  expect_error = \"z\"\n}\n").contains("was expected"));
    assert!(tested("run \"x\" {\n  variables {\n    n = 8\n  }\n}\n").contains("does not render"));
    assert!(tested("run \"x\" {\n  expct_error = \"z\"\n}\n").contains("did you mean `expect_error`?"));
}

#[test]
fn the_tests_of_all_built_in_packs_pass() {
    for builtin in Builtin::all() {
        let sources = Arc::new(SourceMap::new());
        let (pack, _) =
            Pack::load(Arc::new(builtin), sources.clone()).map_err(|found| found.text(&sources)).unwrap();
        assert_eq!(&*pack.manifest().name.value, builtin.name());
        let tested = pack.test().map_err(|found| found.text(&sources)).unwrap();
        for run in tested {
            assert!(run.passed(), "{} {}: {}", builtin.name(), run.name, run.findings.text(&sources));
        }
    }
}
