//! The command line from outside: arguments and standard input in, text and exit status out.

#![cfg(test)]

mod fixture;
mod packs;
mod specs;
