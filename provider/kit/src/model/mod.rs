//! How a Rust struct is a schema, a decoder and a state at once: the traits that `#[derive(Block)]` fills in.

mod collection;
mod nest;
mod presence;
mod scalar;

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::schema::{self, Nesting, Presence};
use crate::ty::Type;
use crate::value::Value;

pub use presence::{Computed, Late};

/// A struct whose fields are the attributes and nested blocks of a schema. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a block",
    note = "a block is a struct with `#[derive(Block)]` and a `///` comment on every field"
)]
pub trait Block: Sized + Send + Sync + 'static {
    /// The schema.
    fn block() -> schema::Block;
    /// The struct from a value of that schema.
    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic>;
    /// The value of that schema from the struct.
    fn encode(&self) -> Value;
}

/// A type that an attribute's field can have. The type says who sets the attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an attribute",
    note = "an attribute is a `String`, `bool`, `i64`, `i32`, `u32`, `u16`, `f64`, `Number` or `Value`, a struct that \
            derives `Block`, or an `Option`, `Computed`, `Late`, `Vec`, `BTreeSet` or `BTreeMap<String, _>` of those",
    note = "a field that holds nested blocks is marked `#[block]`"
)]
pub trait Attr: Sized {
    /// Who sets an attribute held by this type.
    const PRESENCE: Presence = Presence::Required;
    /// Whether the author copes with it being unknown.
    const LATE: bool = false;
    /// The Terraform type.
    fn ty() -> Type;
    /// The struct behind an object or a collection of objects, for documentation and checks.
    fn object() -> Option<schema::Block> {
        None
    }
    /// The field from a value of that type.
    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic>;
    /// The value of that type from the field.
    fn encode(&self) -> Value;
}

/// A type that a nested block's field can have. The type says how the block is repeated.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a nested block",
    note = "it is a struct that derives `Block`, or an `Option`, `Vec` or `BTreeMap<String, _>` of one"
)]
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

/// Decodes the attribute `name` of a block's value. Called by derived code.
pub fn attribute<T: Attr>(block: &Value, name: &str, at: &At<'_>) -> Result<T, Diagnostic> {
    T::decode(block.field(name), &at.field(name))
}

/// Decodes the nested block `name` of a block's value. Called by derived code.
pub fn nested<T: Nest>(block: &Value, name: &str, at: &At<'_>) -> Result<T, Diagnostic> {
    T::decode(block.field(name), &at.field(name))
}

fn expected<T>(what: &str, value: &Value, at: &At<'_>) -> Result<T, Diagnostic> {
    Err(Diagnostic::invalid(at, format_args!("expected {what}, got {}", value.kind())))
}
