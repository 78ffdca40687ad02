//! The syntax of built-in packs, read when the program was compiled: each file with its text, by which it is found.
//!
//! All places in a syntax tree name their file by its number, so this one is found only where the file has the number that
//! it had then: that of a pack that is the first thing in its [`SourceMap`]. Anything else is read as a user's pack is.

use crate::hcl::syntax::{
    Attribute, BinaryOp, BlockSyntax, Body, Call, Expr, ExprKind, ForExpr, Item, Literal, NamePath,
    ObjectItem, ObjectKey, Step, UnaryOp,
};
use crate::hcl::{Kind, Number, Text, Type, Value};
use crate::lasting::{List, Node, Str};
use crate::source::{Diagnostics, FileId, SourceMap, Span, Spanned};

/// Numbers, texts and what they are; made by the build.
#[allow(clippy::unreadable_literal, reason = "numbers stand there as they do in the packs")]
static READY: &[(FileId, &str, Body)] = include!(concat!(env!("OUT_DIR"), "/ready.rs"));

/// The syntax of a pack's file, if it is one of a built-in pack; in those nothing is wrong.
pub(super) fn find(sources: &SourceMap, file: FileId) -> Option<(Body, Diagnostics)> {
    let own = sources.file(file)?;
    let known = READY.iter().find(|(id, text, _)| *id == file && *text == &**own.text());
    known.map(|(.., body)| (body.clone(), Diagnostics::new()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::hcl::syntax::parse_body;
    use crate::pack::{Builtin, Pack};

    #[test]
    fn what_the_build_read_is_what_the_program_reads() {
        for builtin in Builtin::all() {
            let sources = Arc::new(SourceMap::new());
            let (pack, _) = Pack::load(Arc::new(builtin), sources.clone()).unwrap();
            assert!(sources.count() >= 2 + pack.manifest().jobs.len());
            for number in 0..sources.count() {
                let file = FileId::nth(u32::try_from(number).unwrap());
                let (read, findings) = parse_body(&sources, file);
                assert!(findings.is_empty());
                let (known, _) =
                    find(&sources, file).unwrap_or_else(|| panic!("{} {number}", builtin.name()));
                assert_eq!(format!("{known:?}"), format!("{read:?}"), "{} {number}", builtin.name());
            }
        }
    }

    #[test]
    fn a_pack_that_is_not_the_first_is_read() {
        let sources = Arc::new(SourceMap::new());
        sources.add("before", "");
        let builtin = Builtin::find("static_site").unwrap();
        let (pack, _) = Pack::load(Arc::new(builtin), sources.clone()).unwrap();
        assert!(find(&sources, FileId::nth(1)).is_none());
        assert_eq!(sources.place(pack.manifest().name.span), "static_site/pack.hcl:1:6");
    }
}
