use super::*;
use crate::hcl::{Entry, Origin, Text};
use crate::source::Span;

fn with_vars(name: &str, template: &str, vars: &Value) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add(format!("{name}.hbs"), template);
    let template = Template::read(&sources, file, &format!("{name}.hbs"));
    template.and_then(|template| template.render(vars)).map_err(|found| found.text(&sources))
}

/// A template over one text `x` that a user typed.
pub(super) fn render(name: &str, template: &str, x: &str) -> Result<String, String> {
    let user = Value::string(Text::from_origin(x, Origin::User(Span::NONE)));
    let vars = Value::object(vec![Entry::new("x", user)]);
    with_vars(name, template, &vars).map(|value| value.as_str().unwrap().to_owned())
}

fn vars() -> Value {
    let s3 = Value::object(vec![Entry::new("bucket", "b".into())]);
    let labels = Value::map(
        crate::hcl::Type::String,
        vec![Entry::new("env", "prod".into()), Entry::new("team", "ops".into())],
    );
    Value::object(vec![
        Entry::new("s3", s3),
        Entry::new("none", Value::null()),
        Entry::new("labels", labels),
        Entry::new("ports", Value::tuple(vec![80.into(), 443.into()])),
        Entry::new("on", true.into()),
        Entry::new("secret", Value::from("s").with_sensitive(true)),
    ])
}

fn shown(template: &str) -> String {
    match with_vars("t.yaml", template, &vars()) {
        Ok(value) => value.as_str().unwrap().to_owned(),
        Err(words) => words,
    }
}

#[test]
fn blocks_loops_and_names_work() {
    assert_eq!(shown("{{#if on}}\na: 1\n{{else}}\na: 2\n{{/if}}\nb: {{s3.bucket}}\n"), "a: 1\nb: b\n");
    assert_eq!(
        shown("{{#each ports}}\n- {{this}} {{@index}} {{@last}}\n{{/each}}\n"),
        "- 80 0 false\n- 443 1 true\n"
    );
    assert_eq!(shown("{{#each labels as |v k|}}\n{{k}}: {{v}}\n{{/each}}"), "env: prod\nteam: ops\n");
    assert_eq!(shown("{{#with s3}}{{bucket}} {{../on}} {{@root.on}}{{else}}none{{/with}}"), "b true true");
    assert_eq!(shown("{{#with none}}x{{else}}none{{/with}}{{#each none}}x{{/each}}"), "none");
    assert_eq!(shown("{{#if (and on (eq s3.bucket \"b\"))}}yes{{else if none}}no{{/if}}"), "yes");
    assert_eq!(
        shown("{{#if labels.absent}}x{{else}}y{{/if}} {{len ports}}\na: {{json labels}}"),
        "y 2\na: {\"env\":\"prod\",\"team\":\"ops\"}"
    );
    assert_eq!(shown("{{{{raw}}}}{{ env \"X\" }}{{{{/raw}}}} \\{{ key }}"), "{{ env \"X\" }} {{ key }}");
}

#[test]
fn mistakes_have_a_place_and_a_cure() {
    assert_eq!(
        shown("a: 1\nb: {{#if prots}}x{{/if}}\nc: {{s4}}"),
        "error: the template is given no `prots`
 --> t.yaml.hbs:2:4
2 | b: {{#if prots}}x{{/if}}
  |    ^^^^^^^^^^^^^
  help: did you mean `ports`?

error: the template is given no `s4`
 --> t.yaml.hbs:3:4
3 | c: {{s4}}
  |    ^^^^^^
  help: did you mean `s3`?
"
    );
    assert!(shown("{{none}}").contains("this is null"));
    assert!(shown("{{ports}}").contains("this is no single value"));
    assert!(
        shown("{{#each ports}}{{on}}{{/each}}").contains("has no")
            || shown("{{#each ports}}{{on}}{{/each}}").contains("given no `on`")
    );
    assert!(shown("{{#if on}}x{{/each}}").contains("is closed by"));
    assert!(shown("{{> part}}").contains("partials"));
    assert!(shown("{{s3.buket}}").contains("did you mean `bucket`?"));
    assert!(shown("{{#iff on}}{{/iff}}").contains("did you mean `if`?"));
    assert!(shown(&"{{#if on}}".repeat(200)).contains("more than 100"));
}

#[test]
fn secrets_are_noticed() {
    assert!(with_vars("t.yaml", "a: {{secret}}", &vars()).unwrap().sensitive);
    assert!(with_vars("t.yaml", "a: {{#if secret}}x{{/if}}", &vars()).unwrap().sensitive);
    assert!(!with_vars("t.yaml", "a: {{on}}", &vars()).unwrap().sensitive);
}

#[test]
fn origins_pass_through() {
    let user = Value::string(Text::from_origin("h", Origin::User(Span::NONE)));
    let value =
        with_vars("t.yaml", "url: http://{{x}}/", &Value::object(vec![Entry::new("x", user)])).unwrap();
    let text = value.as_text().unwrap();
    assert!(
        text.user_at(12, 13).is_some() && text.user_at(0, 12).is_none() && text.user_at(13, 14).is_none()
    );
}
