//! House rules: what has to hold for everything that the provider offers, in loops over the one list.

use std::path::Path;

use kit::engine::{DataEngine, EphemeralEngine, FunctionEngine, ResourceEngine};
use kit::schema::{Block, Schema};
use lostops::LOSTOPS;

/// Words that Terraform keeps for itself in a resource.
const TAKEN: [&str; 8] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner", "locals"];

/// Everything with a schema: its kind's folder in `examples/`, its example's file, its name, its schema.
fn schemas() -> Vec<(&'static str, &'static str, String, Schema)> {
    let named = |kind, file, name: &str, schema: &Schema| (kind, file, name.to_owned(), schema.clone());
    let resources = LOSTOPS
        .resources
        .iter()
        .map(|r| named("resources", "resource.tf", r.name(), ResourceEngine::new(*r).schema()));
    let data = LOSTOPS
        .data_sources
        .iter()
        .map(|d| named("data-sources", "data-source.tf", d.name(), DataEngine::new(*d).schema()));
    let ephemerals = LOSTOPS.ephemerals.iter().map(|e| {
        named("ephemeral-resources", "ephemeral-resource.tf", e.name(), EphemeralEngine::new(*e).schema())
    });
    resources.chain(data).chain(ephemerals).collect()
}

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

#[test]
fn terraform_accepts_every_schema() {
    assert_eq!(kit::schema::faults(&LOSTOPS), [""; 0]);
}

#[test]
fn names_are_ours_sorted_and_not_terraforms() {
    for (_, _, name, schema) in schemas() {
        assert!(name.starts_with("lostops_"), "{name}");
        let block = &schema.block;
        let fields = block.attributes.iter().map(|a| &a.name).chain(block.blocks.iter().map(|b| &b.name));
        fields.for_each(|field| assert!(!TAKEN.contains(&field.as_ref()), "{name}.{field}"));
    }
    assert!(LOSTOPS.resources.is_sorted_by_key(|r| r.name().to_owned()));
    assert!(LOSTOPS.data_sources.is_sorted_by_key(|d| d.name().to_owned()));
    assert!(LOSTOPS.functions.is_sorted_by_key(|f| f.name().to_owned()));
}

#[test]
fn everything_has_an_example() {
    for (kind, file, name, _) in schemas() {
        let path = examples().join(kind).join(&name).join(file);
        assert!(path.is_file(), "{} is missing", path.display());
    }
    for function in LOSTOPS.functions {
        let path = examples().join("functions").join(function.name()).join("function.tf");
        assert!(path.is_file(), "{} is missing", path.display());
    }
}

#[test]
fn everything_is_described_in_sentences() {
    for (_, _, name, schema) in schemas() {
        described(&name, &schema.block);
    }
    for function in LOSTOPS.functions {
        let engine = FunctionEngine::new(*function);
        assert!(!engine.signature().doc.is_empty(), "{}", function.name());
        engine.signature().parameters.iter().for_each(|p| assert!(p.doc.ends_with('.'), "{}", p.name));
    }
}

fn described(place: &str, block: &Block) {
    for attribute in &block.attributes {
        assert!(attribute.doc.ends_with(['.', ':', '`']), "{place}.{}: {}", attribute.name, attribute.doc);
    }
    for nested in &block.blocks {
        described(&format!("{place}.{}", nested.name), &nested.block);
    }
}
