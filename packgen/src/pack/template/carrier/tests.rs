use super::super::tests::render;

/// What a template makes of the text `x` when a user typed it.
fn made(name: &str, template: &str, x: &str) -> String {
    render(name, template, x)
        .unwrap_or_else(|words| format!("refused: {}", words.lines().next().unwrap_or("")))
}

/// What a user may type.
const HOSTILE: [&str; 22] = [
    "plain",
    "",
    " ",
    "a b",
    "a: b",
    "a #b",
    "- a",
    "\"",
    "'",
    "\\",
    "\n",
    "a\nevil: 1",
    "true",
    "0123",
    "${x}",
    "`id`",
    "]\n[evil]",
    "x\"\nevil = 1\n",
    "},{",
    "é\u{2028}\u{85}",
    "\u{7f}\t",
    "|",
];

fn yaml(text: &str) -> Option<serde_json::Value> {
    serde_saphyr::from_str(text).ok()
}

#[test]
fn in_yaml_a_value_stays_one_value() {
    for place in [
        "a: {{x}}\nb: 1\n",
        "a: \"{{x}}\"\nb: 1\n",
        "a: '{{x}}'\nb: 1\n",
        "{a: {{x}}, b: 1}\n",
        "a: {{json x}}\nb: 1\n",
        "b: 1\na: {{x}}",
    ] {
        for hostile in HOSTILE {
            let text = made("f.yaml", place, hostile);
            if !text.starts_with("refused") {
                assert_eq!(
                    yaml(&text),
                    Some(serde_json::json!({ "a": hostile, "b": 1 })),
                    "{place:?} {hostile:?} {text:?}"
                );
            }
        }
    }
}

#[test]
fn in_yaml_a_part_of_a_scalar_cannot_end_it() {
    for place in [
        "a: http://{{x}}:80/\nb: 1\n",
        "a: x {{x}} y\nb: 1\n",
        "a: |\n  one\n  {{x}}\n  two\nb: 1\n",
        "# {{x}}\na: x\nb: 1\n",
    ] {
        for hostile in HOSTILE {
            let text = made("f.yaml", place, hostile);
            if !text.starts_with("refused") {
                let read = yaml(&text).unwrap_or_else(|| panic!("{place:?} {hostile:?} {text:?}"));
                assert_eq!(
                    (read["b"].clone(), read["a"].is_string(), read.as_object().unwrap().len()),
                    (1.into(), true, 2),
                    "{text}"
                );
            }
        }
    }
    assert_eq!(made("f.yaml", "a: http://{{x}}/", "h:1"), "a: http://h:1/");
    assert_eq!(made("f.yaml", "a: |\n  {{x}}\n", "p\nq"), "a: |\n  p\n  q\n");
    assert!(made("f.yaml", "a: http://{{x}}/", "h #").starts_with("refused"));
}

#[test]
fn yaml_stays_readable_where_it_can() {
    for (value, written) in [
        ("744h", "744h"),
        ("loki", "loki"),
        ("/data/x.y", "/data/x.y"),
        ("3100", "\"3100\""),
        ("no", "\"no\""),
        ("1.5GiB", "1.5GiB"),
        ("a:", "\"a:\""),
    ] {
        assert_eq!(made("f.yaml", "a: {{x}}\n", value), format!("a: {written}\n"));
    }
    assert_eq!(made("f.yaml", "a: it's\nb: {{x}}\n", "c d"), "a: it's\nb: \"c d\"\n");
    assert_eq!(
        made("f.yaml", "- {{x}} # note\n- [ {{x}}, {{x}} ]\n", "c d"),
        "- \"c d\" # note\n- [ \"c d\", \"c d\" ]\n"
    );
    assert_eq!(made("f.yaml", "{{x}}: 1\n", "c d"), "\"c d\": 1\n");
}

#[test]
fn in_json_a_value_stays_one_value() {
    for place in ["{\"a\": {{x}}, \"b\": 1}", "{\"a\": \"{{x}}\", \"b\": 1}", "{\"a\": {{json x}}, \"b\": 1}"]
    {
        for hostile in HOSTILE {
            let read: serde_json::Value = serde_json::from_str(&made("f.json", place, hostile)).unwrap();
            assert_eq!(read, serde_json::json!({ "a": hostile, "b": 1 }));
        }
    }
    assert!(made("f.json", "{\"a\": \"{{json x}}\"}", "x").starts_with("refused"));
}

#[test]
fn in_toml_strings_are_quoted() {
    assert_eq!(
        made("f.toml", "a = {{x}} # c\n[{{x}}]\n", "b \"c\n"),
        "a = \"b \\\"c\\n\" # c\n[\"b \\\"c\\n\"]\n"
    );
    assert_eq!(
        made("f.toml", "a = \"{{x}}\"\nb = '''{{x}}'''\nc = {{x}}\n", "p q"),
        "a = \"p q\"\nb = '''p q'''\nc = \"p q\"\n"
    );
    assert!(made("f.toml", "a = '{{x}}'\n", "'").starts_with("refused"));
    assert!(made("f.toml", "a-{{x}} = 1\n", "b c").starts_with("refused"));
    assert!(made("f.toml", "# {{x}}\n", "b\nc = 1").starts_with("refused"));
}

#[test]
fn env_and_ini_files_keep_to_their_line() {
    assert_eq!(made("f.env", "A={{x}}\nB=\"{{x}}\"\n", "p \"q\n"), "A=\"p \\\"q\\n\"\nB=\"p \\\"q\\n\"\n");
    assert_eq!(made("f.env", "A={{x}}\n", "pq:1"), "A=pq:1\n");
    assert!(made("f.env", "{{x}}=1\n", "A=2\nB").starts_with("refused"));
    assert_eq!(made("f.ini", "a = {{x}}\n", "p#q"), "a = \"p#q\"\n");
    assert_eq!(made("f.ini", "a = {{x}}\n", "p q"), "a = p q\n");
    assert!(made("f.ini", "a = {{x}}\n", "p\n[evil]").starts_with("refused"));
    assert!(made("f.ini", "[{{x}}]\n", "p]").starts_with("refused"));
}

#[test]
fn alloy_and_nginx_quote_what_needs_it() {
    assert_eq!(
        made("f.alloy", "a = {{x}}\nb = \"{{x}}\" // c\n", "p\"\nq"),
        "a = \"p\\\"\\nq\"\nb = \"p\\\"\\nq\" // c\n"
    );
    assert!(made("f.alloy", "a = `{{x}}`\n", "`").starts_with("refused"));
    assert!(made("f.alloy", "// {{x}}\n", "a\nb").starts_with("refused"));
    assert_eq!(made("nginx.conf", "server_name {{x}};\n", "a.example.com"), "server_name a.example.com;\n");
    assert_eq!(made("nginx.conf", "root {{x}};\n", "a; evil {"), "root \"a; evil {\";\n");
    assert!(made("nginx.conf", "root {{x}};\n", "$uri").starts_with("refused"));
    assert!(made("nginx.conf", "root /{{x}};\n", "a b").starts_with("refused"));
}

#[test]
fn shell_scripts_get_words() {
    assert_eq!(
        made("f.sh", "echo {{x}} \"{{x}}\" '{{x}}'\n", "$(id)'"),
        "echo '$(id)'\\''' \"\\$(id)'\" '$(id)'\\'''\n"
    );
    assert_eq!(made("f.sh", "cat <<E\n{{x}}\nE\necho {{x}}\n", "$a"), "cat <<E\n\\$a\nE\necho '$a'\n");
    assert!(made("f.sh", "cat <<'E'\n{{x}}\nE\n", "a\nE\nid").starts_with("refused"));
}

#[test]
fn elsewhere_a_users_text_needs_a_helper() {
    assert!(made("f.txt", "a {{x}}\n", "p").starts_with("refused"));
    assert_eq!(made("f.txt", "a {{line x}} {{json x}}\n", "p q"), "a p q \"p q\"\n");
    assert!(made("f.txt", "a {{line x}}\n", "p\nq").starts_with("refused"));
    assert!(made("f.yaml", "a: {{{x}}}\n", "p").starts_with("refused"));
}

#[test]
fn what_consul_template_prints_cannot_be_its_language() {
    assert_eq!(
        made("f.yaml", "a: {{ct x}}\n", "{{ key \"x\" }}"),
        "a: {{ \"\\\"{{ key \\\\\\\"x\\\\\\\" }}\\\"\" }}\n"
    );
}
