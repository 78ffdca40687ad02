//! A template after it was read. Plain data, without anything that has to be built: the templates of built-in packs
//! are read when the program is compiled and laid out in it.

use std::borrow::Cow;

/// A text that is made when a template is read, or a part of the program.
pub type Str = Cow<'static, str>;

/// The same for a list.
pub type List<T> = Cow<'static, [T]>;

/// Line and column in characters, both from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its place.
    pub at: At,
    /// What it is.
    pub kind: Kind,
}

/// What a part of a template is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text that stays as it is.
    Text(Str),
    /// `{{x}}`, or as it is: `{{{x}}}`.
    Value { value: Param, raw: bool },
    /// `{{#each x}}…{{/each}}`.
    Block(Block),
    /// A partial or a decorator, which templates do not have here.
    Foreign,
}

/// A block and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: Str,
    /// What it is about.
    pub params: List<Param>,
    /// The names between `as |…|`.
    pub names: List<Str>,
    /// What is in it.
    pub inner: List<Element>,
    /// What is in its `{{else}}`.
    pub otherwise: List<Element>,
}

/// A value in a tag.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// A name: `storage.bucket`.
    Name(Str),
    /// A literal, as JSON.
    Literal(Str),
    /// A helper with its values, and an option that was written (no helper has any).
    Call { helper: Str, values: List<Param>, option: Option<Str> },
    /// What cannot stand there.
    Foreign,
}
