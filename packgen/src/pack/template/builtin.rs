//! The templates of built-in packs, read when the program was compiled: each with its text, by which it is found.

use std::borrow::Cow;

use super::tree::{At, Block, Element, Kind, Param};

/// Texts and what they are; made by the build.
static TEMPLATES: &[(&str, &[Element])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The parts of a text, if it is a template of a built-in pack.
pub(super) fn find(text: &str) -> Option<&'static [Element]> {
    TEMPLATES.iter().find(|(known, _)| *known == text).map(|(_, elements)| *elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_build_read_is_what_the_program_reads() {
        assert!(TEMPLATES.len() > 5);
        for (text, elements) in TEMPLATES {
            assert_eq!(super::super::compile::compile(text).unwrap(), *elements);
        }
    }
}
