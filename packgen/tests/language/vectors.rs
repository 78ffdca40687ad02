//! Each line of `vectors.txt`, evaluated; and where a Nomad is found, asked of it again.

use std::process::Command;

use packgen::hcl::data::json;
use packgen::hcl::eval::{Dialect, Env};
use packgen::hcl::syntax::parse_expression;
use packgen::hcl::{Type, Value};
use packgen::source::SourceMap;

const VECTORS: &str = include_str!("vectors.txt");

struct Vector<'a> {
    expression: &'a str,
    /// Type and value; `None` for an error.
    expected: Option<(&'a str, &'a str)>,
}

fn vectors() -> Vec<Vector<'static>> {
    let lines = VECTORS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut parts = line.splitn(3, '\t');
            let expression = parts.next().unwrap();
            let ty = parts.next().unwrap();
            Vector { expression, expected: parts.next().map(|value| (ty, value)) }
        })
        .collect()
}

fn eval(expression: &str) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add("expression", expression);
    let expr = parse_expression(&sources, file).map_err(|findings| findings.text(&sources))?;
    let env = Env::new(&sources, Dialect::Nomad);
    env.scope().eval(&expr).map_err(|finding| finding.text(&sources))
}

/// As Nomad names types: without blanks, `any` for what is not known.
fn type_name(ty: &Type) -> String {
    ty.to_string().replace(", ", ",").replace(" = ", "=").replace("{ ", "{").replace(" }", "}")
}

fn shown(value: &Value) -> String {
    match value.as_number() {
        Some(number) => number.to_string(),
        None => json::encode(value).unwrap().as_str().to_owned(),
    }
}

#[test]
fn expressions_are_what_they_are_to_nomad() {
    let mut wrong = Vec::new();
    for Vector { expression, expected } in vectors() {
        match (eval(expression), expected) {
            (Ok(value), Some((ty, text))) => {
                let (own_type, own_text) = (type_name(&value.ty()), shown(&value));
                if own_type.replace('"', "") != ty.replace('"', "") || own_text != text {
                    wrong.push(format!("{expression}\n  Nomad: {ty} {text}\n  ours:  {own_type} {own_text}"));
                }
            }
            (Err(_), None) => {}
            (Ok(value), None) => {
                wrong.push(format!("{expression}\n  Nomad: error\n  ours:  {}", shown(&value)));
            }
            (Err(finding), Some((ty, text))) => {
                wrong.push(format!("{expression}\n  Nomad: {ty} {text}\n  ours:  {finding}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), vectors().len(), wrong.join("\n"));
}

#[test]
fn findings_have_a_place_in_the_expression() {
    for Vector { expression, expected } in vectors() {
        if expected.is_none() {
            let finding = eval(expression).unwrap_err();
            assert!(finding.starts_with("error: ") && finding.contains("--> expression:"), "{finding}");
        }
    }
}

/// One job whose configuration holds all values as JSON: Nomad prints the job, and with it the values.
#[test]
fn a_real_nomad_says_the_same() {
    let Some(nomad) = nomad() else { return };
    let good: Vec<(String, String)> = vectors()
        .iter()
        .filter(|vector| vector.expected.is_some_and(|(_, value)| !value.contains("Inf")))
        .filter_map(|vector| {
            Some((
                vector.expression.to_owned(),
                json::encode(&eval(vector.expression).ok()?).ok()?.as_str().to_owned(),
            ))
        })
        .collect();
    let mut job =
        "job \"j\" {\n  group \"g\" {\n    task \"t\" {\n      driver = \"docker\"\n      config {\n"
            .to_owned();
    for (at, (expression, _)) in good.iter().enumerate() {
        job.push_str(&format!("        v{at} = jsonencode({expression})\n"));
    }
    job.push_str("      }\n    }\n  }\n}\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.nomad.hcl");
    std::fs::write(&path, job).unwrap();
    let output = Command::new(nomad)
        .args(["job", "run", "-output"])
        .arg(&path)
        .env_clear()
        .env("HOME", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let config = &printed["Job"]["TaskGroups"][0]["Tasks"][0]["Config"];
    for (at, (expression, expected)) in good.iter().enumerate() {
        assert_eq!(config[format!("v{at}")], serde_json::Value::String(expected.clone()), "{expression}");
    }
}

/// The program that `LOSTOPS_NOMAD` or the path names; without one the test says so.
fn nomad() -> Option<String> {
    let program = std::env::var("LOSTOPS_NOMAD").unwrap_or_else(|_| "nomad".to_owned());
    if Command::new(&program).arg("version").output().is_ok() {
        return Some(program);
    }
    let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name == "nomad"), "nomad not found, but required");
    println!("skipped: nomad not found");
    None
}
