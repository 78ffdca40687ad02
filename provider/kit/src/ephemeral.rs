//! An ephemeral resource: opened for one run, renewed while it lasts, closed at the end, never stored.

use std::future::Future;
use std::time::Duration;

use crate::context::{Cx, Private};
use crate::diagnostic::{Diagnostic, Result};
use crate::model::Block;
use crate::path::At;
use crate::resource::BoxFuture;
use crate::schema::Schema;
use crate::value::Value;

/// What holding an ephemeral resource takes.
#[derive(Clone, Debug, Default)]
pub struct Lease {
    /// After how long it has to be renewed; never, if none.
    pub renew_in: Option<Duration>,
    /// What renewing and closing need. Terraform may close with what `open` returned, not with what `renew` did.
    pub private: Private,
}

/// An ephemeral resource.
pub trait Ephemeral: Send + Sync + 'static {
    /// The struct that is schema, result and documentation.
    type Model: Block;
    /// The name in the configuration, such as `lostops_nomad_token`.
    const NAME: &'static str;

    /// Makes it, and fills in what is computed.
    fn open(&self, cx: &Cx, model: &mut Self::Model) -> impl Future<Output = Result<Lease>> + Send;

    /// Makes it last longer.
    fn renew(&self, cx: &Cx, private: Private) -> impl Future<Output = Result<Lease>> + Send {
        let _ = cx;
        async { Ok(Lease { renew_in: None, private }) }
    }

    /// Ends it.
    fn close(&self, cx: &Cx, private: Private) -> impl Future<Output = Result<()>> + Send;

    /// What is wrong across several attributes.
    fn check(&self, model: &Self::Model) -> Vec<Diagnostic> {
        let _ = model;
        Vec::new()
    }
}

/// An ephemeral resource without its type.
pub trait AnyEphemeral: Send + Sync {
    /// The name in the configuration.
    fn name(&self) -> &str;
    /// The schema.
    fn schema(&self) -> Schema;
    /// See [`Ephemeral::check`]. `known` says whether everything but late values is.
    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic>;
    /// See [`Ephemeral::open`]; defaults are filled in.
    fn open<'a>(&'a self, cx: &'a Cx, config: Value) -> BoxFuture<'a, Result<(Value, Lease)>>;
    /// See [`Ephemeral::renew`].
    fn renew<'a>(&'a self, cx: &'a Cx, private: Private) -> BoxFuture<'a, Result<Lease>>;
    /// See [`Ephemeral::close`].
    fn close<'a>(&'a self, cx: &'a Cx, private: Private) -> BoxFuture<'a, Result<()>>;
}

impl<E: Ephemeral> AnyEphemeral for E {
    fn name(&self) -> &str {
        E::NAME
    }

    fn schema(&self) -> Schema {
        Schema { version: 0, block: E::Model::block() }
    }

    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic> {
        if !known {
            return Vec::new();
        }
        match E::Model::decode(config, &At::ROOT) {
            Ok(model) => Ephemeral::check(self, &model),
            Err(problem) => vec![problem],
        }
    }

    fn open<'a>(&'a self, cx: &'a Cx, config: Value) -> BoxFuture<'a, Result<(Value, Lease)>> {
        Box::pin(async move {
            let mut model = E::Model::decode(&config, &At::ROOT)?;
            let lease = Ephemeral::open(self, cx, &mut model).await?;
            Ok((Block::encode(&model), lease))
        })
    }

    fn renew<'a>(&'a self, cx: &'a Cx, private: Private) -> BoxFuture<'a, Result<Lease>> {
        Box::pin(Ephemeral::renew(self, cx, private))
    }

    fn close<'a>(&'a self, cx: &'a Cx, private: Private) -> BoxFuture<'a, Result<()>> {
        Box::pin(Ephemeral::close(self, cx, private))
    }
}
