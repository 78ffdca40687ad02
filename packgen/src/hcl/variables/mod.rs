//! Variables: what a file asks for, what a user gives, and whether both fit.
//!
//! Reading a file of values is the caller's business; this module gets texts. It never looks at the
//! environment or the command line by itself.

mod declare;
mod inputs;
mod resolve;

use std::sync::Arc;

pub use declare::{declared, declared_in_map};
pub use inputs::{Format, Given, Inputs, Layer, Source};
pub use resolve::{resolve, rules, values};

use super::syntax::Expr;
use super::types::Type;
use super::value::Value;
use crate::source::Span;
use crate::tree::Name;

/// A variable as it was declared.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// Its type; `None` if only the default says what it is.
    pub ty: Option<Type>,
    /// What it is if nothing is given, converted to the type.
    pub default: Option<Value>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether its value may be shown nowhere.
    pub sensitive: bool,
    /// Whether null can be given; otherwise null means the default.
    pub nullable: bool,
    /// Names it had before.
    pub renamed_from: Vec<String>,
    /// What its value must fulfil.
    pub validations: Vec<Validation>,
    /// The header of its block.
    pub span: Span,
}

/// A `validation` block.
#[derive(Clone, Debug)]
pub struct Validation {
    /// What must be true.
    pub condition: Arc<Expr>,
    /// What is said if it is not.
    pub message: String,
    /// The header of its block.
    pub span: Span,
}

impl Variable {
    /// The type that values are converted to.
    pub fn value_type(&self) -> Type {
        match (&self.ty, &self.default) {
            (Some(ty), _) => ty.clone(),
            (None, Some(default)) => default.ty(),
            (None, None) => Type::Any,
        }
    }

    /// Whether a value must be given.
    pub fn is_required(&self) -> bool {
        self.default.is_none()
    }
}

#[cfg(test)]
mod tests;
