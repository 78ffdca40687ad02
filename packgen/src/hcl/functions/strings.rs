//! Functions that take strings apart and put them together. They keep track of what a user typed.

use unicode_segmentation::UnicodeSegmentation;

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::text::{Text, TextBuilder};
use crate::hcl::types::Type;
use crate::hcl::value::Value;

const STR: Param = Param::text("str");

pub(super) const ROWS: &[Function] = &[
    keep("chomp", &[STR], chomp).doc("The string without line breaks at its end."),
    keep("indent", &[Param::number("spaces"), STR], indent).doc("The string with that many blanks at the beginning of each line but the first."),
    keep("join", &[Param::text("separator")], join)
        .rest(Param::new("lists", Want::Strings))
        .doc("The strings of all lists, with the separator between them."),
    keep("replace", &[STR, Param::text("substr"), Param::text("replace")], replace)
        .doc("The string with each place where one text stands replaced by another."),
    keep("split", &[Param::text("separator"), STR], split).returns(Want::Strings).doc("The pieces of a string between separators."),
    keep("substr", &[STR, Param::number("offset"), Param::number("length")], substr)
        .doc("That many characters from an offset on; a negative offset counts from the end, a negative length means all."),
    keep("trim", &[STR, Param::text("cutset")], trim).doc("The string without the given characters at both ends."),
    keep("trimprefix", &[STR, Param::text("prefix")], trimprefix).doc("The string without that beginning, if it has it."),
    keep("trimspace", &[STR], trimspace).doc("The string without blanks and line breaks at both ends."),
    keep("trimsuffix", &[STR, Param::text("suffix")], trimsuffix).doc("The string without that end, if it has it."),
];

const fn keep(
    name: &'static str,
    params: &'static [Param],
    run: fn(&Args<'_>) -> Result<Value, Failure>,
) -> Function {
    Function::new(name, params, run).flow(Flow::Keep)
}

fn chomp(args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    Ok(Value::string(text.slice(0, text.trim_end_matches(['\r', '\n']).len())))
}

fn indent(args: &Args<'_>) -> Result<Value, Failure> {
    let spaces = usize::try_from(args.integer(0)?).ok().filter(|spaces| *spaces <= 10_000);
    let spaces = spaces.ok_or_else(|| Failure::arg(0, "a number of blanks from 0 to 10000 is required"))?;
    let text = args.text(1)?;
    let pad = " ".repeat(spaces);
    args.scope
        .env()
        .charge(spaces.saturating_mul(text.matches('\n').count()), args.at)
        .map_err(Failure::finding_of)?;
    Ok(Value::string(replaced(text, "\n", &Text::from(format!("\n{pad}")))))
}

fn join(args: &Args<'_>) -> Result<Value, Failure> {
    let separator = args.text(0)?;
    if args.len() < 2 {
        return Err(Failure::new("at least one list is required"));
    }
    let mut out = TextBuilder::default();
    let mut first = true;
    for at in 1..args.len() {
        for item in args.items(at)? {
            if !std::mem::take(&mut first) {
                out.push(separator);
            }
            out.push(item.as_text().ok_or_else(|| Failure::arg(at, "null cannot be part of a text"))?);
        }
    }
    Ok(Value::string(out.finish()))
}

fn replace(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, from, to) = (args.text(0)?, args.text(1)?, args.text(2)?);
    let places = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from.as_str()).count() };
    args.scope.env().charge(places.saturating_mul(to.len()), args.at).map_err(Failure::finding_of)?;
    Ok(Value::string(replaced(text, from, to)))
}

fn replaced(text: &Text, from: &str, to: &Text) -> Text {
    let mut out = TextBuilder::default();
    let mut done = 0;
    for (at, found) in text.match_indices(from) {
        out.push_slice(text, done, at);
        out.push(to);
        done = at + found.len();
    }
    out.push_slice(text, done, text.len());
    out.finish()
}

fn split(args: &Args<'_>) -> Result<Value, Failure> {
    let (separator, text) = (args.text(0)?, args.text(1)?);
    let mut pieces = Vec::new();
    if separator.is_empty() {
        let chars = text.char_indices().map(|(at, char)| text.slice(at, at + char.len_utf8()));
        return Ok(Value::list(Type::String, chars.map(Value::string).collect()));
    }
    let mut done = 0;
    for (at, found) in text.match_indices(separator.as_str()) {
        pieces.push(Value::string(text.slice(done, at)));
        done = at + found.len();
    }
    pieces.push(Value::string(text.slice(done, text.len())));
    Ok(Value::list(Type::String, pieces))
}

fn substr(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, offset, length) = (args.text(0)?, args.integer(1)?, args.integer(2)?);
    let starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
    let count = i64::try_from(starts.len()).unwrap_or(i64::MAX);
    let byte = |character: i64| {
        let at = usize::try_from(character.max(0)).unwrap_or(usize::MAX);
        starts.get(at).copied().unwrap_or(text.len())
    };
    // A length of zero counts only from the front: from the end it means all, as in Nomad.
    let (from, length) =
        if offset < 0 { (offset + count, if length == 0 { -1 } else { length }) } else { (offset, length) };
    let from = from.max(0);
    let to = if length < 0 { count } else { from.saturating_add(length) };
    Ok(Value::string(text.slice(byte(from), byte(to))))
}

fn trim(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, cutset) = (args.text(0)?, args.text(1)?);
    Ok(Value::string(inner(text, text.trim_matches(|char| cutset.contains(char)))))
}

fn trimspace(args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    Ok(Value::string(inner(text, text.trim())))
}

/// The part of a text that a trim left.
fn inner(text: &Text, part: &str) -> Text {
    let start = part.as_ptr() as usize - text.as_str().as_ptr() as usize;
    text.slice(start, start + part.len())
}

fn trimprefix(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, prefix) = (args.text(0)?, args.text(1)?);
    let start = if text.starts_with(prefix.as_str()) { prefix.len() } else { 0 };
    Ok(Value::string(text.slice(start, text.len())))
}

fn trimsuffix(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, suffix) = (args.text(0)?, args.text(1)?);
    let end = if text.ends_with(suffix.as_str()) { text.len() - suffix.len() } else { text.len() };
    Ok(Value::string(text.slice(0, end)))
}
