//! What an author writes: a model and four verbs. And the same without its type, which is what the engine drives.

use std::future::Future;
use std::pin::Pin;

use crate::context::{Cx, Private, Slot, State};
use crate::diagnostic::{Diagnostic, Result};
use crate::model::Block;
use crate::path::{At, Path};
use crate::schema::Schema;
use crate::value::Value;

/// A future that an untyped verb returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A resource: a model and four verbs, with `plan`, `check`, `upgrade`, `import` and more where they are needed.
pub trait Resource: Send + Sync + 'static {
    /// The struct that is schema, state and documentation.
    type Model: Block;
    /// The name in the configuration, such as `lostops_cluster`.
    const NAME: &'static str;
    /// Raised when the state's shape changes; [`Resource::upgrade`] then reads the older ones.
    const VERSION: i64 = 0;
    /// How long the verbs may take when the user says nothing.
    const TIMEOUTS: Timeouts = Timeouts::USUAL;

    /// Makes the object. Records it as soon as it exists: after that, an error no longer loses it.
    fn create(
        &self,
        cx: &Cx,
        planned: Self::Model,
        state: &mut State<'_, Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Looks at the object; `None` if it is gone. There is no configuration here: state and provider block must do.
    fn read(
        &self,
        cx: &Cx,
        current: Self::Model,
        private: &mut Private,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Changes the object from `prior` to `planned`. The state holds `prior` until something else is recorded.
    fn update(
        &self,
        cx: &Cx,
        prior: Self::Model,
        planned: Self::Model,
        state: &mut State<'_, Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Removes the object. One that is gone already is no error.
    fn delete(
        &self,
        cx: &Cx,
        prior: Self::Model,
        state: &mut State<'_, Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// What is wrong across several attributes. Runs when everything but `Late` values is known.
    fn check(&self, model: &Self::Model) -> Vec<Diagnostic> {
        let _ = model;
        Vec::new()
    }

    /// Decides computed values, replacement and warnings. Known values must follow from state and configuration alone:
    /// Terraform plans again at apply and compares. Runs when everything but `Late` values is known.
    fn plan(&self, cx: &Cx, plan: &mut Plan<Self::Model>) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, plan);
        async { Ok(()) }
    }

    /// Refuses or comments on a planned deletion.
    fn plan_delete(&self, cx: &Cx, prior: Self::Model) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, prior);
        async { Ok(()) }
    }

    /// Brings a state of an older version to today's shape. Attributes that are missing after it become null.
    fn upgrade(&self, version: i64, state: Value) -> Result<Value> {
        let _ = version;
        Ok(state)
    }

    /// Finds an object by what the user wrote after `terraform import`; `None` if there is none.
    fn import(&self, cx: &Cx, id: &str) -> impl Future<Output = Result<Option<Self::Model>>> + Send {
        let _ = (cx, id);
        async { Err(no_import(Self::NAME).into()) }
    }

    /// Takes over the state of another resource type (`moved` block); `None` if it cannot.
    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        let _ = from;
        None
    }
}

fn no_import(name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("{name} cannot be imported"),
        "This resource does not support `terraform import`.",
    )
}

/// How long each verb may take, in Terraform's words (`90s`, `1h30m`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For `create`.
    pub create: &'static str,
    /// For `read`.
    pub read: &'static str,
    /// For `update`.
    pub update: &'static str,
    /// For `delete`.
    pub delete: &'static str,
}

impl Timeouts {
    /// Twenty minutes for a change, five for a look.
    pub const USUAL: Self = Self { create: "20m", read: "5m", update: "20m", delete: "20m" };

    pub(crate) fn each(&self) -> [(&'static str, &'static str); 4] {
        [("create", self.create), ("read", self.read), ("update", self.update), ("delete", self.delete)]
    }
}

/// A plan that an author may shape.
#[derive(Debug)]
pub struct Plan<M> {
    /// What there is; none when it is to be made.
    pub prior: Option<M>,
    /// What there will be. Computed values are unset: set them, or leave them to the engine. Nothing else that is
    /// changed here counts: what is configured, or has a default, is planned as it stands.
    pub draft: M,
    /// What is kept beside the state.
    pub private: Private,
    pub(crate) replace: Vec<Path>,
}

impl<M> Plan<M> {
    pub(crate) fn new(prior: Option<M>, draft: M, private: Private) -> Self {
        Self { prior, draft, private, replace: Vec::new() }
    }

    /// The change of this attribute (in dotted form) can only be made by replacing the object. What decides that should
    /// be `Late`, and unknown count as replacing: Terraform refuses to find out only at apply.
    pub fn replace(&mut self, dotted: &str) {
        self.replace.push(Path::of(dotted));
    }
}

/// The state that a `moved` block hands over.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The address of the provider that it comes from.
    pub provider: String,
    /// The type that it was.
    pub resource: String,
    /// The version of its schema.
    pub version: i64,
    /// The state, as it was saved.
    pub state: Value,
    /// What was kept beside it, if it comes from this provider. It goes with the object.
    pub private: Private,
}

/// A resource without its type: values in, values out. Derived resources get it from [`Resource`]; a resource whose
/// schema is made from data implements it itself, and is then given the raw values, unknown ones included.
pub trait AnyResource: Send + Sync {
    /// The name in the configuration.
    fn name(&self) -> &str;
    /// The schema, without the `timeouts` block.
    fn schema(&self) -> Schema;
    /// How long the verbs may take when the user says nothing.
    fn timeouts(&self) -> Timeouts;
    /// See [`Resource::check`]; defaults are filled in. `known` says whether everything but late values is.
    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic>;
    /// See [`Resource::plan`]. Says whether it could decide: a hook that needs known values cannot without them.
    fn plan<'a>(&'a self, cx: &'a Cx, plan: &'a mut Plan<Value>, known: bool) -> BoxFuture<'a, Result<bool>>;
    /// See [`Resource::plan_delete`].
    fn plan_delete<'a>(&'a self, cx: &'a Cx, prior: Value) -> BoxFuture<'a, Result<()>>;
    /// See [`Resource::create`].
    fn create<'a>(&'a self, cx: &'a Cx, planned: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>>;
    /// See [`Resource::read`]; the slot holds what is there, and none if it is gone.
    fn read<'a>(&'a self, cx: &'a Cx, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>>;
    /// See [`Resource::update`].
    fn update<'a>(
        &'a self,
        cx: &'a Cx,
        prior: Value,
        planned: Value,
        slot: &'a mut Slot,
    ) -> BoxFuture<'a, Result<()>>;
    /// See [`Resource::delete`].
    fn delete<'a>(&'a self, cx: &'a Cx, prior: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>>;
    /// See [`Resource::upgrade`].
    fn upgrade(&self, version: i64, state: Value) -> Result<Value>;
    /// See [`Resource::import`].
    fn import<'a>(&'a self, cx: &'a Cx, id: &'a str) -> BoxFuture<'a, Result<Option<Value>>>;
    /// See [`Resource::moved`].
    fn moved(&self, from: &Moved) -> Option<Result<Value>>;
}

fn model<M: Block>(value: &Value) -> Result<M> {
    M::decode(value, &At::ROOT).map_err(Into::into)
}

impl<R: Resource> AnyResource for R {
    fn name(&self) -> &str {
        R::NAME
    }

    fn schema(&self) -> Schema {
        Schema { version: R::VERSION, block: R::Model::block() }
    }

    fn timeouts(&self) -> Timeouts {
        R::TIMEOUTS
    }

    fn check(&self, config: &Value, known: bool) -> Vec<Diagnostic> {
        if !known {
            return Vec::new();
        }
        match R::Model::decode(config, &At::ROOT) {
            Ok(model) => Resource::check(self, &model),
            Err(problem) => vec![problem],
        }
    }

    fn plan<'a>(&'a self, cx: &'a Cx, plan: &'a mut Plan<Value>, known: bool) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            if !known {
                return Ok(false);
            }
            let prior = plan.prior.as_ref().map(model::<R::Model>).transpose()?;
            let private = std::mem::take(&mut plan.private);
            let mut typed = Plan::new(prior, model::<R::Model>(&plan.draft)?, private);
            let verdict = Resource::plan(self, cx, &mut typed).await;
            plan.draft = Block::encode(&typed.draft);
            plan.private = typed.private;
            plan.replace = typed.replace;
            verdict.map(|()| true)
        })
    }

    fn plan_delete<'a>(&'a self, cx: &'a Cx, prior: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { Resource::plan_delete(self, cx, model(&prior)?).await })
    }

    fn create<'a>(&'a self, cx: &'a Cx, planned: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { Resource::create(self, cx, model(&planned)?, &mut State::new(slot)).await })
    }

    fn read<'a>(&'a self, cx: &'a Cx, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some(current) = &slot.value else { return Ok(()) };
            let found = Resource::read(self, cx, model(current)?, &mut slot.private).await?;
            slot.value = found.as_ref().map(Block::encode);
            Ok(())
        })
    }

    fn update<'a>(
        &'a self,
        cx: &'a Cx,
        prior: Value,
        planned: Value,
        slot: &'a mut Slot,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            Resource::update(self, cx, model(&prior)?, model(&planned)?, &mut State::new(slot)).await
        })
    }

    fn delete<'a>(&'a self, cx: &'a Cx, prior: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { Resource::delete(self, cx, model(&prior)?, &mut State::new(slot)).await })
    }

    fn upgrade(&self, version: i64, state: Value) -> Result<Value> {
        Resource::upgrade(self, version, state)
    }

    fn import<'a>(&'a self, cx: &'a Cx, id: &'a str) -> BoxFuture<'a, Result<Option<Value>>> {
        Box::pin(async move { Ok(Resource::import(self, cx, id).await?.as_ref().map(Block::encode)) })
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        Resource::moved(self, from)
    }
}
