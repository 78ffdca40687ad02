//! Commands about jobspecs.

use insta::assert_snapshot;

use crate::fixture::Fixture;

const JOB: &str = r#"variable "count" {
  type    = number
  default = 1
}

job "web" {
  group "g" {
    count = var.count
    task "t" {
      driver = "docker"
      config {
        image = "nginx:1"
      }
    }
  }
}
"#;

#[test]
fn validate_finds_all_mistakes_with_their_places() {
    let broken = JOB.replace("driver", "drivr").replace("group \"g\"", "grup \"g\"");
    let fixture = Fixture::new().file("web.nomad.hcl", JOB).file("broken.nomad.hcl", &broken);
    assert_snapshot!(fixture.run(&["validate", "web.nomad.hcl"]));
    assert_snapshot!(fixture.run(&["validate", "broken.nomad.hcl"]));
    assert_snapshot!(fixture.run_with(&["validate", "-", "--json"], "job \"x\" {", &[]));
    assert_snapshot!(fixture.run(&["validate", "."]));
}

#[test]
fn render_takes_variables_by_precedence() {
    let fixture = Fixture::new()
        .file("web.nomad.hcl", JOB)
        .file("v.hcl", "count = 2\n")
        .file("v.json", "{\"count\": 3}");
    assert_snapshot!(fixture.run(&["render", "web.nomad.hcl"]));
    let count = |args: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = ["render", "web.nomad.hcl"].into_iter().chain(args.iter().copied()).collect();
        let shown = fixture.run_with(&args, "", env);
        shown.lines().find(|line| line.contains("count")).unwrap_or(&shown).trim().to_owned()
    };
    assert_eq!(count(&["-f", "v.hcl"], &[]), "count = 2");
    assert_eq!(count(&["-f", "v.hcl", "-f", "v.json"], &[]), "count = 3");
    assert_eq!(count(&["-f", "v.hcl"], &[("PACKGEN_VAR_count", "4")]), "count = 4");
    assert_eq!(count(&["--var", "count=5"], &[("PACKGEN_VAR_count", "4")]), "count = 5");
    assert_snapshot!(fixture.run(&["render", "web.nomad.hcl", "--var", "conut=5"]));
    assert_snapshot!(fixture.run(&["render", "web.nomad.hcl", "--var", "count"]));
}

#[test]
fn render_patches_and_writes_files() {
    let fixture =
        Fixture::new().file("web.nomad.hcl", JOB).file("p.hcl", "job \"web\" {\n  priority = 70\n}\n");
    assert_snapshot!(fixture.run(&["render", "web.nomad.hcl", "--patch", "p.hcl", "-o", "out"]));
    let written = std::fs::read_to_string(fixture.path().join("out/web.nomad.hcl")).unwrap();
    assert!(written.contains("priority = 70"), "{written}");
    let json = fixture.run(&["render", "web.nomad.hcl", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(json.strip_prefix("status 0\n").unwrap()).unwrap();
    assert_eq!((&json["ID"], &json["TaskGroups"][0]["Count"]), (&"web".into(), &1.into()));
}

#[test]
fn fmt_formats_files_folders_and_standard_input() {
    let ugly = "job \"web\" {\npriority=5\n  # note\n}\n";
    let fixture =
        Fixture::new().file("a.nomad.hcl", ugly).file("sub/b.hcl", "x = 1\n").file("bad.hcl", "x = \n");
    assert_snapshot!(fixture.run_with(&["fmt", "-"], ugly, &[]));
    assert_snapshot!(fixture.run(&["fmt", "--check", "a.nomad.hcl", "sub"]));
    assert_snapshot!(fixture.run(&["fmt", "a.nomad.hcl"]));
    assert_snapshot!(fixture.run(&["fmt", "--check", "a.nomad.hcl"]));
    assert_snapshot!(fixture.run(&["fmt", "bad.hcl"]));
}

#[test]
fn fmt_takes_many_files_and_each_of_them_once() {
    let names: Vec<String> = (0..150).map(|number| format!("f-{number:03}.hcl")).collect();
    let many = names.iter().fold(Fixture::new(), |fixture, name| fixture.file(name, "x=1\n"));
    let fixture = many.file("f-070.hcl", "x = \n").file("f-071.hcl", "x = 1\n");
    std::os::unix::fs::symlink("f-000.hcl", fixture.path().join("link.hcl")).unwrap();
    let shown = fixture.run(&["fmt", ".", "./f-000.hcl", "link.hcl"]);
    let (data, words) = shown.split_once("--- stderr\n").unwrap();
    let changed: Vec<&str> = data.lines().skip(1).collect();
    let others = names.iter().filter(|name| !["f-070.hcl", "f-071.hcl"].contains(&name.as_str()));
    assert_eq!(changed, others.collect::<Vec<_>>());
    assert!(data.starts_with("status 1\n") && words.contains("f-070.hcl:1:"), "{shown}");
    let text = |name: &str| std::fs::read_to_string(fixture.path().join(name)).unwrap();
    assert!(changed.iter().all(|name| text(name) == "x = 1\n"));
    assert!(fixture.path().join("link.hcl").symlink_metadata().unwrap().is_symlink());
    assert_eq!(std::fs::read_dir(fixture.path()).unwrap().count(), names.len() + 1, "nothing is left behind");
}

#[test]
fn diff_tells_what_differs() {
    let fixture =
        Fixture::new().file("a.nomad.hcl", JOB).file("b.nomad.hcl", &JOB.replace("nginx:1", "nginx:2"));
    assert_snapshot!(fixture.run(&["diff", "a.nomad.hcl", "b.nomad.hcl"]));
    assert_snapshot!(fixture.run(&["diff", "a.nomad.hcl", "a.nomad.hcl"]));
    assert_snapshot!(fixture.run(&["diff", "a.nomad.hcl", "b.nomad.hcl", "--json"]));
}

#[test]
fn what_cannot_be_read_is_said() {
    let fixture = Fixture::new().file("x.nomad.hcl", "");
    std::fs::write(fixture.path().join("bin.nomad.hcl"), b"job \xff").unwrap();
    for args in [
        ["validate", "gone.nomad.hcl"],
        ["validate", "static_sit"],
        ["validate", "bin.nomad.hcl"],
        ["render", "./"],
        ["frobnicate", "x"],
    ] {
        assert_snapshot!(fixture.run(&args));
    }
}

#[test]
fn every_answer_is_json_where_json_is_asked_for() {
    let fixture = Fixture::new().file("x.nomad.hcl", JOB);
    for (status, args) in [
        (0, &["validate", "x.nomad.hcl"][..]),
        (1, &["validate", "gone.nomad.hcl"]),
        (1, &["frobnicate"]),
        (1, &["render", "x.nomad.hcl", "--farmat", "json"]),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let shown = fixture.run(&args);
        let document = shown.strip_prefix(&format!("status {status}\n")).unwrap_or_else(|| panic!("{shown}"));
        let json: serde_json::Value = serde_json::from_str(document).unwrap();
        assert_eq!((&json["version"], &json["ok"]), (&1.into(), &(status == 0).into()), "{shown}");
        assert_eq!(json["findings"].as_array().unwrap().len(), status, "{shown}");
    }
    assert_snapshot!(fixture.run(&["render", "x.nomad.hcl", "--farmat", "json", "--json"]));
}

#[test]
fn completions_and_manual_name_every_command() {
    let fixture = Fixture::new();
    let help = fixture.run(&["--help"]);
    assert_snapshot!(help);
    let completions = fixture.run(&["completions", "bash"]);
    let page = fixture.run(&["man"]);
    for command in [
        "list",
        "show",
        "new",
        "docs",
        "render",
        "validate",
        "fmt",
        "diff",
        "test",
        "plan",
        "export",
        "run",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command}");
        assert!(
            completions.contains(&format!("packgen__subcmd__{command}"))
                || completions.contains(&format!("packgen__{command}")),
            "{command}"
        );
        assert!(page.contains(&format!("packgen\\-{command}(1)")), "{command}");
    }
}
