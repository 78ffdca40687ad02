//! The provider's configuration, driven.

use crate::context::{Cx, ProviderData};
use crate::diagnostic::Diagnostic;
use crate::path::{At, Path};
use crate::provider::AnyProvider;
use crate::schema::{Block, Schema};
use crate::value::Value;

use super::data::check_config;
use super::told::told;
use super::walk::with_defaults;

/// A provider with its schema, ready to be configured.
#[allow(missing_debug_implementations, reason = "the author's side is opaque")]
pub struct ProviderEngine {
    provider: &'static dyn AnyProvider,
    schema: Schema,
}

impl ProviderEngine {
    /// Makes the schema, once.
    pub fn new(provider: &'static dyn AnyProvider) -> Self {
        Self { provider, schema: provider.schema() }
    }

    /// The schema of the provider block.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What is wrong with a configuration.
    pub fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        check_config(&self.schema, config, |filled, known| self.provider.check(filled, known))
    }

    /// Configures the provider. What is not known before apply is no error until somebody needs it.
    pub async fn configure(&self, cx: &Cx, config: &Value) -> (ProviderData, Vec<Diagnostic>) {
        if let Some(path) = first_unknown(&self.schema.block, config, &At::ROOT) {
            return (ProviderData::NotKnownYet(path), Vec::new());
        }
        let outcome = self.provider.configure(cx, with_defaults(&self.schema.block, config, config)).await;
        let (data, diagnostics) = told(&self.schema.block, cx, outcome);
        (data.map_or(ProviderData::Unconfigured, ProviderData::Ready), diagnostics)
    }
}

fn first_unknown(block: &Block, config: &Value, at: &At<'_>) -> Option<Path> {
    let attributes = block.attributes.iter().filter(|a| !a.late);
    let unknown = attributes.map(|a| &a.name).find(|name| !config.field(name).is_wholly_known());
    let mut found = unknown.map(|name| at.field(name).path());
    for nested in &block.blocks {
        let (value, here) = (config.field(&nested.name), at.field(&nested.name));
        if found.is_none() && value.is_unknown() {
            found = Some(here.path());
        }
        nested.each(value, &here, |inner, place| {
            found = found.take().or_else(|| first_unknown(&nested.block, inner, place));
        });
    }
    found
}
