//! A job tree as canonical text: the order of the grammar, one way to write everything.
//!
//! Deterministic to the byte; read again it gives an equal tree, and Nomad's own formatter leaves it alone.

mod heredoc;
mod row;

use crate::hcl::quote::{self, References};
use crate::hcl::{Entry, Kind, Value, syntax::is_identifier};
use crate::source::Diagnostic;
use crate::tree::{Attr, Block, Name, Tree};

use super::grammar::{self, Body, Type};
use super::read::{Datum, read};
use super::{duration, grammar::MapOf};
use row::Row;

/// Longest line that a list is written on.
const WIDTH: usize = 100;

/// The text of a tree. What is not known yet cannot be written.
pub fn print(tree: &Tree) -> Result<String, Diagnostic> {
    let length: usize = tree.blocks.iter().map(length).sum();
    let mut printer = Printer { out: String::with_capacity(length), ..Printer::default() };
    for (at, job) in tree.blocks.iter().enumerate() {
        if at > 0 {
            printer.out.push('\n');
        }
        printer.block(Some(&grammar::JOB), job)?;
    }
    Ok(printer.out)
}

/// About how long the text of a block becomes, rather more than less: it is not copied because it grows.
fn length(block: &Block) -> usize {
    let attrs = block.attrs.iter().map(|attr| attr.name.len() + 16 + value_length(&attr.value));
    64 + attrs.sum::<usize>() + block.blocks.iter().map(length).sum::<usize>()
}

fn value_length(value: &Value) -> usize {
    match value.as_str() {
        Some(text) => text.len() + text.len() / 2,
        None => 16 + value.parts().map(value_length).sum::<usize>(),
    }
}

/// A name as HCL takes it. A jobspec in JSON can have others, in the bodies that Nomad does not look into.
fn name(name: &Name) -> Result<&str, Diagnostic> {
    if is_identifier(name) {
        return Ok(name);
    }
    let message = format!("{:?} cannot be the name of an attribute or a block in HCL", &*name.value);
    Err(Diagnostic::error("name", message, name.span).help("JSON can say it: `packgen render --format json`"))
}

#[derive(Default)]
struct Printer {
    out: String,
    depth: usize,
    /// Attributes of the body at hand that are not in `out` yet: their `=` stand under one another.
    rows: Vec<Row>,
    /// Values and names of these.
    texts: String,
}

impl Printer {
    fn line(&mut self, parts: &[&str]) {
        self.settle();
        row::indent(self.depth, &mut self.out);
        self.out.extend(parts.iter().copied());
        self.out.push('\n');
    }

    /// A row whose value was written from `start` on.
    fn row(&mut self, name: &str, start: usize) {
        let value = start..self.texts.len();
        self.texts.push_str(name);
        self.rows.push(Row { name: value.end..self.texts.len(), value });
    }

    /// Writes the attributes that wait.
    fn settle(&mut self) {
        row::write(&self.rows, &self.texts, self.depth, &mut self.out);
        self.rows.clear();
        self.texts.clear();
    }

    fn block(&mut self, body: Option<&'static Body>, block: &Block) -> Result<(), Diagnostic> {
        self.settle();
        row::indent(self.depth, &mut self.out);
        self.out.push_str(name(&block.ty)?);
        for label in &block.labels {
            self.out.push(' ');
            quote::write_quoted(&label.value, References::Escape, &mut self.out);
        }
        self.out.push_str(" {\n");
        let inside = self.out.len();
        self.depth += 1;
        match body {
            Some(Body { map: None, .. }) => self.fields(body, block)?,
            _ => self.free(body.and_then(|body| body.map), block)?,
        }
        self.settle();
        self.depth -= 1;
        if self.out.len() == inside {
            self.out.truncate(inside - 1);
            self.out.push_str("}\n");
        } else {
            self.line(&["}"]);
        }
        Ok(())
    }

    /// A body that the grammar knows: its order, attributes first.
    fn fields(&mut self, body: Option<&'static Body>, block: &Block) -> Result<(), Diagnostic> {
        let start = self.out.len();
        let Some(body) = body else { return Ok(()) };
        for def in body.attrs {
            if let Some(attr) = block.attr(def.name).filter(|attr| !attr.value.is_null()) {
                self.attr(def.ty, attr)?;
            }
        }
        for attr in block
            .attrs
            .iter()
            .filter(|attr| body.attr(&attr.name).is_none() && body.block(&attr.name).is_none())
        {
            self.attr(Type::Any, attr)?;
        }
        for slot in body.blocks {
            if let Some(attr) = block.attr(slot.name).filter(|attr| !attr.value.is_null()) {
                self.gap(start);
                self.entries(slot.name, attr)?;
            }
            for inner in block.blocks_of(slot.name) {
                self.gap(start);
                match slot.body.map {
                    Some(map) if slot.or_attribute && !all_identifiers(inner) => {
                        self.map_attribute(map, inner)?;
                    }
                    _ => self.block(Some(slot.body), inner)?,
                }
            }
        }
        for inner in block.blocks.iter().filter(|inner| body.block(&inner.ty).is_none()) {
            self.gap(start);
            self.block(None, inner)?;
        }
        Ok(())
    }

    /// An empty line between attributes and blocks, and between blocks.
    fn gap(&mut self, start: usize) {
        self.settle();
        if self.out.len() > start {
            self.out.push('\n');
        }
    }

    fn attr(&mut self, ty: Type, attr: &Attr) -> Result<(), Diagnostic> {
        let start = self.texts.len();
        self.datum(ty, attr)?;
        self.row(name(&attr.name)?, start);
        Ok(())
    }

    /// A body whose keys the user chose: the order as written.
    fn free(&mut self, map: Option<MapOf>, block: &Block) -> Result<(), Diagnostic> {
        let start = self.out.len();
        let ty = map.map_or(Type::Any, |map| map.value);
        for attr in &block.attrs {
            let start = self.texts.len();
            // A bare object would be taken for a block, and become a list.
            let made = matches!(ty, Type::Any) && !attr.literal_object && attr.value.entries().is_some();
            self.texts.push_str(if made { "(" } else { "" });
            self.datum(ty, attr)?;
            self.texts.push_str(if made { ")" } else { "" });
            self.row(name(&attr.name)?, start);
        }
        for inner in &block.blocks {
            self.gap(start);
            self.block(None, inner)?;
        }
        Ok(())
    }

    /// `name = { … }` for a block that may be written so, as its block if the keys allow that.
    fn entries(&mut self, name: &str, attr: &Attr) -> Result<(), Diagnostic> {
        let Ok(Datum::Map(entries)) = read(Type::Map, &attr.value) else {
            return self.attr(Type::Map, attr);
        };
        let as_block = entries.iter().all(|(key, _)| is_identifier(key));
        self.line(&[name, if as_block { " {" } else { " = {" }]);
        self.depth += 1;
        for (key, value) in &entries {
            let start = self.texts.len();
            self.string(value);
            let key = if as_block { key.as_str().into() } else { quote::key(key) };
            self.row(&key, start);
        }
        self.settle();
        self.depth -= 1;
        self.line(&["}"]);
        Ok(())
    }

    fn map_attribute(&mut self, map: MapOf, block: &Block) -> Result<(), Diagnostic> {
        self.line(&[&*block.ty.value, " = {"]);
        self.depth += 1;
        for attr in block.free_form() {
            let start = self.texts.len();
            self.datum(map.value, &attr)?;
            self.row(&quote::key(&attr.name), start);
        }
        self.settle();
        self.depth -= 1;
        self.line(&["}"]);
        Ok(())
    }

    /// Writes a value as its type is written.
    fn datum(&mut self, ty: Type, attr: &Attr) -> Result<(), Diagnostic> {
        let place = attr.value.at.or(attr.expr);
        match read(ty, &attr.value) {
            Ok(Datum::Unknown(why)) => {
                let message = format!("`{}` is not known yet: {why}", &*attr.name.value);
                return Err(Diagnostic::error("not-known", message, place));
            }
            Ok(Datum::Text(text)) => self.string(&text),
            Ok(Datum::Bool(value)) => self.texts.push_str(if value { "true" } else { "false" }),
            Ok(Datum::Int(value)) => self.texts.push_str(&value.to_string()),
            Ok(Datum::Nanos(_)) if attr.value.as_str().is_some() => self.value(&attr.value),
            Ok(Datum::Nanos(nanos)) => self.texts.extend(["\"", &duration::text(nanos), "\""]),
            Ok(Datum::Texts(items)) => self.list(&items, |printer, item| printer.string(item)),
            // What is not of its type is said by the checks; here it is written as it is.
            Ok(_) | Err(_) => self.value(&attr.value),
        }
        Ok(())
    }

    fn string(&mut self, text: &str) {
        if !heredoc::write(text, self.depth * 2, &mut self.texts) {
            quote::write_quoted(text, References::Keep, &mut self.texts);
        }
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::Null(_) | Kind::Unknown(_) => self.texts.push_str("null"),
            Kind::Bool(value) => self.texts.push_str(if *value { "true" } else { "false" }),
            Kind::Number(number) => {
                self.texts.push_str(quote::number(number).as_deref().unwrap_or("null"));
            }
            Kind::String(text) => self.string(text),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                self.list(value.items().unwrap_or_default(), Printer::value);
            }
            Kind::Map(_) | Kind::Object(_) => self.object(value.entries().unwrap_or_default()),
        }
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Printer, &T)) {
        let start = self.texts.len();
        self.depth += 1;
        let mut ends = Vec::with_capacity(items.len());
        for item in items {
            write(self, item);
            ends.push(self.texts.len() - start);
        }
        self.depth -= 1;
        let items = self.texts.split_off(start);
        let length = items.chars().count() + ends.len() * 2;
        let one_line = !items.contains('\n') && length + self.depth * 2 <= WIDTH;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let items = starts.zip(&ends).map(|(start, end)| items.get(start..*end).unwrap_or(""));
        if one_line { self.row_of(items) } else { self.column_of(items) }
    }

    fn row_of<'i>(&mut self, items: impl Iterator<Item = &'i str>) {
        self.texts.push('[');
        for (at, item) in items.enumerate() {
            self.texts.extend([if at > 0 { ", " } else { "" }, item]);
        }
        self.texts.push(']');
    }

    fn column_of<'i>(&mut self, items: impl Iterator<Item = &'i str>) {
        self.texts.push_str("[\n");
        for item in items {
            row::indent(self.depth + 1, &mut self.texts);
            self.texts.push_str(item);
            // The marker of a heredoc stands alone on its line.
            if item.starts_with("<<") {
                self.texts.push('\n');
                row::indent(self.depth + 1, &mut self.texts);
            }
            self.texts.push_str(",\n");
        }
        row::indent(self.depth, &mut self.texts);
        self.texts.push(']');
    }

    fn object(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            return self.texts.push_str("{}");
        }
        let start = self.texts.len();
        self.depth += 1;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let from = self.texts.len() - start;
            self.value(&entry.value);
            let to = self.texts.len() - start;
            self.texts.push_str(&quote::key(&entry.key));
            rows.push(Row { name: to..self.texts.len() - start, value: from..to });
        }
        let texts = self.texts.split_off(start);
        self.texts.push_str("{\n");
        row::write(&rows, &texts, self.depth, &mut self.texts);
        self.depth -= 1;
        row::indent(self.depth, &mut self.texts);
        self.texts.push('}');
    }
}

fn all_identifiers(block: &Block) -> bool {
    block.free_form().iter().all(|attr| is_identifier(&attr.name))
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::jobspec::bare::{Inputs, read};
    use crate::source::SourceMap;

    /// What a jobspec in JSON, with this in its driver's configuration, is printed as.
    fn printed(config: &str) -> Result<String, String> {
        let sources = SourceMap::new();
        let text = format!(
            "{{\"job\": {{\"j\": {{\"group\": {{\"g\": {{\"task\": {{\"t\": {{\"driver\": \"exec\", \"config\": {{{config}}}}}}}}}}}}}}}}}"
        );
        let file = sources.add("j.json", text);
        let (tree, findings) = read(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        print(&tree).map_err(|finding| finding.message)
    }

    #[test]
    fn names_cannot_become_syntax() {
        assert!(printed("\"a\": 1").unwrap().contains("a = 1"));
        for name in ["a%b", "a = 1\\n b", "", "a b", "1a"] {
            let words = printed(&format!("\"{name}\": 1")).unwrap_err();
            assert!(words.contains("cannot be the name"), "{name}: {words}");
        }
    }
}
