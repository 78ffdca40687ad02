//! Drives an author's verbs the way Terraform demands, so that no author has to know how.
//!
//! Values in, values out: the engine knows schemas, and neither wires nor clocks.

mod conform;
mod data;
mod ephemeral;
mod function;
mod honour;
mod matching;
mod plan;
mod provider;
mod replace;
mod resource;
mod sets;
mod timeouts;
mod told;
mod validate;
mod walk;

pub use conform::as_type;
pub use data::DataEngine;
pub use ephemeral::EphemeralEngine;
pub use function::FunctionEngine;
pub use plan::{Planned, Proposal};
pub use provider::ProviderEngine;
pub use resource::{Applied, Change, Imported, Looked, ResourceEngine};
pub use timeouts::Verb;

pub(crate) use timeouts::duration;
