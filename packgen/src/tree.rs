//! A job after evaluation: blocks with labels, attributes in the order they were written, values, places.
//!
//! The tree knows no grammar: what may stand where is found out later, by a walk over it. It holds a
//! block's content exactly as it was written, after `dynamic` blocks became the blocks they stand for.
//!
//! **Free-form bodies** (a task's `config`, `env`, `meta`, …) hold attributes and blocks like any other
//! body. Nomad reads a block in them as an attribute; [`Block::free_form`] does that in one place.

use std::sync::Arc;

use crate::hcl::{Entry, Value};
use crate::lasting::Str;
use crate::source::{Span, Spanned};

/// A name and where it was written.
pub type Name = Spanned<Str>;

/// What a file became: its `job` blocks (in a right jobspec exactly one).
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The blocks at the top.
    pub blocks: Vec<Block>,
}

/// A block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its type: `group`.
    pub ty: Name,
    /// Its labels.
    pub labels: Vec<Name>,
    /// Its attributes, in the order of the file; no name appears twice.
    pub attrs: Vec<Attr>,
    /// The blocks in it, in the order of the file.
    pub blocks: Vec<Block>,
    /// How it came to be, if it was not written down as it is.
    pub via: Option<Arc<Via>>,
    /// From its type to its closing brace; for a block made by `dynamic`, its `content`.
    pub span: Span,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its name.
    pub name: Name,
    /// Its value. `value.at` is where the value was made, perhaps in the user's variables.
    pub value: Value,
    /// The expression after the `=`.
    pub expr: Span,
    /// Whether the expression was, as written, an object `{ … }` without parentheses: in a free-form body
    /// Nomad takes that for a block, which makes it a list with one object.
    pub literal_object: bool,
}

/// One step of how a block came to be.
#[derive(Clone, Debug)]
pub struct Via {
    /// The place of the step.
    pub at: Span,
    /// What happened there.
    pub what: Trail,
    /// The step before it.
    pub up: Option<Arc<Via>>,
}

/// What makes blocks that were not written down as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trail {
    /// A turn of `dynamic "block"`.
    Dynamic {
        /// The type of the block that is made.
        block: Str,
        /// The index or key of the turn, as text.
        key: Str,
    },
    /// A patch laid over the job.
    Patch,
}

impl Block {
    /// The attribute of this name.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.iter().find(|attr| &**attr.name == name)
    }

    /// The blocks of this type.
    pub fn blocks_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &**block.ty == ty)
    }

    /// Its content as Nomad reads a free-form body: attributes only.
    ///
    /// An object written as such becomes a list with that object; the blocks of one type become a list
    /// with one object each, at the place of the first; labels become objects around it.
    /// A block with the name of an attribute replaces it, as it does in Nomad.
    pub fn free_form(&self) -> Vec<Attr> {
        let mut attrs: Vec<Attr> = self.attrs.iter().map(wrapped).collect();
        let mut done: Vec<&str> = Vec::new();
        for block in &self.blocks {
            if done.contains(&&**block.ty) {
                continue;
            }
            done.push(&block.ty);
            let items = self.blocks_of(&block.ty).map(Block::as_object).collect();
            let value = Value::tuple(items).with_at(block.span);
            attrs.retain(|attr| attr.name.value != block.ty.value);
            attrs.push(Attr { name: block.ty.clone(), value, expr: block.span, literal_object: false });
        }
        attrs
    }

    /// The block as the object that Nomad makes of it in a free-form body.
    fn as_object(&self) -> Value {
        let entry = |attr: Attr| Entry {
            key: (*attr.name).clone().into(),
            key_at: attr.name.span,
            value: attr.value,
        };
        let inner = Value::object(self.free_form().into_iter().map(entry).collect()).with_at(self.span);
        self.labels.iter().rev().fold(inner, |inside, label| {
            let value = Value::tuple(vec![inside]).with_at(self.span);
            Value::object(vec![Entry { key: label.value.clone().into(), key_at: label.span, value }])
                .with_at(self.span)
        })
    }
}

fn wrapped(attr: &Attr) -> Attr {
    let mut attr = attr.clone();
    if attr.literal_object {
        attr.value = Value::tuple(vec![attr.value.clone()]).with_at(attr.value.at);
        attr.literal_object = false;
    }
    attr
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Spanned::new(text.into(), Span::NONE)
    }

    fn block(ty: &str, labels: &[&str], attrs: Vec<(&str, Value, bool)>, blocks: Vec<Block>) -> Block {
        let attr =
            |(key, value, literal_object)| Attr { name: name(key), value, expr: Span::NONE, literal_object };
        Block {
            ty: name(ty),
            labels: labels.iter().map(|label| name(label)).collect(),
            attrs: attrs.into_iter().map(attr).collect(),
            blocks,
            via: None,
            span: Span::NONE,
        }
    }

    #[test]
    fn free_form_bodies_turn_blocks_into_lists_of_objects() {
        let object = |key: &str, value: i64| Value::object(vec![Entry::new(key, value.into())]);
        let config = block(
            "config",
            &[],
            vec![
                ("image", "x".into(), false),
                ("labels", object("a", 1), true),
                ("made", object("b", 2), false),
            ],
            vec![
                block("mount", &[], vec![("n", 1.into(), false)], vec![]),
                block("dev", &["sda"], vec![("n", 3.into(), false)], vec![]),
                block("mount", &[], vec![("n", 2.into(), false)], vec![]),
            ],
        );
        let attrs = config.free_form();
        let value = |key: &str| attrs.iter().find(|attr| &**attr.name == key).unwrap().value.clone();
        assert_eq!(value("labels"), Value::tuple(vec![object("a", 1)]));
        assert_eq!(value("made"), object("b", 2));
        assert_eq!(value("mount"), Value::tuple(vec![object("n", 1), object("n", 2)]));
        let labelled = Value::object(vec![Entry::new("sda", Value::tuple(vec![object("n", 3)]))]);
        assert_eq!(value("dev"), Value::tuple(vec![labelled]));
    }
}
