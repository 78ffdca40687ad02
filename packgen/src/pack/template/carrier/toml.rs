//! TOML: strings are quoted, or escaped where quotes are open.

use super::super::encode::inner;
use super::{Carrier, Next, Quotes, Refusal, breaks_line};

/// A TOML file.
#[derive(Default)]
pub(super) struct Toml {
    state: State,
    before: Option<char>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    Comment,
    /// `"…"`, or `"""…"""` if long.
    Basic {
        long: bool,
    },
    /// `'…'`, or `'''…'''` if long.
    Literal {
        long: bool,
    },
}

impl Carrier for Toml {
    fn fixed(&mut self, text: &str) {
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let (state, taken) = self.step(char, rest);
            self.state = state;
            rest = rest.get(taken..).unwrap_or("");
            self.before = Some(char);
        }
    }

    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        match self.state {
            State::Code => self.bare(value, next),
            State::Basic { .. } => Ok(inner(value)),
            State::Comment if breaks_line(value) => Err(Refusal::lines("a comment")),
            State::Literal { .. } if breaks_line(value) || value.contains('\'') => Err(Refusal::new(
                "this text holds what a string in single quotes cannot hold",
                "write the string with double quotes",
            )),
            State::Comment | State::Literal { .. } => Ok(value.to_owned()),
        }
    }

    fn whole(&mut self, _: &str, next: Next<'_>) -> Result<(), Refusal> {
        if self.state != State::Code {
            return Err(Refusal::quoted("quotes"));
        }
        if self.is_alone(next) { Ok(()) } else { Err(embedded()) }
    }

    /// It reads escapes two characters at a time: what needs one is refused.
    fn quotes(&self) -> Quotes {
        Quotes::None
    }
}

impl Toml {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    /// The state after the first character of `rest`, and how many bytes were read.
    fn step(&self, char: char, rest: &str) -> (State, usize) {
        let one = char.len_utf8();
        match (self.state, char) {
            (State::Code, '#') => (State::Comment, one),
            (State::Code, '"') if rest.starts_with("\"\"\"") => (State::Basic { long: true }, 3),
            (State::Code, '\'') if rest.starts_with("'''") => (State::Literal { long: true }, 3),
            (State::Code, '"') => (State::Basic { long: false }, one),
            (State::Code, '\'') => (State::Literal { long: false }, one),
            (State::Comment | State::Basic { long: false } | State::Literal { long: false }, '\n') => {
                (State::Code, one)
            }
            (State::Basic { .. }, '\\') => (self.state, one + rest.chars().nth(1).map_or(0, char::len_utf8)),
            (State::Basic { long: true }, '"') if rest.starts_with("\"\"\"") => (State::Code, 3),
            (State::Literal { long: true }, '\'') if rest.starts_with("'''") => (State::Code, 3),
            (State::Basic { long: false }, '"') | (State::Literal { long: false }, '\'') => {
                (State::Code, one)
            }
            (same, _) => (same, one),
        }
    }

    fn bare(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        let alone = self.is_alone(next);
        self.before = Some('x');
        if alone {
            return Ok(format!("\"{}\"", inner(value)));
        }
        let word = !value.is_empty()
            && value.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'));
        if word { Ok(value.to_owned()) } else { Err(embedded()) }
    }

    fn is_alone(&self, next: Next<'_>) -> bool {
        let starts =
            self.before.is_none_or(|char| matches!(char, ' ' | '\t' | '\n' | '=' | '[' | ',' | '.' | '{'));
        let ends = next.line().is_some_and(|line| {
            line.is_empty() || line.starts_with([' ', '\t', ',', ']', '}', '.', '=', '#'])
        });
        starts && ends
    }
}

fn embedded() -> Refusal {
    Refusal::new(
        "this text is only a part of a bare word of TOML, which it would end",
        "put quotes around the whole in the template",
    )
}
