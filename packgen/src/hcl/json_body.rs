//! Jobspecs in JSON: the same language, written as objects. What is a block and what an attribute is not
//! in the text, so the caller says it.

use super::data::json;
use super::eval::error;
use super::syntax::{
    Attribute, BlockSyntax, Body, Expr, ExprKind, Item, ObjectItem, ObjectKey, parse_expression,
    parse_template,
};
use super::value::{Entry, Kind, Value};
use crate::lasting::{List, Str};
use crate::source::{Diagnostics, FileId, SourceMap, Span, Spanned};
use crate::tree::Name;

/// What a name stands for in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An attribute.
    Attribute,
    /// A block with that many labels.
    Block {
        /// How many labels.
        labels: usize,
    },
}

/// What a name stands for in blocks of these types.
pub type Shape = fn(parents: &[Str], name: &str) -> Form;

/// Whether a text is JSON by Nomad's rule: a brace is the first thing that is no blank.
pub fn is_json(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with('{')
}

/// The body that a JSON text stands for.
pub fn parse_json_body(sources: &SourceMap, file: FileId, shape: Shape) -> (Body, Diagnostics) {
    let mut reader = Reader { sources, file, shape, parents: Vec::new(), findings: Diagnostics::new() };
    let body = match json::parse(sources, file) {
        Ok(value) => reader.body(&value),
        Err(finding) => {
            reader.findings.push(finding);
            Body { items: List::default(), span: Span::new(file, 0, 0) }
        }
    };
    (body, reader.findings)
}

struct Reader<'a> {
    sources: &'a SourceMap,
    file: FileId,
    shape: Shape,
    parents: Vec<Str>,
    findings: Diagnostics,
}

impl Reader<'_> {
    fn body(&mut self, value: &Value) -> Body {
        let mut items = Vec::new();
        match (&value.kind, value.entries()) {
            (_, Some(entries)) => {
                let mut entries: Vec<&Entry> =
                    entries.iter().filter(|entry| entry.key.as_str() != "//").collect();
                entries.sort_by_key(|entry| entry.key_at);
                for entry in entries {
                    self.item(entry, &mut items);
                }
            }
            _ => self.findings.push(error("type", "a block is an object in JSON", value.at)),
        }
        Body { items: items.into(), span: value.at }
    }

    fn item(&mut self, entry: &Entry, items: &mut Vec<Item>) {
        let name: Name = Spanned::new(entry.key.shared().clone(), entry.key_at);
        match self.form(&name.value) {
            Form::Attribute => items
                .push(Item::Attribute(Attribute { expr: self.attribute(&name.value, &entry.value), name })),
            Form::Block { labels } => self.blocks(&name, labels, &[], &entry.value, items),
        }
    }

    fn form(&self, name: &str) -> Form {
        match (self.parents.split_last().map(|(last, before)| (&**last, before)), name) {
            (None, "job" | "variable") | (_, "dynamic") => Form::Block { labels: 1 },
            (None, "locals" | "variables") | (Some(("variable", [])), "validation") => {
                Form::Block { labels: 0 }
            }
            (Some(("variable" | "locals" | "variables", [])), _) => Form::Attribute,
            (Some((outer, _)), "content") if outer.starts_with("dynamic ") => Form::Block { labels: 0 },
            (Some((outer, _)), _) if outer.starts_with("dynamic ") => Form::Attribute,
            _ => (self.shape)(&self.parents, name),
        }
    }

    /// Labels are objects around a block; a list stands for several of them.
    fn blocks(
        &mut self,
        ty: &Name,
        labels_left: usize,
        labels: &[Name],
        value: &Value,
        items: &mut Vec<Item>,
    ) {
        match (&value.kind, value.entries()) {
            (Kind::Null(_), _) => {}
            (Kind::Tuple(list), _) => {
                for value in list.iter() {
                    self.blocks(ty, labels_left, labels, value, items);
                }
            }
            (_, Some(entries)) if labels_left > 0 => {
                for entry in entries.iter().filter(|entry| entry.key.as_str() != "//") {
                    let label = Spanned::new(entry.key.shared().clone(), entry.key_at);
                    let labels: Vec<Name> = labels.iter().cloned().chain([label]).collect();
                    self.blocks(ty, labels_left - 1, &labels, &entry.value, items);
                }
            }
            _ => items.push(Item::Block(self.block(ty, labels, value))),
        }
    }

    /// In `dynamic`, what stands in `content` has the form that it has in the block that is made.
    fn block(&mut self, ty: &Name, labels: &[Name], value: &Value) -> BlockSyntax {
        let parent: Str = match (&*ty.value, labels) {
            ("dynamic", [made]) => format!("dynamic {}", &*made.value).into(),
            _ => ty.value.clone(),
        };
        let made: Option<Str> =
            self.parents.last().and_then(|last| last.strip_prefix("dynamic ")).map(Str::from);
        let replaced = match made.filter(|_| &*ty.value == "content") {
            Some(made) => self.parents.pop().map(|outer| (outer, made)),
            None => None,
        };
        self.parents.push(replaced.as_ref().map_or(parent, |(_, made)| made.clone()));
        let body = self.body(value);
        self.parents.pop();
        self.parents.extend(replaced.map(|(outer, _)| outer));
        let header = labels.last().map_or(ty.span, |label| ty.span.to(label.span));
        BlockSyntax {
            ty: ty.clone(),
            labels: labels.to_vec().into(),
            body,
            header,
            span: ty.span.to(value.at),
        }
    }

    /// A few attributes hold code instead of values.
    fn attribute(&mut self, name: &str, value: &Value) -> Expr {
        let outer = self.parents.last().map_or("", |last| &**last);
        let is_code =
            (outer == "variable" && name == "type") || (outer.starts_with("dynamic ") && name == "iterator");
        match value.as_str() {
            Some(text) if is_code => {
                let file = self.part(value.at, text);
                self.parsed(parse_expression(self.sources, file), value.at)
            }
            // In parentheses, because an object here is a value and never a block.
            None if value.entries().is_some() => {
                Expr::made(ExprKind::Parens(self.expr(value).into()), value.at)
            }
            _ => self.expr(value),
        }
    }

    fn part(&self, at: Span, text: &str) -> FileId {
        let place = self.sources.place(Span { file: self.file, ..at });
        self.sources.add(format!("{place} (string)"), text)
    }

    fn parsed(&mut self, result: Result<Expr, Diagnostics>, at: Span) -> Expr {
        match result {
            Ok(expr) => expr,
            Err(findings) => {
                self.findings.extend(findings);
                Expr::made(ExprKind::Literal(Value::null().with_at(at).into()), at)
            }
        }
    }

    fn expr(&mut self, value: &Value) -> Expr {
        let kind = match &value.kind {
            Kind::String(text) if text.contains("${") || text.contains("%{") => {
                let file = self.part(value.at, text);
                return self.parsed(parse_template(self.sources, file), value.at);
            }
            Kind::String(text) => ExprKind::String(text.clone()),
            Kind::Tuple(items) => ExprKind::Tuple(items.iter().map(|item| self.expr(item)).collect()),
            Kind::Object(entries) => {
                ExprKind::Object(entries.iter().map(|entry| self.object_item(entry)).collect())
            }
            _ => ExprKind::Literal(value.clone().into()),
        };
        Expr::made(kind, value.at)
    }

    fn object_item(&mut self, entry: &Entry) -> ObjectItem {
        let key = self.expr(&Value::string(entry.key.clone()).with_at(entry.key_at));
        ObjectItem { key: ObjectKey::Expr(key.into()), value: self.expr(&entry.value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, evaluate};

    #[test]
    fn json_reads_like_the_native_syntax() {
        let sources = SourceMap::new();
        let text = r#" {
            "variable": { "n": { "type": "list(number)", "default": [1, 2] } },
            "locals": { "x": "${length(var.n)}" },
            "job": { "j": {
                "//": "a remark",
                "priority": "${local.x + 48}",
                "constraint": [{ "value": "a" }, { "value": "${attr.b}" }],
                "dynamic": { "group": { "for_each": "${var.n}", "labels": ["g${group.key}"], "content": {
                    "count": "${group.value}", "task": { "t": { "config": { "a": { "b": 1 } } } } } } }
            } }
        }"#;
        let file = sources.add("job.json", text);
        let done = evaluate(&sources, file, &Inputs::default());
        assert!(!done.findings.has_errors(), "{}", done.findings.text(&sources));
        let job = &done.tree.blocks[0];
        assert_eq!(job.attr("priority").unwrap().value, 50.into());
        let values: Vec<&str> = job
            .blocks_of("constraint")
            .map(|block| block.attr("value").unwrap().value.as_str().unwrap())
            .collect();
        assert_eq!(values, ["a", "${attr.b}"]);
        let groups: Vec<&str> = job.blocks_of("group").map(|block| &*block.labels[0].value).collect();
        assert_eq!(groups, ["g0", "g1"]);
        let task = &job.blocks_of("group").next().unwrap().blocks[0];
        let config = task.blocks_of("config").next().unwrap();
        assert!(!config.attr("a").unwrap().literal_object);
    }
}
