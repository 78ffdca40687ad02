//! Writes syntax trees as Rust source, as they are laid out in `src/hcl/syntax/ast.rs`.

use std::fmt::Write as _;

use super::syntax::{
    Attribute, BlockSyntax, Body, Call, Expr, ExprKind, ForExpr, Item, NamePath, ObjectItem, ObjectKey, Step,
};
use super::{Kind, Text, Value};
use crate::source::Span;
use crate::tree::Name;

/// Rust source, or the place of what cannot be a constant.
type Source = Result<String, Span>;

/// The content of a file.
pub fn body(Body { items, span }: &Body) -> Source {
    Ok(format!("Body {{ items: {}, span: {} }}", list(items, item)?, place(*span)))
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Source) -> Source {
    Ok(format!("List::Fixed(&[{}])", items.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(",\n")))
}

fn node(source: &str) -> String {
    format!("Node::Fixed(&{source})")
}

fn place(span: Span) -> String {
    let (file, start, end) = (span.file.number(), span.start, span.end);
    format!("Span {{ file: FileId::nth({file}), start: {start}, end: {end} }}")
}

fn str(text: &str) -> String {
    format!("Str::Fixed({text:?})")
}

fn name(Name { value, span }: &Name) -> String {
    format!("Spanned {{ value: {}, span: {} }}", str(value), place(*span))
}

fn text(text: &Text) -> String {
    format!("Text::fixed({:?})", text.as_str())
}

fn item(item: &Item) -> Source {
    Ok(match item {
        Item::Attribute(Attribute { name: own, expr: value }) => {
            format!("Item::Attribute(Attribute {{ name: {}, expr: {} }})", name(own), expr(value)?)
        }
        Item::Block(BlockSyntax { ty, labels, body: inner, header, span }) => format!(
            "Item::Block(BlockSyntax {{ ty: {}, labels: {}, body: {}, header: {}, span: {} }})",
            name(ty),
            list(labels, |label| Ok(name(label)))?,
            body(inner)?,
            place(*header),
            place(*span),
        ),
    })
}

fn expr(expr: &Expr) -> Source {
    let (kind, height) = (kind(&expr.kind)?, expr.height);
    Ok(format!("Expr {{ kind: ExprKind::{kind}, span: {}, height: {height} }}", place(expr.span)))
}

fn boxed(inner: &Expr) -> Source {
    Ok(node(&expr(inner)?))
}

fn array(parts: &[Expr]) -> Source {
    Ok(node(&format!("[{}]", parts.iter().map(expr).collect::<Result<Vec<_>, _>>()?.join(", "))))
}

fn kind(kind: &ExprKind) -> Source {
    Ok(match kind {
        ExprKind::Literal(own) => format!("Literal({})", value(own)?),
        ExprKind::String(own) => format!("String({})", text(own)),
        ExprKind::Template(parts) => format!("Template({})", list(parts, expr)?),
        ExprKind::Wrap(inner) => format!("Wrap({})", boxed(inner)?),
        ExprKind::Parens(inner) => format!("Parens({})", boxed(inner)?),
        ExprKind::Name(NamePath { root, steps }) => {
            format!("Name(NamePath {{ root: {}, steps: {} }})", name(root), list(steps, step)?)
        }
        ExprKind::Steps(from, steps) => format!("Steps({}, {})", boxed(from)?, list(steps, step)?),
        ExprKind::Index(from, key, at) => format!("Index({}, {}, {})", boxed(from)?, boxed(key)?, place(*at)),
        ExprKind::Splat(from, each) => format!("Splat({}, {})", boxed(from)?, boxed(each)?),
        ExprKind::Element => "Element".to_owned(),
        ExprKind::Call(Call { name: own, args, spread }) => {
            let (own, args) = (name(own), list(args, expr)?);
            format!("Call(Call {{ name: {own}, args: {args}, spread: {spread} }})")
        }
        ExprKind::Conditional(parts) => format!("Conditional({})", array(&**parts)?),
        ExprKind::Binary(op, parts) => format!("Binary(BinaryOp::{op:?}, {})", array(&**parts)?),
        ExprKind::Unary(op, inner) => format!("Unary(UnaryOp::{op:?}, {})", boxed(inner)?),
        ExprKind::Tuple(items) => format!("Tuple({})", list(items, expr)?),
        ExprKind::Object(items) => format!("Object({})", list(items, object_item)?),
        ExprKind::For(each) => format!("For({})", node(&for_expr(each)?)),
        ExprKind::Join(each) => format!("Join({})", node(&for_expr(each)?)),
    })
}

/// A literal. A number with a fraction or of great size is no constant.
fn value(value: &Value) -> Source {
    let kind = match &value.kind {
        Kind::Null(_) => "Null(Type::Any)".to_owned(),
        Kind::Bool(own) => format!("Bool({own})"),
        Kind::Number(own) => format!("Number(Number::written({}))", own.to_i64().ok_or(value.at)?),
        Kind::String(own) => format!("String({})", text(own)),
        _ => return Err(value.at),
    };
    Ok(format!("Value {{ kind: Kind::{kind}, at: {}, sensitive: false }}", place(value.at)))
}

fn step(step: &Step) -> Source {
    Ok(match step {
        Step::Attr(own) => format!("Step::Attr({})", name(own)),
        Step::Index(key, at) => format!("Step::Index({}, {})", node(&value(key)?), place(*at)),
    })
}

fn object_item(ObjectItem { key, value }: &ObjectItem) -> Source {
    let key = match key {
        ObjectKey::Word(word, at) => format!("Word({}, {})", text(word), place(*at)),
        ObjectKey::Expr(own) => format!("Expr({})", boxed(own)?),
    };
    Ok(format!("ObjectItem {{ key: ObjectKey::{key}, value: {} }}", expr(value)?))
}

fn for_expr(each: &ForExpr) -> Source {
    let ForExpr { key_name, value_name, collection, key, value, condition, group } = each;
    let maybe = |part: &Option<Expr>| match part {
        Some(part) => expr(part).map(|part| format!("Some({part})")),
        None => Ok("None".to_owned()),
    };
    let key_name = key_name.as_ref().map_or("None".to_owned(), |name| format!("Some({})", str(name)));
    let mut out = format!("ForExpr {{ key_name: {key_name}, value_name: {}, ", str(value_name));
    let _ = write!(out, "collection: {}, key: {}, ", expr(collection)?, maybe(key)?);
    let _ = write!(out, "value: {}, condition: {}, group: {group} }}", expr(value)?, maybe(condition)?);
    Ok(out)
}
