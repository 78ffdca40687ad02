//! A data source's look-up, driven.

use crate::context::Cx;
use crate::data::AnyDataSource;
use crate::diagnostic::{Diagnostic, Severity};
use crate::path::At;
use crate::schema::{Block, Schema};
use crate::value::Value;

use super::told::{located, told};
use super::validate;
use super::walk::{in_order, known_but_late, with_defaults};

/// A data source with its schema, ready to be asked.
#[allow(missing_debug_implementations, reason = "the author's side is opaque")]
pub struct DataEngine {
    source: &'static dyn AnyDataSource,
    schema: Schema,
}

impl DataEngine {
    /// Makes the schema, once.
    pub fn new(source: &'static dyn AnyDataSource) -> Self {
        Self { source, schema: source.schema() }
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What is wrong with a configuration.
    pub fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        check_config(&self.schema, config, |filled, known| self.source.check(filled, known))
    }

    /// The configuration with everything that was looked up; none if that failed.
    pub async fn read(&self, cx: &Cx, config: &Value) -> (Option<Value>, Vec<Diagnostic>) {
        let filled = with_defaults(&self.schema.block, config, config);
        let found = self.source.read(cx, filled).await;
        let (found, diagnostics) = told(&self.schema.block, cx, found);
        (found.map(|value| result(&self.schema.block, value, config)), diagnostics)
    }
}

/// The checks of a schema, and the author's own where those found nothing wrong.
pub(super) fn check_config(
    schema: &Schema,
    config: &Value,
    author: impl FnOnce(&Value, bool) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    validate::validate(&schema.block, config, &At::ROOT, &mut found);
    if !found.iter().any(|d| d.severity == Severity::Error) {
        let filled = with_defaults(&schema.block, config, config);
        found.extend(author(&filled, known_but_late(&schema.block, config)));
    }
    located(&schema.block, found)
}

/// What was looked up or opened, with everything configured as it was written: an author's types may round numbers.
pub(super) fn result(block: &Block, found: Value, config: &Value) -> Value {
    let mut result = in_order(found).unknown_to_null();
    if let Value::Map(fields) = &mut result {
        for name in block.attributes.iter().map(|a| a.name.as_ref()) {
            if !config.field(name).is_null() {
                fields.insert(name.to_owned(), config.field(name).clone());
            }
        }
    }
    result
}
