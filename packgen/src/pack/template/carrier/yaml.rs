//! YAML: a value becomes a scalar of its own, or stays inside the scalar that is open.
//!
//! Where a scalar begins, text that YAML might take for something else is quoted. In the middle of a bare
//! scalar nothing can be quoted, so that what would end the scalar is refused there.

use super::super::encode::inner;
use super::{Carrier, Next, Quotes, Refusal, breaks_line, finished, is_harmless};

/// A YAML file.
#[derive(Debug)]
pub(super) struct Yaml {
    state: State,
    /// Blanks at the start of the line, while nothing else was read.
    indent: usize,
    at_start: bool,
    /// Whether a scalar can begin here.
    fresh: bool,
    before: char,
    /// How many `[` and `{` are open.
    flow: usize,
    /// A block scalar begins on the next line; the indent of the line that said so.
    pending: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Plain,
    /// A tag or an anchor.
    Property,
    Double,
    Escape,
    Single,
    /// A quote in a single-quoted string: its end, or the first of two.
    SingleQuote,
    Comment,
    /// A block scalar: the indent of the line that began it, and its own.
    Block(usize, Option<usize>),
}

impl Default for Yaml {
    fn default() -> Self {
        Yaml {
            state: State::Plain,
            indent: 0,
            at_start: true,
            fresh: true,
            before: '\n',
            flow: 0,
            pending: None,
        }
    }
}

impl Carrier for Yaml {
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            self.step(char);
            self.before = char;
        }
    }

    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        self.enter_line();
        if self.state == State::SingleQuote {
            self.close(false);
        }
        let written = match self.state {
            State::Plain | State::Property => self.bare(value, next)?,
            State::Double => inner(value),
            State::Escape => {
                return Err(Refusal::new(
                    "a value cannot stand directly after `\\`",
                    "leave out the backslash",
                ));
            }
            State::Single | State::SingleQuote if breaks_line(value) => {
                return Err(Refusal::lines("a string in single quotes"));
            }
            State::Single | State::SingleQuote => value.replace('\'', "''"),
            State::Comment if breaks_line(value) => return Err(Refusal::lines("a comment")),
            State::Comment => value.to_owned(),
            State::Block(..) => self.in_block(value)?,
        };
        self.after_value();
        Ok(written)
    }

    fn whole(&mut self, value: &str, next: Next<'_>) -> Result<(), Refusal> {
        self.enter_line();
        match self.state {
            State::Plain if self.is_alone(next) => {}
            State::Plain | State::Property => return Err(embedded()),
            State::Block(..) if !breaks_line(value) => {}
            _ => return Err(Refusal::quoted("quotes")),
        }
        self.after_value();
        Ok(())
    }

    fn quotes(&self) -> Quotes {
        match self.state {
            State::Double => Quotes::Open,
            State::Escape => Quotes::Escape,
            _ => Quotes::None,
        }
    }

    /// A block of text may have lines of its own, as long as they are as far to the right.
    fn stays(&mut self, text: &str, next: Next<'_>) -> Result<(), Refusal> {
        self.enter_line();
        if self.quotes() != Quotes::None {
            return finished::in_string(self, text);
        }
        if matches!(self.state, State::Block(..)) {
            let far = |line: &str| {
                line.is_empty() || line.len() - line.trim_start_matches(' ').len() >= self.indent
            };
            if text.split('\n').any(breaks_line) || !text.split('\n').skip(1).all(far) {
                return Err(Refusal::new(
                    "this text would leave the block of text that it stands in",
                    "write it with `jsonencode(x)`, or build the document with `yamlencode`",
                ));
            }
            self.after_value();
            return Ok(());
        }
        if self.value(text, next)? == text {
            return Ok(());
        }
        Err(Refusal::new(
            "YAML would take this text for something else than itself",
            "write it with `jsonencode(x)`, or build the document with `yamlencode`",
        ))
    }
}

impl Yaml {
    #[expect(clippy::match_same_arms, reason = "one line for each transition")]
    fn step(&mut self, char: char) {
        match self.state {
            State::Double if char == '\\' => self.state = State::Escape,
            State::Double if char == '"' => self.close(false),
            State::Escape => self.state = State::Double,
            State::Single if char == '\'' => self.state = State::SingleQuote,
            State::SingleQuote if char == '\'' => self.state = State::Single,
            State::SingleQuote => {
                self.close(false);
                self.step(char);
            }
            State::Double | State::Single => {}
            _ if char == '\n' => self.end_line(),
            State::Comment => {}
            State::Block(..) => self.step_block(char),
            State::Property if matches!(char, ' ' | '\t') => self.state = State::Plain,
            State::Property => {}
            State::Plain => self.step_plain(char),
        }
    }

    fn close(&mut self, fresh: bool) {
        self.state = State::Plain;
        self.fresh = fresh;
    }

    fn end_line(&mut self) {
        self.state = match (self.state, self.pending.take()) {
            (State::Block(outer, own), _) => State::Block(outer, own),
            (_, Some(outer)) => State::Block(outer, None),
            _ => State::Plain,
        };
        self.indent = 0;
        self.at_start = true;
        self.fresh = true;
    }

    /// The first thing on a line that is no blank.
    fn enter_line(&mut self) {
        if !self.at_start {
            return;
        }
        if let State::Block(outer, own) = self.state {
            let inside = own.map_or(self.indent > outer, |own| self.indent >= own);
            self.state =
                if inside { State::Block(outer, Some(own.unwrap_or(self.indent))) } else { State::Plain };
        }
        self.at_start = false;
    }

    fn step_block(&mut self, char: char) {
        if self.at_start && char == ' ' {
            self.indent += 1;
            return;
        }
        self.enter_line();
        if self.state == State::Plain {
            self.step_plain(char);
        }
    }

    fn step_plain(&mut self, char: char) {
        let blank_before = matches!(self.before, ' ' | '\t' | '\n');
        if matches!(char, ' ' | '\t') {
            if self.at_start {
                self.indent += 1;
            } else if self.before == ':' || self.fresh && matches!(self.before, '-' | '?') {
                self.fresh = true;
            } else if !blank_before && self.fresh && !matches!(self.before, ',' | '[' | '{') {
                self.fresh = false;
            }
            return;
        }
        self.at_start = false;
        match char {
            '#' if blank_before => self.state = State::Comment,
            '"' if self.fresh => self.state = State::Double,
            '\'' if self.fresh => self.state = State::Single,
            '|' | '>' if self.fresh && self.flow == 0 => {
                self.pending = Some(self.indent);
                self.fresh = false;
            }
            '!' | '&' if self.fresh => self.state = State::Property,
            '[' | '{' if self.fresh => self.flow += 1,
            ',' if self.flow > 0 => self.fresh = true,
            ']' | '}' if self.flow > 0 => {
                self.flow -= 1;
                self.fresh = false;
            }
            '-' | '?' if self.fresh && blank_before => {}
            _ => self.fresh = false,
        }
    }

    /// Whether a value that begins here is a scalar of its own, nothing before or after it.
    fn is_alone(&self, next: Next<'_>) -> bool {
        let starts = self.fresh && matches!(self.before, ' ' | '\t' | '\n' | '[' | '{' | ',');
        let Some(line) = next.line() else { return false };
        let rest = line.trim_start_matches([' ', '\t']);
        let key =
            rest.strip_prefix(':').is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t']));
        let comment = rest.starts_with('#') && rest.len() < line.len();
        let in_flow = self.flow > 0 && rest.starts_with([',', ']', '}']);
        starts && (rest.is_empty() || key || comment || in_flow)
    }

    fn bare(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal> {
        if self.state == State::Plain && self.is_alone(next) {
            return Ok(if reads_as_itself(value) {
                value.to_owned()
            } else {
                format!("\"{}\"", inner(value))
            });
        }
        let first = value.chars().next();
        let begins = !self.fresh
            || first.is_none_or(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '/' | '.'));
        if begins && self.state == State::Plain && stays_in_word(value) {
            Ok(value.to_owned())
        } else {
            Err(embedded())
        }
    }

    fn in_block(&self, value: &str) -> Result<String, Refusal> {
        let lines: Vec<&str> = value.split('\n').collect();
        if lines.iter().any(|line| breaks_line(line)) {
            return Err(Refusal::lines("a block of text in YAML"));
        }
        if matches!(self.before, ' ' | '\t' | '\n') && value.starts_with([' ', '\t', '\n']) && lines.len() > 1
        {
            return Err(Refusal::new(
                "this text begins with a blank, which would change the indentation of the block",
                "use a string in double quotes",
            ));
        }
        Ok(lines.join(&format!("\n{}", " ".repeat(self.indent))))
    }

    fn after_value(&mut self) {
        self.fresh = false;
        self.before = 'x';
    }
}

fn embedded() -> Refusal {
    Refusal::new(
        "this text is only a part of a bare YAML scalar, which it could end or change",
        "put double quotes around the whole scalar in the template: `\"http://{{…}}\"`",
    )
}

/// Whether text in the middle of a bare scalar leaves the scalar as it is.
fn stays_in_word(value: &str) -> bool {
    let inside = |char: char| {
        is_harmless(char)
            || matches!(char, ':' | '=' | '~' | '$' | '(' | ')' | '*' | ';' | '^')
            || (char.is_alphanumeric())
    };
    value.chars().all(inside) && !value.ends_with(':')
}

/// Whether YAML, old or new, takes the text for the string that it is.
fn reads_as_itself(value: &str) -> bool {
    const WORDS: [&str; 11] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];
    let Some(first) = value.chars().next() else { return false };
    let word = |char: char| is_harmless(char) && char != '%' && char != '@';
    let parts = value.split(':').all(|part| !part.is_empty() && part.chars().all(word));
    if first.is_ascii_digit() {
        let letters = value.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
        return matches!(
            letters,
            "s" | "m"
                | "h"
                | "d"
                | "w"
                | "ms"
                | "us"
                | "ns"
                | "KiB"
                | "MiB"
                | "GiB"
                | "TiB"
                | "KB"
                | "MB"
                | "GB"
                | "TB"
        );
    }
    (first.is_ascii_alphabetic() || first == '/')
        && parts
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}
