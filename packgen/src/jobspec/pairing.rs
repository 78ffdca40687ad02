//! Which block of one job is which block of another: by label, by name, or the only one of its type.
//!
//! Patches and differences both ask here, so that a patch changes the very block that a difference names.

use crate::hcl::Entry;
use crate::source::Spanned;
use crate::tree::{Attr, Block};

use super::cursor::Cursor;
use super::grammar::{Body, Count, Slot, drivers::driver};

/// How a block is told apart from others of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// It may stand there once.
    Only,
    /// By its labels.
    Labels(Vec<String>),
    /// By an attribute that names it.
    Named(String),
    /// Not at all.
    None,
}

/// Attributes that name a block without labels.
const NAMES: [&str; 2] = ["name", "destination"];

/// How `block`, which stands in a `body`, is told apart.
pub fn key(body: Option<&'static Body>, block: &Block) -> Key {
    if !block.labels.is_empty() {
        return Key::Labels(block.labels.iter().map(|label| label.to_string()).collect());
    }
    if slot(body, block).is_some_and(|slot| slot.count == Count::One) {
        return Key::Only;
    }
    let at = Cursor::top(block);
    let name = NAMES.into_iter().find_map(|name| at.text(name).is());
    name.map_or(Key::None, |name| Key::Named(name.to_string()))
}

/// What may stand in a block inside a `body`; in a task's `config` that depends on its driver.
pub fn body_inside(body: Option<&'static Body>, outer: &Block, inner: &Block) -> Option<&'static Body> {
    let found = slot(body, inner).map(|slot| slot.body)?;
    if found.name != "config" {
        return Some(found);
    }
    let of_driver = Cursor::top(outer).text("driver").is().and_then(|name| driver(&name));
    Some(of_driver.unwrap_or(found))
}

/// The block with all that may be written as an attribute or a block written as a block.
pub fn spelled_out(body: Option<&'static Body>, block: &Block) -> Block {
    let is_map = |attr: &Attr| {
        let slot = body.and_then(|body| body.block(&attr.name.value));
        slot.is_some_and(|slot| slot.or_attribute) && !attr.value.is_null()
    };
    let mut out = block.clone();
    let (maps, attrs): (Vec<Attr>, Vec<Attr>) = std::mem::take(&mut out.attrs).into_iter().partition(is_map);
    out.attrs = attrs;
    out.blocks.extend(maps.iter().map(as_block));
    out
}

/// `name = { … }` as the block that it stands for.
pub fn as_block(attr: &Attr) -> Block {
    let entry = |entry: &Entry| Attr {
        name: Spanned::new(entry.key.shared().clone(), entry.key_at.or(attr.expr)),
        value: entry.value.clone(),
        expr: entry.value.at.or(attr.expr),
        literal_object: false,
    };
    Block {
        ty: attr.name.clone(),
        labels: Vec::new(),
        attrs: attr.value.entries().unwrap_or_default().iter().map(entry).collect(),
        blocks: Vec::new(),
        via: None,
        span: attr.expr,
    }
}

fn slot(body: Option<&'static Body>, block: &Block) -> Option<&'static Slot> {
    body?.block(&block.ty)
}
