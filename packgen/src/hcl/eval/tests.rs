//! What passes through expressions beside values: what is not known yet, secrets, who typed what.

use super::*;
use crate::hcl::text::{Origin, Text};
use crate::hcl::types::Type;
use crate::hcl::value::Entry;
use crate::source::SourceMap;

/// Evaluates with `var.later` unknown, `var.pw` secret, `var.typed` from a user, `var.plain` from nobody.
fn eval_as(text: &str, dialect: Dialect) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add("e", text);
    let expr = crate::hcl::syntax::parse_expression(&sources, file).map_err(|all| all.text(&sources))?;
    let mut env = Env::new(&sources, dialect);
    let typed = Text::from_origin("typed", Origin::User(Span::new(file, 0, 1)));
    env.define(
        "var",
        Value::object(vec![
            Entry::new("later", Value::unknown(Type::String, "var.later")),
            Entry::new("any", Value::unknown(Type::Any, "var.any")),
            Entry::new("pw", Value::from("hush").with_sensitive(true)),
            Entry::new("typed", Value::string(typed)),
            Entry::new("plain", "plain".into()),
        ]),
    );
    env.scope().eval(&expr).map_err(|finding| finding.text(&sources))
}

fn eval(text: &str) -> Value {
    eval_as(text, Dialect::Nomad).unwrap()
}

#[test]
fn what_is_not_known_makes_only_what_depends_on_it_unknown() {
    for (text, ty) in [
        ("\"a${var.later}\"", Type::String),
        ("var.later == \"x\"", Type::Bool),
        ("upper(var.later)", Type::String),
        ("var.any + 1", Type::Number),
        ("var.any.x[0]", Type::Any),
        ("var.later == \"x\" ? 1 : 2", Type::Number),
        ("[for x in var.any : x]", Type::Any),
        ("jsonencode([var.later])", Type::String),
    ] {
        let value = eval(text);
        assert!(value.is_unknown() && value.ty() == ty, "{text}: {value:?}");
    }
    assert_eq!(eval("merge({ a = 1 }, { b = var.later })[\"a\"]"), 1.into());
    assert_eq!(eval("length([var.later, 2])"), 2.into());
    assert_eq!(eval("concat([1], [var.later])[0]"), 1.into());
    assert_eq!(eval("{ a = var.later, b = 2 }.b"), 2.into());
    assert_eq!(eval("false && var.any"), false.into());
    assert_eq!(eval("keys({ a = var.later })[0]"), "a".into());
    assert_eq!(&*eval("format(\"%s\", var.later)").first_unknown().unwrap().why, "var.later");
}

#[test]
fn secrets_stay_secret() {
    for text in [
        "\"a${var.pw}\"",
        "upper(var.pw)",
        "join(\"\", [var.pw])",
        "jsonencode({ a = var.pw })",
        "[for c in [var.pw] : c]",
        "var.pw == \"x\"",
    ] {
        assert!(eval(text).holds_secret(), "{text}");
    }
    assert!(!eval("merge({ a = var.pw }, { b = 1 })[\"b\"]").holds_secret());
    assert!(!eval("var.pw == null ? 1 : 2").holds_secret());
}

#[test]
fn it_is_known_what_a_user_typed() {
    for (text, marked) in [
        ("\"a ${var.typed} z\"", "typed"),
        ("join(\"-\", [\"x\", var.typed])", "typed"),
        ("format(\"%s|%q\", \"x\", var.typed)", "typed"),
        ("jsonencode({ k = var.typed })", "typed"),
        ("yamlencode({ k = var.typed })", "typed"),
        ("trimprefix(\"x${var.typed}\", \"x\")", "typed"),
        ("replace(\"a-b\", \"-\", var.typed)", "typed"),
        ("substr(\"xx${var.typed}\", 2, 3)", "typ"),
        ("split(\"p\", var.typed)[0]", "ty"),
        ("upper(var.typed)", "TYPED"),
        ("base64encode(var.typed)", "dHlwZWQ="),
        ("[for k, v in { (var.typed) = 1 } : k][0]", "typed"),
        ("%{ for x in [var.typed] }${x}%{ endfor }", "typed"),
    ] {
        let text = if text.starts_with('%') { format!("\"{text}\"") } else { text.to_owned() };
        let value = eval(&text);
        let own = value.as_text().unwrap();
        let parts: Vec<&str> = own
            .origins()
            .iter()
            .map(|range| &own.as_str()[range.start as usize..range.end as usize])
            .collect();
        assert_eq!(parts, [marked], "{text} is {own}");
    }
    for text in ["substr(\"x${var.typed}\", 0, 1)", "split(\"-\", \"mine-${var.typed}\")[0]", "var.plain"] {
        assert!(!eval(text).as_text().unwrap().has_user_part(), "{text}");
    }
}

#[test]
fn names_of_the_node_are_marked() {
    let value = eval("\"at ${attr.unique.hostname}!\"");
    let text = value.as_text().unwrap();
    assert_eq!((text.as_str(), text.origins()[0].origin), ("at ${attr.unique.hostname}!", Origin::Runtime));
    assert_eq!((text.origins()[0].start, text.origins()[0].end), (3, 26));
}

#[test]
fn packs_know_which_names_a_node_has() {
    for good in [
        "attr.x",
        "node[\"class\"]",
        "meta.a.b",
        "env.HOME",
        "NOMAD_PORT_http",
        "CSI_ENDPOINT",
        "VAULT_TOKEN",
        "device.model",
    ] {
        let value = eval_as(&format!("\"${{ {good} }}\""), Dialect::Pack).unwrap();
        assert_eq!(value.as_str(), Some(format!("${{{good}}}").as_str()));
    }
    for (bad, cure) in [
        ("atr.x", "did you mean `attr`?"),
        ("scheme", "write `$${scheme}`"),
        ("each.value", "$${each.value}"),
        ("vr.plain", "did you mean `var`?"),
    ] {
        let error = eval_as(bad, Dialect::Pack).unwrap_err();
        assert!(error.contains("there is no name") && error.contains(cure), "{error}");
    }
}

#[test]
fn mistakes_come_with_a_cure() {
    for (text, words) in [
        ("var.plian", "did you mean `var.plain`?"),
        ("uper(\"x\")", "did you mean `upper`?"),
        ("tostring(1)", "\"${x}\""),
        ("{ alpha = 1 }.alhpa", "did you mean `alpha`?"),
        ("[1, 2][2]", "the indexes go from 0 to 1"),
        ("[1].x", "`[0].x`"),
        ("1 + \"a\"", "this is the string \"a\""),
        ("null.x", "try("),
        ("\"a${[1]}\"", "jsonencode"),
        ("length(\"abc\")", "strlen"),
        ("max()", "at least one number"),
        ("upper()", "upper(str)"),
        ("convert(1, strng)", "did you mean `string`?"),
        ("regex_replace(\"a\", \"(\", \"\")", "pattern"),
    ] {
        let error = eval_as(text, Dialect::Nomad).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn constants_are_constant() {
    for text in ["upper(\"x\")", "attr.x", "\"${meta.x}\""] {
        assert!(eval_as(text, Dialect::Constant).unwrap_err().contains("constant"), "{text}");
    }
}

#[test]
fn locals_are_taken_over_unless_they_may_differ() {
    let sources = SourceMap::new();
    let parsed = |text: &str| crate::hcl::syntax::parse_body(&sources, sources.add("x", text)).0;
    let shared = parsed(
        "same = upper(\"x\")\nown = pack\nof_own = \"${local.own}!\"\nlenient = try(local.mine, \"none\")\n",
    );
    let (mine, used) =
        (parsed("mine = 1\n"), parsed("all = [local.same, local.own, local.of_own, local.lenient]\n"));
    let env = |pack: &str| {
        let mut env = Env::new(&sources, Dialect::Pack);
        env.define_varying("pack", pack.into());
        assert!(env.add_locals(&shared).is_empty());
        env
    };
    let outer = env("a");
    assert!(outer.check_locals().is_empty());
    let all = |env: &Env<'_>| env.scope().eval(&used.attribute("all").unwrap().expr).unwrap();
    let settled = outer.settled();
    let mut inner = env("b").within(&settled);
    assert!(inner.add_locals(&mine).is_empty());
    assert_eq!(all(&inner), Value::tuple(vec!["X".into(), "b".into(), "b!".into(), 1.into()]));
    assert_eq!(all(&outer), Value::tuple(vec!["X".into(), "a".into(), "a!".into(), "none".into()]));
}
