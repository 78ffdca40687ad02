//! Drives the engine with the thing as Terraform would, and holds every plan to Terraform's rules.

use kit::engine::{Applied, Change, Planned, Proposal, ResourceEngine};
use kit::{Cx, Private, Value};

use crate::now;
use crate::terraform::plan_problems;
use crate::thing::Things;

pub fn engine() -> ResourceEngine {
    ResourceEngine::new(&Things)
}

/// What Terraform asks for when it plans this configuration.
pub fn proposal(prior: &Value, config: &Value) -> Proposal {
    Proposal {
        prior: prior.clone(),
        proposed: config.clone(),
        config: config.clone(),
        private: Private::default(),
    }
}

/// A plan that has to succeed and that Terraform has to accept.
pub fn plan(prior: &Value, config: &Value) -> Planned {
    let planned = now(engine().plan(&Cx::default(), proposal(prior, config)));
    let value = planned.value.as_ref().unwrap_or_else(|| panic!("{:?}", planned.diagnostics));
    assert_eq!(plan_problems(&engine().schema().block, prior, config, value), [""; 0]);
    planned
}

/// The planned value.
pub fn planned(prior: &Value, config: &Value) -> Value {
    plan(prior, config).value.unwrap()
}

/// Applies a configuration whatever comes of it.
pub fn apply(prior: &Value, config: &Value) -> Applied {
    apply_planned(&Cx::default(), prior, &planned(prior, config), config)
}

/// Carries out a plan, whatever comes of it.
pub fn apply_planned(cx: &Cx, prior: &Value, planned: &Value, config: &Value) -> Applied {
    now(engine().apply(cx, change(prior, planned, config)))
}

pub fn change(prior: &Value, planned: &Value, config: &Value) -> Change {
    Change {
        prior: prior.clone(),
        planned: planned.clone(),
        config: config.clone(),
        private: Private::default(),
    }
}

/// The state after this configuration was applied without an error.
pub fn applied(prior: &Value, config: &Value) -> Value {
    let applied = apply(prior, config);
    assert_eq!(applied.diagnostics, []);
    applied.value
}
