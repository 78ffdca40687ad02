//! How a Rust struct is a schema, a decoder and a state at once: the traits that `#[derive(Block)]` fills in.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::number::Number;
use crate::path::At;
use crate::schema::{self, Nesting, Presence};
use crate::ty::Type;
use crate::value::Value;

/// A struct whose fields are the attributes and nested blocks of a schema. Derive it.
pub trait Block: Sized + Send + Sync + 'static {
    /// The schema.
    fn block() -> schema::Block;
    /// The struct from a value of that schema.
    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic>;
    /// The value of that schema from the struct.
    fn encode(&self) -> Value;
}

/// A type that an attribute's field can have. The type says who sets the attribute.
pub trait Attr: Sized {
    /// Who sets an attribute held by this type.
    const PRESENCE: Presence = Presence::Required;
    /// Whether the author copes with it being unknown.
    const LATE: bool = false;
    /// The Terraform type.
    fn ty() -> Type;
    /// The field from a value of that type.
    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic>;
    /// The value of that type from the field.
    fn encode(&self) -> Value;
}

/// A type that a nested block's field can have. The type says how the block is repeated.
pub trait Nest: Sized {
    /// How the block is repeated.
    const NESTING: Nesting;
    /// How many there must be.
    const MIN: u32 = 0;
    /// How many there may be; 0 is any number.
    const MAX: u32 = 0;
    /// What is inside.
    fn block() -> schema::Block;
    /// The field from its value.
    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic>;
    /// The value from its field. As a set, if `set`.
    fn encode(&self, set: bool) -> Value;
}

/// A value that the provider sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Computed<T> {
    /// Nothing said. In a plan: the engine decides whether the prior value stays.
    #[default]
    Unset,
    /// It will be known after apply.
    Unknown,
    /// This.
    Known(T),
}

impl<T> Computed<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Sets the value.
    pub fn set(&mut self, value: impl Into<T>) {
        *self = Self::Known(value.into());
    }
}

/// A value that the author's plan and checks cope with while it is unknown, such as a connection or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Late<T> {
    /// It will be known at apply.
    Unknown,
    /// This.
    Known(T),
}

impl<T> Late<T> {
    /// The value, where it is known. During create and update it always is.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

fn expected<T>(what: &str, value: &Value, at: &At<'_>) -> Result<T, Diagnostic> {
    Err(Diagnostic::invalid(at, format_args!("expected {what}, got {}", value.kind())))
}

impl Attr for String {
    fn ty() -> Type {
        Type::String
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        value.as_str().map_or_else(|| expected("a string", value, at), |text| Ok(text.to_owned()))
    }

    fn encode(&self) -> Value {
        Value::string(self.as_str())
    }
}

impl Attr for bool {
    fn ty() -> Type {
        Type::Bool
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            _ => expected("a bool", value, at),
        }
    }

    fn encode(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Attr for Number {
    fn ty() -> Type {
        Type::Number
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value {
            Value::Number(number) => Ok(number.clone()),
            _ => expected("a number", value, at),
        }
    }

    fn encode(&self) -> Value {
        Value::Number(self.clone())
    }
}

/// Whole numbers of one size: the size is the range that the user may write.
macro_rules! whole {
    ($($int:ty),*) => {$(
        impl Attr for $int {
            fn ty() -> Type {
                Type::Number
            }

            fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
                let number = Number::decode(value, at)?;
                number.as_i64().and_then(|int| Self::try_from(int).ok()).ok_or_else(|| {
                    let range = format_args!("expected a whole number from {} to {}, got {number}", Self::MIN, Self::MAX).to_string();
                    Diagnostic::invalid(at, range)
                })
            }

            fn encode(&self) -> Value {
                Value::Number(Number::from(i64::from(*self)))
            }
        }
    )*};
}
whole!(i64, i32, u32, u16);

impl Attr for f64 {
    fn ty() -> Type {
        Type::Number
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Number::decode(value, at).map(|number| number.to_f64())
    }

    fn encode(&self) -> Value {
        Number::try_from(*self).map_or(Value::Null, Value::Number)
    }
}

/// A value of any type: dynamic, so it carries its type.
impl Attr for Value {
    fn ty() -> Type {
        Type::Dynamic
    }

    fn decode(value: &Value, _: &At<'_>) -> Result<Self, Diagnostic> {
        Ok(value.clone())
    }

    fn encode(&self) -> Value {
        self.clone()
    }
}

/// A struct as an object: every field has to be written.
impl<B: Block> Attr for B {
    fn ty() -> Type {
        B::block().object_type()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Block::decode(value, at)
    }

    fn encode(&self) -> Value {
        Block::encode(self)
    }
}

impl<T: Attr> Attr for Option<T> {
    const PRESENCE: Presence = Presence::Optional;
    const LATE: bool = T::LATE;

    fn ty() -> Type {
        T::ty()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        // Unknown reaches this only where the provider is to fill it in: nothing is set there yet.
        if value.is_null() || (value.is_unknown() && !T::LATE) {
            Ok(None)
        } else {
            T::decode(value, at).map(Some)
        }
    }

    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::encode)
    }
}

impl<T: Attr> Attr for Computed<T> {
    const PRESENCE: Presence = Presence::Computed;

    fn ty() -> Type {
        T::ty()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value {
            Value::Null => Ok(Self::Unset),
            Value::Unknown(_) => Ok(Self::Unknown),
            known => T::decode(known, at).map(Self::Known),
        }
    }

    fn encode(&self) -> Value {
        match self {
            Self::Unset => Value::Null,
            Self::Unknown => Value::UNKNOWN,
            Self::Known(value) => value.encode(),
        }
    }
}

impl<T: Attr> Attr for Late<T> {
    const LATE: bool = true;

    fn ty() -> Type {
        T::ty()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        if value.is_wholly_known() { T::decode(value, at).map(Self::Known) } else { Ok(Self::Unknown) }
    }

    fn encode(&self) -> Value {
        match self {
            Self::Unknown => Value::UNKNOWN,
            Self::Known(value) => value.encode(),
        }
    }
}

impl<T: Attr> Attr for Vec<T> {
    fn ty() -> Type {
        Type::list(T::ty())
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(elements) = value.elements() else { return expected("a list", value, at) };
        elements.iter().enumerate().map(|(index, element)| T::decode(element, &at.index(index))).collect()
    }

    fn encode(&self) -> Value {
        Value::List(self.iter().map(T::encode).collect())
    }
}

impl<T: Attr + Ord> Attr for BTreeSet<T> {
    fn ty() -> Type {
        Type::set(T::ty())
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(elements) = value.elements() else { return expected("a set", value, at) };
        elements.iter().map(|element| T::decode(element, &at.element())).collect()
    }

    fn encode(&self) -> Value {
        Value::set(self.iter().map(T::encode))
    }
}

impl<T: Attr> Attr for BTreeMap<String, T> {
    fn ty() -> Type {
        Type::map(T::ty())
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let Some(fields) = value.fields() else { return expected("a map", value, at) };
        fields.iter().map(|(key, element)| Ok((key.clone(), T::decode(element, &at.key(key))?))).collect()
    }

    fn encode(&self) -> Value {
        Value::Map(self.iter().map(|(key, element)| (key.clone(), element.encode())).collect())
    }
}

/// A block that must be there.
impl<B: Block> Nest for B {
    const NESTING: Nesting = Nesting::Single;
    const MIN: u32 = 1;
    const MAX: u32 = 1;

    fn block() -> schema::Block {
        <B as Block>::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        Block::decode(value, at)
    }

    fn encode(&self, _: bool) -> Value {
        Block::encode(self)
    }
}

impl<B: Block> Nest for Option<B> {
    const NESTING: Nesting = Nesting::Single;
    const MAX: u32 = 1;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        if value.is_null() { Ok(None) } else { Block::decode(value, at).map(Some) }
    }

    fn encode(&self, _: bool) -> Value {
        self.as_ref().map_or(Value::Null, Block::encode)
    }
}

impl<B: Block> Nest for Vec<B> {
    const NESTING: Nesting = Nesting::List;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let elements = value.elements().unwrap_or_default();
        elements.iter().enumerate().map(|(index, element)| Block::decode(element, &at.index(index))).collect()
    }

    fn encode(&self, set: bool) -> Value {
        let blocks = self.iter().map(Block::encode);
        // A set keeps the author's order until the engine has matched it with the configuration.
        if set { Value::Set(blocks.collect()) } else { Value::List(blocks.collect()) }
    }
}

impl<B: Block> Nest for BTreeMap<String, B> {
    const NESTING: Nesting = Nesting::Map;

    fn block() -> schema::Block {
        B::block()
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        let labelled = value.fields().into_iter().flatten();
        labelled.map(|(label, block)| Ok((label.clone(), Block::decode(block, &at.key(label))?))).collect()
    }

    fn encode(&self, _: bool) -> Value {
        Value::Map(self.iter().map(|(label, block)| (label.clone(), Block::encode(block))).collect())
    }
}

/// Decodes the attribute `name` of a block's value. Called by derived code.
pub fn attribute<T: Attr>(block: &Value, name: &str, at: &At<'_>) -> Result<T, Diagnostic> {
    T::decode(block.field(name), &at.field(name))
}

/// Decodes the nested block `name` of a block's value. Called by derived code.
pub fn nested<T: Nest>(block: &Value, name: &str, at: &At<'_>) -> Result<T, Diagnostic> {
    T::decode(block.field(name), &at.field(name))
}
