//! Where text came from: every value, block and finding points back here with a [`Span`].
//!
//! The map only ever grows, so a span stays valid for as long as its map lives, also when files are
//! added during evaluation (`file()`, templates); only who knows that nothing points to the last texts can have them
//! forgotten. It must never read a file by itself.

mod diagnostic;
mod render;

use std::str::Utf8Error;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::lasting::{Bytes, Str};

pub use diagnostic::{Diagnostic, Diagnostics, Note, Severity};

/// Largest text that is accepted as one source file.
pub const MAX_FILE_BYTES: usize = 4 << 20;

/// Which file of a [`SourceMap`] a span belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// Nowhere: for values that no text made, such as those that Terraform hands over.
    pub const NONE: FileId = FileId(u32::MAX);

    /// The file that was added to a map after so many others.
    pub const fn nth(number: u32) -> FileId {
        FileId(number)
    }

    /// How many were added before it.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Whether this is a real file.
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }
}

/// A range of bytes in one file; `end` is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// No place at all.
    pub const NONE: Span = Span { file: FileId::NONE, start: 0, end: 0 };

    /// A span of `file`; offsets beyond 4 GiB are clipped (files are smaller, see [`MAX_FILE_BYTES`]).
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file, start: clip(start), end: clip(end) }
    }

    /// Whether this points anywhere.
    pub fn is_some(self) -> bool {
        self.file.is_some()
    }

    /// The smallest span that holds both; spans of different files give the first.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// This span, or `other` where this one points nowhere.
    #[must_use]
    pub fn or(self, other: Span) -> Span {
        if self.is_some() { self } else { other }
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_some() {
            write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
        } else {
            f.write_str("-")
        }
    }
}

/// A thing and where it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The thing.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a thing and its place.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A place in words that editors understand; both count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// One text and its name.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: Str,
    lines: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// The name as it is shown: usually a path relative to where the user stands.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Str {
        &self.text
    }

    /// Line and column of a byte.
    pub fn position(&self, offset: u32) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|&start| start <= offset).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0) as usize;
        let end = self.floor(offset as usize);
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count()) + 1;
        Position { line, column }
    }

    /// The text of a line (counted from one) without its line break.
    pub fn line(&self, line: usize) -> &str {
        let lines = self.lines();
        let Some(&start) = lines.get(line.wrapping_sub(1)) else { return "" };
        let end = lines.get(line).map_or(self.text.len(), |&next| next as usize);
        self.text.get(start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
                .collect()
        })
    }

    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// All texts of one run. Growing needs no `&mut`, so evaluation can add the files it reads.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. One that is larger than [`MAX_FILE_BYTES`] or no UTF-8 is refused with a finding.
    pub fn add_bytes<'b>(
        &self,
        name: impl Into<String>,
        bytes: impl Into<Bytes<'b>>,
    ) -> Result<FileId, Diagnostic> {
        let (name, bytes) = (name.into(), bytes.into());
        if bytes.len() > MAX_FILE_BYTES {
            let message = format!(
                "{name} is too large: {} MiB, the limit is {} MiB",
                bytes.len() >> 20,
                MAX_FILE_BYTES >> 20
            );
            let cure = "split it, or have the task fetch what is large as an `artifact`";
            return Err(Diagnostic::error("file-too-large", message, Span::NONE).help(cure));
        }
        match bytes.text() {
            Ok(text) => Ok(self.add(name, text)),
            Err(error) => Err(not_utf8(self, name, &bytes, error)),
        }
    }

    /// Adds a text that is known to be of reasonable size.
    pub fn add(&self, name: impl Into<String>, text: impl Into<Str>) -> FileId {
        let file = Arc::new(SourceFile { name: name.into(), text: text.into(), lines: OnceLock::new() });
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.push(file);
        FileId(u32::try_from(files.len() - 1).unwrap_or(u32::MAX - 1))
    }

    /// How many texts there are, for [`SourceMap::forget`].
    pub fn count(&self) -> usize {
        self.files.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Forgets all texts but the first `count`, so that one can look at any number of files. No span may point to
    /// those that are forgotten.
    pub fn forget(&self, count: usize) {
        self.files.write().unwrap_or_else(PoisonError::into_inner).truncate(count);
    }

    /// The file of this id; `None` for [`FileId::NONE`].
    pub fn file(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).get(id.0 as usize).cloned()
    }

    /// The text under a span; empty if it points nowhere.
    pub fn slice(&self, span: Span) -> String {
        let file = self.file(span.file);
        file.and_then(|f| f.text.get(span.start as usize..span.end as usize).map(str::to_owned))
            .unwrap_or_default()
    }

    /// `file:line:column`, or an empty string for no place.
    pub fn place(&self, span: Span) -> String {
        let Some(file) = self.file(span.file) else { return String::new() };
        let Position { line, column } = file.position(span.start);
        format!("{}:{line}:{column}", file.name)
    }
}

/// Keeps the readable part of the text, so that the finding can show where the first bad byte is.
fn not_utf8(map: &SourceMap, name: String, bytes: &[u8], error: Utf8Error) -> Diagnostic {
    let good = error.valid_up_to();
    let message = format!("{name} is not UTF-8 text: byte {} of the file cannot be read", good + 1);
    let text = String::from_utf8_lossy(bytes.get(..good).unwrap_or_default()).into_owned();
    let file = map.add(name, text);
    Diagnostic::error("not-utf8", message, Span::new(file, good, good))
        .help("save the file in the encoding UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let map = SourceMap::new();
        let id = map.add("a.hcl", "é = 1\nsecond\r\n");
        assert_eq!(map.place(Span::new(id, 3, 4)), "a.hcl:1:3");
        assert_eq!(map.place(Span::new(id, 7, 8)), "a.hcl:2:1");
        assert_eq!(map.file(id).unwrap().line(2), "second");
        assert_eq!(map.slice(Span::new(id, 7, 13)), "second");
        assert_eq!(map.place(Span::NONE), "");
    }

    #[test]
    fn the_last_texts_can_be_forgotten() {
        let map = SourceMap::new();
        let first = map.add("a.hcl", "a");
        let count = map.count();
        let second = map.add("b.hcl", "b");
        map.forget(count);
        assert_eq!(
            (map.count(), map.slice(Span::new(first, 0, 1)), map.file(second).is_none()),
            (1, "a".to_owned(), true)
        );
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let map = SourceMap::new();
        let finding = map.add_bytes("bad.hcl", &b"a = 1\nb = \xff"[..]).unwrap_err();
        assert_eq!((finding.code, map.place(finding.at)), ("not-utf8", "bad.hcl:2:5".to_owned()));
        let finding = map.add_bytes("big.hcl", vec![b' '; MAX_FILE_BYTES + 1]).unwrap_err();
        assert_eq!(finding.code, "file-too-large");
    }
}
