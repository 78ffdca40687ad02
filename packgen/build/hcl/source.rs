//! Writes syntax trees as Rust source, as they are laid out in `src/hcl/syntax/ast.rs`.

use super::syntax::{
    Attribute, BlockSyntax, Body, Call, Expr, ExprKind, ForExpr, Item, Literal, NamePath, ObjectItem,
    ObjectKey, Step,
};
use super::{Kind, Text, Value};
use crate::source::Span;
use crate::tree::Name;

/// The content of a file.
pub fn body(Body { items, span }: &Body) -> String {
    format!("Body {{ items: {}, span: {} }}", list(items, item), place(*span))
}

fn list<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
    format!("List::Fixed(&[{}])", items.iter().map(one).collect::<Vec<_>>().join(",\n"))
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

fn item(item: &Item) -> String {
    match item {
        Item::Attribute(Attribute { name: own, expr: value }) => {
            format!("Item::Attribute(Attribute {{ name: {}, expr: {} }})", name(own), expr(value))
        }
        Item::Block(BlockSyntax { ty, labels, body: inner, header, span }) => format!(
            "Item::Block(BlockSyntax {{ ty: {}, labels: {}, body: {}, header: {}, span: {} }})",
            name(ty),
            list(labels, name),
            body(inner),
            place(*header),
            place(*span),
        ),
    }
}

fn expr(Expr { kind: own, span, height }: &Expr) -> String {
    format!("Expr {{ kind: ExprKind::{}, span: {}, height: {height} }}", kind(own), place(*span))
}

fn boxed(inner: &Expr) -> String {
    node(&expr(inner))
}

fn array(parts: &[Expr]) -> String {
    node(&format!("[{}]", parts.iter().map(expr).collect::<Vec<_>>().join(", ")))
}

fn kind(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Literal(Literal::Value(own)) => format!("Literal(Literal::Value({}))", value(own)),
        ExprKind::Literal(Literal::Decimal(text, at)) => {
            format!("Literal(Literal::Decimal({}, {}))", str(text), place(*at))
        }
        ExprKind::String(own) => format!("String({})", text(own)),
        ExprKind::Template(parts) => format!("Template({})", list(parts, expr)),
        ExprKind::Wrap(inner) => format!("Wrap({})", boxed(inner)),
        ExprKind::Parens(inner) => format!("Parens({})", boxed(inner)),
        ExprKind::Name(NamePath { root, steps }) => {
            format!("Name(NamePath {{ root: {}, steps: {} }})", name(root), list(steps, step))
        }
        ExprKind::Steps(from, steps) => format!("Steps({}, {})", boxed(from), list(steps, step)),
        ExprKind::Index(from, key, at) => format!("Index({}, {}, {})", boxed(from), boxed(key), place(*at)),
        ExprKind::Splat(from, each) => format!("Splat({}, {})", boxed(from), boxed(each)),
        ExprKind::Element => "Element".to_owned(),
        ExprKind::Call(Call { name: own, args, spread }) => {
            format!("Call(Call {{ name: {}, args: {}, spread: {spread} }})", name(own), list(args, expr))
        }
        ExprKind::Conditional(parts) => format!("Conditional({})", array(&**parts)),
        ExprKind::Binary(op, parts) => format!("Binary(BinaryOp::{op:?}, {})", array(&**parts)),
        ExprKind::Unary(op, inner) => format!("Unary(UnaryOp::{op:?}, {})", boxed(inner)),
        ExprKind::Tuple(items) => format!("Tuple({})", list(items, expr)),
        ExprKind::Object(items) => format!("Object({})", list(items, object_item)),
        ExprKind::For(each) => format!("For({})", node(&for_expr(each))),
        ExprKind::Join(each) => format!("Join({})", node(&for_expr(each))),
    }
}

/// The value of a literal or of a constant index. The parser makes no others, and whole numbers only.
fn value(value: &Value) -> String {
    let kind = match &value.kind {
        Kind::Bool(own) => format!("Bool({own})"),
        Kind::Number(own) => format!("Number(Number::written({own}))"),
        Kind::String(own) => format!("String({})", text(own)),
        _ => "Null(Type::Any)".to_owned(),
    };
    format!("Value {{ kind: Kind::{kind}, at: {}, sensitive: false }}", place(value.at))
}

fn step(step: &Step) -> String {
    match step {
        Step::Attr(own) => format!("Step::Attr({})", name(own)),
        Step::Index(key, at) => format!("Step::Index({}, {})", node(&value(key)), place(*at)),
    }
}

fn object_item(ObjectItem { key, value }: &ObjectItem) -> String {
    let key = match key {
        ObjectKey::Word(word, at) => format!("Word({}, {})", text(word), place(*at)),
        ObjectKey::Expr(own) => format!("Expr({})", boxed(own)),
    };
    format!("ObjectItem {{ key: ObjectKey::{key}, value: {} }}", expr(value))
}

fn for_expr(each: &ForExpr) -> String {
    let ForExpr { key_name, value_name, collection, key, value, condition, group } = each;
    let maybe =
        |part: &Option<Expr>| part.as_ref().map_or("None".to_owned(), |part| format!("Some({})", expr(part)));
    let key_name = key_name.as_ref().map_or("None".to_owned(), |name| format!("Some({})", str(name)));
    format!(
        "ForExpr {{ key_name: {key_name}, value_name: {}, collection: {}, key: {}, value: {}, condition: {}, group: {group} }}",
        str(value_name),
        expr(collection),
        maybe(key),
        expr(value),
        maybe(condition),
    )
}
