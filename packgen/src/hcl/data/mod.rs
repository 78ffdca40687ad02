//! JSON and YAML: read with places and exact numbers, written as Nomad writes them.

pub mod json;
mod json_read;
pub mod yaml;
mod yaml_read;
mod yaml_scalar;

/// How deep documents may be nested.
const MAX_DEPTH: usize = 200;
