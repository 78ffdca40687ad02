//! What a plan shows, kind by kind.

use kit::{Cx, Path, Refinement, Severity, Value};

use crate::drive::{applied, apply, engine, plan, planned, proposal};
use crate::now;
use crate::thing::{disk, int, lid, pool, rule, text, thing, with};

const UNKNOWN: Value = Value::UNKNOWN;

fn paths(replace: &[Path]) -> Vec<String> {
    replace.iter().map(ToString::to_string).collect()
}

#[test]
fn a_creation_shows_what_is_computed_as_unknown_and_what_is_optional_as_null() {
    let planned = planned(&Value::Null, &thing(&[]));
    for computed in ["id", "revision", "url", "region", "release", "zone"] {
        assert_eq!(planned.field(computed), &UNKNOWN, "{computed}");
    }
    for optional in ["note", "tags", "codes", "steps", "pair", "anything", "port", "lid", "password"] {
        assert_eq!(planned.field(optional), &Value::Null, "{optional}");
    }
    assert_eq!(planned.field("size"), &int(3));
    assert_eq!(planned.field("volume"), &Value::Number("0.5".parse().unwrap()));
}

#[test]
fn defaults_and_computed_values_reach_into_every_kind_of_block() {
    let config = thing(&[
        ("lid", lid()),
        ("disk", Value::List(vec![disk(Value::Null), disk(int(20))])),
        ("rule", Value::set([rule("a", Value::Null), rule("a", int(0))])),
        ("pool", Value::object([("web", pool(Value::Null, &["a"])), ("db", pool(text("arch"), &[]))])),
    ]);
    let planned = planned(&Value::Null, &config);
    assert_eq!(planned.field("lid"), &Value::object([("colour", text("red")), ("weight", UNKNOWN)]));
    let disks = planned.field("disk").elements().unwrap();
    assert_eq!((disks[0].field("size"), disks[0].field("serial")), (&int(10), &UNKNOWN));
    assert_eq!(disks[1].field("size"), &int(20));
    let rules = [rule("a", int(443)), rule("a", int(0))].map(|rule| with(&rule, &[("number", UNKNOWN)]));
    assert_eq!(planned.field("rule"), &Value::set(rules));
    let pools = planned.field("pool");
    assert_eq!(pools.field("web").field("image"), &UNKNOWN);
    assert_eq!(pools.field("web").field("count_of"), &int(1));
    assert_eq!(pools.field("db").field("image"), &text("arch"));
}

#[test]
fn a_second_plan_is_the_state_to_the_last_value() {
    let config = thing(&[
        ("note", text("")),
        ("tags", Value::Map([].into())),
        ("codes", Value::set([int(2), int(1)])),
        (
            "steps",
            Value::List(vec![Value::Number("0.1".parse().unwrap()), Value::Number("1e400".parse().unwrap())]),
        ),
        ("pair", Value::object([("x", text("é")), ("y", Value::Null)])),
        ("anything", Value::Dynamic(Box::new((kit::Type::Bool, Value::Bool(true))))),
        ("lid", lid()),
        ("disk", Value::List(vec![disk(Value::Null)])),
        ("rule", Value::set([rule("a", Value::Null), rule("a", int(0)), rule("b", Value::Null)])),
        ("pool", Value::object([("web", pool(Value::Null, &["a", "b"]))])),
    ]);
    let state = applied(&Value::Null, &config);
    let again = plan(&state, &config);
    assert_eq!(again.value.unwrap(), state);
    assert_eq!(paths(&again.replace), [""; 0]);
}

#[test]
fn an_update_keeps_what_is_stable_and_held_and_nothing_else() {
    let state = applied(&Value::Null, &thing(&[("disk", Value::List(vec![disk(int(1))]))]));
    let config = thing(&[("note", text("new")), ("disk", Value::List(vec![disk(int(1)), disk(int(2))]))]);
    let planned = planned(&state, &config);
    for kept in ["id", "url", "release", "zone", "size"] {
        assert_eq!(planned.field(kept), state.field(kept), "{kept}");
    }
    for may_change in ["revision", "region"] {
        assert_eq!(planned.field(may_change), &UNKNOWN, "{may_change}");
    }
    let disks = planned.field("disk").elements().unwrap();
    assert_eq!(disks[0].field("serial"), &text("serial-0"));
    assert_eq!(disks[1].field("serial"), &UNKNOWN);
}

#[test]
fn removing_a_value_gives_null_the_default_or_what_was_computed() {
    let all = [("note", text("n")), ("size", int(5)), ("region", text("south"))];
    let state = applied(&Value::Null, &thing(&all));
    let planned = planned(&state, &thing(&[]));
    assert_eq!(planned.field("note"), &Value::Null);
    assert_eq!(planned.field("size"), &int(3));

    let state = applied(&Value::Null, &thing(&[("region", text("south"))]));
    assert_eq!(crate::drive::planned(&state, &thing(&[])), state, "optional and computed stays");
}

#[test]
fn what_forces_a_new_object_is_named_wherever_it_stands() {
    let disks = |format: &str| Value::List(vec![with(&disk(int(1)), &[("format", text(format))])]);
    let state = applied(&Value::Null, &thing(&[("disk", disks("ext4"))]));
    let replaced = |config: &Value| paths(&plan(&state, config).replace);
    assert_eq!(replaced(&thing(&[("disk", disks("ext4")), ("note", text("x"))])), [""; 0]);
    assert_eq!(replaced(&thing(&[("disk", disks("xfs"))])), ["disk.0.format"]);
    let two = ["ext4", "xfs"].map(|format| with(&disk(int(1)), &[("format", text(format))]));
    assert_eq!(
        replaced(&thing(&[("disk", Value::List(two.into()))])),
        [""; 0],
        "a new block had nothing before"
    );
    assert_eq!(replaced(&thing(&[("disk", disks("ext4")), ("name", text("db"))])), ["name"]);
    assert_eq!(replaced(&thing(&[("disk", disks("ext4")), ("name", UNKNOWN)])), ["name"]);
    assert_eq!(replaced(&thing(&[("disk", UNKNOWN)])), ["disk"], "it may hold another format");
    assert_eq!(replaced(&thing(&[("disk", disks("ext4")), ("zone", text("z2"))])), ["zone"]);
}

#[test]
fn a_hook_can_ask_for_replacement_and_unhold_a_value() {
    let state = applied(&Value::Null, &thing(&[("note", text("brittle")), ("size", int(9))]));
    let smaller = plan(&state, &thing(&[("note", text("brittle")), ("size", int(8))]));
    assert_eq!(paths(&smaller.replace), ["size"]);
    assert_eq!(smaller.value.unwrap().field("url"), &UNKNOWN);
    let larger = plan(&state, &thing(&[("note", text("brittle")), ("size", int(10))]));
    assert_eq!(paths(&larger.replace), [""; 0]);
    assert_eq!(larger.value.unwrap().field("url"), state.field("url"));
}

#[test]
fn a_new_spelling_of_the_same_is_no_change() {
    let state = applied(&Value::Null, &thing(&[("note", text("hello"))]));
    assert_eq!(planned(&state, &thing(&[("note", text("HELLO"))])), state);
    let other = planned(&state, &thing(&[("note", text("HELLO")), ("size", int(9)), ("tags", UNKNOWN)]));
    assert_eq!(other.field("note"), &text("hello"), "whatever else changes or is unknown");
}

#[test]
fn a_hook_warns_and_refuses() {
    let state = applied(&Value::Null, &thing(&[]));
    let moves = plan(&state, &thing(&[("region", text("west"))]));
    let [warning] = moves.diagnostics.as_slice() else { panic!("{:?}", moves.diagnostics) };
    assert_eq!((warning.severity, warning.summary.as_str()), (Severity::Warning, "web moves"));

    let refused = now(engine().plan(&Cx::default(), proposal(&state, &thing(&[("note", text("to plan"))]))));
    assert_eq!(refused.value, None);
    assert_eq!(refused.diagnostics[0].to_string(), "Cannot: asked to fail to plan");

    let gone = applied(&Value::Null, &thing(&[("note", text("to be gone"))]));
    let refused = now(engine().plan(&Cx::default(), proposal(&gone, &Value::Null)));
    assert_eq!(refused.diagnostics[0].to_string(), "Cannot: asked to fail to be gone");
    let agreed = now(engine().plan(&Cx::default(), proposal(&state, &Value::Null)));
    assert_eq!((agreed.value, agreed.diagnostics), (Some(Value::Null), vec![]));
}

#[test]
fn a_hook_does_not_run_while_something_is_unknown() {
    let state = applied(&Value::Null, &thing(&[]));
    let planned = planned(&state, &thing(&[("note", UNKNOWN)]));
    assert_eq!(planned.field("note"), &UNKNOWN);
    assert_eq!(planned.field("id"), state.field("id"), "stable whatever the hook would say");
    assert_eq!(planned.field("url"), &UNKNOWN, "held only if the hook says nothing else");
    assert_eq!(planned.field("release"), &UNKNOWN, "held only if the hook says nothing else");
}

#[test]
fn a_hook_runs_while_only_late_values_are_unknown() {
    let state = applied(&Value::Null, &thing(&[]));
    let known = planned(&state, &thing(&[("friend", text("ann"))]));
    assert_eq!(known.field("url"), &text("ann"), "set by the hook");
    let late = planned(&state, &thing(&[("friend", UNKNOWN)]));
    assert_eq!((late.field("friend"), late.field("url")), (&UNKNOWN, &UNKNOWN), "set unknown by the hook");
    assert_eq!(late.field("release"), state.field("release"), "held because the hook has run");
}

#[test]
fn what_is_known_of_an_unknown_value_is_kept() {
    let refined = Value::Unknown(Some(
        Refinement { not_null: true, prefix: Some("10.0.".into()), ..Refinement::default() }.into(),
    ));
    assert_eq!(planned(&Value::Null, &thing(&[("friend", refined.clone())])).field("friend"), &refined);
}

#[test]
fn blocks_not_known_yet_stay_so() {
    let unknown = [("lid", UNKNOWN), ("disk", UNKNOWN), ("rule", UNKNOWN), ("pool", UNKNOWN)];
    let state = applied(&Value::Null, &thing(&[("disk", Value::List(vec![disk(int(1))]))]));
    for prior in [Value::Null, state] {
        let planned = planned(&prior, &thing(&unknown));
        assert!(unknown.iter().all(|(name, _)| planned.field(name) == &UNKNOWN), "{planned:?}");
    }
}

#[test]
fn what_is_write_only_is_in_no_plan() {
    let keyed = with(&disk(int(1)), &[("key", text("secret"))]);
    let config = thing(&[("password", text("secret")), ("disk", Value::List(vec![keyed]))]);
    let planned = planned(&Value::Null, &config);
    assert!(!format!("{planned:?}").contains("secret"));
    let state = applied(&Value::Null, &config);
    let other = with(&config, &[("password", text("another secret"))]);
    assert_eq!(crate::drive::planned(&state, &other), state, "it changes nothing by itself");
    assert_eq!(crate::drive::planned(&state, &with(&config, &[("password", UNKNOWN)])), state);
    let raised = with(&other, &[("password_version", int(2))]);
    assert_ne!(crate::drive::planned(&state, &raised), state);
}

#[test]
fn changed_timeouts_change_nothing_else() {
    let limits = |create: &str| {
        let others = ["read", "update", "delete"].map(|verb| (verb, Value::Null));
        Value::object(others.into_iter().chain([("create", text(create))]))
    };
    let config = thing(&[("timeouts", limits("1m"))]);
    let state = applied(&Value::Null, &config);
    assert_eq!(state.field("timeouts"), &limits("1m"));
    assert_eq!(planned(&state, &config), state);
    let changed = planned(&state, &thing(&[("timeouts", limits("2m"))]));
    assert_eq!(changed, with(&state, &[("timeouts", limits("2m"))]));
    let saved = apply(&state, &thing(&[("timeouts", limits("2m"))]));
    assert_eq!(saved.value, changed);
    assert_eq!(saved.private.get::<String>("password was"), None, "there was no update");
}

#[test]
fn a_set_of_blocks_knows_its_own() {
    let rules = |rules: Vec<Value>| thing(&[("rule", Value::set(rules))]);
    let config = rules(vec![rule("a", Value::Null), rule("a", int(0)), rule("b", Value::Null)]);
    let state = applied(&Value::Null, &config);
    assert_eq!(planned(&state, &config), state);

    let number = |plan: &Value, from: &str, port: i64| {
        let mut rules = plan.field("rule").elements().unwrap().iter();
        let found = rules.find(|r| r.field("from") == &text(from) && r.field("port") == &int(port));
        found.unwrap().field("number").clone()
    };
    let other =
        planned(&state, &rules(vec![rule("a", Value::Null), rule("b", Value::Null), rule("b", int(0))]));
    for (from, port) in [("a", 443), ("b", 443)] {
        assert_eq!(number(&other, from, port), number(&state, from, port), "{from} {port} is the same rule");
    }
    assert_eq!(number(&other, "b", 0), UNKNOWN, "a new rule");

    let only = planned(
        &applied(&Value::Null, &rules(vec![rule("a", int(0))])),
        &rules(vec![rule("a", Value::Null)]),
    );
    assert_eq!(number(&only, "a", 443), UNKNOWN, "another port is another rule");
}

#[test]
fn a_set_of_blocks_forces_a_new_object_only_by_what_forces_it() {
    let kind = |from: &str, kind: &str| with(&rule(from, Value::Null), &[("kind", text(kind))]);
    let rules = |rules: Vec<Value>| thing(&[("rule", Value::set(rules))]);
    let state = applied(&Value::Null, &rules(vec![kind("a", "k"), kind("b", "l")]));
    for (config, replaced) in [
        (rules(vec![kind("b", "k"), kind("c", "l")]), vec![]),
        (rules(vec![kind("a", "k")]), vec![]),
        (rules(vec![kind("a", "k"), kind("b", "m")]), vec!["rule"]),
        (rules(vec![kind("a", "k"), with(&kind("b", "l"), &[("kind", UNKNOWN)])]), vec!["rule"]),
        (rules(vec![]), vec![]),
    ] {
        assert_eq!(paths(&plan(&state, &config).replace), replaced);
    }
}

#[test]
fn a_plan_for_a_state_that_nobody_wrote_is_still_a_plan() {
    let state = applied(&Value::Null, &thing(&[("pool", Value::object([("web", pool(Value::Null, &[]))]))]));
    let moved = thing(&[("pool", Value::object([("db", pool(Value::Null, &[]))]))]);
    let planned = planned(&state, &moved);
    assert_eq!(planned.field("pool").fields().unwrap().keys().collect::<Vec<_>>(), ["db"]);
    assert_eq!(planned.field("pool").field("db").field("image"), &UNKNOWN);
}
