use std::sync::Arc;

use super::super::{Memory, Pack};
use super::*;
use crate::hcl::syntax::parse_body;
use crate::source::SourceMap;

const PACK: &str = r#"
pack "shop" {
  version = "1"
  summary = "s"
  nomad   = ">= 1.10"
}
job "web" {
  when  = var.web
  after = ["db"]
}
job "db" {}
volume "data" {
  job  = "db"
  size = var.size
  uid  = 999
}
secret "password" {
  job         = ["db", "web"]
  generate    = { length = 20 }
  description = "d"
}
output "url" {
  type        = string
  description = "d"
  value       = "http://${var.domain}:${var.port}"
}
"#;

const VARIABLES: &str = r#"
variable "web" {
  type    = bool
  default = true
}
variable "domain" {
  type    = string
  default = "example.com"
}
variable "port" {
  type    = number
  default = 80
}
variable "size" {
  type    = string
  default = "2GiB"
}
variable "token" {
  type      = string
  default   = ""
  sensitive = true
}
"#;

fn job(name: &str, group: &str, task: &str) -> String {
    format!(
        "job \"{name}\" {{\n  group \"g\" {{\n    {group}\n    task \"t\" {{\n      driver = \"docker\"\n      config {{\n        image = \"x:1\"\n      }}\n      {task}\n    }}\n  }}\n}}\n"
    )
}

fn pack(web: &str) -> (Pack, Arc<SourceMap>) {
    let volume = "volume \"data\" {\n type = \"host\"\n source = pack.volumes.data\n access_mode = \"single-node-writer\"\n attachment_mode = \"file-system\"\n}";
    let folder = Memory::new("shop")
        .with("pack.hcl", PACK)
        .with("variables.hcl", VARIABLES)
        .with("locals.hcl", "locals {\n  greeting = \"hello ${var.domain}\"\n}\n")
        .with("web.nomad.hcl", web)
        .with("files/x.yaml.hbs", "a: {{x}}\n")
        .with("db.nomad.hcl", job("db", volume, ""));
    let sources = Arc::new(SourceMap::new());
    let loaded = Pack::load(Arc::new(folder), sources.clone()).map_err(|found| found.text(&sources));
    (loaded.unwrap().0, sources)
}

fn inputs(values: Vec<(&str, Value)>) -> Inputs {
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value));
    Inputs::default().with(Layer::values(Source::Provider, values))
}

fn with_web(task: &str, request: &Request) -> Result<Rendered, String> {
    let (pack, sources) = pack(&job("web", "", task));
    pack.render(request).map_err(|found| found.text(&sources))
}

#[test]
fn jobs_come_in_order_with_ids_marks_and_needs() {
    let request = Request { name: Some("blue".to_owned()), ..Request::default() };
    let task = "env {\n ID = pack.id\n DB = pack.ids.db\n PATH_DB = pack.secrets.db\n G = local.greeting\n}";
    let rendered = with_web(task, &request).unwrap();
    let jobs = rendered.jobs.unwrap();
    assert_eq!(jobs.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["blue-db", "blue-web"]);
    assert_eq!(jobs[1].after, ["blue-db"]);
    let text = jobs[1].text.as_ref().unwrap();
    for expected in [
        "job \"blue-web\"",
        "lostops = \"shop/blue\"",
        "\"blue-web\"",
        "\"nomad/jobs/blue-db\"",
        "hello example.com",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let volume = &rendered.volumes[0];
    assert_eq!(
        (volume.called.as_str(), volume.size.clone()),
        (Some("blue-db-data"), Value::number(2_i64 << 30))
    );
    assert_eq!(rendered.secrets[0].paths[0], ("nomad/jobs/blue-db".to_owned(), "blue-db".to_owned()));
    assert_eq!(rendered.outputs, [("url".to_owned(), Value::string("http://example.com:80"))]);
}

#[test]
fn what_depends_on_no_unknown_is_known() {
    let unknown = |ty| Value::unknown(ty, "module.dns.domain");
    let request = Request { inputs: inputs(vec![("domain", unknown(Type::String))]), ..Request::default() };
    let rendered = with_web("env {\n D = var.domain\n}", &request).unwrap();
    let jobs = rendered.jobs.unwrap();
    assert!(jobs[0].text.is_ok());
    assert_eq!(&**jobs[1].text.as_ref().unwrap_err(), "module.dns.domain");
    assert!(rendered.outputs[0].1.is_unknown());
    let request = Request { inputs: inputs(vec![("web", unknown(Type::Bool))]), ..Request::default() };
    assert_eq!(&*with_web("", &request).unwrap().jobs.unwrap_err(), "module.dns.domain");
}

#[test]
fn jobs_that_do_not_run_are_not_there() {
    let request = Request { inputs: inputs(vec![("web", false.into())]), ..Request::default() };
    let rendered = with_web("", &request).unwrap();
    assert_eq!(rendered.jobs.unwrap().len(), 1);
    assert_eq!(rendered.secrets[0].paths.len(), 1);
}

#[test]
fn secrets_reach_no_job() {
    let request = Request { inputs: inputs(vec![("token", "hush".into())]), ..Request::default() };
    for task in [
        "env {\n T = var.token\n}",
        "env {\n T = \"x${var.token}\"\n}",
        "template {\n destination = \"local/x\"\n data = template(\"files/x.yaml.hbs\", { x = var.token })\n}",
    ] {
        let found = with_web(task, &request).unwrap_err();
        assert!(
            found.contains("a secret would be readable") && found.contains("declare a `secret`"),
            "{found}"
        );
        assert!(!found.contains("hush"), "{found}");
    }
}

#[test]
fn text_of_users_is_not_evaluated_again() {
    let request = Request {
        inputs: inputs(vec![("domain", "{{ key \"x\" }}${env[\"A\"]}".into())]),
        ..Request::default()
    };
    let found = with_web("template {\n destination = \"local/x\"\n data = \"a ${var.domain}\"\n}", &request)
        .unwrap_err();
    assert!(found.contains("consul-template would run the `{{`"), "{found}");
    let (pack, sources) = pack(&job("web", "", "").replace("x:1", "${var.domain}"));
    let found = pack.render(&request).unwrap_err().text(&sources);
    assert!(found.contains("the node evaluates this once more"), "{found}");
    let quoted = "template {\n destination = \"local/x\"\n data = template(\"files/x.yaml.hbs\", { x = var.domain })\n}";
    assert!(with_web(quoted, &request).unwrap_err().contains("consul-template would run"));
}

#[test]
fn patches_change_jobs_by_name_or_id() {
    for label in ["web", "blue-web"] {
        let sources = SourceMap::new();
        let file = sources.add("p.hcl", format!("job \"{label}\" {{\n priority = 70\n}}\n"));
        let (body, _) = parse_body(&sources, file);
        let env = Env::new(&sources, Dialect::Nomad);
        let mut expander = crate::hcl::expand::Expander::new(crate::hcl::expand::nomad_free_form);
        let blocks = expander.body(&body, &env.scope(), None, false).blocks;
        let request =
            Request { name: Some("blue".to_owned()), patches: vec![Tree { blocks }], ..Request::default() };
        let jobs = with_web("", &request).unwrap().jobs.unwrap();
        assert!(jobs[1].text.as_ref().unwrap().contains("priority = 70"));
    }
}

#[test]
fn findings_point_into_the_pack_and_the_users_values() {
    let found = with_web("resources {\n cpu = local.gone\n}", &Request::default()).unwrap_err();
    assert!(found.contains("shop/web.nomad.hcl:"), "{found}");
    let request = Request { inputs: inputs(vec![("size", "two".into())]), ..Request::default() };
    assert!(with_web("", &request).unwrap_err().contains("is no size"));
    let request = Request { inputs: inputs(vec![("prot", 1.into())]), ..Request::default() };
    assert!(with_web("", &request).unwrap_err().contains("did you mean `port`?"));
    let request = Request { name: Some("Blue".to_owned()), ..Request::default() };
    assert!(with_web("", &request).unwrap_err().contains("name of an instance"));
}
