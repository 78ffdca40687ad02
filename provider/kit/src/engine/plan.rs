//! The plan pipeline: defaults, the author's hook, unknown values, replacement. One order for every resource.

use crate::context::{Cx, Private};
use crate::diagnostic::Diagnostic;
use crate::path::{At, Path};
use crate::resource::{AnyResource, Plan};
use crate::schema::{Attribute, Block, Keep};
use crate::value::Value;

use super::walk::{Beside, in_order, known_but_late, rebuild, without_write_only};
use super::{replace, sets, told};

/// What Terraform asks a plan for.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What there is; null when it is to be made.
    pub prior: Value,
    /// What Terraform makes of the two; null when it is to be removed. The engine looks at nothing else in it: it
    /// merges configuration and prior state itself, because it recognises the blocks of a set better.
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
    let Proposal { prior, config, private, .. } = proposal;
    let aligned = sets::align(block, &prior, &config);
    let base = rebuild(block, &config, Beside { prior: &aligned, ..Beside::only(&config) }, &filled_in);
    let draft = rebuild(block, &base, Beside::only(&config), &undecided_to_null);
    let existing = (!prior.is_null()).then(|| prior.clone());
    let mut hooked = Plan::new(existing, draft, private);
    let verdict = resource.plan(cx, &mut hooked, known_but_late(block, &config)).await;
    let (decided, diagnostics) = told::told(block, cx, verdict);
    let Some(decided) = decided else {
        return Planned { private: hooked.private, diagnostics, ..Planned::default() };
    };
    let beside = Beside { config: &config, prior: &aligned, draft: &hooked.draft };
    let settled = settle(block, &base, beside, Stage { changed: false, decided });
    let value = if !prior.is_null() && settled == prior {
        settled
    } else {
        settle(block, &base, beside, Stage { changed: true, decided })
    };
    let mut replace: Vec<Path> = hooked.replace.iter().map(|p| told::in_steps(block, p)).collect();
    if !prior.is_null() {
        replace::find(block, &value, &prior, &At::ROOT, &mut replace);
    }
    Planned { value: Some(value), replace, private: hooked.private, diagnostics }
}

/// What is not written: the default, or what it was before if the provider sets it.
fn filled_in(attribute: &Attribute, written: &Value, beside: Beside<'_>) -> Value {
    match &attribute.default {
        Some(default) if written.is_null() => default.clone(),
        None if written.is_null() && attribute.is_computed() => beside.prior.clone(),
        _ => written.clone(),
    }
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
        // What only a replacement can change does not change in an update.
        Keep::No => attribute.force_new,
        Keep::UnlessPlanned => attribute.force_new || stage.decided,
        Keep::Always => true,
    };
    if !beside.config.is_null() {
        // Terraform allows one thing here: to keep the prior spelling of an equal value.
        return if attribute.is_same(beside.prior, base) { beside.prior.clone() } else { base.clone() };
    }
    // A default is as good as written: a hook that cannot run yet must not be able to change it later.
    if !attribute.is_computed() || attribute.default.is_some() {
        return base.clone();
    }
    if !beside.draft.is_null() {
        return beside.draft.clone();
    }
    let stays = !stage.changed || (kept && !base.is_null());
    if stays { base.clone() } else { Value::UNKNOWN }
}
