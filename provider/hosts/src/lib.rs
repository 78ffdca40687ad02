//! What a host should be, and how it gets there. Nothing is here yet but the room: the cluster resource will bring it.
//!
//! It must never know Terraform or jobspecs.
