//! States that come from elsewhere: refreshed, saved by older releases, imported, moved.

use kit::{Cx, Moved, Private, Value};

use crate::drive::{applied, engine, planned};
use crate::now;
use crate::terraform::shape;
use crate::thing::{int, lid, rule, text, thing, with};

fn read(state: &Value) -> kit::engine::Looked {
    now(engine().read(&Cx::default(), state.clone(), Private::default()))
}

#[test]
fn a_look_finds_the_same_nothing_or_drift() {
    let state =
        applied(&Value::Null, &thing(&[("lid", lid()), ("rule", Value::set([rule("a", Value::Null)]))]));
    assert_eq!(read(&state).value, state);
    assert_eq!(read(&state).private.get::<bool>("looked"), Some(true));

    let gone = read(&with(&state, &[("note", text("gone"))]));
    assert_eq!((gone.value, gone.diagnostics), (Value::Null, vec![]));

    let drifted = read(&with(&state, &[("note", text("drifted"))]));
    assert_eq!(drifted.value.field("size"), &int(77));
    assert_eq!(drifted.diagnostics[0].summary, "Thing has drifted");
    let repaired = planned(&drifted.value, &with(&thing(&[("note", text("drifted"))]), &[("lid", lid())]));
    assert_eq!(repaired.field("size"), &int(3));
}

#[test]
fn a_look_that_failed_has_seen_nothing() {
    let state = with(&applied(&Value::Null, &thing(&[])), &[("note", text("to look"))]);
    let failed = read(&state);
    assert_eq!(failed.value, state);
    assert_eq!(failed.private.get::<bool>("looked"), None);
    assert_eq!(failed.diagnostics[0].summary, "Cannot");
}

#[test]
fn a_look_keeps_timeouts_and_stores_nothing_write_only() {
    let limits = Value::object(["create", "read", "update", "delete"].map(|verb| (verb, text("1m"))));
    let state = applied(&Value::Null, &thing(&[("timeouts", limits.clone()), ("password", text("secret"))]));
    let looked = read(&state);
    assert_eq!(looked.value.field("timeouts"), &limits);
    assert_eq!(looked.value.field("password"), &Value::Null);
}

fn upgraded(version: i64, saved: Value) -> Value {
    let value = engine().upgrade(version, saved).unwrap();
    let mut problems = Vec::new();
    shape(&engine().schema().block, &value, "", &mut problems);
    assert_eq!(problems, [""; 0]);
    value
}

/// A state as it is read back from JSON, which knows no sets and no types.
fn from_json(value: &Value) -> Value {
    match value {
        Value::Set(elements) | Value::List(elements) => Value::List(elements.iter().map(from_json).collect()),
        Value::Map(fields) => Value::object(fields.iter().map(|(name, value)| (name, from_json(value)))),
        Value::Dynamic(typed) => Value::object([("type", typed.0.name()), ("value", from_json(&typed.1))]),
        other => other.clone(),
    }
}

#[test]
fn a_state_of_this_version_comes_back_as_it_was() {
    let config = thing(&[
        ("codes", Value::set([int(3), int(10), int(2)])),
        (
            "anything",
            Value::Dynamic(Box::new((kit::Type::set(kit::Type::String), Value::set([text("b"), text("a")])))),
        ),
        ("rule", Value::set([rule("b", Value::Null), rule("a", int(0))])),
        ("lid", lid()),
    ]);
    let state = applied(&Value::Null, &config);
    assert_eq!(upgraded(2, from_json(&state)), state);
}

#[test]
fn an_older_state_takes_todays_shape() {
    let saved =
        Value::object([("title", text("old")), ("size", text("12")), ("gone", int(1)), ("note", int(7))]);
    let state = upgraded(0, saved);
    assert_eq!(state.field("name"), &text("old"), "renamed by the author");
    assert_eq!((state.field("size"), state.field("note")), (&int(12), &text("7")), "types that lose nothing");
    assert_eq!(state.field("volume"), &Value::Number("0.5".parse().unwrap()), "a default that came later");
    assert_eq!((state.field("tags"), state.field("lid")), (&Value::Null, &Value::Null));
    assert_eq!(state.field("disk"), &Value::List(vec![]));
    assert_eq!(read(&state).value.field("name"), &text("old"), "and it can be read");
}

#[test]
fn a_state_that_cannot_be_understood_says_where() {
    let saved = Value::object([
        ("name", text("x")),
        ("disk", Value::List(vec![Value::object([("size", text("big"))])])),
    ]);
    let failure = engine().upgrade(2, saved).unwrap_err();
    assert_eq!(failure.0[0].detail, "disk.0.size: expected Number in the state, got a string");
}

#[test]
fn an_import_finds_an_object_or_says_why_not() {
    let import = |id: &str| now(engine().import(&Cx::default(), id));
    let found = import("id-web");
    assert_eq!(found.diagnostics, []);
    let mut problems = Vec::new();
    shape(&engine().schema().block, &found.value, "", &mut problems);
    assert_eq!(problems, [""; 0]);
    assert_eq!(read(&found.value).value, found.value, "Terraform reads at once what was imported");
    assert_eq!(planned(&found.value, &thing(&[("volume", int(1))])), found.value, "and then plans nothing");

    assert_eq!(import("id-nobody").diagnostics[0].summary, "Cannot import test_thing \"id-nobody\"");
    assert_eq!(import("web").diagnostics[0].summary, "Wrong import id");
    assert_eq!(import("web").value, Value::Null);
}

#[test]
fn a_state_of_another_type_is_taken_over_or_refused() {
    let from = |resource: &str| Moved {
        provider: "registry.terraform.io/test/other".into(),
        resource: resource.into(),
        version: 0,
        state: Value::object([("label", text("moved"))]),
        private: kit::Private::default(),
    };
    let taken = engine().take_over(&from("other_thing")).unwrap();
    assert_eq!((taken.field("name"), taken.field("size")), (&text("moved"), &int(8)));
    let refused = engine().take_over(&from("strange_thing")).unwrap_err();
    assert_eq!(refused.0[0].detail, "test_thing cannot take over the state of a strange_thing.");
}
