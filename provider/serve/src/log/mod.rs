//! Writes what happens to standard error, as the lines of JSON that Terraform reads there.
//!
//! Exists because Terraform passes on only lines of its own shape, and crashes over some that nearly have
//! it. Must never write a value that was named a secret, and costs next to nothing while nobody listens.

mod layer;
mod level;
mod line;
mod secrets;

pub use level::Level;
pub use secrets::{Secrets, secrets};

/// Sends every event of this process at this level or above to standard error. Later calls change nothing.
pub(crate) fn install(level: Level) {
    use tracing_subscriber::layer::SubscriberExt;
    let Some(level) = level.threshold() else { return };
    let subscriber = tracing_subscriber::registry().with(layer::Lines::new(level));
    // Somebody who embeds this crate and listens already goes on listening.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
