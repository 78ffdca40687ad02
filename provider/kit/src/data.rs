//! A data source: something to look up, and nothing to change.

use std::future::Future;

use crate::context::Cx;
use crate::diagnostic::{Diagnostic, Result};
use crate::model::Block;
use crate::path::At;
use crate::resource::BoxFuture;
use crate::schema::Schema;
use crate::value::Value;

/// A data source.
pub trait DataSource: Send + Sync + 'static {
    /// The struct that is schema, result and documentation.
    type Model: Block;
    /// The name in the configuration, such as `lostops_pack`.
    const NAME: &'static str;

    /// Fills in what is computed.
    fn read(&self, cx: &Cx, model: &mut Self::Model) -> impl Future<Output = Result<()>> + Send;

    /// What is wrong across several attributes.
    fn check(&self, model: &Self::Model) -> Vec<Diagnostic> {
        let _ = model;
        Vec::new()
    }
}

/// A data source without its type.
pub trait AnyDataSource: Send + Sync {
    /// The name in the configuration.
    fn name(&self) -> &str;
    /// The schema.
    fn schema(&self) -> Schema;
    /// See [`DataSource::check`]. `known` says whether everything but late values is.
    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic>;
    /// See [`DataSource::read`]; defaults are filled in.
    fn read<'a>(&'a self, cx: &'a Cx, config: Value) -> BoxFuture<'a, Result<Value>>;
}

impl<D: DataSource> AnyDataSource for D {
    fn name(&self) -> &str {
        D::NAME
    }

    fn schema(&self) -> Schema {
        Schema { version: 0, block: D::Model::block() }
    }

    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic> {
        if !known {
            return Vec::new();
        }
        match D::Model::decode(config, &At::ROOT) {
            Ok(model) => DataSource::check(self, &model),
            Err(problem) => vec![problem],
        }
    }

    fn read<'a>(&'a self, cx: &'a Cx, config: Value) -> BoxFuture<'a, Result<Value>> {
        Box::pin(async move {
            let mut model = D::Model::decode(&config, &At::ROOT)?;
            DataSource::read(self, cx, &mut model).await?;
            Ok(Block::encode(&model))
        })
    }
}
