//! Fields that say who sets them, or when they are known.

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema::{self, Presence};
use crate::ty::Type;
use crate::value::Value;

use super::Attr;

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

impl<T: Attr> Attr for Option<T> {
    const PRESENCE: Presence = Presence::Optional;
    const LATE: bool = T::LATE;

    fn ty() -> Type {
        T::ty()
    }

    fn object() -> Option<schema::Block> {
        T::object()
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

    fn object() -> Option<schema::Block> {
        T::object()
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

    fn object() -> Option<schema::Block> {
        T::object()
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
