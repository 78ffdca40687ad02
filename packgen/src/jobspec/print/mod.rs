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
    let mut printer = Printer::default();
    for (at, job) in tree.blocks.iter().enumerate() {
        if at > 0 {
            printer.out.push('\n');
        }
        printer.block(Some(&grammar::JOB), job)?;
    }
    Ok(printer.out)
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
}

impl Printer {
    fn line(&mut self, text: &str) {
        self.settle();
        row::indent(self.depth, &mut self.out);
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn row(&mut self, name: impl Into<String>, value: String) {
        self.rows.push(Row { name: name.into(), value });
    }

    /// Writes the attributes that wait.
    fn settle(&mut self) {
        row::write(&self.rows, self.depth, &mut self.out);
        self.rows.clear();
    }

    fn block(&mut self, body: Option<&'static Body>, block: &Block) -> Result<(), Diagnostic> {
        let labels = block.labels.iter().map(|label| quote::quoted(&label.value, References::Escape));
        let words: Vec<String> = std::iter::once(name(&block.ty)?.to_owned()).chain(labels).collect();
        let head = format!("{} {{", words.join(" "));
        let before = self.out.len();
        self.line(&head);
        let inside = self.out.len();
        self.depth += 1;
        match body {
            Some(Body { map: None, .. }) => self.fields(body, block)?,
            _ => self.free(body.and_then(|body| body.map), block)?,
        }
        self.settle();
        self.depth -= 1;
        if self.out.len() == inside {
            self.out.truncate(before);
            self.line(&format!("{head}}}"));
        } else {
            self.line("}");
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
        let text = self.datum(ty, attr)?;
        self.row(name(&attr.name)?, text);
        Ok(())
    }

    /// A body whose keys the user chose: the order as written.
    fn free(&mut self, map: Option<MapOf>, block: &Block) -> Result<(), Diagnostic> {
        let start = self.out.len();
        let ty = map.map_or(Type::Any, |map| map.value);
        for attr in &block.attrs {
            let text = self.datum(ty, attr)?;
            // A bare object would be taken for a block, and become a list.
            let made = matches!(ty, Type::Any) && !attr.literal_object && attr.value.entries().is_some();
            let text = if made { format!("({text})") } else { text };
            self.row(name(&attr.name)?, text);
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
        self.line(&format!("{name} {}{{", if as_block { "" } else { "= " }));
        self.depth += 1;
        for (key, value) in &entries {
            let value = self.string(value);
            let key = if as_block { key.to_string() } else { quote::key(key) };
            self.row(key, value);
        }
        self.settle();
        self.depth -= 1;
        self.line("}");
        Ok(())
    }

    fn map_attribute(&mut self, map: MapOf, block: &Block) -> Result<(), Diagnostic> {
        self.line(&format!("{} = {{", &*block.ty.value));
        self.depth += 1;
        for attr in block.free_form() {
            let text = self.datum(map.value, &attr)?;
            self.row(quote::key(&attr.name), text);
        }
        self.settle();
        self.depth -= 1;
        self.line("}");
        Ok(())
    }

    /// A value as its type is written.
    fn datum(&mut self, ty: Type, attr: &Attr) -> Result<String, Diagnostic> {
        let place = attr.value.at.or(attr.expr);
        Ok(match read(ty, &attr.value) {
            Ok(Datum::Unknown(why)) => {
                let message = format!("`{}` is not known yet: {why}", &*attr.name.value);
                return Err(Diagnostic::error("not-known", message, place));
            }
            Ok(Datum::Text(text)) => self.string(&text),
            Ok(Datum::Bool(value)) => value.to_string(),
            Ok(Datum::Int(value)) => value.to_string(),
            Ok(Datum::Nanos(_)) if attr.value.as_str().is_some() => self.value(&attr.value),
            Ok(Datum::Nanos(nanos)) => format!("\"{}\"", duration::text(nanos)),
            Ok(Datum::Texts(items)) => {
                let items: Vec<Value> = items.into_iter().map(Value::string).collect();
                self.value(&Value::tuple(items))
            }
            // What is not of its type is said by the checks; here it is written as it is.
            Ok(_) | Err(_) => self.value(&attr.value),
        })
    }

    fn string(&self, text: &str) -> String {
        let long = heredoc::line_breaks(text) > 1;
        let heredoc = if long { heredoc::indented(text, self.depth * 2) } else { None };
        heredoc.unwrap_or_else(|| quote::quoted(text, References::Keep))
    }

    fn value(&mut self, value: &Value) -> String {
        match &value.kind {
            Kind::Null(_) | Kind::Unknown(_) => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) => quote::number(number).unwrap_or_else(|| "null".to_owned()),
            Kind::String(text) => self.string(text),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => self.list(value.items().unwrap_or_default()),
            Kind::Map(_) | Kind::Object(_) => self.object(value.entries().unwrap_or_default()),
        }
    }

    fn list(&mut self, items: &[Value]) -> String {
        self.depth += 1;
        let texts: Vec<String> = items.iter().map(|item| self.value(item)).collect();
        self.depth -= 1;
        let length: usize = texts.iter().map(|text| text.chars().count() + 2).sum();
        let one_line = texts.iter().all(|text| !text.contains('\n')) && length + self.depth * 2 <= WIDTH;
        if one_line {
            return format!("[{}]", texts.join(", "));
        }
        // The marker of a heredoc stands alone on its line.
        let comma =
            |text: String| if text.starts_with("<<") { vec![text, ",".to_owned()] } else { vec![text + ","] };
        self.lines(texts.into_iter().flat_map(comma))
    }

    fn object(&mut self, entries: &[Entry]) -> String {
        if entries.is_empty() {
            return "{}".to_owned();
        }
        self.depth += 1;
        let rows: Vec<Row> = entries
            .iter()
            .map(|entry| Row { name: quote::key(&entry.key), value: self.value(&entry.value) })
            .collect();
        let mut out = "{\n".to_owned();
        row::write(&rows, self.depth, &mut out);
        self.depth -= 1;
        row::indent(self.depth, &mut out);
        out.push('}');
        out
    }

    /// Lines between brackets, one level deeper than these.
    fn lines(&self, lines: impl Iterator<Item = String>) -> String {
        let mut out = "[\n".to_owned();
        for line in lines {
            row::indent(self.depth + 1, &mut out);
            out.extend([&*line, "\n"]);
        }
        row::indent(self.depth, &mut out);
        out.push(']');
        out
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
