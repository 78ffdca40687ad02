//! Strings over several lines: what `~` and `<<-` take away, what directives print.

use packgen::hcl::eval::{Dialect, Env};
use packgen::hcl::syntax::parse_body;
use packgen::source::SourceMap;

/// The value of the attribute `a`.
fn value(text: &str) -> Result<String, String> {
    let sources = SourceMap::new();
    let file = sources.add("file", text);
    let (body, findings) = parse_body(&sources, file);
    if findings.has_errors() {
        return Err(findings.text(&sources));
    }
    let env = Env::new(&sources, Dialect::Nomad);
    let value =
        env.scope().eval(&body.attribute("a").unwrap().expr).map_err(|finding| finding.text(&sources))?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// Heredoc bodies and what Nomad 2.0.5 makes of them.
const HEREDOCS: &[(&str, &str)] = &[
    ("a = <<EOT\none\ntwo\nEOT\n", "one\ntwo\n"),
    ("a = <<-EOT\n  one\n    two\nEOT\n", "one\n  two\n"),
    ("a = <<-EOT\n  one\n\n    two\n   \nEOT\n", "one\n\n  two\n   \n"),
    ("a = <<-EOT\n  {\n    \"k\": \"${1}\",\n  }\nEOT\n", "{\n  \"k\": \"1\",\n}\n"),
    ("a = <<-EOT\n{\n  \"a\": ${\"x\"}\n}\nEOT\n", "{\n  \"a\": x\n}\n"),
    ("a = <<-EOT\n    ${1}\n  b\nEOT\n", "  1\nb\n"),
    ("a = <<-EOT\n${1}\n  b\nEOT\n", "1\n  b\n"),
    ("a = <<-EOT\n\tone\n\ttwo\nEOT\n", "one\ntwo\n"),
    ("a = <<-E\n  one\n    E\n", "one\n"),
    ("a = <<EOT\na $${x} %%{y} $ % $$ %%\nEOT\n", "a ${x} %{y} $ % $$ %%\n"),
    ("a = <<EOT\nEOT x\n x EOT\nEOT\n", "EOT x\n x EOT\n"),
    ("a = <<EOT\na\\nb \"q\"\nEOT\n", "a\\nb \"q\"\n"),
    ("a = <<EOT\né\u{301} e\u{301}\nEOT\n", "é\u{301} é\n"),
    ("a = <<EOT\n%{ if true }\nyes\n%{ else }\nno\n%{ endif }\nEOT\n", "\nyes\n\n"),
    ("a = <<EOT\n%{ if true ~}\n  yes\n%{~ else ~}\n  no\n%{~ endif ~}\nend\nEOT\n", "  yesend\n"),
    ("a = <<EOT\n%{ for x in [\"a\", \"b\"] ~}\n- ${x}\n%{ endfor ~}\nEOT\n", "- a\n- b\n"),
    ("a = <<EOT\n%{ for k, v in {b = 1, a = 2} }${k}=${v};%{ endfor }\nEOT\n", "a=2;b=1;\n"),
    (
        "a = <<-EOT\n  %{ for x in [1, 2] ~}\n    item ${x}\n  %{ endfor ~}\n  end\nEOT\n",
        "    item 1\n    item 2\n  end\n",
    ),
    ("a = <<EOT\na ${~ \"b\" ~} c\nd ${~ \"e\"} f\n g ${\"h\" ~}\n  i\nEOT\n", "abc\nde f\n g h  i\n"),
    ("a = <<EOT\nx\n  %{~ if true ~}\n  \n  y\n%{~ endif ~}\n z\nEOT\n", "x\n  \n  y z\n"),
    (
        "a = <<EOT\n${attr.kernel.name} ${ node[\"x\"] } ${NOMAD_PORT_http}\nEOT\n",
        "${attr.kernel.name} ${ node[\"x\"] } ${NOMAD_PORT_http}\n",
    ),
    ("a = <<EOT\n${attr.a}}\nEOT\n", "${attr.a}}}\n"),
    ("a = <<EOT\n${attr.a} } b\nEOT\n", "${attr.a} } } b\n"),
    ("a = <<EOT\n%{ if false }x%{ endif }\nEOT\n", "\n"),
    ("a = <<EOT\n${\"nested ${\"deep\"}\"}\nEOT\n", "nested deep\n"),
    ("a = <<EOT\n${<<X\ninner\nX\n}\nEOT\n", "inner\n\n"),
    ("a = <<EOT\n%{ for x in [] }x%{ endfor }\nEOT\n", "\n"),
    ("a = <<-EOT\n  a\n b\n  c\nEOT\n", " a\nb\n c\n"),
    ("a = <<-EOT\n   \n  a\n\nEOT\n", "   \na\n\n"),
    ("a = <<EOT\none\r\ntwo\r\nEOT\n", "one\r\ntwo\r\n"),
    ("a = <<-EOT\n  one\r\n  two\r\nEOT\n", "one\r\ntwo\r\n"),
    (
        "a = <<EOT\n{{ range service \"x\" }}{{ .Address }}{{ end }}\nEOT\n",
        "{{ range service \"x\" }}{{ .Address }}{{ end }}\n",
    ),
    ("a = <<EOT\n%{ if true }${ 1 + 1 }%{ endif }%{ if false }%{ else }n%{ endif }\nEOT\n", "2n\n"),
    ("a = \"x ${ upper(\"y\") } ${~ \" z \" ~} w\"\n", "x Y z w"),
    ("a = \"%{ for x in [1,2,3] }${x}%{ if x != 3 }, %{ endif }%{ endfor }\"\n", "1, 2, 3"),
    ("a = \"\\u00e9\\t\\\\\\\"$${a}%%{b}\"\n", "é\t\\\"${a}%{b}"),
];

#[test]
fn heredocs_print_what_nomad_prints() {
    for (text, expected) in HEREDOCS {
        assert_eq!(value(text).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn heredocs_that_nomad_refuses_are_refused() {
    for text in [
        "a = <<E\nx\nE",
        "a = <<E\nx",
        "a = <<E x\nE\n",
        "a = <<E\n${\nE\n",
        "a = <<E\nx\r y\nE\n",
        "a = << E\nx\nE\n",
    ] {
        assert!(value(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_string_in_quotes_stays_on_its_line() {
    let error = value("a = \"x\ny\"\n").unwrap_err();
    assert!(error.contains("ends on its line") && error.contains("heredoc"), "{error}");
}

#[test]
fn all_mistakes_of_a_file_are_found_at_once() {
    let text = "a = [1, 2\nb = 'x'\njob \"x\" {\n  c = = 1\n  d = 1,\n  e = \"${\"\n}\nf = 1 +\n";
    let sources = SourceMap::new();
    let file = sources.add("file", text);
    let (_, findings) = parse_body(&sources, file);
    assert!(findings.len() >= 4, "{}", findings.text(&sources));
}
