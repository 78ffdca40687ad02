//! `csvdecode`: a table with a header line becomes a list of objects.

use super::{Args, Failure, Function, Param, Want};
use crate::hcl::types::{Field, Type};
use crate::hcl::value::{Entry, Value};

pub(super) const ROWS: &[Function] = &[Function::new("csvdecode", &[Param::text("str")], csvdecode)
    .returns(Want::List)
    .doc("The rows of a table in CSV as objects; the first line names the columns.")];

fn csvdecode(args: &Args<'_>) -> Result<Value, Failure> {
    let mut records = Reader { rest: args.text(0)?, line: 1 };
    let header = records
        .next_record()?
        .ok_or_else(|| Failure::arg(0, "the line that names the columns is missing"))?;
    let mut names: Vec<&String> = header.iter().collect();
    names.sort();
    if let Some([twice, ..]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
        return Err(Failure::arg(0, format!("two columns are called {twice:?}")));
    }
    let field = |name: &&String| Field {
        name: name.as_str().into(),
        ty: Type::String,
        optional: false,
        default: None,
    };
    let element = Type::Object(names.iter().map(field).collect());
    let mut rows = Vec::new();
    while let Some(record) = records.next_record()? {
        if record.len() != header.len() {
            let message = format!(
                "line {}: {} columns, but the header has {}",
                records.line - 1,
                record.len(),
                header.len()
            );
            return Err(Failure::arg(0, message));
        }
        let entries =
            header.iter().zip(record).map(|(name, text)| Entry::new(name.as_str(), Value::string(text)));
        rows.push(Value::object(entries.collect()));
    }
    Ok(Value::list(element, rows))
}

/// Reads records; empty lines are skipped.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn next_record(&mut self) -> Result<Option<Vec<String>>, Failure> {
        while let Some(after) = self.rest.strip_prefix('\n').or_else(|| self.rest.strip_prefix("\r\n")) {
            self.rest = after;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut record = Vec::new();
        loop {
            let (field, last) = if self.rest.starts_with('"') { self.quoted()? } else { self.bare()? };
            record.push(field);
            if last {
                return Ok(Some(record));
            }
        }
    }

    /// Up to the next comma or line break; gives whether the record ends there.
    fn bare(&mut self) -> Result<(String, bool), Failure> {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (field, after) = self.rest.split_at(end);
        if field.contains('"') {
            return Err(self.wrong("a quote in a field without quotes"));
        }
        let is_last = !after.starts_with(',');
        let field = if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field };
        let field = field.to_owned();
        self.end_field(after);
        Ok((field, is_last))
    }

    fn quoted(&mut self) -> Result<(String, bool), Failure> {
        let mut field = String::new();
        let mut rest = self.rest.strip_prefix('"').unwrap_or(self.rest);
        loop {
            let Some(end) = rest.find('"') else { return Err(self.wrong("a quote is never closed")) };
            field.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        self.line += field.matches('\n').count();
        let after = rest
            .strip_prefix('\r')
            .filter(|after| after.starts_with('\n') || after.is_empty())
            .unwrap_or(rest);
        if !(after.is_empty() || after.starts_with([',', '\n'])) {
            return Err(self.wrong("text after the closing quote of a field"));
        }
        let is_last = !after.starts_with(',');
        self.end_field(after);
        Ok((field.replace("\r\n", "\n"), is_last))
    }

    fn wrong(&self, what: &str) -> Failure {
        Failure::arg(0, format!("line {}: {what}", self.line))
    }
}

impl Reader<'_> {
    fn end_field(&mut self, after: &str) {
        let done = self.rest.len() - after.len();
        self.rest = self.rest.get(done..).unwrap_or("");
        if self.rest.starts_with('\n') {
            self.line += 1;
        }
        self.rest = self.rest.get(1..).unwrap_or("");
    }
}
