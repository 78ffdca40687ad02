//! What holds for every built-in pack.

mod hostile;
mod instances;
