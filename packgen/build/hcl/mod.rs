//! The reader of the HCL of packs: the same code as in the program, or what it is would not be what the program makes of it.

#[path = "../../src/hcl/number/mod.rs"]
pub mod number;
mod source;
#[path = "../../src/hcl/syntax/mod.rs"]
pub mod syntax;
#[path = "../../src/hcl/text.rs"]
pub mod text;
#[path = "../../src/hcl/types/ty.rs"]
mod ty;
#[path = "../../src/hcl/value.rs"]
pub mod value;

pub use number::Number;
pub use source::body;
pub use text::Text;
pub use ty::Type;
pub use value::{Kind, Value};
