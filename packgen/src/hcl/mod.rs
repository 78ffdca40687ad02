//! Nomad's HCL: text → syntax → values → job tree, and back into text.
//!
//! Whatever Nomad's own parser makes of an expression, this makes of it too. It knows nothing about what
//! a jobspec may hold (that is the grammar's business) and reads no file by itself.

pub mod number;
pub(crate) mod set;
pub mod syntax;
pub mod text;
pub mod types;
pub mod value;

pub use number::Number;
pub use text::{Origin, OriginRange, Text};
pub use types::{Field, Type};
pub use value::{Entry, Kind, Unknown, Value};
