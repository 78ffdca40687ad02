//! Text that nobody would write: it may be refused, but it may not crash, hang or fill the memory.

use std::time::{Duration, Instant};

use packgen::hcl::data::{json, yaml};
use packgen::hcl::eval::{Dialect, Env};
use packgen::hcl::syntax::{parse_body, parse_expression, parse_template};
use packgen::hcl::variables::{Format, Layer};
use packgen::jobspec::bare::{Inputs, evaluate};
use packgen::source::SourceMap;
use proptest::prelude::*;

/// Evaluates an expression; gives the message of what is wrong with it.
fn eval(text: &str) -> Result<(), String> {
    let sources = SourceMap::new();
    let file = sources.add("e", text);
    let expr = parse_expression(&sources, file).map_err(|findings| findings.text(&sources))?;
    Env::new(&sources, Dialect::Nomad).scope().eval(&expr).map(drop).map_err(|finding| finding.text(&sources))
}

fn job(text: String) -> String {
    let sources = SourceMap::new();
    let file = sources.add("j", text);
    evaluate(&sources, file, &Inputs::default()).findings.text(&sources)
}

#[test]
fn nesting_has_an_end() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a=", "}"),
        ("-", ""),
        ("!", ""),
        ("\"${", "}\""),
        ("upper(", ")"),
        ("true?", ":1"),
        ("[for x in ", ":x]"),
    ] {
        for depth in [50, 150, 10_000] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let result = eval(&text);
            assert!(depth < 10_000 || result.is_err(), "{open}");
        }
    }
    let blocks = "a {\n".repeat(10_000);
    assert!(job(blocks).contains("levels deep"));
}

#[test]
fn chains_have_an_end() {
    for link in ["+1", " && true", "[\"${x}\"]", ".a", "[0]", ".*", "[*]", "==1"] {
        let result = eval(&format!("1{}", link.repeat(20_000)));
        assert!(result.is_err(), "{link}");
    }
    assert!(eval(&format!("{}1", "true ? 1 : ".repeat(20_000))).is_err());
}

#[test]
fn values_that_double_are_stopped() {
    let started = Instant::now();
    let doubling = |first: &str, next: &str| {
        let mut text = format!("locals {{\n  a0 = {first}\n");
        for at in 1..60 {
            text.push_str(&format!("  a{at} = {}\n", next.replace('$', &format!("local.a{}", at - 1))));
        }
        text + "}\njob \"x\" {}\n"
    };
    for (first, next) in [
        ("\"aaaaaaaaaaaaaaaa\"", "join(\"\", [$, $])"),
        ("[1]", "[$, $]"),
        ("[1]", "concat($, $)"),
        ("{ a = 1 }", "{ a = $, b = $ }"),
        ("[1, 2]", "[for x in $ : $]"),
        ("[1, 2]", "setproduct($, $)"),
        ("\"aa\"", "replace($, \"a\", $)"),
        ("\"a\\n\"", "indent(9999, join(\"\\n\", [$, $]))"),
        ("\"aa\"", "jsonencode([$, $])"),
        ("9", "$ * $ * $"),
    ] {
        let text = job(doubling(first, next));
        assert!(text.contains("error: "), "{next}");
    }
    let nested = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]";
    assert!(eval(nested).unwrap_err().contains("too"), "loops in loops");
    assert!(started.elapsed() < Duration::from_mins(1), "took {:?}", started.elapsed());
}

#[test]
fn values_that_are_deep_can_be_used() {
    for depth in [250, 290, 400] {
        let mut text = "locals {\n  a0 = [1]\n".to_owned();
        for at in 1..depth {
            text.push_str(&format!("  a{at} = [local.a{}]\n", at - 1));
        }
        let last = format!("local.a{}", depth - 1);
        for (at, call) in [
            "jsonencode($)",
            "yamlencode($)",
            "$ == $",
            "true ? $ : $",
            "flatten($)",
            "distinct([$, $])",
            "[$][*]",
            "try($, 1)",
            "convert($, any)",
            "concat($, $)",
            "contains($, 1)",
            "setunion([$])",
        ]
        .iter()
        .enumerate()
        {
            text.push_str(&format!("  b{at} = {}\n", call.replace('$', &last)));
        }
        let findings = job(text + "}\njob \"x\" {}\n");
        assert_eq!(findings.contains("levels"), depth == 400, "{findings}");
    }
}

#[test]
fn locals_that_lean_on_each_other_have_an_end() {
    let mut text = "locals {\n  a0 = 1\n".to_owned();
    for at in 1..5_000 {
        text.push_str(&format!("  a{at} = local.a{} + 1\n", at - 1));
    }
    // The last one is asked for first, so that all the others wait for it.
    text.push_str("}\njob \"x\" { priority = local.a4999 }\n");
    let sources = SourceMap::new();
    let file = sources.add("j", text.replace("a0 = 1", "z = local.a4999\n  a0 = 1"));
    let findings = evaluate(&sources, file, &Inputs::default()).findings;
    assert!(findings.iter().any(|finding| finding.code == "too-deep"), "{}", findings.text(&sources));
}

#[test]
fn numbers_have_an_end() {
    for text in [
        "1e999999999",
        "1e-999999999",
        "parseint(join(\"\", [for x in range(1000) : \"99999999\"]), 10)",
        "format(\"%99999d\", 1)",
        "format(\"%.99999f\", 1)",
    ] {
        assert!(eval(text).is_err(), "{text}");
    }
    assert!(eval(&"9".repeat(100_000)).is_err());
}

#[test]
fn documents_that_multiply_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let alias = format!("*a{}", at - 1);
        bomb.push_str(&format!("a{at}: &a{at} [{}]\n", [alias.as_str(); 9].join(", ")));
    }
    assert!(yaml::decode(&bomb).unwrap_err().contains("too large"));
    assert!(yaml::decode(&"[".repeat(5_000)).is_err() && yaml::decode(&"- ".repeat(5_000)).is_err());
    assert!(json::decode(&"{\"a\":".repeat(5_000)).is_err());
    assert!(yaml::decode("a: &a [*a]").is_err());
}

fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "job", "\"x\"", "=", "{", "}", "[", "]", "(", ")", "\n", ",", ".", "1", "\"", "${", "%{",
        "%{if", "%{for", "<<E\n", "E\n", "<<-E\n", "-", "+", "?", ":", "...", "=>", "for", "in", "if",
        "#c\n", "/*", "*/", "//", "!", "&&", "&", "'", ";", "~", "*", "null", "true", "::", "é", "_", "\r\n",
        "\r", "$", "\\", "==", "\u{feff}", "`", " ", "1e", "0.", "\\u", "endif}", "var.", "local.x",
        "dynamic", "content", "for_each", "upper(", "try(", "range(9)", "~}",
    ]);
    prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in prop_oneof![soup(), any::<String>()]) {
        let sources = SourceMap::new();
        let file = sources.add("f", text.clone());
        let (body, findings) = parse_body(&sources, file);
        let shown = findings.text(&sources);
        prop_assert!(shown.is_empty() || shown.starts_with("error: "));
        let in_text = |span: packgen::source::Span| span.end as usize <= text.len() && span.start <= span.end;
        prop_assert!(findings.iter().all(|finding| in_text(finding.at)), "{}", shown);
        prop_assert!(body.items.len() <= text.len());
        let _ = parse_template(&sources, file).map(|expr| Env::new(&sources, Dialect::Nomad).scope().eval(&expr).map(drop));
        let _ = eval(&text);
        let _ = json::decode(&text);
        let _ = yaml::decode(&text);
        for format in [Format::Hcl, Format::Json, Format::Yaml] {
            let _ = Layer::file(&sources, file, format);
        }
    }

    #[test]
    fn any_job_is_evaluated_or_refused(text in soup()) {
        let _ = job(format!("job \"x\" {{\n{text}\n}}\nlocals {{\n{text}\n}}\n"));
        let _ = job(format!(" {{ \"job\": {{ \"x\": {{ {text} }} }} }}"));
    }
}
