//! Regular expressions as Nomad reads them, where that differs from ours.

use std::sync::{Mutex, PoisonError};

/// The last one that was right: the jobs of a pack often have the same constraints.
static RIGHT: Mutex<String> = Mutex::new(String::new());

/// What is wrong with an expression, if Nomad would refuse it.
pub(super) fn wrong(pattern: &str) -> Option<String> {
    // Locked until it is judged: who comes meanwhile most likely asks for the same.
    let mut right = RIGHT.lock().unwrap_or_else(PoisonError::into_inner);
    if *right == pattern {
        return None;
    }
    let wrong = judged(pattern);
    if wrong.is_none() {
        pattern.clone_into(&mut right);
    }
    wrong
}

fn judged(pattern: &str) -> Option<String> {
    if let Some(problem) = repeated_twice(pattern) {
        return Some(problem);
    }
    // It is only judged: to make it ready for use costs a hundred times as much.
    let error = regex_syntax::Parser::new().parse(&translated(pattern)).err()?;
    let text = error.to_string();
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    Some(last.trim_start_matches("error: ").to_owned())
}

/// A brace that opens no count stands for itself.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or("");
        match letter {
            '\\' => {
                let escaped = after.chars().next().map_or(0, char::len_utf8);
                let (escaped, after) = after.split_at(escaped);
                out.push('\\');
                out.push_str(escaped);
                rest = after;
                continue;
            }
            '{' if count(after).is_none() => out.push_str("\\{"),
            _ => out.push(letter),
        }
        rest = after;
    }
    out
}

/// The length of `2}`, `2,}` or `2,3}` at the start of a text.
fn count(text: &str) -> Option<usize> {
    let (inner, _) = text.split_once('}')?;
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then_some(inner.len() + 1)
}

/// `a**` and counts above a thousand, which we would take.
fn repeated_twice(pattern: &str) -> Option<String> {
    let (mut rest, mut class, mut before) = (pattern, false, false);
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        let after = rest.get(length..).unwrap_or("");
        let counted = if letter == '{' && !class { count(after) } else { None };
        let repeats = !class && (matches!(letter, '*' | '+' | '?') || counted.is_some());
        match letter {
            '\\' => length += after.chars().next().map_or(0, char::len_utf8),
            '[' if !class => class = true,
            ']' => class = false,
            _ => {}
        }
        if repeats && before {
            return Some("a repetition is repeated".to_owned());
        }
        if let Some(counted) = counted {
            let numbers = after.get(..counted - 1).unwrap_or("").split(',');
            if numbers.into_iter().any(|number| number.parse::<u32>().is_ok_and(|number| number > 1000)) {
                return Some("a count is larger than 1000".to_owned());
            }
            length += counted;
        }
        rest = rest.get(length..).unwrap_or("");
        // A question mark after a repetition says how greedy it is.
        if repeats && let Some(lazy) = rest.strip_prefix('?') {
            rest = lazy;
        }
        before = repeats;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_judged_as_nomad_judges_them() {
        for right in [
            "a",
            "${attr.x}",
            "a{2}",
            "a{2,}?",
            "{",
            "x{y}",
            "(a*)*",
            "[*+]+",
            r"\{",
            "a*?",
            "^(a|b)$",
            "é{1}",
        ] {
            assert_eq!(wrong(right), None, "{right}");
        }
        for bad in ["(", "a**", "a*+", "a{1001}", "[", "*a", "a{2}{3}", r"\"] {
            assert!(wrong(bad).is_some(), "{bad}");
        }
    }
}
