//! Nomad's HCL: text → syntax → values → job tree, and back into text.
//!
//! Whatever Nomad's own parser makes of an expression, this makes of it too. It knows nothing about what
//! a jobspec may hold (that is the grammar's business) and reads no file by itself.

pub mod data;
pub(crate) mod dates;
pub mod eval;
pub mod expand;
pub mod functions;
pub mod json_body;
pub mod number;
pub mod quote;
pub(crate) mod set;
pub mod syntax;
pub mod text;
pub mod types;
pub mod value;
pub mod variables;

pub use number::Number;
pub use text::{Origin, OriginRange, Text};
pub use types::{Field, Type};
pub use value::{Entry, Kind, Unknown, Value};
