//! Declarations and inputs together.

use super::*;
use crate::hcl::eval::Dialect;
use crate::hcl::syntax::parse_body;
use crate::source::{Diagnostics, SourceMap};

/// The value of `var` as JSON, or the messages of all findings.
fn resolved(
    declarations: &str,
    dialect: Dialect,
    inputs: impl Fn(&SourceMap) -> Inputs,
) -> Result<String, Vec<String>> {
    let sources = SourceMap::new();
    let file = sources.add("variables.hcl", declarations);
    let (body, mut findings) = parse_body(&sources, file);
    let mut variables = Vec::new();
    for block in body.blocks() {
        let (variable, more) = declared(block.clone(), dialect, &sources);
        variables.extend(variable);
        findings.extend(more);
    }
    let (value, more) = resolve(&variables, &inputs(&sources), dialect, &sources);
    findings.extend(more);
    let words =
        |findings: &Diagnostics| findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>();
    if findings.has_errors() {
        return Err(words(&findings));
    }
    Ok(crate::hcl::data::json::encode(&value).unwrap().as_str().to_owned())
}

fn file(sources: &SourceMap, name: &str, text: &str) -> Layer {
    let file = sources.add(name, text);
    Layer::file(sources, file, Format::of(name, text)).map_err(|findings| findings.text(sources)).unwrap()
}

fn flags(sources: &SourceMap, texts: &[(&str, &str)]) -> Layer {
    Layer::texts(sources, Source::Flag, "--var ", texts.iter().copied())
}

const LOKI: &str = r#"
variable "loki" {
  type = object({
    image     = optional(string, "grafana/loki")
    retention = string
    limits    = optional(object({ cpu = optional(number, 100), memory = number }))
  })
}
"#;

#[test]
fn layers_are_merged_and_defaults_fill_the_rest() {
    let value = resolved(LOKI, Dialect::Pack, |sources| {
        Inputs::default()
            .with(file(sources, "a.yaml", "loki:\n  retention: 7d\n  limits: {memory: 256}\n"))
            .with(file(sources, "b.json", r#"{"loki": {"limits": {"memory": 512}}}"#))
            .with(flags(sources, &[("loki", "{ retention = \"30d\" }")]))
    });
    let expected = r#"{"loki":{"image":"grafana/loki","limits":{"cpu":100,"memory":512},"retention":"30d"}}"#;
    assert_eq!(value, Ok(expected.to_owned()));
}

#[test]
fn bare_jobspecs_take_the_last_value_whole() {
    let declarations = "variable \"m\" {\n  type    = map(string)\n  default = { a = \"1\" }\n}\n";
    let value = resolved(declarations, Dialect::Nomad, |sources| {
        Inputs::default().with(file(sources, "a.hcl", "m = { b = 2 }\n")).with(file(
            sources,
            "b.hcl",
            "m = { c = 3 }\n",
        ))
    });
    assert_eq!(value, Ok(r#"{"m":{"c":"3"}}"#.to_owned()));
}

#[test]
fn texts_are_read_by_type() {
    let declarations = "variable \"s\" { type = string }\nvariable \"n\" { type = number }\nvariable \"l\" { type = list(string) }\n";
    let value = resolved(declarations, Dialect::Nomad, |sources| {
        Inputs::default().with(flags(sources, &[("s", "\"quoted\""), ("n", "5"), ("l", "[1, \"x\"]")]))
    });
    assert_eq!(value, Ok(r#"{"l":["1","x"],"n":5,"s":"\"quoted\""}"#.to_owned()));
}

#[test]
fn wrong_inputs_are_said_with_their_path() {
    let all = resolved(LOKI, Dialect::Pack, |sources| {
        Inputs::default().with(file(
            sources,
            "a.hcl",
            "loki = { retention = \"1d\", limits = { memory = \"much\" } }\nlokki = 1\n",
        ))
    });
    assert_eq!(
        all,
        Err(vec![
            "there is no variable `lokki`".to_owned(),
            "var.loki.limits.memory: a number is required".to_owned(),
        ])
    );
    let missing = resolved(LOKI, Dialect::Pack, |_| Inputs::default());
    assert_eq!(missing, Err(vec!["the variable `loki` has no value".to_owned()]));
}

#[test]
fn rules_are_checked() {
    let declarations = r#"
variable "port" {
  type    = number
  default = 80
  validation {
    condition     = var.port > 0 && var.port < 65536
    error_message = "The port must be from 1 to 65535."
  }
}
"#;
    let given = |text: &'static str| {
        move |sources: &SourceMap| Inputs::default().with(flags(sources, &[("port", text)]))
    };
    assert!(resolved(declarations, Dialect::Nomad, given("443")).is_ok());
    assert_eq!(
        resolved(declarations, Dialect::Nomad, given("0")),
        Err(vec!["var.port: The port must be from 1 to 65535.".to_owned()])
    );
}

#[test]
fn nomad_has_no_optional_fields_nor_secrets() {
    let all = resolved(
        "variable \"x\" {\n  type = object({ a = optional(string) })\n  sensitive = true\n}\n",
        Dialect::Nomad,
        |_| Inputs::default(),
    );
    let all = all.unwrap_err();
    assert!(all[0].contains("optional") && all[1].contains("sensitive"), "{all:?}");
}

#[test]
fn null_means_the_default_where_it_is_not_nullable() {
    let declarations = "variable \"x\" {\n  type = string\n  default = \"d\"\n  nullable = false\n}\n";
    let value = resolved(declarations, Dialect::Pack, |sources| {
        Inputs::default().with(file(sources, "a.hcl", "x = null\n"))
    });
    assert_eq!(value, Ok(r#"{"x":"d"}"#.to_owned()));
}

#[test]
fn what_users_type_is_known_and_secrets_are_marked() {
    let sources = SourceMap::new();
    let id = sources.add("v.hcl", "variable \"pw\" {\n  type = string\n  sensitive = true\n}\n");
    let (body, _) = parse_body(&sources, id);
    let variables: Vec<Variable> =
        body.blocks().filter_map(|block| declared(block.clone(), Dialect::Pack, &sources).0).collect();
    let inputs = Inputs::default().with(flags(&sources, &[("pw", "hush")]));
    let (value, _) = resolve(&variables, &inputs, Dialect::Pack, &sources);
    let secret = value.get("pw").unwrap();
    assert!(secret.sensitive && secret.as_text().unwrap().has_user_part());
}

const PAIR: &str = r#"
variable "kind" {
  type    = string
  default = "volume"
}
variable "bucket" {
  type    = string
  default = null
  validation {
    condition     = var.kind != "s3" || var.bucket != null
    error_message = "kind = \"s3\" needs a bucket."
  }
}
"#;

#[test]
fn variables_of_a_pack_can_contradict_each_other() {
    let pair = |text: &'static str| {
        resolved(PAIR, Dialect::Pack, move |sources| Inputs::default().with(file(sources, "a.hcl", text)))
    };
    assert!(pair("kind = \"s3\"\nbucket = \"b\"\n").is_ok());
    assert_eq!(pair("kind = \"s3\"\n"), Err(vec!["var.bucket: kind = \"s3\" needs a bucket.".to_owned()]));
    let missing = pair("kind = []\n").unwrap_err();
    assert_eq!(missing.len(), 1, "what is missing is said once: {missing:?}");
}

#[test]
fn conditions_of_nomad_see_their_own_variable_only() {
    let all = resolved(PAIR, Dialect::Nomad, |_| Inputs::default()).unwrap_err();
    assert!(all.iter().any(|message| message.contains("var.bucket only")), "{all:?}");
}
