//! What holds for every built-in pack.

#![cfg(test)]

mod hostile;
mod instances;
