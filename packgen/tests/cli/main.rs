//! The command line from outside: arguments and standard input in, text and exit status out.

#![cfg(test)]

mod first_pack;
mod fixture;
mod nomad_pack;
mod packs;
mod reference;
mod specs;
