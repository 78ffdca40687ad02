//! Things that live for one run only: ephemeral resources, functions, mocks.

use acceptance_tests::{Needs, Running, Workspace};

use super::{Test, test};

pub fn tests() -> Vec<Test> {
    vec![
        test(an_ephemeral_resource_is_opened_renewed_and_closed).needs(Needs::EPHEMERAL),
        test(an_ephemeral_resource_configures_a_provider).needs(Needs::EPHEMERAL),
        test(a_function_needs_no_configuration).needs(Needs::FUNCTIONS),
        test(data_is_looked_up_once_per_run),
        test(tests_run_with_the_real_provider).needs(Needs::MOCKS),
        test(tests_run_with_a_mocked_provider).needs(Needs::MOCKS),
    ]
}

fn an_ephemeral_resource_is_opened_renewed_and_closed(here: &Workspace) {
    here.config(
        "ephemeral \"lab_pass\" \"p\" {\nvisitor = \"ada\"\nmilliseconds = 400\n}\n\
         resource \"lab_nap\" \"n\" {\nname = \"bed\"\nmilliseconds = 1500\n\
         lifecycle {\nprecondition {\ncondition = ephemeral.lab_pass.p.code == \"ada-1234\"\nerror_message = \"no\"\n}\n}\n}\n",
    );
    here.apply();
    let [opened, renewed, closed] = ["open ada", "renew ada", "close ada"].map(|line| here.noted(line));
    // Once for the plan and once for the apply, during which it has to be renewed.
    assert_eq!((opened, closed), (2, 2));
    assert!((1..=6).contains(&renewed), "renewed {renewed} times");
    assert!(!here.state().json().to_string().contains("ada-1234"), "it was stored");
}

fn an_ephemeral_resource_configures_a_provider(here: &Workspace) {
    here.write(
        "provider.tf",
        &(here.header()
            + "provider \"lab\" {\nfolder = var.folder\n}\n\
               provider \"lab\" {\nalias = \"second\"\nfolder = var.folder\npassword = ephemeral.lab_pass.p.code\n\
               door {\nnumber = 7\n}\n}\n"),
    );
    here.config(
        "ephemeral \"lab_pass\" \"p\" {\nvisitor = \"bob\"\n}\n\
         resource \"lab_file\" \"f\" {\nprovider = lab.second\nname = \"hello\"\ncontent = \"x\"\n}\n",
    );
    here.apply();
    here.nothing_to_do();
    assert_eq!(here.noted("open bob"), here.noted("close bob"));
    here.destroy();
}

fn a_function_needs_no_configuration(here: &Workspace) {
    // The provider block would fail, if it were asked for.
    here.write("provider.tf", &here.header());
    here.config("output \"x\" {\nvalue = provider::lab::repeat(\"ab\", 2)\n}\n");
    let report = here.apply().report();
    assert_eq!(report.outputs["x"], "abab");
    here.run(&["validate"]).ok();
}

fn data_is_looked_up_once_per_run(here: &Workspace) {
    here.put("letter", "dear you");
    here.config("data \"lab_file\" \"d\" {\nname = \"letter\"\n}\noutput \"x\" {\nvalue = data.lab_file.d.content\n}\n");
    here.apply();
    assert_eq!(here.noted("look letter"), 1);
    here.nothing_to_do();
    assert_eq!(here.noted("look letter"), 2);
}

const FILE: &str = "resource \"lab_file\" \"f\" {\nname = \"hello\"\ncontent = \"x\"\n}\n\
                    data \"lab_file\" \"d\" {\nname = lab_file.f.name\n}\n\
                    resource \"lab_crew\" \"c\" {\nname = \"crew\"\nsize = 2\n}\n";

fn tests_run_with_the_real_provider(here: &Workspace) {
    here.config(FILE);
    here.write(
        "lab.tftest.hcl",
        r#"
run "makes_it" {
  assert {
    condition     = data.lab_file.d.content == "x" && lab_crew.c.complete
    error_message = "not made"
  }
}
run "plans_nothing" {
  command = plan
  assert {
    condition     = lab_file.f.audience == "team"
    error_message = "no default"
  }
}
"#,
    );
    here.run(&["test"]).ok().says("2 passed, 0 failed");
    assert_eq!((here.noted("create hello"), here.noted("delete hello")), (1, 1));
}

fn tests_run_with_a_mocked_provider(here: &Workspace) {
    here.config(FILE);
    here.write(
        "lab.tftest.hcl",
        r#"
mock_provider "lab" {
  mock_data "lab_file" {
    defaults = { content = "made up" }
  }
  mock_resource "lab_file" {
    defaults = { path = "/made/up" }
  }
}
run "makes_nothing" {
  assert {
    condition     = data.lab_file.d.content == "made up" && lab_file.f.path == "/made/up"
    error_message = "not mocked"
  }
}
"#,
    );
    let mut command = here.command(&["test"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:9");
    Running::start(&mut command).finish().ok().says("1 passed, 0 failed");
    assert_eq!(here.object(".diary"), None, "the provider was asked");
}
