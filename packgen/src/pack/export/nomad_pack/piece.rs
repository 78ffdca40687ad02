//! A template in parts: text, and what nomad-pack puts in its place when it renders. From the parts come
//! both the template and, for the proof, what nomad-pack makes of it.
//!
//! Text is text: a `[[` in it is written so that Go's templates print it.

use crate::hcl::Value;

use super::super::value;
use super::condition::{Condition, string, variable};

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Text that stands there as it is.
    Text(String),
    /// The value of a variable as HCL.
    Hcl(String),
    /// The value of a variable as words.
    Words(String),
    /// The id of a job.
    Id(String),
    /// What nomad-pack knows about the pack (`pack.path`), as HCL.
    About(&'static str),
    /// The name of this deployment, as far as a template can know it.
    Deployment,
    /// The text of another template, by its name.
    Include(&'static str),
    /// What follows is there only if this holds; blocks can stand in each other.
    If(Condition),
    End,
}

/// What parts are written or rendered with.
pub(super) struct Context<'c> {
    /// The pack's name.
    pub pack: &'c str,
    /// Whether it has one job only.
    pub single: bool,
    /// The values of the variables, `name` among them.
    pub vars: &'c Value,
    /// Variables whose values stand fixed in the templates.
    pub fixed: &'c [String],
    /// Templates that others include.
    pub includes: &'c [(&'static str, Vec<Piece>)],
}

impl Context<'_> {
    fn value(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self.vars, |value, step| value.get(step))
    }

    fn is_fixed(&self, path: &str) -> bool {
        let root = path.split('.').next().unwrap_or(path);
        self.fixed.iter().any(|name| name == root)
    }

    fn name(&self) -> Option<&str> {
        self.value("name").and_then(Value::as_str)
    }

    fn id(&self, job: &str) -> String {
        match self.name() {
            Some(name) if self.single => name.to_owned(),
            Some(name) => format!("{name}-{job}"),
            None => job.to_owned(),
        }
    }

    /// What nomad-pack makes of the parts with these values.
    pub fn rendered(&self, pieces: &[Piece]) -> String {
        let mut out = String::new();
        let mut shown = vec![true];
        for piece in pieces {
            match piece {
                Piece::If(condition) => {
                    let outer = shown.last().copied().unwrap_or(true);
                    shown.push(outer && condition.holds(self.vars));
                }
                Piece::End => {
                    shown.pop();
                }
                _ if shown.last() == Some(&false) => {}
                Piece::Text(text) => out.push_str(text),
                Piece::Hcl(path) => out.push_str(&self.value(path).map_or("null".to_owned(), value::text)),
                Piece::Words(path) => out.push_str(&self.value(path).map(words).unwrap_or_default()),
                Piece::Id(job) => out.push_str(&self.id(job)),
                Piece::About(_) => out.push_str("\"\""),
                Piece::Deployment => out.push_str(self.name().unwrap_or(self.pack)),
                Piece::Include(name) => {
                    let included = self.includes.iter().find(|(own, _)| own == name);
                    out.push_str(&included.map(|(_, pieces)| self.rendered(pieces)).unwrap_or_default());
                }
            }
        }
        out
    }

    /// The parts as a Go template.
    pub fn written(&self, pieces: &[Piece]) -> String {
        let mut out = String::new();
        let mut text = String::new();
        for piece in pieces {
            if let Some(literal) = self.literal(piece) {
                text.push_str(&literal);
                continue;
            }
            escape(&std::mem::take(&mut text), true, &mut out);
            out.push_str(&self.action(piece));
        }
        escape(&text, false, &mut out);
        out
    }

    /// The part as text, if it is the same whatever is given.
    fn literal(&self, piece: &Piece) -> Option<String> {
        match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Hcl(path) | Piece::Words(path) if self.is_fixed(path) => {
                Some(self.rendered(std::slice::from_ref(piece)))
            }
            Piece::Id(_) | Piece::Deployment if self.is_fixed("name") => {
                Some(self.rendered(std::slice::from_ref(piece)))
            }
            _ => None,
        }
    }

    fn action(&self, piece: &Piece) -> String {
        let inside = match piece {
            Piece::Text(text) => string(text),
            Piece::Hcl(path) if path == "name" => {
                let value = string(&self.helper("value"));
                return format!(
                    "[[ with {} ]][[ template {value} . ]][[ else ]]null[[ end ]]",
                    variable("name")
                );
            }
            Piece::Hcl(path) => format!("template {} {}", string(&self.helper("value")), variable(path)),
            Piece::Words(path) => format!("var {} .", string(path)),
            Piece::Id(job) if self.single => format!("or {} {}", variable("name"), string(job)),
            Piece::Id(job) => return format!("[[ with {} ]][[ . ]]-[[ end ]]{job}", variable("name")),
            Piece::About(key) => {
                format!("template {} (meta {} .)", string(&self.helper("value")), string(key))
            }
            Piece::Deployment => format!("or {} {}", variable("name"), string(self.pack)),
            Piece::Include(name) => format!("template {} .", string(&self.helper(name))),
            Piece::If(condition) => {
                format!("if {}", condition.folded(&|name| self.is_fixed(name), self.vars).go())
            }
            Piece::End => "end".to_owned(),
        };
        format!("[[ {inside} ]]")
    }

    /// The name of a template that others include. Packs that depend on each other share such names.
    pub fn helper(&self, name: &str) -> String {
        format!("{}.{name}", self.pack)
    }
}

/// Text in a template. `before_action`: an action follows, with which a last `[` would run together.
fn escape(text: &str, before_action: bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("[[") {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push_str("[[ \"[[\" ]]");
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    match rest.strip_suffix('[').filter(|_| before_action) {
        Some(rest) => out.extend([rest, "[[ \"[\" ]]"]),
        None => out.push_str(rest),
    }
}

/// A value as Go prints it: for words that people read.
fn words(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_null() => String::new(),
        None => value::text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::Entry;

    fn vars() -> Value {
        Value::object(vec![
            Entry::new("list", Value::tuple(vec!["a".into(), "${b} [[ x ]]".into()])),
            Entry::new("name", "docs".into()),
            Entry::new("on", true.into()),
        ])
    }

    fn context<'c>(vars: &'c Value, fixed: &'c [String]) -> Context<'c> {
        Context { pack: "site", single: false, vars, fixed, includes: &[] }
    }

    #[test]
    fn text_that_looks_like_an_action_is_printed_as_it_is() {
        let vars = vars();
        let context = context(&vars, &[]);
        let text =
            |text: &str| context.written(&[Piece::Text(text.to_owned()), Piece::Words("x".to_owned())]);
        assert_eq!(text("a = [[1], [2]]"), "a = [[ \"[[\" ]]1], [2]][[ var \"x\" . ]]");
        assert_eq!(text("[[["), "[[ \"[[\" ]][[ \"[\" ]][[ var \"x\" . ]]");
        assert_eq!(text("a["), "a[[ \"[\" ]][[ var \"x\" . ]]");
    }

    #[test]
    fn parts_are_written_and_rendered() {
        let vars = vars();
        let pieces = [
            Piece::If(Condition::True("on".to_owned())),
            Piece::Id("web".to_owned()),
            Piece::Text(" = ".to_owned()),
            Piece::Hcl("list".to_owned()),
            Piece::End,
            Piece::If(Condition::Not(Box::new(Condition::True("on".to_owned())))),
            Piece::Text("never".to_owned()),
            Piece::End,
        ];
        let open = context(&vars, &[]);
        assert_eq!(open.rendered(&pieces), "docs-web = [\"a\", \"$${b} [[ x ]]\"]");
        assert_eq!(
            open.written(&pieces),
            "[[ if (var \"on\" .) ]][[ with (var \"name\" .) ]][[ . ]]-[[ end ]]web = \
             [[ template \"site.value\" (var \"list\" .) ]][[ end ]][[ if (not (var \"on\" .)) ]]never[[ end ]]"
        );
        let fixed = ["name".to_owned(), "list".to_owned(), "on".to_owned()];
        assert_eq!(
            context(&vars, &fixed).written(&pieces),
            "[[ if true ]]docs-web = [\"a\", \"$${b} [[ \"[[\" ]] x ]]\"][[ end ]][[ if false ]]never[[ end ]]"
        );
    }
}
