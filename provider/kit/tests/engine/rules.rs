//! The engine against Terraform's rules, with random schemas, random hooks and random values.

use kit::engine::{Change, Planned, Proposal, ResourceEngine};
use kit::schema::{Attribute, Block, Keep, Schema};
use kit::{AnyResource, BoxFuture, Cx, Diagnostic, Moved, Plan, Private, Result, Slot, Timeouts, Value};
use proptest::prelude::*;

use crate::now;
use crate::random::{self, Dice};
use crate::terraform::{keeps, leads_somewhere, plan_problems, shape};
use crate::thing::Things;

/// What the author of a random resource does in its plan hook. Every one is a pure function of what is known.
#[derive(Clone, Copy, Debug)]
enum Hook {
    /// Nothing.
    None,
    /// Like a derived struct's: computed text follows from the first attribute, if all is known.
    WhenKnown,
    /// Like a schema's made from data: it copes with what is unknown.
    Raw,
    /// What is held becomes unknown when the first attribute changes.
    Unhold,
}

/// A resource whose schema is made from data.
struct Random {
    block: Block,
    hook: Hook,
    dice: Vec<u8>,
}

impl Random {
    fn source(&self) -> Option<&Attribute> {
        self.block.attributes.iter().find(|a| !a.is_computed() && !a.write_only)
    }

    fn follow(&self, plan: &mut Plan<Value>) {
        let Some(source) = self.source() else { return };
        let from = plan.draft.field(&source.name).clone();
        let was = plan.prior.as_ref().map(|prior| prior.field(&source.name).clone());
        let Value::Map(fields) = &mut plan.draft else { return };
        for a in self.block.attributes.iter().filter(|a| a.is_computed() && a.ty == kit::Type::String) {
            let steady = a.keep == Keep::Always || a.force_new;
            let value = match self.hook {
                Hook::None => continue,
                Hook::WhenKnown | Hook::Unhold if steady => continue,
                Hook::Unhold if was.as_ref() == Some(&from) => continue,
                Hook::WhenKnown | Hook::Raw if from.is_wholly_known() => {
                    Value::string(format!("from {from:?}"))
                }
                Hook::WhenKnown | Hook::Raw | Hook::Unhold => Value::UNKNOWN,
            };
            fields.insert(a.name.to_string(), value);
        }
    }

    fn make(&self, planned: &Value, slot: &mut Slot) {
        slot.value = Some(random::made(&mut Dice::new(&self.dice), &self.block, planned));
    }
}

impl AnyResource for Random {
    fn name(&self) -> &'static str {
        "test_random"
    }

    fn schema(&self) -> Schema {
        Schema { version: 0, block: self.block.clone() }
    }

    fn timeouts(&self) -> Timeouts {
        Timeouts::USUAL
    }

    fn check(&self, _: &Value, _: bool) -> Vec<Diagnostic> {
        Vec::new()
    }

    fn plan<'a>(&'a self, _: &'a Cx, plan: &'a mut Plan<Value>, known: bool) -> BoxFuture<'a, Result<bool>> {
        let decides = known || matches!(self.hook, Hook::Raw);
        if decides {
            self.follow(plan);
        }
        Box::pin(async move { Ok(decides) })
    }

    fn plan_delete<'a>(&'a self, _: &'a Cx, _: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn create<'a>(&'a self, _: &'a Cx, planned: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        self.make(&planned, slot);
        Box::pin(async { Ok(()) })
    }

    fn read<'a>(&'a self, _: &'a Cx, _: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn update<'a>(
        &'a self,
        _: &'a Cx,
        _: Value,
        planned: Value,
        slot: &'a mut Slot,
    ) -> BoxFuture<'a, Result<()>> {
        self.make(&planned, slot);
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, _: &'a Cx, _: Value, _: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn upgrade(&self, _: i64, state: Value) -> Result<Value> {
        Ok(state)
    }

    fn import<'a>(&'a self, _: &'a Cx, _: &'a str) -> BoxFuture<'a, Result<Option<Value>>> {
        Box::pin(async { Ok(None) })
    }

    fn moved(&self, _: &Moved) -> Option<Result<Value>> {
        None
    }
}

/// An engine, and the schema it serves.
struct Under {
    engine: ResourceEngine,
    block: Block,
}

impl Under {
    fn test(resource: &'static dyn AnyResource) -> Self {
        let engine = ResourceEngine::new(resource);
        let block = engine.schema().block.clone();
        Self { engine, block }
    }

    /// Plans, and holds the answer to Terraform's rules.
    fn plan(&self, prior: &Value, config: &Value) -> Planned {
        let proposal = || Proposal {
            prior: prior.clone(),
            proposed: config.clone(),
            config: config.clone(),
            private: Private::default(),
        };
        let planned = now(self.engine.plan(&Cx::default(), proposal()));
        let again = now(self.engine.plan(&Cx::default(), proposal()));
        assert_eq!(errors(&planned.diagnostics), [""; 0]);
        assert_eq!(planned.value, again.value, "a plan is a pure function");
        assert_eq!(planned.replace, again.replace, "a plan is a pure function");
        let value = planned.value.as_ref().unwrap();
        assert_eq!(plan_problems(&self.block, prior, config, value), [""; 0]);
        for path in &planned.replace {
            let exists =
                leads_somewhere(&self.block, value, path) || leads_somewhere(&self.block, prior, path);
            assert!(exists, "{path} leads nowhere in {value:?} and {prior:?}");
        }
        planned
    }

    /// Applies, and holds the answer to Terraform's rules.
    fn apply(&self, prior: &Value, planned: &Value, config: &Value) -> Value {
        let change = Change {
            prior: prior.clone(),
            planned: planned.clone(),
            config: config.clone(),
            private: Private::default(),
        };
        let applied = now(self.engine.apply(&Cx::default(), change));
        assert_eq!(applied.diagnostics, []);
        assert!(applied.value.is_wholly_known(), "{:?}", applied.value);
        assert!(keeps(planned, &applied.value), "planned {planned:#?}\nmade {:#?}", applied.value);
        let mut problems = Vec::new();
        shape(&self.block, &applied.value, "", &mut problems);
        assert_eq!(problems, [""; 0]);
        applied.value
    }

    /// A plan with unknown values, then the one at apply when they are known, then the apply.
    fn live(&self, prior: &Value, config: &Value, resolved: &Value) -> Value {
        let first = self.plan(prior, config);
        let second = self.plan(prior, resolved);
        let (first_value, second_value) = (first.value.unwrap(), second.value.unwrap());
        if first_value == *prior {
            return prior.clone();
        }
        assert!(keeps(&first_value, &second_value), "first {first_value:#?}\nthen {second_value:#?}");
        let replaced_late = first.replace.is_empty() && !second.replace.is_empty();
        assert!(!replaced_late, "only the plan at apply replaces {:?}", second.replace);
        if first.replace.is_empty() {
            self.apply(prior, &second_value, resolved)
        } else {
            let anew = self.plan(&Value::Null, resolved).value.unwrap();
            self.apply(&Value::Null, &anew, resolved)
        }
    }
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors = diagnostics.iter().filter(|d| d.severity == kit::Severity::Error);
    errors.map(ToString::to_string).collect()
}

/// One object's whole life: made, looked at again, changed with unknown values about.
fn life(under: &Under, dice: &mut Dice<'_>) {
    let config = random::config(dice, &under.block, true);
    let resolved = random::resolved(dice, &under.block, &config);
    let state = under.live(&Value::Null, &config, &resolved);

    let again = under.plan(&state, &resolved);
    assert_eq!(again.value.unwrap(), state, "the second plan is empty");
    assert_eq!(again.replace, []);

    let config = random::config(dice, &under.block, true);
    let resolved = random::resolved(dice, &under.block, &config);
    under.live(&state, &config, &resolved);

    let strange = random::state(dice, &under.block);
    under.plan(&strange, &config);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

fn settings() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.max(400), failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn a_schema_made_from_data_obeys_terraform(bytes in bytes()) {
        let mut dice = Dice::new(&bytes);
        let hook = [Hook::None, Hook::WhenKnown, Hook::Raw, Hook::Unhold][usize::from(dice.roll(4))];
        let block = random::block(&mut dice, 2, false);
        let under = Under::test(Box::leak(Box::new(Random { block, hook, dice: bytes.clone() })));
        life(&under, &mut dice);
    }

    #[test]
    fn a_derived_struct_obeys_terraform(bytes in bytes()) {
        life(&Under::test(&Things), &mut Dice::new(&bytes));
    }
}
