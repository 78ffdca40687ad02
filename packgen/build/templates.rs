//! Writes templates as Rust source, as they are laid out in `src/pack/template/tree.rs`.

#[path = "../src/pack/template/compile.rs"]
pub mod compile;
#[path = "../src/pack/template/tree.rs"]
mod tree;

use tree::{At, Block, Element, Kind, Param, Str};

/// The parts of a template as a slice of constants.
pub fn source(elements: &[Element]) -> String {
    slice(elements, element)
}

fn slice<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
    format!("&[{}]", items.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn list<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
    format!("Cow::Borrowed({})", slice(items, one))
}

fn text(text: &Str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn element(Element { at: At { line, column }, kind }: &Element) -> String {
    let kind = match kind {
        Kind::Text(own) => format!("Text({})", text(own)),
        Kind::Value { value, raw } => format!("Value {{ value: {}, raw: {raw} }}", param(value)),
        Kind::Block(own) => format!("Block({})", block(own)),
        Kind::Foreign => "Foreign".to_owned(),
    };
    format!("Element {{ at: At {{ line: {line}, column: {column} }}, kind: Kind::{kind} }}")
}

fn block(Block { name, params, names, inner, otherwise }: &Block) -> String {
    format!(
        "Block {{ name: {}, params: {}, names: {}, inner: {}, otherwise: {} }}",
        text(name),
        list(params, param),
        list(names, text),
        list(inner, element),
        list(otherwise, element),
    )
}

fn param(param: &Param) -> String {
    match param {
        Param::Name(own) => format!("Param::Name({})", text(own)),
        Param::Literal(json) => format!("Param::Literal({})", text(json)),
        Param::Call { helper, values, option } => {
            let option =
                option.as_ref().map_or("None".to_owned(), |option| format!("Some({})", text(option)));
            let (helper, values) = (text(helper), list(values, self::param));
            format!("Param::Call {{ helper: {helper}, values: {values}, option: {option} }}")
        }
        Param::Foreign => "Param::Foreign".to_owned(),
    }
}
