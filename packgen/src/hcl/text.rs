//! A string that knows which of its parts did not come from the author of the pack.
//!
//! What a user typed must never be evaluated again by Nomad or consul-template; the ranges are how that
//! is found. Strings are in Unicode form NFC, as Nomad has them.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::lasting::Str;
use crate::source::Span;

/// Who wrote a part of a string, if it was not the author of the file that is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A name that exists only where the task runs, kept as `${…}`.
    Runtime,
    /// A user's input; the span is where they wrote it ([`Span::NONE`] if no file holds it).
    User(Span),
}

/// A part of a string and who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginRange {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Who wrote it.
    pub origin: Origin,
}

/// A string with the origin of its parts; cheap to clone.
#[derive(Clone)]
pub struct Text {
    text: Str,
    origins: Option<Arc<[OriginRange]>>,
}

impl Text {
    /// A string that is a part of the program, and in form NFC.
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Text { text: Str::Fixed(text), origins: None }
    }

    /// A string of one origin.
    pub fn from_origin(text: impl Into<Str>, origin: Origin) -> Self {
        let mut builder = TextBuilder::default();
        builder.push_origin(&text.into(), origin);
        builder.finish()
    }

    /// The plain string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The shared string.
    pub fn shared(&self) -> &Str {
        &self.text
    }

    /// The parts that the author did not write, in order, without overlap.
    pub fn origins(&self) -> &[OriginRange] {
        self.origins.as_deref().unwrap_or_default()
    }

    /// Whether a user typed a part of it.
    pub fn has_user_part(&self) -> bool {
        self.origins().iter().any(|range| matches!(range.origin, Origin::User(_)))
    }

    /// The first user origin that overlaps the bytes `start..end`.
    pub fn user_at(&self, start: usize, end: usize) -> Option<Span> {
        self.origins().iter().find_map(|range| match range.origin {
            Origin::User(at) if (range.start as usize) < end && start < range.end as usize => Some(at),
            _ => None,
        })
    }

    /// The bytes `start..end` with their origins; both must lie between characters, or nothing is left.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Text {
        let mut builder = TextBuilder::default();
        builder.push_slice(self, start, end);
        builder.finish()
    }

    /// The same origin for the whole of `text`: the first user origin in `self`, if any. For functions that
    /// change a string beyond recognition.
    #[must_use]
    pub fn blend(&self, text: impl Into<Str>) -> Text {
        let text = text.into();
        let user = self.origins().iter().find(|range| matches!(range.origin, Origin::User(_)));
        match user {
            Some(range) => Text::from_origin(text, range.origin),
            None => text.into(),
        }
    }
}

/// Compares the plain strings only.
impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)?;
        if self.origins.is_some() { write!(f, "@{:?}", self.origins()) } else { Ok(()) }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<Str> for Text {
    fn from(text: Str) -> Self {
        let text = if is_nfc(&text) { text } else { text.nfc().collect::<String>().into() };
        Text { text, origins: None }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Str::from(text).into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Str::from(text).into()
    }
}

/// Puts a string together from parts, keeping their origins.
#[derive(Debug, Default)]
pub struct TextBuilder {
    text: String,
    origins: Vec<OriginRange>,
}

impl TextBuilder {
    /// How many bytes are there.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds what the author wrote.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds what somebody else wrote.
    pub fn push_origin(&mut self, text: &str, origin: Origin) {
        let start = self.text.len();
        self.text.push_str(text);
        self.mark(start, self.text.len(), origin);
    }

    /// Adds a string with its origins.
    pub fn push(&mut self, text: &Text) {
        self.push_slice(text, 0, text.len());
    }

    /// Adds the bytes `start..end` of a string with their origins.
    pub fn push_slice(&mut self, text: &Text, start: usize, end: usize) {
        let Some(part) = text.as_str().get(start..end) else { return };
        let base = self.text.len();
        self.text.push_str(part);
        for range in text.origins() {
            let from = (range.start as usize).max(start);
            let to = (range.end as usize).min(end);
            if from < to {
                self.mark(base + from - start, base + to - start, range.origin);
            }
        }
    }

    /// The string.
    pub fn finish(self) -> Text {
        let origins = if self.origins.is_empty() { None } else { Some(self.origins.into()) };
        if is_nfc(&self.text) {
            return Text { text: self.text.into(), origins };
        }
        normalized(&self.text, &origins.unwrap_or_else(|| Arc::from([])))
    }

    fn mark(&mut self, start: usize, end: usize, origin: Origin) {
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { return };
        match self.origins.last_mut() {
            _ if start == end => {}
            Some(last) if last.end == start && last.origin == origin => last.end = end,
            _ => self.origins.push(OriginRange { start, end, origin }),
        }
    }
}

fn is_nfc(text: &str) -> bool {
    text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes || text.nfc().eq(text.chars())
}

/// Normalising moves bytes: the ends of ranges are moved by what the text between them became.
fn normalized(text: &str, origins: &[OriginRange]) -> Text {
    let whole: String = text.nfc().collect();
    let (mut from, mut to) = (0, 0);
    let mut moved = |at: u32| {
        let part = text.get(from..at as usize).unwrap_or("");
        from = at as usize;
        to += part.nfc().map(char::len_utf8).sum::<usize>();
        let mut end = to.min(whole.len());
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        u32::try_from(end).unwrap_or(u32::MAX)
    };
    let origins: Vec<OriginRange> = origins
        .iter()
        .map(|range| OriginRange { start: moved(range.start), end: moved(range.end), ..*range })
        .filter(|range| range.start < range.end)
        .collect();
    Text { text: whole.into(), origins: if origins.is_empty() { None } else { Some(origins.into()) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: Origin = Origin::User(Span::NONE);

    #[test]
    fn origins_survive_joining_and_slicing() {
        let mut builder = TextBuilder::default();
        builder.push_str("http://");
        builder.push(&Text::from_origin("host", USER));
        builder.push(&Text::from_origin("name", USER));
        builder.push_str("/x");
        let text = builder.finish();
        assert_eq!(text.as_str(), "http://hostname/x");
        assert_eq!(text.origins(), [OriginRange { start: 7, end: 15, origin: USER }]);
        assert_eq!(text.slice(5, 9).origins(), [OriginRange { start: 2, end: 4, origin: USER }]);
        assert!(text.user_at(0, 7).is_none() && text.user_at(14, 17).is_some());
    }

    #[test]
    fn strings_are_normalised_and_ranges_follow() {
        let text = Text::from("e\u{301}");
        assert_eq!(text.as_str(), "\u{e9}");
        let mut builder = TextBuilder::default();
        builder.push_str("e\u{301}-");
        builder.push_origin("u\u{308}", USER);
        let text = builder.finish();
        assert_eq!(text.as_str(), "\u{e9}-\u{fc}");
        assert_eq!(text.origins(), [OriginRange { start: 3, end: 5, origin: USER }]);
    }
}
