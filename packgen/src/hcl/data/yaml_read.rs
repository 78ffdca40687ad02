//! Reads one YAML document. Aliases share their value, but count each time, so that a small text cannot
//! stand for an endless value.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span as Mark, StrInput, Tag};

use super::MAX_DEPTH;
use super::yaml_scalar::resolve;
use crate::hcl::types::{Type, convert};
use crate::hcl::value::{Entry, Kind, Value};
use crate::source::{Diagnostic, FileId, Span};

/// Most values that a document may stand for, aliases resolved.
const MAX_VALUES: usize = 1 << 20;

pub(super) struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    text: &'a str,
    file: FileId,
    anchors: HashMap<usize, (Value, usize)>,
    count: usize,
    depth: usize,
}

type Read<T> = Result<T, Diagnostic>;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: FileId) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Reader { events: Parser::new_from_str(text), text, file, anchors: HashMap::new(), count: 0, depth: 0 }
    }

    /// The only document.
    pub(super) fn document(mut self) -> Read<Value> {
        let mut value = None;
        loop {
            let (event, mark) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if value.is_some() => {
                    return Err(error("there is more than one document", self.span(mark)));
                }
                Event::DocumentStart(..) => {
                    let (event, mark) = self.next()?;
                    value = Some(self.node(event, mark)?);
                }
                Event::StreamEnd => break,
                _ => return Err(error("text after the end of the document", self.span(mark))),
            }
        }
        value.ok_or_else(|| error("the document is empty", Span::new(self.file, 0, 0)))
    }

    /// The next event that says something about values: comments do not.
    fn next(&mut self) -> Read<(Event<'a>, Mark)> {
        loop {
            match self.events.next_event() {
                Some(Ok(next)) if is_structure(&next.0) => return Ok(next),
                Some(Ok(_)) => {}
                Some(Err(wrong)) => {
                    let at = self.byte_of(wrong.marker().byte_offset(), wrong.marker().index());
                    let message = format!("this is no YAML: {}", wrong.info());
                    return Err(error(message, Span::new(self.file, at, at)));
                }
                None => {
                    let end = self.text.len();
                    return Err(error("the document ends too early", Span::new(self.file, end, end)));
                }
            }
        }
    }

    fn byte_of(&self, byte: Option<usize>, index: usize) -> usize {
        byte.unwrap_or_else(|| self.text.char_indices().nth(index).map_or(self.text.len(), |(at, _)| at))
    }

    fn span(&self, mark: Mark) -> Span {
        let byte = |marker: granit_parser::Marker| self.byte_of(marker.byte_offset(), marker.index());
        Span::new(self.file, byte(mark.start), byte(mark.end))
    }

    fn node(&mut self, event: Event<'a>, mark: Mark) -> Read<Value> {
        let at = self.span(mark);
        let before = self.count;
        self.grow(1, at)?;
        let (value, anchor) = match event {
            Event::Alias(id) => return self.alias(id, at),
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_deref(), at)?, anchor),
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "seq", at)?;
                (self.nested(at, Self::sequence)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), "map", at)?;
                (self.nested(at, Self::mapping)?, anchor)
            }
            _ => return Err(error("a value is missing", at)),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), self.count - before));
        }
        Ok(value)
    }

    fn grow(&mut self, by: usize, at: Span) -> Read<()> {
        self.count += by;
        if self.count > MAX_VALUES { Err(error("the document is too large", at)) } else { Ok(()) }
    }

    fn alias(&mut self, id: usize, at: Span) -> Read<Value> {
        let Some((value, count)) = self.anchors.get(&id).cloned() else {
            return Err(error("an alias cannot stand in what it stands for", at));
        };
        self.grow(count, at)?;
        Ok(value)
    }

    fn nested(&mut self, at: Span, read: impl FnOnce(&mut Self) -> Read<Kind>) -> Read<Value> {
        if self.depth >= MAX_DEPTH {
            return Err(error(format!("nested more than {MAX_DEPTH} levels deep"), at));
        }
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        Ok(Value::new(kind?, at))
    }

    fn sequence(&mut self) -> Read<Kind> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::Tuple(items.into())),
                (event, mark) => items.push(self.node(event, mark)?),
            }
        }
    }

    fn mapping(&mut self) -> Read<Kind> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, mark) = self.next()?;
            let key_at = self.span(mark);
            match event {
                Event::MappingEnd => return Ok(Value::object(entries).kind),
                Event::Scalar(text, style, _, tag) if is_merge(&text, style, tag.as_deref()) => {
                    let (event, mark) = self.next()?;
                    let merged = self.node(event, mark)?;
                    self.merge(&merged, key_at, &mut entries)?;
                }
                Event::Scalar(text, style, _, tag) => {
                    let key = scalar(&text, style, tag.as_deref(), key_at)?;
                    let key = convert(&key, &Type::String).ok().and_then(|key| key.as_text().cloned());
                    let key = key.ok_or_else(|| error("a key must not be null", key_at))?;
                    let (event, mark) = self.next()?;
                    let value = self.node(event, mark)?;
                    entries.push(Entry { key, key_at, value });
                }
                _ => return Err(error("a key must be a string", key_at)),
            }
        }
    }

    /// `<<`: the entries of a mapping, or of each mapping in a list.
    fn merge(&mut self, merged: &Value, at: Span, entries: &mut Vec<Entry>) -> Read<()> {
        let maps = merged.items().unwrap_or(std::slice::from_ref(merged));
        for map in maps {
            let own = map.entries().ok_or_else(|| error("`<<` takes a mapping or a list of mappings", at))?;
            self.grow(own.len(), at)?;
            entries.extend_from_slice(own);
        }
        Ok(())
    }
}

fn check_tag(tag: Option<&Tag>, expected: &str, at: Span) -> Read<()> {
    match tag {
        Some(tag) if core(tag).as_deref() != Some(expected) => {
            Err(error(format!("the tag `{}` is not supported here", tag.original()), at))
        }
        _ => Ok(()),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Span) -> Read<Value> {
    let suffix = match tag {
        None => "",
        Some(tag) => {
            &core(tag).ok_or_else(|| error(format!("the tag `{}` is not supported", tag.original()), at))?
        }
    };
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let value = resolve(text, suffix, quoted).map_err(|wrong| error(wrong, at))?.with_at(at);
    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    if block && suffix.is_empty() {
        return convert(&value, &Type::String).map_err(|wrong| error(wrong.message, at));
    }
    Ok(value)
}

fn error(message: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::error("syntax", message, at)
}

/// The parser may be built to report comments too, for others in the same program.
fn is_structure(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Alias(_)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd
    )
}

fn is_merge(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> bool {
    match tag {
        None => text == "<<" && style == ScalarStyle::Plain,
        Some(tag) => core(tag).as_deref() == Some("merge"),
    }
}

/// The name of a tag of YAML's own.
fn core(tag: &Tag) -> Option<Cow<'_, str>> {
    tag.suffix_in_namespace("tag:yaml.org,2002:")
}
