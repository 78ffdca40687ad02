//! The plan pipeline: defaults, the author's hook, unknown values, replacement. One order for every resource.

use crate::context::{Cx, Private};
use crate::diagnostic::Diagnostic;
use crate::path::{At, Path};
use crate::resource::{AnyResource, Plan};
use crate::schema::{Attribute, Block, Keep};
use crate::value::Value;

use super::walk::{Beside, in_order, known_but_late, rebuild, with_defaults, without_write_only};

/// What Terraform asks a plan for.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What there is; null when it is to be made.
    pub prior: Value,
    /// Configuration and prior computed values, merged by Terraform; null when it is to be removed.
    pub proposed: Value,
    /// What the user wrote.
    pub config: Value,
    /// What is kept beside the state.
    pub private: Private,
}

/// What will be.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The planned state; none if planning failed.
    pub value: Option<Value>,
    /// The attributes whose change replaces the object.
    pub replace: Vec<Path>,
    /// What is kept beside the state.
    pub private: Private,
    /// What the user should hear.
    pub diagnostics: Vec<Diagnostic>,
}

/// Plans a creation or an update. Values hold no `timeouts`.
pub(super) async fn plan(resource: &dyn AnyResource, block: &Block, cx: &Cx, proposal: Proposal) -> Planned {
    let Proposal { prior, proposed, config, private } = proposal;
    let base = with_defaults(block, &proposed, &config);
    let draft = rebuild(block, &base, Beside::only(&config), &undecided_to_null);
    let existing = (!prior.is_null()).then(|| prior.clone());
    let mut hooked = Plan::new(existing, draft, private);
    let decided = match resource.plan(cx, &mut hooked, known_but_late(block, &config)).await {
        Ok(decided) => decided,
        Err(failure) => {
            let diagnostics = cx.take_warnings().into_iter().chain(failure.0).collect();
            return Planned { private: hooked.private, diagnostics, ..Planned::default() };
        }
    };
    let beside = Beside { config: &config, prior: &prior, draft: &hooked.draft };
    let settled = settle(block, &base, beside, Stage { changed: false, decided });
    let value = if !prior.is_null() && settled == prior {
        settled
    } else {
        settle(block, &base, beside, Stage { changed: true, decided })
    };
    let mut replace = hooked.replace;
    if !prior.is_null() {
        find_replacements(block, &value, &prior, &At::ROOT, &mut replace);
    }
    Planned { value: Some(value), replace, private: hooked.private, diagnostics: cx.take_warnings() }
}

/// What the author's hook is to decide stands empty in its draft.
fn undecided_to_null(attribute: &Attribute, value: &Value, beside: Beside<'_>) -> Value {
    let provided = attribute.is_computed() && attribute.default.is_none();
    if provided && beside.config.is_null() { Value::Null } else { value.clone() }
}

/// How far a plan has come.
#[derive(Clone, Copy)]
struct Stage {
    /// Something differs from the prior state, so that computed values may change too.
    changed: bool,
    /// The author's hook has run.
    decided: bool,
}

fn settle(block: &Block, base: &Value, beside: Beside<'_>, stage: Stage) -> Value {
    let settled =
        rebuild(block, base, beside, &|attribute, value, beside| settle_one(attribute, value, beside, stage));
    in_order(without_write_only(block, &settled))
}

fn settle_one(attribute: &Attribute, base: &Value, beside: Beside<'_>, stage: Stage) -> Value {
    let kept = match attribute.keep {
        Keep::No => false,
        Keep::UnlessPlanned => stage.decided,
        Keep::Always => true,
    };
    if !beside.config.is_null() {
        // Terraform allows the hook one thing here: to keep the prior spelling of an equal value.
        let spelled_as_before = !beside.prior.is_null() && beside.draft == beside.prior;
        return if spelled_as_before { beside.prior.clone() } else { base.clone() };
    }
    if !attribute.is_computed() {
        return base.clone();
    }
    if !beside.draft.is_null() {
        return beside.draft.clone();
    }
    let stays = !stage.changed || (kept && !base.is_null());
    if stays { base.clone() } else { Value::UNKNOWN }
}

fn find_replacements(block: &Block, planned: &Value, prior: &Value, at: &At<'_>, found: &mut Vec<Path>) {
    for attribute in block.attributes.iter().filter(|a| a.force_new) {
        if planned.field(&attribute.name) != prior.field(&attribute.name) {
            found.push(at.field(&attribute.name).path());
        }
    }
    for nested in &block.blocks {
        let here = at.field(&nested.name);
        let (now, before) = (planned.field(&nested.name), prior.field(&nested.name));
        if nested.force_new && now != before {
            found.push(here.path());
        }
        nested.each(now, &here, |inner, place| {
            // A set's path cannot name the element, so a difference anywhere in it counts.
            match at_same_place(before, &place.path(), &here.path()) {
                Some(old) => find_replacements(&nested.block, inner, old, place, found),
                None if now != before => find_replacements(&nested.block, inner, &Value::Null, place, found),
                None => {}
            }
        });
    }
    found.dedup();
}

/// The block that stood at `place` before; none in a set, or where it is new.
fn at_same_place<'v>(before: &'v Value, place: &Path, collection: &Path) -> Option<&'v Value> {
    match place.0.get(collection.0.len()) {
        None => before.fields().map(|_| before),
        Some(crate::path::Step::Index(index)) => before.elements()?.get(*index),
        Some(crate::path::Step::Key(label)) => before.fields()?.get(label),
        Some(crate::path::Step::Field(_)) => None,
    }
}
