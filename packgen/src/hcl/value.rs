//! A value of the language: what it is, where it was made, whether it is a secret.
//!
//! Cheap to clone (compound values are shared), `Send + Sync`, immutable. Numbers are exact, strings know
//! which parts of them a user typed, and what a Terraform plan cannot know yet is a value like any other.

use std::sync::Arc;

use super::{Number, Text, Type};
use crate::lasting::Str;
use crate::source::Span;

/// A value of the language.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// The expression or the input that made it; [`Span::NONE`] if none did.
    pub at: Span,
    /// Whether it is a secret that may be shown nowhere. Parts carry their own mark: see
    /// [`Value::holds_secret`].
    pub sensitive: bool,
}

/// What a value is.
///
/// Lists, sets and maps have one type for all elements; tuples and objects, which is what `[…]` and
/// `{…}` make, have one for each. Most readers need not care: see [`Value::items`] and [`Value::entries`].
#[derive(Clone, Debug)]
pub enum Kind {
    /// No value, of a type ([`Type::Any`] for a bare `null`).
    Null(Type),
    /// Not known yet.
    Unknown(Unknown),
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// Elements of one type.
    List(Arc<Sequence>),
    /// Different elements of one type, in Nomad's order.
    Set(Arc<Sequence>),
    /// Elements of any type each.
    Tuple(Arc<[Value]>),
    /// Elements of one type under names, ordered by name.
    Map(Arc<Mapping>),
    /// Elements of any type each under names, ordered by name.
    Object(Arc<[Entry]>),
}

/// The elements of a list or set, and the type they share.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Type of the elements.
    pub element: Type,
    /// The elements.
    pub items: Vec<Value>,
}

/// The entries of a map, and the type they share.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Type of the elements.
    pub element: Type,
    /// The entries, ordered by name.
    pub entries: Vec<Entry>,
}

/// One entry of a map or an object.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name, which may come from a user too.
    pub key: Text,
    /// Where the name was written.
    pub key_at: Span,
    /// Its value.
    pub value: Value,
}

/// A value that will be known later.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// What type it will have; [`Type::Any`] if that is not known either.
    pub ty: Type,
    /// Why it is unknown, ready to be shown: `var.domain`.
    pub why: Str,
}

impl Value {
    /// A value made at `at`.
    pub fn new(kind: Kind, at: Span) -> Self {
        Value { kind, at, sensitive: false }
    }

    /// `null` without a type.
    pub fn null() -> Self {
        Self::new(Kind::Null(Type::Any), Span::NONE)
    }

    /// A value that will be known later, and why.
    pub fn unknown(ty: Type, why: impl Into<Str>) -> Self {
        Self::new(Kind::Unknown(Unknown { ty, why: why.into() }), Span::NONE)
    }

    /// `true` or `false`.
    pub fn bool(value: bool) -> Self {
        Self::new(Kind::Bool(value), Span::NONE)
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Self {
        Self::new(Kind::Number(value.into()), Span::NONE)
    }

    /// A string.
    pub fn string(value: impl Into<Text>) -> Self {
        Self::new(Kind::String(value.into()), Span::NONE)
    }

    /// What `[…]` makes.
    pub fn tuple(items: Vec<Value>) -> Self {
        Self::new(Kind::Tuple(items.into()), Span::NONE)
    }

    /// A list whose elements are known to be of type `element`.
    pub fn list(element: Type, items: Vec<Value>) -> Self {
        Self::new(Kind::List(Arc::new(Sequence { element, items })), Span::NONE)
    }

    /// What `{…}` makes. Of entries with the same name the last one stays.
    pub fn object(entries: Vec<Entry>) -> Self {
        Self::new(Kind::Object(sorted(entries).into()), Span::NONE)
    }

    /// A map whose elements are known to be of type `element`. Of entries with the same name the last one stays.
    pub fn map(element: Type, entries: Vec<Entry>) -> Self {
        Self::new(Kind::Map(Arc::new(Mapping { element, entries: sorted(entries) })), Span::NONE)
    }

    /// The same value, made at `at`.
    #[must_use]
    pub fn with_at(mut self, at: Span) -> Self {
        self.at = at;
        self
    }

    /// The same value, marked as a secret if `sensitive`; a mark is never taken away.
    #[must_use]
    pub fn with_sensitive(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// Its type.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) => ty.clone(),
            Kind::Unknown(unknown) => unknown.ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(list) => Type::List(Arc::new(list.element.clone())),
            Kind::Set(set) => Type::Set(Arc::new(set.element.clone())),
            Kind::Map(map) => Type::Map(Arc::new(map.element.clone())),
            Kind::Tuple(items) => Type::Tuple(items.iter().map(Value::ty).collect()),
            Kind::Object(entries) => Type::object_of(entries),
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether it is not known yet; its parts are not looked at.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    /// The first unknown in it, at any depth.
    pub fn first_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => self.parts().find_map(Value::first_unknown),
        }
    }

    /// Whether it or one of its parts is a secret.
    pub fn holds_secret(&self) -> bool {
        self.sensitive || self.parts().any(Value::holds_secret)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Kind::Bool(value) = self.kind { Some(value) } else { None }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        if let Kind::Number(value) = &self.kind { Some(value) } else { None }
    }

    /// The string with its origins, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        if let Kind::String(value) = &self.kind { Some(value) } else { None }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::as_str)
    }

    /// The elements of a list, set or tuple.
    pub fn items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(sequence) | Kind::Set(sequence) => Some(&sequence.items),
            Kind::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map or object, ordered by name.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(mapping) => Some(&mapping.entries),
            Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The element of a map or object under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let entries = self.entries()?;
        let found = entries.binary_search_by(|entry| entry.key.as_str().cmp(key)).ok()?;
        entries.get(found).map(|entry| &entry.value)
    }

    /// Its direct parts.
    pub fn parts(&self) -> impl Iterator<Item = &Value> {
        let items = self.items().unwrap_or_default().iter();
        items.chain(self.entries().unwrap_or_default().iter().map(|entry| &entry.value))
    }
}

impl Entry {
    /// An entry whose name was written nowhere.
    pub fn new(key: impl Into<Text>, value: Value) -> Self {
        Entry { key: key.into(), key_at: Span::NONE, value }
    }
}

/// Equal in type and content, as Nomad compares; places, origins and marks do not count, and an unknown
/// equals nothing, not even itself.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null(a), Kind::Null(b)) => a == b,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::String(a), Kind::String(b)) => a.as_str() == b.as_str(),
            (Kind::List(a), Kind::List(b)) | (Kind::Set(a), Kind::Set(b)) => {
                a.element == b.element && a.items == b.items
            }
            (Kind::Tuple(a), Kind::Tuple(b)) => a == b,
            (Kind::Map(a), Kind::Map(b)) => a.element == b.element && a.entries == b.entries,
            (Kind::Object(a), Kind::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.key.as_str() == other.key.as_str() && self.value == other.value
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::string(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::number(value)
    }
}

/// Ordered by name; of the same name the last one.
fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    if entries.is_sorted_by(|a, b| a.key.as_str() < b.key.as_str()) {
        return entries;
    }
    entries.reverse();
    entries.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
    entries.dedup_by(|a, b| a.key.as_str() == b.key.as_str());
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_ordered_by_name_and_the_last_wins() {
        let object = Value::object(vec![
            Entry::new("b", 1.into()),
            Entry::new("a", 2.into()),
            Entry::new("b", 3.into()),
        ]);
        let keys: Vec<&str> = object.entries().unwrap().iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(object.get("b"), Some(&Value::from(3)));
        assert_eq!(object.get("c"), None);
    }

    #[test]
    fn secrets_and_unknowns_are_found_at_any_depth() {
        let secret =
            Value::tuple(vec![Value::object(vec![Entry::new("a", Value::from("x").with_sensitive(true))])]);
        assert!(secret.holds_secret() && !secret.sensitive);
        let later = Value::tuple(vec![Value::unknown(Type::String, "var.domain")]);
        assert_eq!(&*later.first_unknown().unwrap().why, "var.domain");
        assert_ne!(later, later.clone());
    }

    #[test]
    fn values_cross_threads_and_stay_small() {
        fn shared<T: Send + Sync>() {}
        shared::<Value>();
        assert!(size_of::<Value>() <= 64, "{}", size_of::<Value>());
    }
}
