//! nginx's configuration. `$` starts a variable wherever it stands and cannot be escaped: it is refused.

use super::{Carrier, Next, Quotes, Refusal, breaks_line, is_harmless};

/// A file for nginx.
#[derive(Default)]
pub(super) struct Nginx {
    state: State,
    before: Option<char>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    /// Between these quotes.
    Quoted(char),
    /// After a backslash between these quotes.
    Escape(char),
    Comment,
}

impl Carrier for Nginx {
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            let starts = starts_word(self.before);
            self.state = match (self.state, char) {
                (State::Code, '#') if starts => State::Comment,
                (State::Code, '"' | '\'') if starts => State::Quoted(char),
                (State::Quoted(quote), '\\') => State::Escape(quote),
                (State::Escape(quote), _) => State::Quoted(quote),
                (State::Quoted(quote), _) if quote == char => State::Code,
                (State::Comment, '\n') => State::Code,
                (same, _) => same,
            };
            self.before = Some(char);
        }
    }

    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        if breaks_line(value) {
            return Err(Refusal::lines("nginx's configuration"));
        }
        let starts = starts_word(self.before);
        self.before = Some('x');
        if self.state == State::Comment {
            return Ok(value.to_owned());
        }
        if value.contains('$') {
            return Err(Refusal::new(
                "nginx would read `$` in this text as a variable, and has no way to escape it",
                "use a value without `$`",
            ));
        }
        let harmless = !value.is_empty()
            && value.chars().all(|char| is_harmless(char) || matches!(char, ':' | '=' | ','));
        match self.state {
            State::Quoted(quote) => Ok(escaped(value, quote)),
            State::Escape(_) => {
                Err(Refusal::new("a value cannot stand directly after `\\`", "leave out the backslash"))
            }
            _ if harmless => Ok(value.to_owned()),
            _ if starts && ends_word(next) => Ok(format!("\"{}\"", escaped(value, '"'))),
            _ => Err(Refusal::new(
                "this text is only a part of a word, which it would end",
                "put quotes around the whole word in the template",
            )),
        }
    }

    fn whole(&mut self, _: &str, next: Next<'_>) -> Result<(), Refusal> {
        if self.state != State::Code {
            return Err(Refusal::quoted("quotes"));
        }
        if starts_word(self.before) && ends_word(next) {
            return Ok(());
        }
        Err(Refusal::new("a whole value cannot be a part of a word", "put blanks around it"))
    }

    /// Escapes differ too much from those of others: what needs one is refused.
    fn quotes(&self) -> Quotes {
        Quotes::None
    }
}

fn starts_word(before: Option<char>) -> bool {
    before.is_none_or(|char| char.is_whitespace() || matches!(char, ';' | '{' | '}'))
}

fn ends_word(next: Next<'_>) -> bool {
    next.line().is_some_and(|line| line.is_empty() || line.starts_with([' ', '\t', ';', '{']))
}

fn escaped(value: &str, quote: char) -> String {
    value.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"))
}
