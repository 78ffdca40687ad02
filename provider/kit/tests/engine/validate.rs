//! What is wrong with a configuration, and where.

use kit::Value;
use kit::engine::Verb;

use crate::drive::engine;
use crate::thing::{disk, int, pool, rule, text, thing, with};

fn problems(written: &[(&str, Value)]) -> Vec<String> {
    let found = engine().validate(thing(written), true);
    found.iter().map(|d| format!("{} | {}", d.path.as_ref().unwrap(), d.detail)).collect()
}

#[test]
fn checks_name_the_place_in_every_kind_of_block() {
    let colour = Value::object([("colour", text("red")), ("weight", Value::Null)]);
    assert_eq!(problems(&[("lid", colour)]), [""; 0]);
    assert_eq!(
        problems(&[
            ("name", text("No!")),
            ("disk", Value::List(vec![disk(int(1)), disk(int(0))])),
            ("rule", Value::set([rule("a", int(70_000))])),
            ("pool", Value::object([("web", pool(Value::Null, &["a", "c"]))])),
        ]),
        [
            "name | name: expected 1 to 63 lower-case letters, digits or dashes, with no dash first or last, got \"No!\"",
            "disk.1.size | disk.1.size: expected a number from 1 to 5000, got 0",
            "rule | rule: expected a number from 0 to 65535, got 70000",
            "pool[\"web\"].label.1.text | pool[\"web\"].label.1.text: expected one of `a`, `b`, `ab`, got \"c\"",
        ]
    );
}

#[test]
fn a_secret_that_is_wrong_is_not_shown() {
    assert_eq!(
        problems(&[("password", text("Hunter 2"))]),
        [
            "password | password: expected 1 to 63 lower-case letters, digits or dashes, with no dash first or last, \
          got (sensitive)"
        ]
    );
}

#[test]
fn what_is_deprecated_warns_who_uses_it() {
    let found = engine().validate(thing(&[("on", Value::Bool(true))]), true);
    assert_eq!(found[0].severity, kit::Severity::Warning);
    assert_eq!((found[0].summary.as_str(), found.len()), ("on is deprecated", 1));
    assert_eq!(problems(&[]), [""; 0]);
}

#[test]
fn what_does_not_fit_the_field_is_found_everywhere_at_once() {
    let half = Value::Number("0.5".parse().unwrap());
    assert_eq!(
        problems(&[
            ("note", Value::UNKNOWN),
            ("port", int(70_000)),
            ("codes", Value::set([int(1), half])),
            ("password_version", int(1 << 40)),
        ]),
        [
            "password_version | password_version: expected a whole number from -2147483648 to 2147483647, got 1099511627776",
            "port | port: expected a whole number from 0 to 65535, got 70000",
            "codes | codes: expected a whole number from -9223372036854775808 to 9223372036854775807, got 0.5",
        ]
    );
}

#[test]
fn labelled_blocks_are_counted() {
    let pools = |count: usize| Value::object((0..count).map(|i| (format!("p{i}"), pool(Value::Null, &[]))));
    assert_eq!(problems(&[("pool", pools(3))]), [""; 0]);
    assert_eq!(problems(&[("pool", pools(4))]), ["pool | pool: expected at most 3 \"pool\" blocks, got 4"]);
}

#[test]
fn a_check_across_attributes_waits_until_they_are_known() {
    let found = problems(&[("size", int(200))]);
    assert_eq!(found, ["size | size: a thing bigger than 100 needs a `disk` block"]);
    assert_eq!(
        problems(&[("size", int(200)), ("friend", Value::UNKNOWN)]),
        found,
        "late values may be unknown"
    );
    assert_eq!(problems(&[("size", int(200)), ("note", Value::UNKNOWN)]), [""; 0]);
    assert_eq!(problems(&[("size", int(200)), ("disk", Value::UNKNOWN)]), [""; 0]);
    assert_eq!(problems(&[("size", Value::UNKNOWN)]), [""; 0]);
    assert_eq!(problems(&[("size", int(200)), ("disk", Value::List(vec![disk(Value::Null)]))]), [""; 0]);
}

#[test]
fn write_only_values_need_a_client_that_does_not_store_them() {
    let keyed = with(&disk(int(1)), &[("key", text("k"))]);
    let config = thing(&[("password", text("p")), ("disk", Value::List(vec![keyed]))]);
    assert_eq!(engine().validate(config.clone(), true), []);
    let found = engine().validate(config, false);
    let paths: Vec<String> = found.iter().map(|d| d.path.as_ref().unwrap().to_string()).collect();
    assert_eq!(paths, ["password", "disk.0.key"]);
    assert_eq!(engine().validate(thing(&[]), false), []);
}

#[test]
fn timeouts_are_durations() {
    let limits = |update: &str| {
        let others = ["create", "read", "delete"].map(|verb| (verb, Value::Null));
        Value::object(others.into_iter().chain([("update", text(update))]))
    };
    assert_eq!(problems(&[("timeouts", limits("1h30m"))]), [""; 0]);
    assert_eq!(
        problems(&[("timeouts", limits("soon"))]),
        ["timeouts.update | timeouts.update: expected a duration such as 90s, 10m or 1h30m, got \"soon\""]
    );
    let state = thing(&[("timeouts", limits("90s"))]);
    let (words, span) = engine().limit(Verb::Update, &state).unwrap();
    assert_eq!((words.as_str(), span.as_secs()), ("90s", 90));
    let (words, span) = engine().limit(Verb::Create, &state).unwrap();
    assert_eq!((words.as_str(), span.as_secs()), ("20m", 1200));
}
