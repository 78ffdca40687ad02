//! Nomad jobspecs: what may stand in them, whether it does, and how it looks outside of HCL.

pub mod cursor;
pub mod duration;
pub mod grammar;
pub mod json;
pub mod read;
pub mod rules;
mod shorthand;
pub mod validate;
