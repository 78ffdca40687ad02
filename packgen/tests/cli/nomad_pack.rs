//! `packgen export nomad-pack`: the folder as it is written, what is refused, and that HashiCorp's own
//! nomad-pack makes the same jobs of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;
use packgen::jobspec::{bare, json};
use packgen::source::SourceMap;
use serde_json::Value as Json;

use crate::fixture::Fixture;

const PACK: &str = r#"pack "shop" {
  version = "1.2.0"
  summary = "A shop"
}
job "web" {}
job "mail" {
  when  = var.mail != null && (local.sends || var.mode == "all")
  after = ["web"]
}
job "debug" {
  when = contains(var.extras, "debug")
}
volume "data" {
  job  = "web"
  size = "1GiB"
}
secret "token" {
  job         = "web"
  description = "What the shop is opened with."
}
output "service" {
  type        = string
  value       = "${pack.ids.web}.${var.domain}"
  description = "Where it is found"
}
"#;

const VARIABLES: &str = r#"variable "domain" {
  description = "Where it is reached."
  type        = string
  default     = "example.com"
}
variable "mode" {
  type    = string
  default = "some"
}
variable "priority" {
  type    = number
  default = null
}
variable "extras" {
  type    = set(string)
  default = []
}
variable "mail" {
  type    = object({ from = string, retry = optional(number, 3), user = optional(string) })
  default = null
  validation {
    condition     = var.mail == null || var.domain != ""
    error_message = "Mail needs a domain."
  }
}
variable "routes" {
  type    = map(list(string))
  default = {}
}
variable "free" {
  type    = any
  default = [1, "two", null, true]
}
"#;

const LOCALS: &str = "locals {\n  sends  = var.mode == \"mail\"\n  routes = [for name, to in var.routes : { name = name, to = to }]\n  unused = file(\"files/note.txt\")\n}\n";

const WEB: &str = r#"locals {
  pairs = [[1, 2], [3]]
}
job "web" {
  priority = var.priority
  meta {
    owner = "shop-${var.domain}"
  }
  group "web" {
    volume "data" {
      type            = "host"
      source          = pack.volumes.data
      access_mode     = "single-node-writer"
      attachment_mode = "file-system"
    }
    task "web" {
      driver = "docker"
      user   = var.mode == "root" ? "root" : "nobody"
      config {
        image = "shop:1"
        args  = concat([var.mode], [for pair in local.pairs : "${length(pair)}"])
      }
      env = {
        FREE = jsonencode(var.free)
        NODE = "${node.unique.name}"
        NOTE = file("files/note.txt")
      }
      template {
        destination = "local/routes.yaml"
        data        = templatefile("files/routes.yaml.tftpl", { routes = local.routes, domain = var.domain })
      }
      template {
        destination = "secrets/token"
        data        = "{{ with nomadVar \"${pack.secrets.web}\" }}{{ .token }}{{ end }}"
      }
    }
  }
}
"#;

const MAIL: &str = r#"job "mail" {
  group "mail" {
    task "mail" {
      driver = "docker"
      user   = var.mail.user
      config {
        image = "mail:1"
        args  = [try(var.mail.from, ""), "${try(var.mail.retry, 0)}"]
      }
    }
  }
}
"#;

const DEBUG: &str = "job \"debug\" {\n  type = \"batch\"\n  group \"g\" {\n    task \"t\" {\n      driver = \"docker\"\n      config {\n        image = \"debug:1\"\n      }\n    }\n  }\n}\n";

const ROUTES: &str = "domain: ${jsonencode(domain)}\n%{ for route in routes ~}\n- name: ${jsonencode(route.name)}\n  to: ${jsonencode(route.to)}\n%{ endfor ~}\n# $${kept} %%{kept}\n";

fn shop() -> Fixture {
    Fixture::new()
        .file("shop/pack.hcl", PACK)
        .file("shop/variables.hcl", VARIABLES)
        .file("shop/locals.hcl", LOCALS)
        .file("shop/web.nomad.hcl", WEB)
        .file("shop/mail.nomad.hcl", MAIL)
        .file("shop/debug.nomad.hcl", DEBUG)
        .file("shop/files/routes.yaml.tftpl", ROUTES)
        .file("shop/files/note.txt", "a [[ b ]] ${c} %{d}\n")
}

/// Values of the variables, as HCL files.
const SETS: [&str; 6] = [
    "",
    "name = \"second\"\n",
    "mode = \"root\"\npriority = 70\nextras = [\"debug\", \"x\"]\nroutes = { a = [\"x\", \"y\"] }\n",
    "mode = \"all\"\nmail = { from = \"a@example.com\", retry = 5, user = \"mail\" }\n",
    "mode = \"mail\"\nmail = { from = \"\", retry = 1, user = null }\nfree = []\nroutes = {}\n",
    "domain = \"$${x} %%{y} \\\" \\\\ \\\\b [[ z ]] <no value> <&> \\n\\t\\u0008\\u000c\\u2028 é\"\nfree = { k = \"$${x}\" }\nroutes = { \"a b\" = [\"]]\", \"[[\"] }\n",
];

#[test]
fn the_folder_is_a_genuine_pack() {
    let fixture = shop();
    assert_snapshot!(fixture.run(&["export", "nomad-pack", "./shop", "-o", "out/shop"]));
    for file in [
        "metadata.hcl",
        "variables.hcl",
        "outputs.tpl",
        "README.md",
        "templates/_variables.tpl",
        "templates/web.nomad.tpl",
        "templates/mail.nomad.tpl",
        "templates/debug.nomad.tpl",
    ] {
        let text = std::fs::read_to_string(fixture.path().join("out/shop").join(file)).unwrap();
        assert_snapshot!(format!("file {}", file.replace('/', " ")), text);
    }
}

#[test]
fn what_it_cannot_say_is_refused_or_fixed() {
    let fixture = shop().file("out/templates/old.nomad.tpl", "");
    assert_snapshot!(fixture.run(&["export", "nomad-pack", "static_site", "-o", "site"]));
    assert_snapshot!(fixture.run(&[
        "export",
        "nomad-pack",
        "static_site",
        "-o",
        "site",
        "--freeze",
        "--var",
        "cache=7d"
    ]));
    let shown = std::fs::read_to_string(fixture.path().join("site/variables.hcl")).unwrap();
    assert!(!shown.contains("\"cache\"") && shown.contains("\"instances\""), "{shown}");
    assert_snapshot!(fixture.run(&["export", "nomad-pack", "./shop", "-o", "out"]));
    assert_snapshot!(fixture.run(&["export", "hcl2", "./shop", "-o", "out", "--freeze"]));
    let shown = fixture.run(&["export", "hcl2", "./shop", "-o", "plain"]);
    assert!(shown.starts_with("status 0\n") && shown.contains("this rule looks at several"), "{shown}");
    let shown =
        fixture.run(&["export", "nomad-pack", "observability_stack", "-o", "stack", "--freeze", "--json"]);
    assert!(shown.starts_with("status 0\n") && shown.contains("templates/loki.nomad.tpl"), "{shown}");
}

#[test]
fn what_plain_hcl_cannot_say_has_a_place() {
    let when = PACK.replace("contains(var.extras, \"debug\")", "length(var.extras) > 1");
    let fixture = shop()
        .file("shop/pack.hcl", &when)
        .file(
            "shop/web.nomad.hcl",
            &WEB.replace("priority = var.priority", "priority = try(var.priority, null)"),
        )
        .file("shop/debug.nomad.hcl", &DEBUG.replace("debug:1", "<no value>"));
    assert_snapshot!(fixture.run(&["export", "nomad-pack", "./shop", "-o", "out"]));
}

/// With each set of values the proof that is a part of the export holds.
#[test]
fn every_set_of_values_is_proven() {
    let fixture = shop();
    for set in SETS {
        let fixture_file = fixture.path().join("set.hcl");
        let (name, rest) = named(set);
        std::fs::write(fixture_file, rest).unwrap();
        let mut args = vec!["export", "nomad-pack", "./shop", "-o", "out", "-f", "set.hcl"];
        args.extend(name.iter().flat_map(|name| ["--name", name]));
        let shown = fixture.run(&args);
        assert!(shown.starts_with("status 0\n"), "{set}\n{shown}");
    }
}

fn named(set: &str) -> (Option<&str>, String) {
    let name = set.lines().find_map(|line| line.strip_prefix("name = "));
    let rest: Vec<&str> = set.lines().filter(|line| !line.starts_with("name = ")).collect();
    let rest = rest.join("\n") + "\n";
    (name.map(|name| name.trim_matches('"')), rest)
}

#[test]
fn the_real_nomad_pack_makes_the_same_jobs() {
    let Some(program) = program() else { return };
    let fixture = shop();
    let shown = fixture.run(&["export", "nomad-pack", "./shop", "-o", "shop-np/shop"]);
    assert!(shown.starts_with("status 0\n"), "{shown}");
    for (at, set) in SETS.iter().enumerate() {
        let (name, rest) = named(set);
        compare(&program, &fixture, "./shop", "./shop-np/shop", at, name, &rest);
    }
    for (pack, set) in
        [("static_site", "instances = 3\ntags = [\"a\", \"$${b}\"]\n"), ("observability_stack", "")]
    {
        let folder = format!("np/{pack}");
        let shown = fixture.run(&["export", "nomad-pack", pack, "-o", &folder, "--freeze"]);
        assert!(shown.starts_with("status 0\n"), "{shown}");
        compare(&program, &fixture, pack, &format!("./{folder}"), 9, None, set);
    }
}

/// Renders with both, and reads what comes out as Nomad does.
fn compare(
    program: &Path,
    fixture: &Fixture,
    pack: &str,
    exported: &str,
    at: usize,
    name: Option<&str>,
    set: &str,
) {
    let folder = fixture.path();
    let (own, theirs) = (folder.join(format!("own-{at}")), folder.join(format!("theirs-{at}")));
    for old in [&own, &theirs] {
        let _ = std::fs::remove_dir_all(old);
    }
    std::fs::write(folder.join("set.hcl"), set).unwrap();
    let mut args = vec!["render", pack, "-f", "set.hcl", "-o", own.to_str().unwrap()];
    args.extend(name.iter().flat_map(|name| ["--name", name]));
    let shown = fixture.run(&args);
    assert!(shown.starts_with("status 0\n"), "{shown}");
    let mut command = Command::new(program);
    command
        .args(["render", exported, "--allow-unset-vars", "-y", "--var-file", "set.hcl", "--to-dir"])
        .arg(&theirs);
    if let Some(name) = name {
        command.arg("--var").arg(format!("name={name}"));
    }
    let output = command.current_dir(folder).env_clear().env("HOME", folder).output().unwrap();
    let words =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{set}\n{words}");
    let (own, theirs) = (jobs(&own), jobs(&theirs));
    assert!(!own.is_empty());
    assert_eq!(own, theirs, "{pack} with {set}");
}

/// The jobs in the files of a folder, by their ids, without what nomad-pack keeps in `meta`.
fn jobs(folder: &Path) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let sources = SourceMap::new();
            let file = sources.add(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
            let read = bare::evaluate(&sources, file, &bare::Inputs::default());
            assert!(!read.findings.has_errors(), "{}", read.findings.text(&sources));
            let mut job = json::job(&read.tree.blocks[0]).unwrap();
            if let Some(meta) = job["Meta"].as_object_mut() {
                meta.retain(|key, _| !key.starts_with("pack."));
            }
            found.push((job["ID"].as_str().unwrap().to_owned(), job));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn program() -> Option<PathBuf> {
    let on_path = || {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|folder| folder.join("nomad-pack"))
            .find(|file| file.is_file())
    };
    let found = std::env::var_os("LOSTOPS_NOMAD_PACK").map(PathBuf::from).or_else(on_path);
    if found.is_none() {
        let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name.trim() == "nomad-pack"), "nomad-pack not found");
        println!("skipped: nomad-pack not found");
    }
    found
}
