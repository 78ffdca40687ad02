//! Nomad jobspecs: what may stand in them, whether it does, and how it looks outside of HCL.

pub mod bare;
pub mod cursor;
pub mod diff;
pub mod duration;
pub(crate) mod expand;
pub mod format;
pub mod grammar;
pub mod json;
pub mod pairing;
pub mod patch;
pub mod print;
pub mod read;
pub mod rules;
mod shorthand;
pub mod validate;
