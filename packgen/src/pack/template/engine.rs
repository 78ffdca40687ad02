//! Runs a handlebars template over values of the language: strict, typed, with origins.
//!
//! The handlebars crate parses; values are looked up here, because its own renderer turns them into JSON, loses who
//! typed them, prints nothing for what is missing, and does not know numbers exactly. A name that is not
//! there is an error wherever it stands, also in `{{#if …}}`.

use crate::hcl::types::nearest;
use crate::hcl::{Kind, Text, Value};
use crate::source::{Diagnostic, MAX_FILE_BYTES};

use super::helpers;
use super::path::{Path, Start};
use super::piece::{Form, Insert, Piece};
use super::place::Place;
use super::tree::{At, Block, Element, Kind as Part, Param, Str};

/// What running a template gave.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// The parts, in order.
    pub pieces: Vec<Piece>,
    /// Whether a secret is in it, or decided about a part of it.
    pub sensitive: bool,
    bytes: usize,
}

/// Runs a template. `vars` is an object.
pub(super) fn run(template: &[Element], place: &Place, vars: &Value) -> Result<Output, Diagnostic> {
    let root = Frame { this: vars.clone(), turn: None, names: Vec::new() };
    let mut engine = Engine { place, frames: vec![root], out: Output::default(), at: At::default() };
    engine.all(template)?;
    Ok(engine.out)
}

/// A running template.
pub(super) struct Engine<'t> {
    place: &'t Place,
    frames: Vec<Frame>,
    out: Output,
    at: At,
}

/// What names mean in a block.
struct Frame {
    this: Value,
    turn: Option<Turn>,
    names: Vec<(Str, Value)>,
}

/// A turn of a loop.
struct Turn {
    key: Value,
    index: usize,
    last: bool,
}

impl Engine<'_> {
    fn all(&mut self, elements: &[Element]) -> Result<(), Diagnostic> {
        for element in elements {
            self.at = element.at;
            match &element.kind {
                Part::Text(text) => self.write(Piece::Fixed(text.clone()))?,
                Part::Value { value, raw } => self.value(value, *raw)?,
                Part::Block(block) => self.block(block)?,
                Part::Foreign => {
                    let finding =
                        self.error("template-tag", "partials and decorators are not available here");
                    return Err(finding.help("build the part in `locals` and pass it on"));
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &Param, raw: bool) -> Result<(), Diagnostic> {
        let at = self.at;
        let insert = if let Param::Call { helper, values, option } = value {
            let made = self.helper(helper, values, option.as_ref())?;
            let later = made.later;
            Insert { form: made.form.unwrap_or(Form::Text), later, ..self.plain(made.value)? }
        } else {
            let value = self.parameter(value)?;
            self.plain(value)?
        };
        let form = match insert.form {
            Form::Text if raw => Form::Raw,
            form => form,
        };
        self.write(Piece::Value(Insert { at, form, ..insert }))
    }

    /// A value as text; only what has one obvious text is taken.
    fn plain(&self, value: Value) -> Result<Insert, Diagnostic> {
        let insert = |text: Text, form: Form| Ok(Insert { text, at: self.at, form, later: false });
        match value.kind {
            Kind::String(text) => insert(text, Form::Text),
            Kind::Number(number) => insert(number.to_string().into(), Form::Bare),
            Kind::Bool(value) => insert(if value { "true" } else { "false" }.into(), Form::Bare),
            Kind::Null(_) => {
                let finding = self.error("null", "this is null, it has no text");
                Err(finding.help("put `{{#if …}}` around it, or print `{{json …}}`"))
            }
            _ => {
                let finding = self.error("type", "this is no single value");
                Err(finding.help("print `{{json …}}`, or go over it with `{{#each …}}`"))
            }
        }
    }

    fn write(&mut self, piece: Piece) -> Result<(), Diagnostic> {
        self.out.bytes += match &piece {
            Piece::Fixed(text) => text.len(),
            Piece::Value(insert) => insert.text.len(),
        };
        if self.out.bytes > MAX_FILE_BYTES {
            return Err(self.error("too-much", "this template makes more than 16 MiB"));
        }
        self.out.pieces.push(piece);
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), Diagnostic> {
        let name = &*block.name;
        match name {
            "if" | "unless" => {
                let yes = self.condition(block)? == (name == "if");
                self.all(if yes { &block.inner } else { &block.otherwise })
            }
            "each" => self.each(block),
            "with" => self.with(block),
            "raw" => self.all(&block.inner),
            _ => {
                let close = nearest(name, ["if", "unless", "each", "with", "raw"].into_iter());
                let finding = self.error("template-helper", format!("there is no block helper `{name}`"));
                Err(finding.maybe_help(close.map(|close| format!("did you mean `{close}`?"))))
            }
        }
    }

    fn only_param<'b>(&self, block: &'b Block) -> Result<&'b Param, Diagnostic> {
        if let [one] = &*block.params {
            return Ok(one);
        }
        let name = &block.name;
        Err(self.error("template-helper", format!("`{{{{#{name} …}}}}` takes one value")))
    }

    fn condition(&mut self, block: &Block) -> Result<bool, Diagnostic> {
        let value = match self.only_param(block)? {
            // A key that a map does not have counts as not set.
            Param::Name(name) => self.resolve(&Path::parse(name), true)?,
            other => self.parameter(other)?,
        };
        self.out.sensitive |= value.sensitive;
        Ok(truth(&value))
    }

    fn each(&mut self, block: &Block) -> Result<(), Diagnostic> {
        let value = self.parameter(self.only_param(block)?)?;
        let turns: Vec<(Value, Value)> = match (value.items(), value.entries()) {
            _ if value.is_null() => Vec::new(),
            (Some(items), _) => {
                items.iter().enumerate().map(|(at, item)| (index(at), item.clone())).collect()
            }
            (_, Some(entries)) => {
                let key = |key: &Text| Value::new(Kind::String(key.clone()), value.at);
                entries.iter().map(|entry| (key(&entry.key), entry.value.clone())).collect()
            }
            _ => return Err(self.error("type", "`{{#each …}}` goes over a list or an object")),
        };
        if turns.is_empty() {
            return self.all(&block.otherwise);
        }
        let count = turns.len();
        for (at, (key, item)) in turns.into_iter().enumerate() {
            let item = item.with_sensitive(value.sensitive);
            let names = bound(&block.names, &item, &key);
            let turn = Turn { key, index: at, last: at + 1 == count };
            self.inside(Frame { this: item, turn: Some(turn), names }, &block.inner)?;
        }
        Ok(())
    }

    fn with(&mut self, block: &Block) -> Result<(), Diagnostic> {
        let value = self.parameter(self.only_param(block)?)?;
        if !truth(&value) {
            return self.all(&block.otherwise);
        }
        let names = bound(&block.names, &value, &Value::null());
        self.inside(Frame { this: value, turn: None, names }, &block.inner)
    }

    fn inside(&mut self, frame: Frame, inner: &[Element]) -> Result<(), Diagnostic> {
        self.frames.push(frame);
        let result = self.all(inner);
        self.frames.pop();
        result
    }

    /// The value of a parameter; what it says about secrets is noted.
    fn parameter(&mut self, parameter: &Param) -> Result<Value, Diagnostic> {
        let value = match parameter {
            Param::Literal(json) => helpers::literal(json),
            Param::Call { helper, values, option } => self.helper(helper, values, option.as_ref())?.value,
            Param::Name(name) => self.resolve(&Path::parse(name), false)?,
            Param::Foreign => return Err(self.error("template-tag", "this cannot stand in parentheses")),
        };
        self.out.sensitive |= value.holds_secret();
        Ok(value)
    }

    fn helper(
        &mut self,
        name: &str,
        values: &[Param],
        option: Option<&Str>,
    ) -> Result<helpers::Made, Diagnostic> {
        if let Some(option) = option {
            return Err(
                self.error("template-helper", format!("the helper `{name}` has no option `{option}`"))
            );
        }
        let values = values.iter().map(|value| self.parameter(value)).collect::<Result<Vec<_>, _>>()?;
        helpers::call(name, &values)
            .map_err(|wrong| self.error("template-helper", wrong.message).maybe_help(wrong.help))
    }

    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.place.error(code, message, self.at)
    }

    fn resolve(&self, path: &Path, lenient: bool) -> Result<Value, Diagnostic> {
        let depth = match (self.frames.len() - 1).checked_sub(path.up) {
            Some(depth) if path.start != Start::Root => depth,
            Some(_) => 0,
            None => return Err(self.error("unknown-name", "there is no block that far out")),
        };
        let Some(frame) = self.frames.get(depth) else { return Ok(Value::null()) };
        match (path.start, path.steps.split_first()) {
            (Start::Loop, Some((first, rest))) => self.follow(self.turn(depth, first)?, rest, lenient),
            (_, Some((first, rest))) => match self.bound(depth, first) {
                Some(value) if path.start == Start::This => self.follow(value, rest, lenient),
                _ => self.follow(frame.this.clone(), &path.steps, lenient),
            },
            (_, None) => Ok(frame.this.clone()),
        }
    }

    fn bound(&self, depth: usize, name: &str) -> Option<Value> {
        let frames = self.frames.get(..=depth)?.iter().rev();
        frames.flat_map(|frame| &frame.names).find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    fn turn(&self, depth: usize, name: &str) -> Result<Value, Diagnostic> {
        let frames = self.frames.get(..=depth).unwrap_or_default();
        let Some(turn) = frames.iter().rev().find_map(|frame| frame.turn.as_ref()) else {
            return Err(self.error("unknown-name", format!("`@{name}` is known in `{{{{#each …}}}}` only")));
        };
        match name {
            "key" => Ok(turn.key.clone()),
            "index" => Ok(index(turn.index)),
            "first" => Ok((turn.index == 0).into()),
            "last" => Ok(turn.last.into()),
            _ => Err(self
                .error("unknown-name", format!("there is no `@{name}`"))
                .help("there are @key, @index, @first and @last")),
        }
    }

    fn follow(&self, value: Value, steps: &[String], lenient: bool) -> Result<Value, Diagnostic> {
        let mut value = value;
        for step in steps {
            let next = match (value.entries(), value.items()) {
                (Some(_), _) => value.get(step).cloned(),
                (_, Some(items)) => step.parse::<usize>().ok().and_then(|at| items.get(at).cloned()),
                _ if value.is_null() => {
                    let finding = self.error("null", format!("this is null, it has no `{step}`"));
                    return Err(finding.help("put `{{#if …}}` or `{{#with …}}` around it"));
                }
                _ => None,
            };
            value = match next {
                Some(next) => next.with_sensitive(value.sensitive),
                None if lenient && matches!(value.kind, Kind::Map(_)) => return Ok(Value::null()),
                None => return Err(self.missing(&value, step)),
            };
        }
        Ok(value)
    }

    fn missing(&self, value: &Value, step: &str) -> Diagnostic {
        let finding = self.error("unknown-name", format!("the template is given no `{step}`"));
        let known = value.entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
        if let Some(close) = nearest(step, known.clone()) {
            return finding.help(format!("did you mean `{close}`?"));
        }
        let outside =
            self.frames.len() > 1 && self.frames.first().is_some_and(|root| root.this.get(step).is_some());
        if outside {
            return finding.help(format!("outside of this block it is `@root.{step}`"));
        }
        let names: Vec<&str> = known.take(12).collect();
        let list = names.join(", ");
        finding.help(if names.is_empty() {
            "it is given nothing here".to_owned()
        } else {
            format!("it is given {list}")
        })
    }
}

/// What the names between `as |…|` stand for.
fn bound(names: &[Str], item: &Value, key: &Value) -> Vec<(Str, Value)> {
    names.iter().cloned().zip([item.clone(), key.clone()]).collect()
}

/// Whether `{{#if …}}` takes the first branch: null, false, 0 and what is empty are not.
pub(super) fn truth(value: &Value) -> bool {
    match &value.kind {
        Kind::Bool(value) => *value,
        Kind::Number(number) => number.to_i64() != Some(0),
        Kind::String(text) => !text.is_empty(),
        Kind::Null(_) | Kind::Unknown(_) => false,
        _ => value.parts().next().is_some(),
    }
}

fn index(at: usize) -> Value {
    i64::try_from(at).unwrap_or(i64::MAX).into()
}
