//! What a name stands for, given the types of the blocks around it: what the language layer asks.

use crate::hcl::json_body::Form;
use crate::lasting::Str;

use super::{Body, JOB, Slot};

/// Whether a block of this type holds whatever its author likes; Nomad expands no `dynamic` in it.
pub fn free_form(parents: &[Str], ty: &str) -> bool {
    slot(parents, ty).is_some_and(|slot| slot.body.map.is_some())
}

/// What a name stands for in JSON, where the text does not tell blocks from attributes.
pub fn shape(parents: &[Str], name: &str) -> Form {
    match slot(parents, name) {
        Some(slot) if !slot.or_attribute => Form::Block { labels: usize::from(slot.body.label.is_some()) },
        _ => Form::Attribute,
    }
}

fn slot(parents: &[Str], ty: &str) -> Option<&'static Slot> {
    let (first, rest) = parents.split_first()?;
    let job: Option<&'static Body> = (**first == *"job").then_some(&JOB);
    let body = rest.iter().fold(job, |body, ty| body?.block(ty).map(|slot| slot.body))?;
    body.block(ty)
}
