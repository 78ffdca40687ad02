//! INI files. Their readers do not agree on escapes, so that a value that would need one is refused.

use super::{Carrier, Next, Quotes, Refusal, breaks_line};

/// An INI file.
#[derive(Default)]
pub(super) struct Ini {
    state: State,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the line yet.
    #[default]
    Start,
    /// In a name or the head of a section.
    Name,
    /// Directly after `=`.
    Equals,
    Word,
    Quoted,
    Comment,
}

impl Carrier for Ini {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            self.state = match (self.state, char) {
                (_, '\n') => State::Start,
                (State::Start, '#' | ';') => State::Comment,
                (State::Start | State::Name, '=') => State::Equals,
                (State::Equals, '"') => State::Quoted,
                (State::Start | State::Equals, ' ' | '\t') => self.state,
                (State::Equals, _) | (State::Quoted, '"') => State::Word,
                (State::Word, '#' | ';') => State::Comment,
                (State::Start, _) => State::Name,
                (same, _) => same,
            };
        }
    }

    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        if breaks_line(value) {
            return Err(Refusal::lines("a line of an INI file"));
        }
        let state = self.state;
        if state == State::Equals {
            self.state = State::Word;
        }
        let alone = state == State::Equals && next.line().is_some_and(|line| line.trim().is_empty());
        let quotes = value.contains(['"', '\'', '`', '\\']);
        let plain = !quotes && !value.contains(['#', ';']);
        let edges = value.starts_with([' ', '\t']) || value.ends_with([' ', '\t']);
        match state {
            State::Comment => Ok(value.to_owned()),
            State::Quoted if !quotes => Ok(value.to_owned()),
            State::Equals | State::Word if plain && !edges => Ok(value.to_owned()),
            State::Equals if alone && !quotes => Ok(format!("\"{value}\"")),
            State::Start | State::Name => name(value),
            _ => Err(Refusal::new(
                "this text holds quotes, a backslash or a sign of comments, which INI files have no common way to write",
                "use a value without it, or pass the value in by an environment variable",
            )),
        }
        .inspect(|_| {
            if state == State::Start {
                self.state = State::Name;
            }
        })
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        if self.state == State::Equals { Ok(()) } else { Err(Refusal::quoted("quotes")) }
    }

    /// Escapes differ too much from those of others: what needs one is refused.
    fn quotes(&self) -> Quotes {
        Quotes::None
    }
}

fn name(value: &str) -> Result<String, Refusal> {
    let fits = !value.is_empty()
        && value
            .chars()
            .all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '/' | ':' | '@'));
    if fits {
        return Ok(value.to_owned());
    }
    Err(Refusal::new(
        format!("{value:?} cannot be a name in an INI file"),
        "a name has letters, digits and `_-./:@`",
    ))
}
