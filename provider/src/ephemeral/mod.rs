//! Ephemeral resources: there for one run, in no state.

mod nomad_token;

use kit::AnyEphemeral;

/// Every ephemeral resource, by name.
pub const ALL: &[&dyn AnyEphemeral] = &[&nomad_token::NomadToken];
