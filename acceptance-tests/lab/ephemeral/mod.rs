//! Every ephemeral resource of the lab, by name.

mod pass;

use kit::AnyEphemeral;

/// The list that everything else goes by.
pub const ALL: &[&dyn AnyEphemeral] = &[&pass::PassEphemeral];
