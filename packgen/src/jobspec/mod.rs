//! Nomad jobspecs: what may stand in them, whether it does, and how it looks outside of HCL.

pub mod grammar;
