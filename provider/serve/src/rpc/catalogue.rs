//! Everything the registry offers, by name, with its schema. A schema is made when it is first needed: most processes
//! serve one or two resource types.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kit::engine::{DataEngine, EphemeralEngine, FunctionEngine, ProviderEngine, ResourceEngine};
use kit::schema::{Block, Schema};
use kit::{Diagnostic, Registry, Type, Value};
use tfplugin5::DynamicValue;

use crate::{codec, log};

/// Something with a schema, and the type of its values.
pub(super) struct Entry<E> {
    pub(super) engine: E,
    schema: Schema,
    ty: Type,
    has_secrets: bool,
}

impl<E> Entry<E> {
    fn new(engine: E, schema: &Schema) -> Self {
        let ty = schema.block.object_type();
        Self { engine, schema: schema.clone(), ty, has_secrets: has_secrets(&schema.block) }
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// A value from a message. Its secrets are kept out of logs and crash reports from here on.
    pub(super) fn decode(&self, message: Option<DynamicValue>) -> Result<Value, Diagnostic> {
        let value = codec::decode(message, &self.ty)?;
        if self.has_secrets {
            hide(&self.schema.block, &value);
        }
        Ok(value)
    }

    /// A value as a message. It may hold secrets that the provider has only just made.
    pub(super) fn encode(&self, value: &Value) -> Result<DynamicValue, Diagnostic> {
        if self.has_secrets {
            hide(&self.schema.block, value);
        }
        codec::encode(value, &self.ty)
    }

    /// A value that could not be encoded, with null for whatever is not of the schema; none if it is no object.
    pub(super) fn encode_what_fits(&self, value: &Value) -> Option<DynamicValue> {
        let (Value::Map(_), Type::Object(types)) = (value, &self.ty) else { return None };
        let fitting = types.iter().map(|(name, ty)| (name.as_ref(), ty, value.field(name)));
        let fitting = fitting.filter(|(_, ty, field)| codec::encode(field, ty).is_ok());
        let fitting = Value::object(fitting.map(|(name, _, field)| (name, field.clone())));
        self.encode(&fitting).ok()
    }
}

fn has_secrets(block: &Block) -> bool {
    block.attributes.iter().any(|a| a.sensitive || a.write_only)
        || block.blocks.iter().any(|b| has_secrets(&b.block))
}

fn hide(block: &Block, value: &Value) {
    for attribute in block.attributes.iter().filter(|a| a.sensitive || a.write_only) {
        hide_scalars(value.field(&attribute.name));
    }
    for nested in &block.blocks {
        nested.each(value.field(&nested.name), &kit::At::ROOT, |inner, _| hide(&nested.block, inner));
    }
}

fn hide_scalars(value: &Value) {
    match value {
        Value::String(text) => log::secrets().hide(text),
        Value::List(elements) | Value::Set(elements) => elements.iter().for_each(hide_scalars),
        Value::Map(fields) => fields.values().for_each(hide_scalars),
        Value::Dynamic(typed) => hide_scalars(&typed.1),
        Value::Number(number) => log::secrets().hide(&number.to_string()),
        Value::Null | Value::Unknown(_) | Value::Bool(_) => {}
    }
}

/// Things of one kind, by name, each made when first asked for.
pub(super) struct Shelf<S: 'static + ?Sized, T> {
    kind: &'static str,
    items: BTreeMap<&'static str, (&'static S, OnceLock<T>)>,
    make: fn(&'static S) -> T,
}

impl<S: ?Sized, T> Shelf<S, T> {
    fn new(
        kind: &'static str,
        sources: &'static [&'static S],
        name: fn(&'static S) -> &'static str,
        make: fn(&'static S) -> T,
    ) -> Self {
        Self {
            kind,
            items: sources.iter().map(|source| (name(source), (*source, OnceLock::new()))).collect(),
            make,
        }
    }

    pub(super) fn get(&self, name: &str) -> Result<&T, Diagnostic> {
        match self.items.get(name) {
            Some((source, made)) => Ok(made.get_or_init(|| (self.make)(source))),
            None => Err(Diagnostic::error(
                format!("Unknown {}", self.kind),
                format!("This provider has no {} {name:?}. Another version of it may.", self.kind),
            )),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.items.keys().map(|name| (*name).to_owned())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (String, &T)> {
        self.items
            .iter()
            .map(|(name, (source, made))| ((*name).to_owned(), made.get_or_init(|| (self.make)(source))))
    }
}

/// Everything the registry offers.
pub(super) struct Catalogue {
    pub(super) registry: &'static Registry,
    provider: OnceLock<Entry<ProviderEngine>>,
    pub(super) resources: Shelf<dyn kit::AnyResource, Entry<ResourceEngine>>,
    pub(super) data_sources: Shelf<dyn kit::AnyDataSource, Entry<DataEngine>>,
    pub(super) functions: Shelf<dyn kit::AnyFunction, FunctionEngine>,
    pub(super) ephemerals: Shelf<dyn kit::AnyEphemeral, Entry<EphemeralEngine>>,
}

impl Catalogue {
    pub(super) fn new(registry: &'static Registry) -> Self {
        Self {
            registry,
            provider: OnceLock::new(),
            resources: Shelf::new(
                "resource type",
                registry.resources,
                |r| r.name(),
                |r| {
                    let engine = ResourceEngine::new(r);
                    let schema = engine.schema().clone();
                    Entry::new(engine, &schema)
                },
            ),
            data_sources: Shelf::new(
                "data source",
                registry.data_sources,
                |d| d.name(),
                |d| {
                    let engine = DataEngine::new(d);
                    let schema = engine.schema().clone();
                    Entry::new(engine, &schema)
                },
            ),
            functions: Shelf::new("function", registry.functions, |f| f.name(), FunctionEngine::new),
            ephemerals: Shelf::new(
                "ephemeral resource type",
                registry.ephemerals,
                |e| e.name(),
                |e| {
                    let engine = EphemeralEngine::new(e);
                    let schema = engine.schema().clone();
                    Entry::new(engine, &schema)
                },
            ),
        }
    }

    pub(super) fn provider(&self) -> &Entry<ProviderEngine> {
        self.provider.get_or_init(|| {
            let engine = ProviderEngine::new(self.registry.provider);
            let schema = engine.schema().clone();
            Entry::new(engine, &schema)
        })
    }
}
