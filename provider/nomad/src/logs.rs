//! The last lines that a task wrote, fit to be shown.
//!
//! Must never hold more than it shows, nor let a task paint the reader's screen.

use crate::allocations::Allocations;
use crate::http::Request;
use crate::{Client, Error};

/// How much of a log is fetched for one line that is wanted: long lines are cut rather than the last ones lost.
const BYTES_PER_LINE: usize = 512;

/// The longest line that is shown.
const WIDEST: usize = 1000;

/// Which of a task's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

impl Allocations<'_> {
    /// The last lines of a task's log; none if it has written nothing, or if what it wrote is gone.
    pub async fn last_lines(
        &self,
        id: &str,
        task: &str,
        from: Stream,
        lines: usize,
    ) -> Result<Vec<String>, Error> {
        let wanted = lines.saturating_mul(BYTES_PER_LINE).clamp(4 << 10, 1 << 20);
        let client: &Client = self.0;
        let mut request = Request::get(&["client", "fs", "logs", id])
            .with("task", task)
            .with("type", from.name())
            .with("origin", "end")
            .with("offset", wanted)
            .with("plain", "true")
            .accepting(&[404]);
        // What is written while we read comes on top.
        request.answer_bytes = Some(2 * wanted);
        let answer = client.http().send(&client.scoped(request)).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        Ok(tail(&answer.body, lines, answer.body.len() >= wanted))
    }
}

/// The last lines of a text whose beginning may be missing.
fn tail(text: &[u8], lines: usize, cut: bool) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let all = text.lines().skip(usize::from(cut && text.contains('\n')));
    let mut last = all.map(clean).filter(|line| !line.is_empty()).collect::<Vec<_>>();
    last.split_off(last.len().saturating_sub(lines))
}

/// A line without colours, without what moves the cursor, and not endless.
fn clean(line: &str) -> String {
    let mut shown = String::with_capacity(line.len().min(WIDEST));
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            skip_escape(&mut chars);
        } else if c == '\t' || !c.is_control() {
            shown.push(c);
        }
    }
    let shown = shown.trim_end();
    match shown.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.to_owned(),
    }
}

/// Everything up to the letter that ends a terminal's command.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next_if_eq(&'[').is_none() {
        chars.next();
        return;
    }
    while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_shown_and_a_torn_first_one_is_not() {
        assert_eq!(tail(b"one\ntwo\n\nthree\n", 2, false), ["two", "three"]);
        assert_eq!(tail(b"orn\ntwo\nthree", 9, true), ["two", "three"]);
        assert_eq!(tail(b"one endless line", 9, true), ["one endless line"]);
        assert!(tail(b"", 9, false).is_empty());
        assert!(tail(b"one\n", 0, false).is_empty());
    }

    #[test]
    fn a_task_cannot_paint_the_screen() {
        assert_eq!(clean("\u{1b}[1;31mred\u{1b}[0m\u{7}\r"), "red");
        assert_eq!(clean("\u{1b}]0;title"), "0;title");
        assert_eq!(clean("\u{1b}["), "");
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), WIDEST + 1);
    }
}
