//! Terraform's msgpack ⇄ values. The type says what a message has to hold; the message says it in the shortest form.

mod read;
mod refinement;
mod write;

pub use read::decode;
pub use write::encode;

#[cfg(test)]
mod tests;
