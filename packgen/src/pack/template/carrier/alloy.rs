//! Alloy's configuration: strings in double quotes with escapes, raw ones in backticks.

use super::super::encode::inner;
use super::{Carrier, Next, Quotes, Refusal, breaks_line};

/// An Alloy file.
#[derive(Default)]
pub(super) struct Alloy {
    state: State,
    before: Option<char>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    Quoted,
    Escape,
    Raw,
    LineComment,
    Comment,
}

impl Carrier for Alloy {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            let before = self.before.replace(char);
            self.state = match (self.state, char) {
                (State::Code, '"') => State::Quoted,
                (State::Code, '`') => State::Raw,
                (State::Code, '/') if before == Some('/') => State::LineComment,
                (State::Code, '*') if before == Some('/') => State::Comment,
                (State::Quoted, '\\') => State::Escape,
                (State::Escape, _) => State::Quoted,
                (State::Quoted, '"') | (State::Raw, '`') | (State::LineComment, '\n') => State::Code,
                (State::Comment, '/') if before == Some('*') => State::Code,
                (same, _) => same,
            };
        }
    }

    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn value(&mut self, value: &str, _: Next<'_>) -> Result<String, Refusal> {
        self.before = None;
        match self.state {
            State::Code => Ok(format!("\"{}\"", inner(value))),
            State::Quoted => Ok(inner(value)),
            State::Escape => {
                Err(Refusal::new("a value cannot stand directly after `\\`", "leave out the backslash"))
            }
            State::Raw if value.contains(['`', '\r']) => Err(Refusal::new(
                "this text holds a backtick, which a string in backticks cannot hold",
                "write the string with double quotes",
            )),
            State::Raw => Ok(value.to_owned()),
            State::LineComment | State::Comment if breaks_line(value) || value.contains(['*', '/']) => {
                Err(Refusal::lines("a comment"))
            }
            State::LineComment | State::Comment => Ok(value.to_owned()),
        }
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        self.before = None;
        if self.state == State::Code { Ok(()) } else { Err(Refusal::quoted("quotes")) }
    }

    fn quotes(&self) -> Quotes {
        match self.state {
            State::Quoted => Quotes::Open,
            State::Escape => Quotes::Escape,
            _ => Quotes::None,
        }
    }
}
