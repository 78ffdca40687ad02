//! What is wrong with a provider's schemas: what Terraform refuses to load, what nobody could write, what would have no
//! effect. For a test over the registry, so that no user is the first to see it.

use std::collections::BTreeSet;

use crate::engine::duration;
use crate::function::Signature;
use crate::provider::Registry;

use super::{Attribute, Block, Keep, NestedBlock, Nesting};

/// Everything that is wrong, in words; empty if all is well.
pub fn faults(registry: &Registry) -> Vec<String> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    let mut object = |kind: Kind, name: &str, block: &Block, found: &mut Vec<String>| {
        let prefix = format!("{}_", registry.name());
        let good = is_identifier(name) && name.strip_prefix(&prefix).is_some_and(|own| !own.is_empty());
        note(found, !good, name, format!("a name is `{prefix}` and lower-case letters, digits or `_`"));
        note(found, !names.insert((kind, name.to_owned())), name, "there are two of this name");
        of_block(block, name, Place { kind, root: true, in_set: false }, found);
    };
    for resource in registry.resources {
        let (name, schema) = (resource.name(), resource.schema());
        object(Kind::Resource, name, &schema.block, &mut found);
        note(&mut found, schema.version < 0, name, "a version is not negative");
        for (verb, words) in resource.timeouts().each() {
            note(&mut found, duration(words).is_err(), name, format!("`{words}` is no time for {verb}"));
        }
    }
    for source in registry.data_sources {
        object(Kind::Data, source.name(), &source.schema().block, &mut found);
    }
    for ephemeral in registry.ephemerals {
        object(Kind::Ephemeral, ephemeral.name(), &ephemeral.schema().block, &mut found);
    }
    for function in registry.functions {
        of_function(function.name(), &function.signature(), &mut found);
    }
    let provider = Place { kind: Kind::Provider, root: true, in_set: false };
    of_block(&registry.provider.schema().block, registry.name(), provider, &mut found);
    found
}

/// What a schema is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Provider,
    Resource,
    Data,
    Ephemeral,
    Function,
    Object,
}

impl Kind {
    /// Names that Terraform itself uses there.
    fn taken(self) -> &'static [&'static str] {
        match self {
            Self::Provider => {
                &["alias", "version", "count", "depends_on", "for_each", "source", "lifecycle", "locals"]
            }
            Self::Resource => &[
                "count",
                "for_each",
                "provider",
                "depends_on",
                "lifecycle",
                "connection",
                "provisioner",
                "locals",
                "timeouts",
            ],
            Self::Data | Self::Ephemeral => {
                &["count", "for_each", "provider", "depends_on", "lifecycle", "locals"]
            }
            Self::Function | Self::Object => &[],
        }
    }
}

/// Where a block stands.
#[derive(Clone, Copy)]
struct Place {
    kind: Kind,
    root: bool,
    in_set: bool,
}

fn note(found: &mut Vec<String>, wrong: bool, at: &str, problem: impl AsRef<str>) {
    if wrong {
        found.push(format!("{at}: {}", problem.as_ref()));
    }
}

fn is_identifier(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fits)
}

fn of_block(block: &Block, at: &str, place: Place, found: &mut Vec<String>) {
    note(found, block.doc.trim().is_empty(), at, "it has no documentation");
    let mut names = BTreeSet::new();
    let attributes = block.attributes.iter().map(|a| a.name.as_ref());
    for name in attributes.chain(block.blocks.iter().map(|n| n.name.as_ref())) {
        let here = format!("{at}.{name}");
        note(
            found,
            !is_identifier(name),
            &here,
            "a name is lower-case letters, digits or `_`, a letter first",
        );
        note(found, !names.insert(name), &here, "there are two of this name");
        note(
            found,
            place.root && place.kind.taken().contains(&name),
            &here,
            "Terraform uses this name itself",
        );
    }
    for attribute in &block.attributes {
        of_attribute(attribute, &format!("{at}.{}", attribute.name), place, found);
    }
    for nested in &block.blocks {
        of_nested(nested, &format!("{at}.{}", nested.name), place, found);
    }
}

fn of_nested(nested: &NestedBlock, at: &str, place: Place, found: &mut Vec<String>) {
    let (min, max) = (nested.min, nested.max);
    note(found, max != 0 && min > max, at, "it asks for more blocks than it allows");
    note(
        found,
        nested.nesting == Nesting::Single && max != 1,
        at,
        "a single block is there once or not at all",
    );
    note(found, nested.force_new && place.kind != Kind::Resource, at, "`force_new` has no effect here");
    let in_set = place.in_set || nested.nesting == Nesting::Set;
    of_block(&nested.block, at, Place { root: false, in_set, ..place }, found);
}

fn of_attribute(a: &Attribute, at: &str, place: Place, found: &mut Vec<String>) {
    note(found, a.doc.trim().is_empty(), at, "it has no documentation");
    note(
        found,
        a.default.as_ref().is_some_and(|d| d.is_null() || !a.ty.holds(d)),
        at,
        "the default is of another type",
    );
    note(found, a.write_only && a.is_computed(), at, "what is write-only is not computed and has no default");
    note(found, place.in_set && a.write_only, at, "Terraform allows nothing write-only in a set of blocks");
    note(
        found,
        place.in_set && a.ty.has_dynamic(),
        at,
        "Terraform allows nothing dynamic in a set of blocks",
    );
    let idle = [
        ("force_new", a.force_new && place.kind != Kind::Resource),
        ("stable` or `held", a.keep != Keep::No && (place.kind != Kind::Resource || !a.is_computed())),
        ("write_only", a.write_only && place.kind != Kind::Resource),
        ("same", a.same.is_some() && (place.kind != Kind::Resource || !a.is_configurable())),
        ("check", !a.checks.is_empty() && !a.is_configurable()),
        ("default", a.default.is_some() && matches!(place.kind, Kind::Object | Kind::Function)),
        ("sensitive", a.sensitive && matches!(place.kind, Kind::Object | Kind::Function)),
        ("deprecated", a.deprecated.is_some() && matches!(place.kind, Kind::Object | Kind::Function)),
    ];
    for (setting, _) in idle.iter().filter(|(_, idle)| *idle) {
        note(found, true, at, format!("`{setting}` has no effect here"));
    }
    if let Some(object) = &a.object {
        of_block(object, at, Place { kind: Kind::Object, root: false, in_set: place.in_set }, found);
    }
}

fn of_function(name: &str, signature: &Signature, found: &mut Vec<String>) {
    note(found, !is_identifier(name), name, "a name is lower-case letters, digits or `_`, a letter first");
    let parameters = Block { attributes: signature.parameters.clone(), ..Block::new(signature.doc.clone()) };
    of_block(&parameters, name, Place { kind: Kind::Function, root: true, in_set: false }, found);
}
