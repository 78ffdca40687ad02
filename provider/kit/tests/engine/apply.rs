//! What is saved after a change, whatever came of it.

use std::future::Future;

use kit::{Cx, Limit, Private, ProviderData, Value};
use tokio_util::sync::CancellationToken;

use crate::drive::{applied, apply, apply_planned, change, engine, planned};
use crate::now;
use crate::thing::{disk, int, rule, text, thing, with};

fn words(applied: &kit::engine::Applied) -> Vec<String> {
    applied.diagnostics.iter().map(|d| d.summary.clone()).collect()
}

#[test]
fn a_creation_returns_what_was_planned_and_what_was_computed() {
    let config = thing(&[("disk", Value::List(vec![disk(int(1)), disk(int(2))]))]);
    let state = applied(&Value::Null, &config);
    assert_eq!(state.field("id"), &text("id-web"));
    assert_eq!(state.field("disk").elements().unwrap()[1].field("serial"), &text("serial-1"));
    assert!(state.is_wholly_known());
}

#[test]
fn a_creation_that_made_nothing_saves_nothing() {
    let failed = apply(&Value::Null, &thing(&[("note", text("before"))]));
    assert_eq!(failed.value, Value::Null);
    assert_eq!(words(&failed), ["Cannot"]);
}

#[test]
fn a_creation_that_failed_half_way_saves_what_it_recorded() {
    let config = thing(&[("note", text("after")), ("password", text("secret"))]);
    let failed = apply(&Value::Null, &config);
    assert_eq!(words(&failed), ["Cannot"]);
    assert_eq!(failed.value.field("id"), &text("id-web"));
    assert_eq!(failed.value.field("region"), &Value::Null, "what never became known is null");
    assert_eq!(failed.value.field("password"), &Value::Null);
    assert_eq!(failed.private.get::<String>("password was").as_deref(), Some("secret"));
}

#[test]
fn a_creation_that_crashed_saves_what_it_recorded() {
    for limit in [None, Some(Limit { over: CancellationToken::new(), words: "5m".into() })] {
        let cx = limit.map_or_else(Cx::default, |limit| Cx::default().limited(limit));
        let config = thing(&[("note", text("crash"))]);
        let planned = planned(&Value::Null, &config);
        let crashed = now(engine().apply(&cx, change(&Value::Null, &planned, &config)));
        assert_eq!(words(&crashed), ["The provider crashed in this operation"]);
        assert_eq!(crashed.value.field("id"), &text("id-web"));
    }
}

/// Runs an apply that would last for ever until `cut` is called.
fn cut_short(cx: &Cx, note: &str, cut: impl FnOnce()) -> kit::engine::Applied {
    let config = thing(&[("note", text(note))]);
    let engine = engine();
    let planned = planned(&Value::Null, &config);
    let mut apply = std::pin::pin!(engine.apply(cx, change(&Value::Null, &planned, &config)));
    let mut waker = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(apply.as_mut().poll(&mut waker).is_pending());
    cut();
    now(apply)
}

#[test]
fn a_limit_that_is_over_keeps_what_was_recorded() {
    let over = CancellationToken::new();
    let cx = Cx::default().limited(Limit { over: over.clone(), words: "5m".into() });
    let applied = cut_short(&cx, "forever", || over.cancel());
    assert_eq!(words(&applied), ["Timeout during create"]);
    assert!(applied.diagnostics[0].detail.contains("within 5m"), "{}", applied.diagnostics[0].detail);
    assert_eq!(applied.value.field("id"), &text("id-web"));
    assert_eq!(applied.private.get::<String>("password was").as_deref(), Some(""));
}

#[test]
fn a_wish_to_stop_keeps_what_was_recorded() {
    let stop = CancellationToken::new();
    let cx = Cx::new(ProviderData::default(), stop.clone());
    let applied = cut_short(&cx, "until stopped", || stop.cancel());
    assert_eq!(words(&applied), ["Stopped"]);
    assert_eq!(applied.value.field("id"), &text("id-web"));
}

#[test]
fn what_was_planned_wins_over_what_was_made() {
    let config = thing(&[("note", text("stubborn")), ("tags", Value::object([("a", text("b"))]))]);
    let state = applied(&Value::Null, &config);
    assert_eq!(state.field("size"), &int(3));
    assert_eq!(state.field("tags"), config.field("tags"));
}

#[test]
fn a_set_is_honoured_in_any_order() {
    let config = thing(&[("rule", Value::set([rule("b", int(1)), rule("a", int(2))]))]);
    let state = applied(&Value::Null, &config);
    let mut written: Vec<Value> = state.field("rule").elements().unwrap().to_vec();
    assert!(written.iter().all(|rule| rule.field("number").is_wholly_known()));
    written = written.iter().map(|rule| with(rule, &[("number", Value::Null)])).collect();
    assert_eq!(Value::set(written), *config.field("rule"));
}

#[test]
fn verbs_see_what_is_write_only_and_states_do_not() {
    let keyed = with(&disk(int(1)), &[("key", text("disk secret"))]);
    let config = thing(&[("password", text("secret")), ("disk", Value::List(vec![keyed]))]);
    let made = apply(&Value::Null, &config);
    assert_eq!(made.private.get::<String>("password was").as_deref(), Some("secret"));
    assert_eq!(made.private.get::<Vec<String>>("keys were"), Some(vec!["disk secret".to_owned()]));
    assert!(!format!("{:?}", made.value).contains("secret"));

    let raised = with(&config, &[("password", text("newer")), ("password_version", int(2))]);
    let updated = apply(&made.value, &raised);
    assert_eq!(updated.private.get::<String>("password was").as_deref(), Some("newer"));
    assert!(!format!("{:?}", updated.value).contains("newer"));
}

#[test]
fn a_configuration_that_the_plan_ignored_does_not_come_back() {
    let planned = planned(&Value::Null, &thing(&[("size", int(5))]));
    let applied = apply_planned(&Cx::default(), &Value::Null, &planned, &thing(&[("size", int(9))]));
    assert_eq!(applied.value.field("size"), &int(5), "the plan counts, not the raw configuration");
}

#[test]
fn an_update_that_failed_keeps_the_truth() {
    let state = applied(&Value::Null, &thing(&[]));
    let failed = apply(&state, &thing(&[("note", text("before")), ("size", int(9))]));
    assert_eq!((words(&failed), &failed.value), (vec!["Cannot".to_owned()], &state));

    let failed = apply(&state, &thing(&[("note", text("half")), ("size", int(9))]));
    assert_eq!(words(&failed), ["Cannot"]);
    assert_eq!(failed.value, with(&state, &[("size", int(9))]));
}

#[test]
fn a_deletion_that_failed_keeps_object_and_private() {
    let delete = |state: &Value| {
        let mut change = change(state, &Value::Null, &Value::Null);
        change.private.set("kept", &7_i64);
        now(engine().apply(&Cx::default(), change))
    };
    let state = applied(&Value::Null, &thing(&[("note", text("to go"))]));
    let failed = delete(&state);
    assert_eq!((words(&failed), &failed.value), (vec!["Cannot".to_owned()], &state));
    assert_eq!(failed.private.get::<i64>("kept"), Some(7));

    let gone = delete(&applied(&Value::Null, &thing(&[])));
    assert_eq!((words(&gone), gone.value), (vec![], Value::Null));
}

#[test]
fn private_data_survives_plan_read_apply_and_errors() {
    let mut private = Private::default();
    private.set("kept", &true);
    let config = thing(&[]);
    let state = applied(&Value::Null, &config);
    let kept = |private: &Private| assert_eq!(private.get::<bool>("kept"), Some(true));

    let mut proposal = crate::drive::proposal(&state, &config);
    proposal.private = private.clone();
    kept(&now(engine().plan(&Cx::default(), proposal)).private);
    for note in ["fine", "to look", "gone"] {
        let state = with(&state, &[("note", text(note))]);
        kept(&now(engine().read(&Cx::default(), state, private.clone())).private);
    }
    for note in ["fine", "before", "half"] {
        let config = thing(&[("note", text(note)), ("size", int(9))]);
        let mut change = change(&state, &planned(&state, &config), &config);
        change.private = private.clone();
        kept(&now(engine().apply(&Cx::default(), change)).private);
    }
}
