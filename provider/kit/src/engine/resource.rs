//! A resource's verbs, driven: what is asked, what is saved whatever happens, what the user hears.

use std::time::Duration;

use crate::context::{Cx, Private, Slot};
use crate::diagnostic::{Diagnostic, Failure, Result, Severity};
use crate::path::At;
use crate::resource::{AnyResource, Moved};
use crate::schema::{Block, Schema};
use crate::value::Value;

use super::honour::honour;
use super::plan::{self, Planned, Proposal};
use super::timeouts::{self, Verb};
use super::walk::{in_order, known_but_late, with_defaults, with_write_only, without_write_only};
use super::{conform, told, validate};

/// A resource with its schema, ready to be asked.
#[allow(missing_debug_implementations, reason = "the author's side is opaque")]
pub struct ResourceEngine {
    resource: &'static dyn AnyResource,
    schema: Schema,
    /// The schema as the author wrote it, without `timeouts`.
    inner: Block,
}

/// A planned change to carry out.
#[derive(Clone, Debug)]
pub struct Change {
    /// What there is; null when it is to be made.
    pub prior: Value,
    /// What was planned; null when it is to be removed.
    pub planned: Value,
    /// What the user wrote: the only place where write-only values are.
    pub config: Value,
    /// What the plan keeps beside the state.
    pub private: Private,
}

/// What there is after a change, whether it succeeded or not.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The state to save; null if there is no object.
    pub value: Value,
    /// What is kept beside the state.
    pub private: Private,
    /// What the user should hear.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a look found. The same shape as after a change.
pub type Looked = Applied;

/// What an import found.
pub type Imported = Applied;

impl ResourceEngine {
    /// Makes the schema, once.
    pub fn new(resource: &'static dyn AnyResource) -> Self {
        let Schema { version, block: inner } = resource.schema();
        let block = inner.clone().block(timeouts::block(&resource.timeouts()));
        Self { resource, schema: Schema { version, block }, inner }
    }

    /// The schema, with the `timeouts` block.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How long `verb` may take on the object with this value.
    pub fn limit(&self, verb: Verb, value: &Value) -> Result<(String, Duration), Diagnostic> {
        timeouts::limit(verb, &self.resource.timeouts(), value)
    }

    /// What is wrong with a configuration. `write_only` says whether the client keeps such values out of its state.
    pub fn validate(&self, config: Value, write_only: bool) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        validate::validate(&self.schema.block, &config, &At::ROOT, &mut found);
        if !write_only {
            validate::write_only_needs_newer(&self.schema.block, &config, &At::ROOT, &mut found);
        }
        if found.iter().any(|d| d.severity == Severity::Error) {
            return found;
        }
        let (config, _) = timeouts::split(config);
        let filled = with_defaults(&self.inner, &config, &config);
        found.extend(self.resource.check(&filled, known_but_late(&self.inner, &config)));
        told::located(&self.schema.block, found)
    }

    /// A saved state in today's shape.
    pub fn upgrade(&self, version: i64, saved: Value) -> Result<Value> {
        let saved = if version == self.schema.version {
            saved
        } else {
            let (inner, limits) = timeouts::split(saved);
            timeouts::join(self.resource.upgrade(version, inner)?, limits)
        };
        Ok(without_write_only(&self.schema.block, &conform::conform(&self.schema.block, &saved, &At::ROOT)?))
    }

    /// The state of another resource type, taken over.
    pub fn take_over(&self, from: &Moved) -> Result<Value> {
        let Some(state) = self.resource.moved(from) else {
            return Err(Failure::from(Diagnostic::error(
                "Unsupported `moved` across resource types",
                format!("{} cannot take over the state of a {}.", self.resource.name(), from.resource),
            )));
        };
        self.upgrade(self.schema.version, state?)
    }

    /// What will be.
    pub async fn plan(&self, cx: &Cx, proposal: Proposal) -> Planned {
        let (prior, _) = timeouts::split(proposal.prior);
        if proposal.proposed.is_null() {
            return self.plan_delete(cx, prior, proposal.private).await;
        }
        let (proposed, limits) = timeouts::split(proposal.proposed);
        let (config, _) = timeouts::split(proposal.config);
        let inner = Proposal { prior, proposed, config, private: proposal.private };
        let mut planned = plan::plan(self.resource, &self.inner, cx, inner).await;
        planned.value = planned.value.map(|value| timeouts::join(value, limits));
        planned
    }

    async fn plan_delete(&self, cx: &Cx, prior: Value, private: Private) -> Planned {
        let verdict = self.resource.plan_delete(cx, prior).await;
        let (_, diagnostics) = told::told(&self.schema.block, cx, verdict);
        Planned { value: Some(Value::Null), private, diagnostics, ..Planned::default() }
    }

    /// Looks at the object with this state.
    pub async fn read(&self, cx: &Cx, current: Value, private: Private) -> Looked {
        let (current, limits) = timeouts::split(current);
        let before = Slot { value: (!current.is_null()).then_some(current), private };
        let mut slot = before.clone();
        let verdict = cx.within_limit("read", self.resource.read(cx, &mut slot)).await;
        // A look that failed has seen nothing: what was known stays.
        let slot = if verdict.is_ok() { slot } else { before };
        self.saved(cx, slot, limits, verdict)
    }

    /// Carries out a planned change.
    pub async fn apply(&self, cx: &Cx, change: Change) -> Applied {
        let (prior, old_limits) = timeouts::split(change.prior);
        let (planned, limits) = timeouts::split(change.planned);
        let (config, _) = timeouts::split(change.config);
        let mut slot = Slot { value: (!prior.is_null()).then(|| prior.clone()), private: change.private };
        if planned.is_null() {
            let verdict = cx.within_limit("delete", self.resource.delete(cx, prior, &mut slot)).await;
            slot.value = slot.value.filter(|_| verdict.is_err());
            return self.saved(cx, slot, old_limits, verdict);
        }
        if planned == prior {
            return self.saved(cx, slot, limits, Ok(()));
        }
        let wanted = with_write_only(&self.inner, &planned, &config);
        let verdict = if prior.is_null() {
            cx.within_limit("create", self.resource.create(cx, wanted, &mut slot)).await
        } else {
            cx.within_limit("update", self.resource.update(cx, prior, wanted, &mut slot)).await
        };
        let verdict = verdict.and_then(|()| self.made_something(&slot));
        if verdict.is_ok() {
            slot.value = slot.value.map(|made| honour(&planned, in_order(made)));
        }
        self.saved(cx, slot, limits, verdict)
    }

    fn made_something(&self, slot: &Slot) -> Result<()> {
        match slot.value {
            Some(_) => Ok(()),
            None => Err(Failure::from(Diagnostic::error(
                "Nothing was recorded",
                format!(
                    "{} reported success without recording an object. This is a bug in it.",
                    self.resource.name()
                ),
            ))),
        }
    }

    /// Finds an object by what the user wrote after `terraform import`.
    pub async fn import(&self, cx: &Cx, id: &str) -> Imported {
        let verdict = cx.within_limit("read", self.resource.import(cx, id)).await;
        let (value, verdict) = match verdict {
            Ok(Some(value)) => (Some(value), Ok(())),
            Ok(None) => (None, Err(self.not_found(id).into())),
            Err(failure) => (None, Err(failure)),
        };
        self.saved(cx, Slot { value, private: Private::default() }, Value::Null, verdict)
    }

    fn not_found(&self, id: &str) -> Diagnostic {
        let name = self.resource.name();
        Diagnostic::error(
            format!("Cannot import {name} {id:?}"),
            format!(
                "There is no such object. The documentation of {name} says what its import id looks like."
            ),
        )
    }

    /// What Terraform is to save: known, without what must not be stored, with the user's `timeouts`.
    fn saved(&self, cx: &Cx, slot: Slot, limits: Value, verdict: Result<()>) -> Applied {
        let (_, diagnostics) = told::told(&self.schema.block, cx, verdict);
        let value = slot.value.map_or(Value::Null, |value| {
            let stored = in_order(without_write_only(&self.inner, &value)).unknown_to_null();
            timeouts::join(stored, limits.unknown_to_null())
        });
        Applied { value, private: slot.private, diagnostics }
    }
}
