//! Whatever a user types stays where it belongs: in the jobspec, and in the files that it carries.
//!
//! Every variable of every pack is filled with hostile text, leaf by leaf. What renders is read back and
//! must have the shape that harmless text gives; what does not render is refused with a finding.

use std::collections::BTreeMap;
use std::sync::Arc;

use packgen::hcl::variables::{Inputs, Layer, Source};
use packgen::hcl::{Entry, Type, Value};
use packgen::jobspec::{bare, diff};
use packgen::pack::{Builtin, Pack, Rendered, Request};
use packgen::source::SourceMap;
use serde_json::Value as Json;

const HOSTILE: [&str; 16] = [
    "a\"b",
    "a\nevil: true",
    "${NOMAD_SECRETS_DIR}",
    "%{ if true }x%{ endif }",
    "{{ env \"PATH\" }}",
    "}\n}\njob \"evil\" {",
    "'; drop",
    "\\",
    "x: y",
    "# no",
    "- z",
    "[1, 2]",
    "\u{2028}\u{85}",
    "EOT\nEOT\n",
    "$${a}",
    "`id` $(id)",
];

/// Text of the same kind as the hostile ones that nobody minds.
const HARMLESS: &str = "harmless";

fn pack(builtin: Builtin) -> (Pack, Arc<SourceMap>) {
    let sources = Arc::new(SourceMap::new());
    let loaded = Pack::load(Arc::new(builtin), sources.clone());
    (loaded.map_err(|found| found.text(&sources)).unwrap().0, sources)
}

/// Values of a type with `text` at one leaf that takes a string, one value for each such leaf.
fn with_text(ty: &Type, text: &str) -> Vec<Value> {
    let one = |name: &str, value: Value| Value::object(vec![Entry::new(name, value)]);
    match ty {
        Type::String | Type::Any => vec![Value::string(text)],
        Type::List(element) | Type::Set(element) => {
            with_text(element, text).into_iter().map(|value| Value::tuple(vec![value])).collect()
        }
        Type::Map(element) => {
            let values = with_text(element, text).into_iter().map(|value| one("key", value));
            let keys = with_text(element, HARMLESS).into_iter().map(|value| one(text, value));
            values.chain(keys).collect()
        }
        Type::Object(fields) => {
            let required = || {
                fields
                    .iter()
                    .filter(|field| !field.optional)
                    .filter_map(|field| Some(Entry::new(&*field.name, with_text(&field.ty, HARMLESS).pop()?)))
            };
            let filled = |name: &str, value: Value| {
                let mut entries: Vec<Entry> = required().filter(|entry| entry.key.as_str() != name).collect();
                entries.push(Entry::new(name, value));
                Value::object(entries)
            };
            fields
                .iter()
                .flat_map(|field| {
                    with_text(&field.ty, text)
                        .into_iter()
                        .map(|value| filled(&field.name, value))
                        .collect::<Vec<_>>()
                })
                .collect()
        }
        Type::Bool | Type::Number | Type::Tuple(_) => Vec::new(),
    }
}

fn render(pack: &Pack, sources: &SourceMap, name: &str, value: &Value) -> Result<Rendered, String> {
    let inputs = Inputs::default().with(Layer::values(Source::Provider, [(name.to_owned(), value.clone())]));
    let found = pack.render(&Request { inputs, ..Request::default() });
    found.map_err(|found| {
        assert!(found.has_errors());
        found.text(sources)
    })
}

/// The printed text, read as Nomad reads it, is the job that was rendered.
fn reads_back(rendered: &Rendered, what: &str) {
    for job in rendered.jobs.as_ref().unwrap() {
        let sources = SourceMap::new();
        let file = sources.add("job.nomad.hcl", job.text.as_ref().unwrap().as_str());
        let again = bare::evaluate(&sources, file, &bare::Inputs::default());
        assert!(!again.findings.has_errors(), "{what}: {}", again.findings.text(&sources));
        let [block] = again.tree.blocks.as_slice() else {
            panic!("{what}: {} jobs", again.tree.blocks.len())
        };
        let changes = diff::jobs(job.block().unwrap(), block);
        assert!(changes.is_empty(), "{what}: {changes:?}");
    }
}

/// The shape of a document: which keys, which kinds of values, `text` taken for harmless.
fn shape(json: &Json, text: &str) -> Json {
    match json {
        Json::String(_) => "text".into(),
        Json::Array(items) => items.iter().map(|item| shape(item, text)).collect(),
        Json::Object(entries) => Json::Object(
            entries.iter().map(|(key, item)| (key.replace(text, HARMLESS), shape(item, text))).collect(),
        ),
        other => other.clone(),
    }
}

/// The shapes of the YAML and JSON files that the jobs carry, by destination. A file that is the user's text
/// as a whole may have any shape.
fn shapes(rendered: &Rendered, text: &str) -> BTreeMap<String, Option<Json>> {
    let mut shapes = BTreeMap::new();
    for job in rendered.jobs.as_ref().unwrap() {
        let groups = job.block().unwrap().blocks_of("group").flat_map(|group| group.blocks_of("task"));
        for template in groups.flat_map(|task| task.blocks_of("template")) {
            let field =
                |name: &str| template.attr(name).and_then(|attr| attr.value.as_str().map(str::to_owned));
            let (Some(path), Some(data)) = (field("destination"), field("data")) else { continue };
            let known = [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending));
            if known && data.trim() != text.trim() {
                let parsed: Option<Json> = serde_saphyr::from_str(&data).ok();
                shapes.insert(
                    format!("{} {}", job.id, path.replace(text, HARMLESS)),
                    parsed.map(|json| shape(&json, text)),
                );
            }
        }
    }
    shapes
}

/// Renders with `text` at one place and compares with the render of harmless text there.
fn check(pack: &Pack, sources: &SourceMap, name: &str, at: usize, ty: &Type, text: &str) -> bool {
    let what = format!("{pack:?} {name} {text:?}");
    let at = |text: &str| with_text(ty, text).into_iter().nth(at).unwrap();
    let Ok(hostile) = render(pack, sources, name, &at(text)) else { return false };
    reads_back(&hostile, &what);
    let Ok(harmless) = render(pack, sources, name, &at(HARMLESS)) else { return true };
    let (own, plain) = (shapes(&hostile, text), shapes(&harmless, HARMLESS));
    for (path, plain) in plain.iter().filter(|(_, plain)| plain.is_some()) {
        assert_eq!(own.get(path), Some(plain), "{what} in {path}");
    }
    true
}

/// Small packs are tried with every text in every place, large ones with a few each.
#[test]
fn hostile_text_stays_in_its_place() {
    let (mut rendered, mut refused, mut turn) = (0, 0, 0);
    for builtin in Builtin::all() {
        let (pack, sources) = pack(builtin);
        let tries = if pack.manifest().jobs.len() > 2 { 1 } else { HOSTILE.len() };
        for variable in pack.variables() {
            let ty = variable.value_type();
            for at in 0..with_text(&ty, HARMLESS).len() {
                for _ in 0..tries {
                    turn += 1;
                    let done =
                        check(&pack, &sources, &variable.name.value, at, &ty, HOSTILE[turn % HOSTILE.len()]);
                    *(if done { &mut rendered } else { &mut refused }) += 1;
                }
            }
        }
    }
    assert!(rendered > 50 && refused > 50, "{rendered} rendered, {refused} refused");
}
