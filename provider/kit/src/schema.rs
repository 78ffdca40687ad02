//! What a configuration may contain: attributes, nested blocks, and how the engine plans each of them.
//!
//! A schema comes from a derived struct (`#[derive(Block)]`) or is made from data at start-up; nothing else in the
//! kit knows which.

use std::borrow::Cow;

use crate::check::{Check, IntoCheck};
use crate::model::{Attr, Nest};
use crate::path::At;
use crate::ty::Type;
use crate::value::Value;

/// A resource's, data source's or provider's whole schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Raised when the state's shape changes, together with an `upgrade` step.
    pub version: i64,
    /// The attributes and blocks.
    pub block: Block,
}

/// The inside of a resource or of a nested block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What the user reads, as Markdown.
    pub doc: Cow<'static, str>,
    /// Why not to use it any more, and what instead.
    pub deprecated: Option<Cow<'static, str>>,
    /// The attributes, in the order of the documentation.
    pub attributes: Vec<Attribute>,
    /// The nested blocks, in the order of the documentation.
    pub blocks: Vec<NestedBlock>,
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
    /// What its value must satisfy.
    pub checks: Vec<Check>,
}

/// How often a nested block appears, and by what its instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Once, or not at all.
    Single,
    /// Repeated, in order.
    List,
    /// Repeated, without order.
    Set,
    /// Repeated, each with its own label.
    Map,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its name in the configuration.
    pub name: Cow<'static, str>,
    /// How it is repeated.
    pub nesting: Nesting,
    /// How many there must be.
    pub min: u32,
    /// How many there may be; 0 is any number.
    pub max: u32,
    /// Adding, removing or changing one replaces the object.
    pub force_new: bool,
    /// What is inside.
    pub block: Block,
}

impl Block {
    /// An empty block with its documentation.
    pub fn new(doc: impl Into<Cow<'static, str>>) -> Self {
        Self { doc: doc.into(), ..Self::default() }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// The same with one more nested block.
    #[must_use]
    pub fn block(mut self, block: NestedBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// The same, marked as not to be used any more.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<Cow<'static, str>>) -> Self {
        self.deprecated = Some(instead.into());
        self
    }

    /// The type of a value of this block when it is an object, as in an attribute.
    pub fn object_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|b| (b.name.clone(), b.object_type()));
        Type::Object(attributes.chain(blocks).collect())
    }
}

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
            checks: Vec::new(),
        }
    }

    /// An attribute held by a field of type `T`, which says the type and who sets it.
    pub fn of<T: Attr>(name: &'static str, doc: &'static str) -> Self {
        Self { late: T::LATE, ..Self::new(name, doc, T::ty(), T::PRESENCE) }
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

    /// Whether the provider sets it where the user does not.
    pub fn is_computed(&self) -> bool {
        matches!(self.presence, Presence::Computed | Presence::OptionalComputed)
    }

    /// Whether the user can set it.
    pub fn is_configurable(&self) -> bool {
        self.presence != Presence::Computed
    }
}

impl NestedBlock {
    /// A nested block held by a field of type `T`, which says how it is repeated.
    pub fn of<T: Nest>(name: &'static str, doc: &'static str) -> Self {
        let mut block = T::block();
        if !doc.is_empty() {
            block.doc = doc.into();
        }
        Self { name: name.into(), nesting: T::NESTING, min: T::MIN, max: T::MAX, force_new: false, block }
    }

    /// How many there must be.
    #[must_use]
    pub fn min(self, min: u32) -> Self {
        Self { min, ..self }
    }

    /// How many there may be.
    #[must_use]
    pub fn max(self, max: u32) -> Self {
        Self { max, ..self }
    }

    /// Repeated without order.
    #[must_use]
    pub fn set(self) -> Self {
        Self { nesting: Nesting::Set, ..self }
    }

    /// Adding, removing or changing one replaces the object.
    #[must_use]
    pub fn force_new(self) -> Self {
        Self { force_new: true, ..self }
    }

    /// What a configuration without this block holds.
    pub fn absent(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::Null,
            Nesting::List => Value::List(Vec::new()),
            Nesting::Set => Value::Set(Vec::new()),
            Nesting::Map => Value::Map(std::collections::BTreeMap::new()),
        }
    }

    /// The blocks that are in `value`, each with its place.
    pub fn each<'v>(&self, value: &'v Value, at: &At<'_>, mut visit: impl FnMut(&'v Value, &At<'_>)) {
        match (self.nesting, value) {
            (Nesting::Single, Value::Map(_)) => visit(value, at),
            (Nesting::List, Value::List(elements)) => {
                elements.iter().enumerate().for_each(|(index, element)| visit(element, &at.index(index)));
            }
            (Nesting::Set, Value::Set(elements)) => {
                for element in elements {
                    visit(element, &at.element());
                }
            }
            (Nesting::Map, Value::Map(labelled)) => {
                for (label, element) in labelled {
                    visit(element, &at.key(label));
                }
            }
            _ => {}
        }
    }

    fn object_type(&self) -> Type {
        let inner = self.block.object_type();
        match self.nesting {
            Nesting::Single => inner,
            Nesting::List => Type::list(inner),
            Nesting::Set => Type::set(inner),
            Nesting::Map => Type::map(inner),
        }
    }
}
