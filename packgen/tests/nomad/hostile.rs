//! Whatever a value holds, Nomad reads from our text what was meant.

use packgen::hcl::{Entry, Value};
use packgen::jobspec::print::print;
use packgen::source::{Span, Spanned};
use packgen::tree::{Attr, Block, Tree};
use serde_json::Value as Json;

use crate::{program, reading};

/// Texts that look like something else.
const PARTS: [&str; 22] = [
    "${",
    "}",
    "%{",
    "$",
    "%",
    "\"",
    "\\",
    "\n",
    "EOT",
    "EOTT",
    " ",
    "\t",
    "{{",
    "}}",
    "attr.a",
    "${attr.kernel.name}",
    "${NOMAD_PORT_http}",
    "~",
    "#",
    "é",
    "if true",
    "x",
];

#[test]
fn hostile_texts_are_only_texts() {
    let Some(nomad) = program::nomad() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut state: u64 = 0x5eed;
    for round in 0..4 {
        let texts: Vec<String> = (0..150).map(|_| text(&mut state)).collect();
        let printed = print(&job(&texts)).unwrap();
        let file = folder.path().join(format!("{round}.nomad.hcl"));
        std::fs::write(&file, &printed).unwrap();
        for (who, read) in [("we", reading::ours(&file)), ("Nomad", reading::theirs(&nomad, &file))] {
            let job = read.unwrap_or_else(|problem| panic!("{who}: {problem}\n{printed}"));
            let task = &job["TaskGroups"][0]["Tasks"][0];
            for (at, text) in texts.iter().enumerate() {
                let key = format!("k{at}");
                let places = [
                    &task["Env"][&key],
                    &task["Config"]["args"][at],
                    &task["Config"]["map"][0][&key],
                    &task["Templates"][at]["EmbeddedTmpl"],
                ];
                for place in places {
                    assert_eq!(place, &Json::from(text.as_str()), "{who} read something else\n{printed}");
                }
            }
        }
    }
}

fn text(state: &mut u64) -> String {
    let mut next = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap()
    };
    let length = next() % 9;
    let mut out: String = (0..length).map(|_| PARTS[next() % PARTS.len()]).collect();
    if next() % 2 == 0 {
        out.push_str("\n\n");
    }
    out
}

fn job(texts: &[String]) -> Tree {
    let named =
        || texts.iter().enumerate().map(|(at, text)| (format!("k{at}"), Value::string(text.as_str())));
    let env = named().map(|(key, value)| attr(&key, value)).collect();
    let map = Value::object(named().map(|(key, value)| Entry::new(key, value)).collect());
    let args = Value::tuple(texts.iter().map(|text| Value::string(text.as_str())).collect());
    let config = vec![attr("args", args), Attr { literal_object: true, ..attr("map", map) }];
    let template =
        |text: &String| block("template", &[], vec![attr("data", Value::string(text.as_str()))], vec![]);
    let mut blocks = vec![block("env", &[], env, vec![]), block("config", &[], config, vec![])];
    blocks.extend(texts.iter().map(template));
    let task = block("task", &["t"], vec![attr("driver", "exec".into())], blocks);
    let group = block("group", &["g"], vec![], vec![task]);
    Tree { blocks: vec![block("job", &["j"], vec![], vec![group])] }
}

fn attr(name: &str, value: Value) -> Attr {
    Attr { name: Spanned::new(name.into(), Span::NONE), value, expr: Span::NONE, literal_object: false }
}

fn block(ty: &str, labels: &[&str], attrs: Vec<Attr>, blocks: Vec<Block>) -> Block {
    let name = |text: &str| Spanned::new(text.into(), Span::NONE);
    Block {
        ty: name(ty),
        labels: labels.iter().map(|label| name(label)).collect(),
        attrs,
        blocks,
        via: None,
        span: Span::NONE,
    }
}
