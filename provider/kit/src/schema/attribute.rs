//! One attribute: its type, who sets it, and how the engine treats it.

use std::borrow::Cow;

use crate::check::{Check, IntoCheck};
use crate::diagnostic::Diagnostic;
use crate::model::Attr;
use crate::path::At;
use crate::ty::Type;
use crate::value::Value;

use super::Block;

/// One attribute.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent word in the schema")]
pub struct Attribute {
    /// Its name in the configuration.
    pub name: Cow<'static, str>,
    /// What the user reads, as Markdown.
    pub doc: Cow<'static, str>,
    /// Its type.
    pub ty: Type,
    /// Who sets it.
    pub presence: Presence,
    /// The value it has when the user sets none.
    pub default: Option<Value>,
    /// The default in words, where the value is filled in later than by this engine.
    pub default_doc: Option<Cow<'static, str>>,
    /// Changing it replaces the object.
    pub force_new: bool,
    /// Whether its computed value survives an update.
    pub keep: Keep,
    /// Terraform does not show it.
    pub sensitive: bool,
    /// Read from the configuration, never stored.
    pub write_only: bool,
    /// The author plans with it even while it is unknown.
    pub late: bool,
    /// Why not to use it any more, and what instead.
    pub deprecated: Option<Cow<'static, str>>,
    /// When two texts mean the same, so that a new spelling is no change.
    pub same: Option<Same>,
    /// What its value must satisfy.
    pub checks: Vec<Check>,
    /// What its value must fit, beyond its type.
    pub fits: Option<Fits>,
    /// The struct behind an object, or behind the objects of a collection: their documentation and checks.
    pub object: Option<Box<Block>>,
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The user must.
    Required,
    /// The user may.
    Optional,
    /// The provider does.
    Computed,
    /// The user may, else the provider does.
    OptionalComputed,
}

/// What becomes of a computed value when an update is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It may change: unknown until applied.
    No,
    /// It stays unless the author's plan hook says otherwise; unknown while the hook cannot run.
    UnlessPlanned,
    /// It never changes while the object lives, such as an id.
    Always,
}

/// Whether two texts mean the same.
pub type Same = fn(&str, &str) -> bool;

/// Whether a known value fits the author's field, which may be narrower than Terraform's type.
pub type Fits = fn(&Value, &At<'_>) -> Result<(), Diagnostic>;

impl Attribute {
    /// An attribute of this type.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        ty: Type,
        presence: Presence,
    ) -> Self {
        Self {
            name: name.into(),
            doc: doc.into(),
            ty,
            presence,
            default: None,
            default_doc: None,
            force_new: false,
            keep: Keep::No,
            sensitive: false,
            write_only: false,
            late: false,
            deprecated: None,
            same: None,
            checks: Vec::new(),
            fits: None,
            object: None,
        }
    }

    /// An attribute held by a field of type `T`, which says the type and who sets it.
    pub fn of<T: Attr>(name: &'static str, doc: &'static str) -> Self {
        Self {
            late: T::LATE,
            fits: Some(|value, at| T::decode(value, at).map(drop)),
            object: T::object().map(Box::new),
            ..Self::new(name, doc, T::ty(), T::PRESENCE)
        }
    }

    /// The provider sets it where the user does not.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.presence = match self.presence {
            Presence::Optional => Presence::OptionalComputed,
            Presence::Required => Presence::Computed,
            other => other,
        };
        self
    }

    /// The value it has when the user sets none.
    #[must_use]
    pub fn default(mut self, value: &impl Attr) -> Self {
        self.default = Some(value.encode());
        self.presence = Presence::OptionalComputed;
        self
    }

    /// Changing it replaces the object.
    #[must_use]
    pub fn force_new(self) -> Self {
        Self { force_new: true, ..self }
    }

    /// Its computed value never changes while the object lives.
    #[must_use]
    pub fn stable(self) -> Self {
        Self { keep: Keep::Always, ..self }
    }

    /// Its computed value stays unless the plan hook says otherwise.
    #[must_use]
    pub fn held(self) -> Self {
        Self { keep: Keep::UnlessPlanned, ..self }
    }

    /// Terraform does not show it.
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Read from the configuration, never stored.
    #[must_use]
    pub fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    /// Not to be used any more.
    #[must_use]
    pub fn deprecated(self, instead: impl Into<Cow<'static, str>>) -> Self {
        Self { deprecated: Some(instead.into()), ..self }
    }

    /// Its value must satisfy this.
    #[must_use]
    pub fn check<M>(mut self, check: impl IntoCheck<M>) -> Self {
        self.checks.push(check.into_check());
        self
    }

    /// Texts that mean the same are no change: the plan keeps the prior one. It has to be decided here and not in the
    /// plan hook, because a hook does not run while something else is unknown, and would then come too late.
    #[must_use]
    pub fn same(self, rule: Same) -> Self {
        Self { same: Some(rule), ..self }
    }

    /// Whether two values of this attribute mean the same.
    pub fn is_same(&self, a: &Value, b: &Value) -> bool {
        a == b || self.same.is_some_and(|rule| all_same(rule, a, b))
    }

    /// Whether the provider sets it where the user does not.
    pub fn is_computed(&self) -> bool {
        matches!(self.presence, Presence::Computed | Presence::OptionalComputed)
    }

    /// Whether the user can set it.
    pub fn is_configurable(&self) -> bool {
        self.presence != Presence::Computed
    }
}

fn all_same(rule: Same, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => rule(a, b),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| all_same(rule, a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| all_same(rule, a, b))
        }
        _ => a == b,
    }
}
