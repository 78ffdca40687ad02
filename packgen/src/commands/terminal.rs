//! The only owner of standard output and standard error, and of colour.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use packgen::source::Diagnostics;
use serde_json::{Map, Value, json};

use super::Outcome;
use super::reply::Reply;
use super::session::Session;

/// Where a command's reply goes.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Whether words may be coloured.
    colour: bool,
    /// Whether data may be coloured.
    colour_data: bool,
}

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const GREEN: &str = "\u{1b}[32m";
const BLUE: &str = "\u{1b}[1;34m";
const PLAIN: &str = "\u{1b}[0m";

impl Terminal {
    /// The terminal of this process. `NO_COLOR` turns colour off.
    pub fn of_process() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Terminal {
            colour: !unwanted && std::io::stderr().is_terminal(),
            colour_data: !unwanted && std::io::stdout().is_terminal(),
        }
    }

    /// What clap has to say: help and version are data, everything else is an error.
    pub fn usage(self, wrong: &clap::Error) -> ExitCode {
        if wrong.use_stderr() {
            let text =
                if self.colour { wrong.render().ansi().to_string() } else { wrong.render().to_string() };
            Self::err(&text);
            return ExitCode::from(1);
        }
        Self::out([&*wrong.render().to_string()])
    }

    /// Writes what a command came to.
    pub fn finish(self, command: &str, session: &Session, outcome: Outcome) -> ExitCode {
        let reply = outcome.unwrap_or_else(|findings| Reply { findings, ..Reply::default() });
        let failed = reply.findings.has_errors();
        let written = if session.as_json {
            Self::out([&*document(command, session, &reply)])
        } else {
            self.findings(session, &reply.findings);
            Self::err(&reply.words);
            let text = if reply.changes { self.coloured_changes(&reply.text) } else { (&*reply.text).into() };
            let between = reply.jobs.iter().skip(1).map(|_| "\n");
            let jobs = reply.jobs.iter().zip(std::iter::once("").chain(between));
            Self::out(std::iter::once(&*text).chain(jobs.flat_map(|(job, before)| [before, job])))
        };
        match (written == ExitCode::SUCCESS, failed, reply.different) {
            (true, false, false) => ExitCode::SUCCESS,
            (true, false, true) => ExitCode::from(2),
            _ => ExitCode::from(1),
        }
    }

    /// Words about what is going on.
    pub fn say(self, words: &str) {
        match words.split_once(": ").filter(|_| self.colour) {
            Some((who, what)) => Self::err(&format!("{BLUE}{who}{PLAIN}: {what}\n")),
            None => Self::err(&format!("{words}\n")),
        }
    }

    /// A text with lines that begin with `+`, `-` or `~` coloured.
    fn coloured_changes(self, text: &str) -> Cow<'_, str> {
        if !self.colour_data {
            return text.into();
        }
        let line = |line: &str| match line.trim_start().chars().next() {
            Some('+') => format!("{GREEN}{line}{PLAIN}"),
            Some('-') => format!("{RED}{line}{PLAIN}"),
            Some('~') => format!("{YELLOW}{line}{PLAIN}"),
            _ => line.to_owned(),
        };
        text.lines().map(|one| line(one) + "\n").collect::<String>().into()
    }

    fn findings(self, session: &Session, findings: &Diagnostics) {
        if findings.is_empty() {
            return;
        }
        let text = findings.text(&session.sources);
        Self::err(&if self.colour { coloured(&text) } else { text });
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        let warnings = findings.len() - errors;
        Self::err(&format!("\n{}\n", count(errors, warnings)));
    }

    /// A reader that went away (`| head`) is no error.
    fn out<'t>(texts: impl IntoIterator<Item = &'t str>) -> ExitCode {
        let mut out = std::io::stdout().lock();
        let written = texts.into_iter().try_for_each(|text| out.write_all(text.as_bytes()));
        match written.and_then(|()| out.flush()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                Self::err(&format!("error: standard output cannot be written: {error}\n"));
                ExitCode::from(1)
            }
        }
    }

    /// If even standard error is gone, there is nobody left to tell.
    fn err(text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn document(command: &str, session: &Session, reply: &Reply) -> String {
    let mut document = Map::new();
    document.insert("version".to_owned(), json!(1));
    document.insert("command".to_owned(), command.into());
    document.insert("ok".to_owned(), (!reply.findings.has_errors()).into());
    document.extend(reply.json.clone());
    document.insert("findings".to_owned(), reply.findings.json(&session.sources));
    format!("{:#}\n", Value::Object(document))
}

fn count(errors: usize, warnings: usize) -> String {
    let words = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (errors, warnings) {
        (errors, 0) => words(errors, "error"),
        (0, warnings) => words(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", words(errors, "error"), words(warnings, "warning")),
    }
}

fn coloured(text: &str) -> String {
    let line = |line: &str| {
        for (word, colour) in [("error:", RED), ("warning:", YELLOW)] {
            if let Some(rest) = line.strip_prefix(word) {
                return format!("{colour}{word}{PLAIN}{rest}");
            }
        }
        if line.contains('|') && line.trim_end().ends_with('^') {
            return format!("{BLUE}{line}{PLAIN}");
        }
        line.to_owned()
    };
    text.lines().map(|one| line(one) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_counted() {
        assert_eq!(
            (count(1, 0), count(0, 2), count(2, 1)),
            ("1 error".into(), "2 warnings".into(), "2 errors, 1 warning".into())
        );
    }

    #[test]
    fn colour_changes_no_text() {
        let text = "error: x\n --> a:1:1\n1 | x\n  | ^\n";
        let mut plain = coloured(text);
        for code in [RED, YELLOW, GREEN, BLUE, PLAIN] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text);
        assert_ne!(coloured(text), text);
    }
}
