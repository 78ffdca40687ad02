//! The provider itself: its block, what configuring it comes to, and the one list of everything it offers.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use crate::context::Cx;
use crate::data::AnyDataSource;
use crate::diagnostic::{Diagnostic, Result};
use crate::ephemeral::AnyEphemeral;
use crate::function::AnyFunction;
use crate::model::Block;
use crate::path::At;
use crate::resource::{AnyResource, BoxFuture};
use crate::schema::Schema;
use crate::value::Value;

/// The provider block and what it comes to.
pub trait Provider: Send + Sync + 'static {
    /// The struct that is the provider block's schema and documentation.
    type Config: Block;
    /// What the verbs get from [`Cx::provider`].
    type Data: Any + Send + Sync;

    /// Turns the block into what the verbs need. No network here: Terraform configures several times per command.
    fn configure(&self, cx: &Cx, config: Self::Config) -> impl Future<Output = Result<Self::Data>> + Send;

    /// What is wrong across several attributes.
    fn check(&self, config: &Self::Config) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}

/// A provider without its types.
pub trait AnyProvider: Send + Sync {
    /// The schema of the provider block.
    fn schema(&self) -> Schema;
    /// See [`Provider::check`]. `known` says whether everything but late values is.
    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic>;
    /// See [`Provider::configure`]; defaults are filled in.
    fn configure<'a>(
        &'a self,
        cx: &'a Cx,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Any + Send + Sync>>>;
}

impl<P: Provider> AnyProvider for P {
    fn schema(&self) -> Schema {
        Schema { version: 0, block: P::Config::block() }
    }

    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic> {
        if !known {
            return Vec::new();
        }
        match P::Config::decode(config, &At::ROOT) {
            Ok(config) => Provider::check(self, &config),
            Err(problem) => vec![problem],
        }
    }

    fn configure<'a>(
        &'a self,
        cx: &'a Cx,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Any + Send + Sync>>> {
        Box::pin(async move {
            let config = P::Config::decode(&config, &At::ROOT)?;
            let data: Arc<dyn Any + Send + Sync> = Arc::new(Provider::configure(self, cx, config).await?);
            Ok(data)
        })
    }
}

/// Everything a provider offers. Whoever needs all of something loops over it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "the authors' sides are opaque")]
pub struct Registry {
    /// The address in `required_providers`, such as `lostops/lostops`.
    pub address: &'static str,
    /// The version of the release.
    pub version: &'static str,
    /// What the provider is for, as Markdown: the first page of its documentation.
    pub doc: &'static str,
    /// The provider block.
    pub provider: &'static dyn AnyProvider,
    /// The resources, by name.
    pub resources: &'static [&'static dyn AnyResource],
    /// The data sources, by name.
    pub data_sources: &'static [&'static dyn AnyDataSource],
    /// The functions, by name.
    pub functions: &'static [&'static dyn AnyFunction],
    /// The ephemeral resources, by name.
    pub ephemerals: &'static [&'static dyn AnyEphemeral],
}

impl Registry {
    /// The provider's own name: the last part of its address.
    pub fn name(&self) -> &'static str {
        self.address.rsplit('/').next().unwrap_or(self.address)
    }
}
