//! Nomad tells some blocks apart by everything in them, so that a small change looks like one gone and one new. Here
//! the two become one that changed.
//!
//! Must never pair what a person would call two different things.

use super::diff::{Change, FieldDiff, ObjectDiff};
use super::names;

/// The same blocks, with those paired that are one thing.
pub(super) fn paired(objects: &[ObjectDiff]) -> Vec<ObjectDiff> {
    let mut result = Vec::<ObjectDiff>::new();
    for object in objects {
        let partner =
            (alone(objects, object)).then(|| result.iter().position(|other| are_one(other, object)));
        match partner.flatten() {
            Some(at) => {
                let other = result.remove(at);
                let (gone, new) =
                    if object.kind == Change::Added { (&other, object) } else { (object, &other) };
                result.insert(at, merged(gone, new));
            }
            None => result.push(object.clone()),
        }
    }
    result
}

/// Whether there is no third one that it could belong to.
fn alone(objects: &[ObjectDiff], object: &ObjectDiff) -> bool {
    let like =
        |other: &&ObjectDiff| same(other, object) && matches!(other.kind, Change::Added | Change::Deleted);
    !object.is_set() && objects.iter().filter(like).count() == 2
}

fn are_one(one: &ObjectDiff, other: &ObjectDiff) -> bool {
    let kinds = (one.kind, other.kind);
    same(one, other) && matches!(kinds, (Change::Added, Change::Deleted) | (Change::Deleted, Change::Added))
}

fn same(one: &ObjectDiff, other: &ObjectDiff) -> bool {
    one.name == other.name && label(one) == label(other)
}

fn label(object: &ObjectDiff) -> Option<&str> {
    let key = names::key(&object.name)?;
    let field = object.fields.iter().find(|field| field.name == key)?;
    Some(if field.old.is_empty() { &field.new } else { &field.old })
}

fn merged(gone: &ObjectDiff, new: &ObjectDiff) -> ObjectDiff {
    let old_of =
        |name: &str| gone.fields.iter().find(|field| field.name == name).map(|field| field.old.clone());
    let kept =
        new.fields.iter().map(|field| (field.name.clone(), old_of(&field.name), Some(field.new.clone())));
    let lost = gone.fields.iter().filter(|field| new.fields.iter().all(|other| other.name != field.name));
    let lost = lost.map(|field| (field.name.clone(), Some(field.old.clone()), None));
    let fields = kept.chain(lost).map(|(name, old, new)| field(name, old, new));
    let objects = gone.objects.iter().chain(&new.objects).cloned().collect::<Vec<_>>();
    let (objects, kind) = (without_same(&objects), Change::Edited);
    ObjectDiff { kind, name: new.name.clone(), fields: fields.collect(), objects }
}

fn field(name: String, old: Option<String>, new: Option<String>) -> FieldDiff {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let kind = if old == new { Change::None } else { Change::Edited };
    FieldDiff { kind, name, old, new }
}

/// What is gone and new in the same form has not changed at all.
fn without_same(objects: &[ObjectDiff]) -> Vec<ObjectDiff> {
    let mirrored = |one: &ObjectDiff, other: &ObjectDiff| {
        let flipped = |field: &FieldDiff| (field.name.clone(), field.new.clone(), field.old.clone());
        let plain = |field: &FieldDiff| (field.name.clone(), field.old.clone(), field.new.clone());
        are_one(one, other)
            && one.objects.is_empty()
            && other.objects.is_empty()
            && one.fields.iter().map(plain).eq(other.fields.iter().map(flipped))
    };
    let changed = |object: &&ObjectDiff| !objects.iter().any(|other| mirrored(object, other));
    objects.iter().filter(changed).cloned().collect()
}
