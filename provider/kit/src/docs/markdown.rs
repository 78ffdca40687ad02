//! Text that becomes Markdown, so that nothing an author or a default holds can break a page.

use std::fmt::Write as _;

use crate::ty::Type;
use crate::value::Value;

/// Text as a code span, whatever backticks it holds.
pub(super) fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// Text as a code block, whatever fences it holds.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// An author's Markdown with `<name>` made visible: the Registry drops tags that it does not know. Code stays code.
pub(super) fn prose(text: &str) -> String {
    let mut fenced = false;
    let lines = text.trim().lines().map(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fence || fenced { line.to_owned() } else { without_tags(line) }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn without_tags(line: &str) -> String {
    let in_code = |index: usize| index % 2 == 1;
    let parts = line.split('`').enumerate().map(|(index, part)| {
        if in_code(index) { part.to_owned() } else { part.replace('<', "&lt;").replace("&lt;http", "<http") }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Text that goes on in a list item: every further line is indented and no heading, so that it cannot start anything new.
pub(super) fn item(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().enumerate().map(|(index, line)| {
        fenced ^= line.starts_with("```");
        let indent = if index == 0 || line.is_empty() { "" } else { "  " };
        let escape = if line.starts_with('#') && !fenced { "\\" } else { "" };
        format!("{indent}{escape}{line}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The first paragraph as plain text on one line, for a page's description.
pub(super) fn summary(text: &str) -> String {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let mut plain = String::new();
    let mut rest = paragraph;
    while let Some((before, label, after)) = first_link(rest) {
        plain.push_str(before);
        plain.push_str(label);
        rest = after;
    }
    plain.push_str(rest);
    plain.replace(['`', '*'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `[label](address)`: what stands before it, its label and what follows.
fn first_link(text: &str) -> Option<(&str, &str, &str)> {
    let (head, address) = text.split_once("](")?;
    let (before, label) = head.rsplit_once('[')?;
    let (_, after) = address.split_once(')')?;
    Some((before, label, after))
}

/// Text in YAML's double quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value as one writes it in a configuration.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown(_) => "(known after apply)".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::List(elements) | Value::Set(elements) => {
            format!("[{}]", elements.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Value::Map(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Map(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name} = {}", literal(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(typed) => literal(&typed.1),
    }
}

fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted.replace("${", "$${").replace("%{", "%%{")
}

/// A type as one writes it for a variable: `map(list(string))`.
pub(super) fn constraint(ty: &Type) -> String {
    match ty {
        Type::String => "string".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Dynamic => "any".to_owned(),
        Type::List(element) => format!("list({})", constraint(element)),
        Type::Set(element) => format!("set({})", constraint(element)),
        Type::Map(element) => format!("map({})", constraint(element)),
        Type::Object(fields) => {
            let fields = fields.iter().map(|(name, ty)| format!("{name} = {}", constraint(ty)));
            format!("object({{ {} }})", fields.collect::<Vec<_>>().join(", "))
        }
        Type::Tuple(elements) => {
            format!("tuple([{}])", elements.iter().map(constraint).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_survives_its_own_marks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(fenced("sh", "echo\n```\n"), "````sh\necho\n```\n````\n");
    }

    #[test]
    fn tags_are_shown_and_code_is_left_alone() {
        assert_eq!(
            prose("an `<id>` or <name>, see <https://x.y>"),
            "an `<id>` or &lt;name>, see <https://x.y>"
        );
        assert_eq!(prose("```\n<a>\n```\n<b>"), "```\n<a>\n```\n&lt;b>");
    }

    #[test]
    fn a_summary_is_plain() {
        assert_eq!(
            summary("A [job](https://x) that\nruns `it` **well**.\n\nMore."),
            "A job that runs it well."
        );
        assert_eq!(summary("[a] and f(x)"), "[a] and f(x)");
    }

    #[test]
    fn values_are_written_as_in_a_configuration() {
        let value = Value::object([
            ("a", Value::List(vec![Value::string("x\"\n${y}"), Value::Bool(true)])),
            ("b", Value::Map([].into())),
        ]);
        assert_eq!(literal(&value), r#"{ a = ["x\"\n$${y}", true], b = {} }"#);
        let ty = Type::map(Type::object([
            ("a", Type::Tuple(vec![Type::Dynamic])),
            ("b", Type::set(Type::Number)),
        ]));
        assert_eq!(constraint(&ty), "map(object({ a = tuple([any]), b = set(number) }))");
    }
}
