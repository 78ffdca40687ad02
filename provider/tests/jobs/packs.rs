//! House rules for every built-in pack: its resource plans, applies, settles, is imported, and goes.

use kit::{Severity, Value};
use packgen::pack::Builtin;

use crate::drive::{Driven, errors, told};
use crate::example;
use crate::standin::StandIn;

/// The secrets that a pack cannot make up are given.
fn with_secrets(config: Value) -> Value {
    let Value::Map(mut fields) = config else { unreachable!() };
    for (name, value) in &mut fields {
        if name.ends_with("_wo") {
            *value = Value::string(format!("{name}-value"));
        }
    }
    Value::Map(fields)
}

#[tokio::test]
async fn every_pack_is_a_resource_that_settles_and_goes() {
    for pack in Builtin::all() {
        let name = format!("lostops_{}", pack.name());
        let nomad = StandIn::start().await;
        let mut driven = Driven::new(&name, Some(&nomad.address())).await;
        let config = with_secrets(example::of(&name, driven.block()));
        let found = driven.validate(&config);
        assert_eq!(errors(&found).count(), 0, "{name}: {}", told(&found));
        let applied = driven.apply(&config).await;
        assert_eq!(errors(&applied.diagnostics).count(), 0, "{name}: {}", told(&applied.diagnostics));
        assert_eq!(
            driven.state.field("complete"),
            &Value::Bool(true),
            "{name}: {}",
            told(&applied.diagnostics)
        );
        assert!(!driven.state.field("versions").fields().unwrap().is_empty(), "{name}");
        driven.is_settled(&config).await;
        let gone = driven.destroy().await;
        assert_eq!(errors(&gone).count(), 0, "{name}: {}", told(&gone));
        assert!(nomad.with(|world| world.jobs.is_empty()), "{name}");
    }
}

#[tokio::test]
async fn every_pack_is_imported_by_its_name() {
    for pack in Builtin::all() {
        let name = format!("lostops_{}", pack.name());
        let nomad = StandIn::start().await;
        let mut made = Driven::new(&name, Some(&nomad.address())).await;
        let config = with_secrets(example::of(&name, made.block()));
        made.apply(&config).await;
        let mut driven = Driven::new(&name, Some(&nomad.address())).await;
        let id = config.field("name").as_str().unwrap_or(pack.name());
        assert_eq!(driven.import(&format!("default/{id}")).await, []);
        for attribute in ["jobspecs", "job_ids", "versions", "name"] {
            assert_eq!(driven.state.field(attribute), made.state.field(attribute), "{name}.{attribute}");
        }
        let applied = driven.apply(&config).await;
        assert_eq!(errors(&applied.diagnostics).count(), 0, "{name}: {}", told(&applied.diagnostics));
        driven.is_settled(&config).await;
        let nobody = driven.import("default/nobody").await;
        assert!(nobody.iter().any(|problem| problem.severity == Severity::Error), "{name}");
    }
}

#[tokio::test]
async fn every_pack_plans_without_a_nomad() {
    for pack in Builtin::all() {
        let name = format!("lostops_{}", pack.name());
        let driven = Driven::new(&name, None).await;
        let config = with_secrets(example::of(&name, driven.block()));
        let planned = driven.plan(&config).await;
        assert_eq!(planned.diagnostics, [], "{name}");
        let value = planned.value.unwrap();
        let texts = value.field("jobspecs").fields().unwrap();
        assert!(!texts.is_empty() && texts.values().all(|text| text.as_str().is_some()), "{name}");
    }
}
