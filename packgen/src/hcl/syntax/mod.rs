//! Text → syntax tree, with Nomad's grammar to the letter and findings that say what was expected.
//!
//! Own, because the crates that parse HCL stop at the first mistake, lose text of `<<-` heredocs, end
//! heredocs at lines that only begin with the marker, read large numbers as floats, take line breaks in
//! quoted strings and have no limit to nesting. This one recovers at the next line and goes on.

mod ast;
mod collection;
mod expression;
pub(crate) mod lexer;
mod literal;
mod parser;
mod recovery;
mod template;

pub use ast::{
    Attribute, BinaryOp, BlockSyntax, Body, Call, Expr, ExprKind, ForExpr, Item, Literal, NamePath,
    ObjectItem, ObjectKey, Step, UnaryOp,
};
pub use lexer::is_identifier;

use crate::source::{Diagnostics, FileId, SourceMap};
use parser::Parser;

/// Parses a file of attributes and blocks. What could be read is there even if something was wrong.
pub fn parse_body(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    let mut parser = Parser::new(&text, file, lexer::code(&text));
    let body = parser.file();
    (body, parser.findings)
}

/// Parses a text that is one expression.
pub fn parse_expression(sources: &SourceMap, file: FileId) -> Result<Expr, Diagnostics> {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    let mut parser = Parser::new(&text, file, lexer::code(&text));
    let expr = parser.whole_expression();
    finish(expr.ok(), parser.findings)
}

/// Parses a text that is a template: `${…}` and `%{…}` in plain text.
pub fn parse_template(sources: &SourceMap, file: FileId) -> Result<Expr, Diagnostics> {
    let text = sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
    let mut parser = Parser::new(&text, file, lexer::template(&text));
    let expr = parser.whole_template();
    finish(expr.ok(), parser.findings)
}

fn finish(expr: Option<Expr>, findings: Diagnostics) -> Result<Expr, Diagnostics> {
    match expr {
        Some(expr) if !findings.has_errors() => Ok(expr),
        _ => Err(findings),
    }
}
