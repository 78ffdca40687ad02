//! Texts, lists and nodes that are made when something is read, or are a part of the program.
//!
//! The built-in packs are read when the program is compiled and laid out in it as constants. So what reading makes is
//! written with these three: whoever looks at them need not know where they lie.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;
use std::str::Utf8Error;
use std::sync::Arc;

/// A text; cheap to clone.
#[derive(Clone)]
pub enum Str {
    /// A part of the program.
    Fixed(&'static str),
    /// Made when something was read. Behind two pointers, so that syntax and values with a text in them stay small.
    Shared(Arc<Box<str>>),
}

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Bytes<'b> {
    /// A text that is a part of the program.
    Fixed(&'static str),
    /// Bytes of which it is not known whether they are a text.
    Read(Cow<'b, [u8]>),
}

/// Some things in order.
#[derive(Clone)]
pub enum List<T: 'static> {
    /// A part of the program.
    Fixed(&'static [T]),
    /// Made when something was read.
    Own(Vec<T>),
}

/// One thing at another place, so that a tree can hold itself.
#[derive(Clone)]
pub enum Node<T: 'static> {
    /// A part of the program.
    Fixed(&'static T),
    /// Made when something was read.
    Own(Box<T>),
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Str::Fixed(text) => text,
            Str::Shared(text) => text,
        }
    }
}

impl Default for Str {
    fn default() -> Self {
        Str::Fixed("")
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Str) -> bool {
        **self == **other
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Str) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl std::hash::Hash for Str {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str::Shared(Arc::new(text.into()))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Str::Shared(Arc::new(text.into()))
    }
}

impl From<Cow<'_, str>> for Str {
    fn from(text: Cow<'_, str>) -> Self {
        Str::Shared(Arc::new(text.into()))
    }
}

impl Bytes<'_> {
    /// The text, if it is one.
    pub fn text(&self) -> Result<Str, Utf8Error> {
        match self {
            Bytes::Fixed(text) => Ok(Str::Fixed(text)),
            Bytes::Read(bytes) => str::from_utf8(bytes).map(Str::from),
        }
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Fixed(text) => text.as_bytes(),
            Bytes::Read(bytes) => bytes,
        }
    }
}

impl Default for Bytes<'_> {
    fn default() -> Self {
        Bytes::Fixed("")
    }
}

impl From<Vec<u8>> for Bytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::Read(Cow::Owned(bytes))
    }
}

impl<'b> From<&'b [u8]> for Bytes<'b> {
    fn from(bytes: &'b [u8]) -> Self {
        Bytes::Read(Cow::Borrowed(bytes))
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            List::Fixed(items) => items,
            List::Own(items) => items,
        }
    }
}

impl<T> List<T> {
    /// All of it.
    pub fn as_slice(&self) -> &[T] {
        self
    }
}

impl<T: Clone> List<T> {
    /// Adds one more.
    pub fn push(&mut self, item: T) {
        match self {
            List::Own(items) => items.push(item),
            List::Fixed(items) => *self = List::Own(items.iter().cloned().chain([item]).collect()),
        }
    }

    /// What is in it, taken out. What lies in the program is copied, which copies nothing below the first level.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            List::Fixed(items) => items.to_vec(),
            List::Own(items) => items,
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::Fixed(&[])
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List::Own(items)
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        List::Own(items.into_iter().collect())
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Deref for Node<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Node::Fixed(node) => node,
            Node::Own(node) => node,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Node<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> From<T> for Node<T> {
    fn from(node: T) -> Self {
        Node::Own(Box::new(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_two_words() {
        assert_eq!(size_of::<Str>(), size_of::<&str>());
        assert_eq!((&*Str::Fixed("a"), &*Str::from("b")), ("a", "b"));
    }
}
