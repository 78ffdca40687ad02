//! The command line from outside: arguments and standard input in, text and exit status out.

mod fixture;
mod packs;
mod specs;
