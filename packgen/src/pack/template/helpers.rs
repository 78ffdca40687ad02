//! What can be called in a template: encoders for places that have no escaper of their own, and what
//! conditions need. Each takes and gives typed values; none reads anything but its arguments.

use crate::hcl::eval::equals;
use crate::hcl::text::TextBuilder;
use crate::hcl::types::nearest;
use crate::hcl::{Entry, Kind, Number, Text, Value};

use super::encode;
use super::engine::truth;
use super::piece::Form;

/// What a helper made.
pub(super) struct Made {
    /// The value.
    pub value: Value,
    /// What has to be done with it where it is printed, if not what its type says.
    pub form: Option<Form>,
    /// Whether consul-template is to print it.
    pub later: bool,
}

/// Why a helper made nothing.
pub(super) struct Wrong {
    /// What is wrong.
    pub message: String,
    /// The cure.
    pub help: Option<String>,
}

/// One helper.
struct Helper {
    name: &'static str,
    /// How many values it takes at least and at most.
    takes: (usize, usize),
    run: fn(&[Value]) -> Result<Made, String>,
}

const HELPERS: &[Helper] = &[
    Helper { name: "and", takes: (2, 9), run: |all| Ok(value(all.iter().all(truth))) },
    Helper { name: "ct", takes: (1, 1), run: ct },
    Helper { name: "eq", takes: (2, 2), run: |all| Ok(value(equal(all))) },
    Helper { name: "gt", takes: (2, 2), run: |all| Ok(value(compare(all)?.is_gt())) },
    Helper { name: "gte", takes: (2, 2), run: |all| Ok(value(compare(all)?.is_ge())) },
    Helper { name: "hcl", takes: (1, 1), run: hcl },
    Helper { name: "join", takes: (2, 2), run: join },
    Helper { name: "json", takes: (1, 1), run: json },
    Helper { name: "len", takes: (1, 1), run: length },
    Helper { name: "line", takes: (1, 1), run: line },
    Helper { name: "lookup", takes: (2, 2), run: lookup },
    Helper { name: "lt", takes: (2, 2), run: |all| Ok(value(compare(all)?.is_lt())) },
    Helper { name: "lte", takes: (2, 2), run: |all| Ok(value(compare(all)?.is_le())) },
    Helper { name: "ne", takes: (2, 2), run: |all| Ok(value(!equal(all))) },
    Helper { name: "not", takes: (1, 1), run: |all| Ok(value(!all.iter().all(truth))) },
    Helper { name: "or", takes: (2, 9), run: |all| Ok(value(all.iter().any(truth))) },
    Helper { name: "sh", takes: (1, 1), run: sh },
    Helper { name: "toml", takes: (1, 1), run: toml },
    Helper { name: "yaml", takes: (1, 1), run: json },
];

/// Calls a helper.
pub(super) fn call(name: &str, params: &[Value]) -> Result<Made, Wrong> {
    let Some(helper) = HELPERS.iter().find(|helper| helper.name == name) else {
        let close = nearest(name, HELPERS.iter().map(|helper| helper.name));
        let help = close.map(|close| format!("did you mean `{close}`?"));
        return Err(Wrong { message: format!("there is no helper `{name}`"), help });
    };
    let (least, most) = helper.takes;
    if params.len() < least || params.len() > most {
        let message = format!("`{name}` takes {least} values, here are {}", params.len());
        return Err(Wrong { message, help: None });
    }
    (helper.run)(params).map_err(|message| Wrong { message: format!("`{name}`: {message}"), help: None })
}

/// A literal of a template as a value.
pub(super) fn literal(json: &str) -> Value {
    serde_json::from_str(json).map_or_else(|_| Value::null(), |json| from_json(&json))
}

fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            Number::parse(&number.to_string()).map_or_else(|_| Value::null(), Value::number)
        }
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => Value::object(
            entries.iter().map(|(key, item)| Entry::new(key.as_str(), from_json(item))).collect(),
        ),
    }
}

fn value(made: impl Into<Value>) -> Made {
    Made { value: made.into(), form: None, later: false }
}

fn text(made: Text, form: Form) -> Made {
    Made { value: Value::string(made), form: Some(form), later: false }
}

fn first(all: &[Value]) -> Result<&Value, String> {
    all.first().ok_or_else(|| "a value is missing".to_owned())
}

fn string(all: &[Value]) -> Result<&Text, String> {
    first(all)?.as_text().ok_or_else(|| "a string is required".to_owned())
}

fn equal(all: &[Value]) -> bool {
    matches!(all, [left, right] if equals(left, right) == Some(true))
}

fn compare(all: &[Value]) -> Result<std::cmp::Ordering, String> {
    match all {
        [Value { kind: Kind::Number(left), .. }, Value { kind: Kind::Number(right), .. }] => {
            Ok(left.cmp(right))
        }
        _ => Err("two numbers are required".to_owned()),
    }
}

fn length(all: &[Value]) -> Result<Made, String> {
    let one = first(all)?;
    let count = match one.as_str() {
        Some(text) => text.chars().count(),
        None if one.items().is_some() || one.entries().is_some() => one.parts().count(),
        None => return Err("a list, an object or a string is required".to_owned()),
    };
    Ok(value(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn lookup(all: &[Value]) -> Result<Made, String> {
    let [source, key] = all else { return Err("two values are required".to_owned()) };
    let found = match (source.entries(), source.items(), key.as_str(), key.as_number()) {
        (Some(_), _, Some(name), _) => source.get(name),
        (_, Some(items), _, Some(number)) => {
            number.to_i64().and_then(|at| usize::try_from(at).ok()).and_then(|at| items.get(at))
        }
        _ => return Err("an object and a string, or a list and a number, are required".to_owned()),
    };
    Ok(value(found.cloned().unwrap_or_else(Value::null)))
}

fn join(all: &[Value]) -> Result<Made, String> {
    let [list, separator] = all else { return Err("two values are required".to_owned()) };
    let (Some(items), Some(separator)) = (list.items(), separator.as_text()) else {
        return Err("a list and a separator are required".to_owned());
    };
    let mut out = TextBuilder::default();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        match &item.kind {
            Kind::String(text) => out.push(text),
            Kind::Number(number) => out.push_str(&number.to_string()),
            Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            _ => return Err("the list holds something that is no single value".to_owned()),
        }
    }
    Ok(value(Value::string(out.finish())))
}

fn json(all: &[Value]) -> Result<Made, String> {
    let made = encode::json(first(all)?).ok_or("JSON has no infinite numbers")?;
    Ok(text(made, Form::Whole))
}

fn ct(all: &[Value]) -> Result<Made, String> {
    Ok(Made { value: Value::string(string(all)?.clone()), form: None, later: true })
}

fn line(all: &[Value]) -> Result<Made, String> {
    let one = string(all)?;
    if one.chars().any(|char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')) {
        return Err(format!(
            "this text must be one line without control characters, it is {:?}",
            one.as_str()
        ));
    }
    Ok(text(one.clone(), Form::Line))
}

/// A word of a POSIX shell.
fn sh(all: &[Value]) -> Result<Made, String> {
    let one = string(all)?;
    if one.contains('\0') {
        return Err("a word of a shell cannot hold the character NUL".to_owned());
    }
    let mut out = TextBuilder::default();
    out.push_str("'");
    encode::escaped(&mut out, one, |part| part.replace('\'', "'\\''"));
    out.push_str("'");
    Ok(text(out.finish(), Form::Whole))
}

/// A value of TOML: strings, numbers, bools, and lists of them.
fn toml(all: &[Value]) -> Result<Made, String> {
    let one = first(all)?;
    let plain = |value: &Value| matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Bool(_));
    if !(plain(one) || one.items().is_some_and(|items| items.iter().all(plain))) {
        return Err("TOML takes a string, a number, a bool or a list of those here".to_owned());
    }
    json(all)
}

/// A string of HCL in one line.
fn hcl(all: &[Value]) -> Result<Made, String> {
    let one = string(all)?;
    let inner = encode::inner(one).replace("${", "$${").replace("%{", "%%{");
    Ok(text(one.blend(format!("\"{inner}\"")), Form::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str, params: &[Value]) -> String {
        match call(name, params) {
            Ok(made) => format!("{:?}", made.value.kind),
            Err(wrong) => format!("{} {}", wrong.message, wrong.help.unwrap_or_default()),
        }
    }

    #[test]
    fn encoders_make_whole_values() {
        assert_eq!(call("sh", &["a'b".into()]).ok().unwrap().value.as_str(), Some("'a'\\''b'"));
        assert_eq!(call("hcl", &["a\"${x}".into()]).ok().unwrap().value.as_str(), Some(r#""a\"$${x}""#));
        assert_eq!(call("json", &[Value::tuple(vec![1.into()])]).ok().unwrap().value.as_str(), Some("[1]"));
    }

    #[test]
    fn mistakes_are_said() {
        assert_eq!(made("jsn", &[]), "there is no helper `jsn` did you mean `json`?");
        assert_eq!(made("gt", &["a".into(), 1.into()]), "`gt`: two numbers are required ");
        assert_eq!(made("eq", &[1.into()]), "`eq` takes 2 values, here are 1 ");
        assert!(made("line", &["a\nb".into()]).contains("one line"));
    }

    #[test]
    fn helpers_are_sorted() {
        assert!(HELPERS.is_sorted_by_key(|helper| helper.name));
    }
}
