//! An ephemeral resource's life, driven.

use crate::context::{Cx, Private};
use crate::diagnostic::Diagnostic;
use crate::ephemeral::{AnyEphemeral, Lease};
use crate::schema::Schema;
use crate::value::Value;

use super::data::{check_config, result};
use super::told::told;
use super::walk::with_defaults;

/// An ephemeral resource with its schema, ready to be asked.
#[allow(missing_debug_implementations, reason = "the author's side is opaque")]
pub struct EphemeralEngine {
    ephemeral: &'static dyn AnyEphemeral,
    schema: Schema,
}

impl EphemeralEngine {
    /// Makes the schema, once.
    pub fn new(ephemeral: &'static dyn AnyEphemeral) -> Self {
        Self { ephemeral, schema: ephemeral.schema() }
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What is wrong with a configuration.
    pub fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        check_config(&self.schema, config, |filled, known| self.ephemeral.check(filled, known))
    }

    /// Opens it: the result and its lease, or none if that failed.
    pub async fn open(&self, cx: &Cx, config: &Value) -> (Option<(Value, Lease)>, Vec<Diagnostic>) {
        let filled = with_defaults(&self.schema.block, config, config);
        let opened = self.ephemeral.open(cx, filled).await;
        let (opened, diagnostics) = told(&self.schema.block, cx, opened);
        let held = |(value, lease)| (result(&self.schema.block, value, config), lease);
        (opened.map(held), diagnostics)
    }

    /// Renews it.
    pub async fn renew(&self, cx: &Cx, private: Private) -> (Option<Lease>, Vec<Diagnostic>) {
        let renewed = self.ephemeral.renew(cx, private).await;
        told(&self.schema.block, cx, renewed)
    }

    /// Closes it.
    pub async fn close(&self, cx: &Cx, private: Private) -> Vec<Diagnostic> {
        let closed = self.ephemeral.close(cx, private).await;
        told(&self.schema.block, cx, closed).1
    }
}
