//! Rules of variables. Nomad lets a rule look at its own variable only; packs let it look at others too.

use crate::hcl::syntax::Step;
use crate::hcl::variables::Validation;

/// Whether a rule looks at no other variable than its own.
pub(super) fn looks_at_itself(rule: &Validation, name: &str) -> bool {
    names(rule).iter().all(|other| other == name)
}

/// The variables that a rule looks at, each once.
pub(super) fn names(rule: &Validation) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    rule.condition.names(&mut |path, _| {
        if let Some(Step::Attr(step)) = path.steps.first()
            && !found.iter().any(|known| **known == *step.value)
        {
            found.push(step.value.to_string());
        }
    });
    found
}
