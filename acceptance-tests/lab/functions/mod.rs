//! Every function of the lab, by name.

mod kind;
mod repeat;

use kit::AnyFunction;

/// The list that everything else goes by.
pub const ALL: &[&dyn AnyFunction] = &[&kind::Kind, &repeat::Repeat];
