//! The files that values are carried in. Each format knows where in a file it is and how a value is
//! written there, so that a value stays one value whatever its text is.
//!
//! A carrier reads along: the author's text tells it whether a string or a comment is open. What cannot
//! be written at a place is refused with the cure; nothing is ever printed in the hope that it is harmless.

mod alloy;
mod env;
pub(in crate::pack) mod finished;
mod html;
mod ini;
mod json;
mod nginx;
mod shell;
mod toml;
mod yaml;

use crate::hcl::Text;
use crate::hcl::text::TextBuilder;
use crate::source::{Diagnostic, Diagnostics};

use super::piece::{Form, Insert, Piece};
use super::place::Place;

/// A file format while a file is written.
trait Carrier {
    /// Reads text that the author wrote.
    fn fixed(&mut self, text: &str);

    /// How a string is written here.
    fn value(&mut self, value: &str, next: Next<'_>) -> Result<String, Refusal>;

    /// Whether a whole value that a helper made can stand here. One that needs quotes around it cannot.
    fn whole(&mut self, value: &str, next: Next<'_>) -> Result<(), Refusal>;

    /// Whether a string is open that knows escapes.
    fn quotes(&self) -> Quotes;

    /// Whether a text that can no longer be escaped stays in its place.
    fn stays(&mut self, text: &str, next: Next<'_>) -> Result<(), Refusal> {
        if self.quotes() != Quotes::None {
            return finished::in_string(self, text);
        }
        if self.value(text, next)? == text {
            return Ok(());
        }
        Err(Refusal::new(
            "this text needs quotes or escapes here, which nothing adds to what `templatefile` makes",
            "write it with `jsonencode(x)`, in a shell script with quotes that the template adds",
        ))
    }
}

/// Whether a string is open that knows escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// None is.
    None,
    /// One is.
    Open,
    /// One is, and a backslash was read.
    Escape,
}

/// What comes after a value.
#[derive(Clone, Copy, Debug)]
enum Next<'p> {
    /// Text that the author wrote.
    Fixed(&'p str),
    /// Another value.
    Value,
    /// The end.
    End,
}

impl<'p> Next<'p> {
    /// The author's text up to the end of the line; `None` if another value comes first.
    fn line(self) -> Option<&'p str> {
        match self {
            Next::Fixed(text) => Some(text.split(['\n', '\r']).next().unwrap_or("")),
            Next::Value => None,
            Next::End => Some(""),
        }
    }
}

/// Why a value cannot be written at a place.
#[derive(Debug)]
struct Refusal {
    message: String,
    help: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Refusal { message: message.into(), help: Some(help.into()) }
    }

    /// A whole value inside a string of the author's.
    fn quoted(quotes: &str) -> Self {
        Refusal::new(
            "this helper makes a whole value, here a string is open already",
            format!("leave out the {quotes} around it, or print the value without the helper"),
        )
    }

    /// A value with a line break where only one line can be.
    fn lines(place: &str) -> Self {
        Refusal::new(
            format!("this text has a line break or a control character, which {place} cannot hold"),
            "use a value without it",
        )
    }
}

/// The format of a file, by its name without `.hbs`.
fn carrier(name: &str) -> Option<Box<dyn Carrier>> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let ending = last.rsplit('.').next().unwrap_or(last);
    match ending {
        "yaml" | "yml" => Some(Box::new(yaml::Yaml::default())),
        "json" => Some(Box::new(json::Json::default())),
        "toml" => Some(Box::new(toml::Toml::default())),
        "ini" | "cfg" | "cnf" if ending != "cfg" || !last.contains("haproxy") => {
            Some(Box::new(ini::Ini::default()))
        }
        "env" => Some(Box::new(env::Env::default())),
        "alloy" => Some(Box::new(alloy::Alloy::default())),
        "html" | "htm" | "xml" | "svg" => Some(Box::new(html::Html::default())),
        "sh" | "bash" => Some(Box::new(shell::Shell::default())),
        _ if last.contains("nginx") => Some(Box::new(nginx::Nginx::default())),
        _ => None,
    }
}

/// Writes the parts into one text. `name` decides how values are escaped.
pub(super) fn write(pieces: &[Piece], name: &str, place: &Place) -> Result<Text, Diagnostics> {
    let mut carrier = carrier(name);
    let mut out = TextBuilder::default();
    let mut findings = Diagnostics::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Fixed(text) => {
                if let Some(carrier) = &mut carrier {
                    carrier.fixed(text);
                }
                out.push_str(text);
            }
            Piece::Value(insert) => {
                let next = match pieces.get(at + 1) {
                    Some(Piece::Fixed(text)) => Next::Fixed(text),
                    Some(Piece::Value(_)) => Next::Value,
                    None => Next::End,
                };
                match written(insert, next, carrier.as_deref_mut()) {
                    Ok(text) if insert.later => out.push_str(&consul_template(&text)),
                    Ok(text) => out.push(&text),
                    Err(refusal) => findings.push(finding(&refusal, insert, place)),
                }
            }
        }
    }
    if findings.has_errors() { Err(findings) } else { Ok(out.finish()) }
}

fn written(
    insert: &Insert,
    next: Next<'_>,
    carrier: Option<&mut (dyn Carrier + '_)>,
) -> Result<Text, Refusal> {
    let text = &insert.text;
    if insert.form == Form::Raw && insert.is_users() {
        return Err(Refusal::new(
            "this text was given by a user and would stand here as it is",
            "write it with two braces: `{{…}}`",
        ));
    }
    let Some(carrier) = carrier else {
        return match insert.form {
            Form::Text if insert.is_users() => Err(Refusal::new(
                "this text was given by a user, and how to write it in a file of this kind is not known",
                "print it with a helper: `{{json …}}`, `{{sh …}}`, `{{hcl …}}`, or `{{line …}}` for one plain line",
            )),
            _ => Ok(text.clone()),
        };
    };
    match insert.form {
        Form::Bare | Form::Raw => carrier.fixed(text),
        Form::Whole => carrier.whole(text, next)?,
        Form::Text | Form::Line => {
            let escaped = carrier.value(text, next)?;
            return Ok(if escaped == text.as_str() { text.clone() } else { text.blend(escaped) });
        }
    }
    Ok(text.clone())
}

/// An action of consul-template that prints exactly this text.
fn consul_template(text: &str) -> String {
    format!("{{{{ \"{}\" }}}}", super::encode::inner(text))
}

fn finding(refusal: &Refusal, insert: &Insert, place: &Place) -> Diagnostic {
    let finding =
        place.error("unsafe-value", refusal.message.clone(), insert.at).maybe_help(refusal.help.clone());
    match insert.text.user_at(0, usize::MAX) {
        Some(at) if at.is_some() => finding.note("the text comes from here", at),
        _ => finding,
    }
}

/// Characters that mean nothing in any of the formats.
fn is_harmless(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '/' | '-' | '@' | '%' | '+')
}

/// Line breaks of any kind, control characters, and what YAML calls not printable.
fn breaks_line(value: &str) -> bool {
    value.chars().any(|char| {
        char.is_control() && char != '\t'
            || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    })
}

#[cfg(test)]
mod tests;
