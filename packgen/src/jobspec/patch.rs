//! Lays a patch over jobs: `job "x" { … }` blocks that say only what differs.
//!
//! Attributes are replaced, `null` takes one away, objects and blocks are merged deeply, lists are
//! replaced. A block that has no counterpart is added.

use std::sync::Arc;

use crate::hcl::{Entry, Kind, Value};
use crate::source::{Diagnostic, Diagnostics, Spanned};
use crate::tree::{Attr, Block, Trail, Tree, Via};

use super::cursor::Cursor;
use super::grammar::{self, Body};
use super::pairing::{Key, body_inside, key};
use super::validate::did_you_mean;

/// Lays `patch` over the jobs of `jobs`. A patch for a job that is not there is an error.
pub fn apply(jobs: &mut [Tree], patch: &Tree) -> Diagnostics {
    let mut out = Diagnostics::new();
    for block in &patch.blocks {
        let name = Cursor::top(block).label();
        let found =
            jobs.iter_mut().flat_map(|tree| &mut tree.blocks).find(|job| Cursor::top(job).label() == name);
        if let Some(job) = found {
            merge(Some(&grammar::JOB), job, block);
            continue;
        }
        let known: Vec<&str> =
            jobs.iter().flat_map(|tree| &tree.blocks).map(|job| Cursor::top(job).label()).collect();
        let finding = Diagnostic::error(
            "patch-job",
            format!("there is no job {name:?} to patch"),
            Cursor::top(block).head(),
        );
        out.push(finding.maybe_help(did_you_mean(name, known)));
    }
    out
}

fn merge(body: Option<&'static Body>, base: &mut Block, patch: &Block) {
    for attr in &patch.attrs {
        set(body, base, attr);
    }
    for block in &patch.blocks {
        let entries = base.attrs.iter().position(|attr| attr.name.value == block.ty.value);
        if let Some(at) = entries {
            let attr = base.attrs.remove(at);
            base.blocks.push(as_block(&attr));
        }
        let wanted = key(body, block);
        let twin = base.blocks.iter().position(|other| {
            other.ty.value == block.ty.value && wanted != Key::None && key(body, other) == wanted
        });
        match twin {
            Some(at) => {
                let inner = base.blocks.get(at).and_then(|twin| body_inside(body, base, twin));
                if let Some(twin) = base.blocks.get_mut(at) {
                    merge(inner, twin, block);
                }
            }
            None => base.blocks.push(marked(block)),
        }
    }
}

/// One attribute; where the base has a block of that name, its entries go there.
fn set(body: Option<&'static Body>, base: &mut Block, attr: &Attr) {
    let name = &attr.name.value;
    let is_map = body.and_then(|body| body.block(name)).is_some_and(|slot| slot.or_attribute);
    if is_map && let Some(block) = base.blocks.iter_mut().find(|block| block.ty.value == *name) {
        merge(None, block, &as_block(attr));
        return;
    }
    match base.attrs.iter_mut().find(|other| other.name.value == *name) {
        _ if attr.value.is_null() => base.attrs.retain(|other| other.name.value != *name),
        Some(other) => {
            let value = merged(&other.value, &attr.value);
            *other = Attr { value, ..attr.clone() };
        }
        None => base.attrs.push(attr.clone()),
    }
}

/// Objects are merged entry by entry, `null` takes one away; all else is replaced.
fn merged(base: &Value, patch: &Value) -> Value {
    let (Some(old), Some(new)) = (base.entries(), patch.entries()) else { return patch.clone() };
    let kept = old.iter().filter(|entry| patch.get(&entry.key).is_none()).cloned();
    let set = new.iter().filter(|entry| !entry.value.is_null()).map(|entry| {
        let value = base.get(&entry.key).map_or_else(|| entry.value.clone(), |old| merged(old, &entry.value));
        Entry { value, ..entry.clone() }
    });
    let entries: Vec<Entry> = kept.chain(set).collect();
    let value = Value::object(entries).with_at(patch.at).with_sensitive(base.sensitive || patch.sensitive);
    if let Kind::Object(_) | Kind::Map(_) = value.kind { value } else { patch.clone() }
}

/// `name = { … }` as the block that it stands for.
fn as_block(attr: &Attr) -> Block {
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

/// A block that the patch adds says so in findings.
fn marked(block: &Block) -> Block {
    let via = Via { at: Cursor::top(block).head(), what: Trail::Patch, up: block.via.clone() };
    Block { via: Some(Arc::new(via)), ..block.clone() }
}
