use super::*;

fn read(text: &str) -> (Manifest, String) {
    let sources = SourceMap::new();
    let file = sources.add("pack.hcl", text);
    let (manifest, findings) = Manifest::read(&sources, file);
    (manifest, findings.text(&sources))
}

const GOOD: &str = r#"
pack "web" {
  version = "1.2.3"
  summary = "A web server"
  nomad   = ">= 1.10"
}
job "db" {}
job "web" {
  when  = var.on
  after = ["db"]
}
volume "data" {
  job  = "db"
  size = "20GiB"
  uid  = 999
}
secret "password" {
  job         = ["db", "web"]
  key         = "db_password"
  generate    = { length = 24 }
  description = "Password of the database"
}
output "url" {
  type        = string
  value       = "http://x"
  description = "Where it is"
}
"#;

#[test]
fn a_manifest_is_read() {
    let (manifest, findings) = read(GOOD);
    assert_eq!(findings, "");
    assert_eq!((&*manifest.name.value, manifest.version.as_str()), ("web", "1.2.3"));
    assert_eq!(manifest.nomad, Some(Release(1, 10, 0)));
    assert_eq!(manifest.jobs.iter().map(|job| &**job.name).collect::<Vec<_>>(), ["db", "web"]);
    assert!(manifest.jobs[1].when.is_some() && &*manifest.jobs[1].after[0].value == "db");
    let secret = &manifest.secrets[0];
    assert_eq!((secret.key.as_str(), secret.jobs.len()), ("db_password", 2));
    assert_eq!(secret.generate, Some(Generate { length: 24, alphabet: Alphabet::Alphanumeric }));
    assert_eq!(manifest.outputs[0].ty, Type::String);
}

#[test]
fn a_pack_keeps_data_if_it_says_so_and_has_a_volume() {
    assert!(!read(GOOD).0.keeps_data);
    let keeps = GOOD.replace("nomad   =", "keeps_data = true\n  nomad   =");
    let (manifest, findings) = read(&keeps);
    assert_eq!((manifest.keeps_data, findings.as_str()), (true, ""));
    let nothing =
        keeps.replace("volume \"data\" {\n  job  = \"db\"\n  size = \"20GiB\"\n  uid  = 999\n}\n", "");
    let (_, findings) = read(&nothing);
    assert!(
        findings.contains("has no volume that does") && findings.contains("leave out `keeps_data`"),
        "{findings}"
    );
}

#[test]
fn mistakes_are_found_all_at_once() {
    let text = GOOD
        .replace("after = [\"db\"]", "afer = [\"db\"]")
        .replace("job  = \"db\"", "job  = \"dbb\"")
        .replace("length = 24", "length = 2");
    let (_, findings) = read(&text);
    assert!(findings.contains("did you mean `after`?"), "{findings}");
    assert!(findings.contains("did you mean \"db\"?"), "{findings}");
    assert!(findings.contains("16 to 1024"), "{findings}");
}

#[test]
fn what_is_missing_is_said() {
    assert!(read("").1.contains("one `pack` block"));
    assert!(
        read("pack \"x\" {\n  summary = \"s\"\n  version = \"1\"\n}\n").1.contains("the pack has no jobs")
    );
    assert!(read("pack \"x\" {\n  summary = \"s\"\n}\njob \"x\" {}\n").1.contains("`version` is missing"));
    assert!(
        read("pack \"x\" {\n  summary = \"s\"\n  version = \"1\"\n  nomad = \"1.10\"\n}\njob \"x\" {}\n")
            .1
            .contains(">= 1.10")
    );
    assert!(read("variable \"x\" {}\n").1.contains("variables.hcl"));
    assert!(
        read(&GOOD.replace("job \"db\" {}", "job \"db\" { after = [\"web\"] }"))
            .1
            .contains("waits for itself")
    );
    assert!(read(&format!("{GOOD}\njob \"db\" {{}}\n")).1.contains("there twice"));
    assert!(read(&GOOD.replace("pack \"web\"", "pack \"We b\"")).1.contains("cannot be a name"));
}
