//! Environment files (`NAME=value`), as Nomad reads them for `env = true`: escapes in double quotes.

use super::super::encode::inner;
use super::{Carrier, Next, Quotes, Refusal, breaks_line, is_harmless};

/// An environment file.
#[derive(Default)]
pub(super) struct Env {
    state: State,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the line yet.
    #[default]
    Start,
    Name,
    /// Directly after `=`.
    Equals,
    Word,
    Double,
    Escape,
    Single,
    Comment,
}

impl Carrier for Env {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            self.state = match (self.state, char) {
                (State::Start, '#') => State::Comment,
                (State::Start | State::Name, '=') => State::Equals,
                (State::Double, '\\') => State::Escape,
                (State::Escape, _) => State::Double,
                (State::Double, '"') | (State::Single, '\'') => State::Word,
                (State::Double | State::Single, _) => self.state,
                (_, '\n') => State::Start,
                (State::Equals, '"') => State::Double,
                (State::Equals, '\'') => State::Single,
                (State::Start | State::Equals, ' ' | '\t') => self.state,
                (State::Equals, _) => State::Word,
                (State::Word, '#') => State::Comment,
                (State::Start, _) => State::Name,
                (same, _) => same,
            };
        }
    }

    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        let harmless = !value.is_empty() && value.chars().all(|char| is_harmless(char) || char == ':');
        match self.state {
            State::Double => Ok(inner(value)),
            State::Escape => {
                Err(Refusal::new("a value cannot stand directly after `\\`", "leave out the backslash"))
            }
            State::Equals if next.line().is_some_and(|line| line.trim().is_empty()) => {
                self.state = State::Word;
                Ok(if harmless || value.is_empty() {
                    value.to_owned()
                } else {
                    format!("\"{}\"", inner(value))
                })
            }
            State::Single if breaks_line(value) || value.contains(['\'', '\\']) => Err(Refusal::new(
                "this text holds what a string in single quotes cannot hold",
                "write the string with double quotes",
            )),
            State::Comment if breaks_line(value) => Err(Refusal::lines("a comment")),
            State::Single | State::Comment => Ok(value.to_owned()),
            State::Start | State::Name => self.name(value),
            _ if harmless => {
                self.state = State::Word;
                Ok(value.to_owned())
            }
            _ => Err(Refusal::new(
                "this text is only a part of a value, which it would end",
                "put double quotes around the whole value in the template",
            )),
        }
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        if self.state == State::Equals { Ok(()) } else { Err(Refusal::quoted("quotes")) }
    }

    fn quotes(&self) -> Quotes {
        match self.state {
            State::Double => Quotes::Open,
            State::Escape => Quotes::Escape,
            _ => Quotes::None,
        }
    }
}

impl Env {
    fn name(&mut self, value: &str) -> Result<String, Refusal> {
        self.state = State::Name;
        let mut chars = value.chars();
        let fits = chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && chars.all(|char| char.is_ascii_alphanumeric() || char == '_');
        if fits {
            return Ok(value.to_owned());
        }
        Err(Refusal::new(
            format!("{value:?} is no name of an environment variable"),
            "a name has letters, digits and `_`",
        ))
    }
}
