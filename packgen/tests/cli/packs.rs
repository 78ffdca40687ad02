//! Commands about packs.

use insta::assert_snapshot;

use crate::fixture::Fixture;

#[test]
fn new_makes_a_pack_that_tests_renders_and_documents_itself() {
    let fixture = Fixture::new();
    assert_snapshot!(fixture.run(&["new", "hello"]));
    assert_snapshot!(fixture.run(&["test", "hello"]));
    assert_snapshot!(fixture.run(&["render", "./hello", "--name", "second", "--var", "greeting=Hi <you>"]));
    assert_snapshot!(fixture.run(&["docs", "hello", "--check"]));
    assert_snapshot!(fixture.run(&["docs", "hello", "--write"]));
    assert_snapshot!(std::fs::read_to_string(fixture.path().join("hello/README.md")).unwrap());
    assert_snapshot!(fixture.run(&["docs", "hello", "--check"]));
    assert_snapshot!(fixture.run(&["new", "hello"]));
    assert_snapshot!(fixture.run(&["show", "./hello"]));
    assert_snapshot!(fixture.run(&["fmt", "--check", "hello"]));
}

#[test]
fn list_names_the_built_in_packs() {
    let fixture = Fixture::new();
    let listed = fixture.run(&["list"]);
    assert!(listed.starts_with("status 0\n") && listed.contains("static_site"), "{listed}");
    let json = fixture.run(&["list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(json.strip_prefix("status 0\n").unwrap()).unwrap();
    assert_eq!((&json["version"], &json["command"], &json["ok"]), (&1.into(), &"list".into(), &true.into()));
}

#[test]
fn findings_point_into_packs_and_values() {
    let fixture = Fixture::new()
        .file("v.yaml", "headers:\n  X-Evil: a$request_uri\n")
        .file("w.hcl", "instances = \"many\"\ndomans = []\n");
    assert_snapshot!(fixture.run(&["render", "static_site", "-f", "v.yaml"]));
    assert_snapshot!(fixture.run(&["render", "static_site", "-f", "w.hcl"]));
    assert_snapshot!(fixture.run(&["validate", "static_site", "--json"]));
}

#[test]
fn a_broken_pack_is_told_all_its_mistakes() {
    let fixture = Fixture::new()
        .file(
            "p/pack.hcl",
            "pack \"p\" {\n  version = \"1\"\n}\njob \"web\" {\n  whn = true\n}\njob \"db\" {}\n",
        )
        .file("p/web.nomad.hcl", "job \"wbe\" {\n}\n")
        .file("p/old.nomad.hcl", "job \"old\" {\n}\n");
    assert_snapshot!(fixture.run(&["validate", "./p"]));
    assert_snapshot!(fixture.run(&["test", "./p"]));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let fixture = Fixture::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let shown = fixture.run_with(
        &["plan", "static_site"],
        "",
        &[("NOMAD_ADDR", &format!("http://127.0.0.1:{port}"))],
    );
    assert!(shown.starts_with("status 1\n") && shown.contains("cannot be reached"), "{shown}");
}

#[test]
fn exported_files_are_the_jobs_that_the_pack_renders() {
    let fixture = Fixture::new();
    fixture.run(&["new", "hello"]);
    assert_snapshot!(fixture.run(&["export", "hcl2", "hello", "-o", "out", "--name", "second"]));
    assert_snapshot!(std::fs::read_to_string(fixture.path().join("out/second.nomad.hcl")).unwrap());
    let rendered = fixture.run(&["render", "./hello", "--name", "second", "-o", "rendered"]);
    assert!(rendered.starts_with("status 0\n"), "{rendered}");
    assert_snapshot!(fixture.run(&["diff", "rendered/second.nomad.hcl", "out/second.nomad.hcl"]));
    assert_snapshot!(fixture.run(&[
        "diff",
        "rendered/second.nomad.hcl",
        "out/second.nomad.hcl",
        "--var",
        "instances=3"
    ]));
    let greeting = "greeting=Good day, ${env} \"friends\"";
    fixture.run(&["render", "./hello", "--name", "second", "--var", greeting, "-o", "ours"]);
    fixture.run(&["render", "out/second.nomad.hcl", "--var", greeting, "-o", "theirs"]);
    let same = fixture.run(&["diff", "ours/second.nomad.hcl", "theirs/second.nomad.hcl"]);
    assert_eq!(same, "status 0\n", "variables in template files stay variables");
    assert!(
        std::fs::read_to_string(fixture.path().join("ours/second.nomad.hcl")).unwrap().contains("Good day")
    );
    for pack in ["static_site", "observability_stack"] {
        let shown = fixture.run(&["export", "hcl2", pack, "-o", pack]);
        assert!(shown.starts_with("status 0\n"), "{shown}");
    }
}

#[test]
fn no_export_holds_a_sensitive_variable_of_a_template_file() {
    for (page, why) in [("${token}\n", "secret-in-job"), ("nothing\n", "not-portable")] {
        let fixture = Fixture::new()
            .file("p/pack.hcl", "pack \"p\" {\n  version = \"1\"\n  summary = \"s\"\n}\njob \"web\" {}\n")
            .file("p/variables.hcl", "variable \"token\" {\n  type      = string\n  sensitive = true\n}\n")
            .file("p/files/page.txt.tftpl", page)
            .file(
                "p/web.nomad.hcl",
                r#"job "web" {
  group "g" {
    task "t" {
      driver = "docker"
      config {
        image = "x:1"
      }
      template {
        destination = "local/page"
        data        = templatefile("files/page.txt.tftpl", { token = var.token })
      }
    }
  }
}
"#,
            );
        for kind in ["hcl2", "nomad-pack"] {
            let args = ["export", kind, "./p", "-o", "out", "--var", "token=s3cr3t", "--json"];
            let shown = fixture.run(&args);
            assert!(shown.starts_with("status 1\n") && shown.contains(why), "{kind}: {shown}");
            assert!(!shown.contains("s3cr3t") && !fixture.path().join("out").exists(), "{kind}: {shown}");
        }
    }
}
