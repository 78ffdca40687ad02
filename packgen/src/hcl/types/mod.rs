//! The types of the language, as they are written in `type = …`.

mod convert;
mod defaults;
mod expression;
mod json_schema;
mod mismatch;
mod ty;
mod unify;

pub use convert::{ConvertError, convert};
pub use defaults::apply_defaults;
pub use expression::{TypeRules, parse_type};
pub(crate) use mismatch::{article, nearest};
pub use ty::{Field, Type};
pub use unify::unify;
