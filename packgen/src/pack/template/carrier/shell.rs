//! Scripts for a POSIX shell: values are words in single quotes, or escaped where quotes are open.

use super::{Carrier, Next, Quotes, Refusal, breaks_line, is_harmless};

/// A shell script.
#[derive(Default)]
pub(super) struct Shell {
    state: State,
    before: Option<char>,
    line: String,
    /// Delimiters of the heredocs that start after this line.
    waiting: Vec<Heredoc>,
}

#[derive(Default, Clone, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    Escape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    Heredoc(Heredoc),
}

#[derive(Clone, PartialEq, Eq)]
struct Heredoc {
    end: String,
    quoted: bool,
}

impl Carrier for Shell {
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            self.step(char);
            self.before = Some(char);
        }
    }

    fn value(&mut self, value: &str, _: Next<'_>) -> Result<String, Refusal> {
        let harmless = !value.is_empty()
            && value.chars().all(|char| is_harmless(char) || matches!(char, ':' | ',' | '='));
        if value.contains('\0') {
            return Err(Refusal::lines("a shell script"));
        }
        let written = match &self.state {
            State::Code if harmless => value.to_owned(),
            State::Code => format!("'{}'", value.replace('\'', "'\\''")),
            State::Single => value.replace('\'', "'\\''"),
            State::Double => escaped(value, &['\\', '$', '`', '"']),
            State::Heredoc(_) | State::Comment if breaks_line(value) => {
                return Err(Refusal::lines("one line of this"));
            }
            State::Heredoc(heredoc) if heredoc.quoted => value.to_owned(),
            State::Heredoc(_) => escaped(value, &['\\', '$', '`']),
            State::Comment => value.to_owned(),
            State::Escape | State::DoubleEscape => {
                return Err(Refusal::new(
                    "a value cannot stand directly after `\\`",
                    "leave out the backslash",
                ));
            }
        };
        self.before = Some('x');
        self.line.push('x');
        Ok(written)
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        self.before = Some('x');
        if self.state == State::Code { Ok(()) } else { Err(Refusal::quoted("quotes")) }
    }

    /// Escapes differ too much from those of others: what needs one is refused.
    fn quotes(&self) -> Quotes {
        Quotes::None
    }
}

impl Shell {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn step(&mut self, char: char) {
        if char == '\n' {
            self.end_of_line();
            return;
        }
        self.line.push(char);
        let starts = self
            .before
            .is_none_or(|before| before.is_whitespace() || matches!(before, ';' | '(' | '&' | '|'));
        self.state = match (std::mem::take(&mut self.state), char) {
            (State::Code, '\'') => State::Single,
            (State::Code, '"') => State::Double,
            (State::Code, '\\') => State::Escape,
            (State::Code, '#') if starts => State::Comment,
            (State::Escape, _) | (State::Single, '\'') | (State::Double, '"') => State::Code,
            (State::Double, '\\') => State::DoubleEscape,
            (State::DoubleEscape, _) => State::Double,
            (same, _) => same,
        };
    }

    fn end_of_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.state = match std::mem::take(&mut self.state) {
            State::Heredoc(heredoc) if line.trim_start_matches('\t') != heredoc.end => {
                State::Heredoc(heredoc)
            }
            State::Heredoc(_) => self.next_heredoc(),
            State::Code | State::Comment | State::Escape => {
                self.waiting = heredocs(&line);
                self.next_heredoc()
            }
            open => open,
        };
    }

    fn next_heredoc(&mut self) -> State {
        if self.waiting.is_empty() { State::Code } else { State::Heredoc(self.waiting.remove(0)) }
    }
}

/// The heredocs that a line announces.
fn heredocs(line: &str) -> Vec<Heredoc> {
    let found = line.split("<<").skip(1).filter(|rest| !rest.starts_with('<'));
    let heredoc = |rest: &str| {
        let word = rest.trim_start_matches('-').trim_start();
        let raw: String = word
            .chars()
            .take_while(|char| !char.is_whitespace() && !matches!(char, ';' | '|' | '&' | ')'))
            .collect();
        let end = raw.replace(['\'', '"', '\\'], "");
        Heredoc { quoted: end != raw, end }
    };
    found.map(heredoc).filter(|heredoc| !heredoc.end.is_empty()).collect()
}

fn escaped(value: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(value.len());
    for char in value.chars() {
        if special.contains(&char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}
