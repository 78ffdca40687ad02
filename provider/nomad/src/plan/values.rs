//! Values as people read them: durations with units, texts by the lines that differ, nothing endless.

/// How much of one value is shown.
const WIDEST: usize = 120;

/// How many lines of a text are shown on each side.
const LINES: usize = 6;

/// Nanoseconds with units, such as `1h30m`.
pub(super) fn duration(nanoseconds: &str) -> String {
    let Ok(total) = nanoseconds.parse::<u64>() else {
        return nanoseconds.to_owned();
    };
    let units = [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000)];
    let (mut rest, mut shown) = (total, String::new());
    for (unit, size) in units {
        if rest >= size {
            shown.push_str(&format_args!("{}{unit}", rest / size).to_string());
            rest %= size;
        }
    }
    match rest {
        0 if shown.is_empty() => "0s".to_owned(),
        0 => shown,
        rest => format!("{shown}{rest}ns"),
    }
}

/// One value on one line.
pub(super) fn short(value: &str) -> String {
    match value {
        "" | "nil" => "unset".to_owned(),
        "true" | "false" => value.to_owned(),
        _ if value.parse::<f64>().is_ok() || is_duration(value) => value.to_owned(),
        _ => format!("{:?}", cut(value)),
    }
}

fn is_duration(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit())
        && value.ends_with(['h', 'm', 's'])
        && value.chars().all(|c| c.is_ascii_digit() || "hmns".contains(c))
}

/// What a change of a value looks like: on one line, or for texts of several lines only those that differ.
pub(super) fn change(old: &str, new: &str) -> String {
    if !old.contains('\n') && !new.contains('\n') {
        return format!("{} → {}", short(old), short(new));
    }
    let (old, new) = (old.lines().collect::<Vec<_>>(), new.lines().collect::<Vec<_>>());
    let same = |a: &&str, b: &&str| a == b;
    let before = old.iter().zip(&new).take_while(|(a, b)| same(a, b)).count();
    let (old, new) = (&old[before..], &new[before..]);
    let after = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (old, new) = (&old[..old.len() - after], &new[..new.len() - after]);
    let mut shown = format!("from line {}", before + 1);
    for (sign, lines) in [('-', old), ('+', new)] {
        for line in lines.iter().take(LINES) {
            shown.push_str(&format_args!("\n  {sign} {}", cut(line)).to_string());
        }
        if lines.len() > LINES {
            shown.push_str(&format_args!("\n  {sign} … {} more lines", lines.len() - LINES).to_string());
        }
    }
    shown
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (nanoseconds, shown) in [
            ("0", "0s"),
            ("5400000000000", "1h30m"),
            ("250000000", "250ms"),
            ("1000000001", "1s1ns"),
            ("nil", "nil"),
        ] {
            assert_eq!(duration(nanoseconds), shown);
        }
    }

    #[test]
    fn values_are_told_apart_from_their_absence() {
        assert_eq!(change("", "3"), "unset → 3");
        assert_eq!(change("a\"b", "true"), "\"a\\\"b\" → true");
        assert_eq!(change(&"x".repeat(500), "").chars().count(), 120 + 3 + " → unset".chars().count());
    }

    #[test]
    fn of_a_text_only_what_differs_is_shown() {
        let old = "a\nb\nc\n";
        assert_eq!(change(old, "a\nB\nB2\nc\n"), "from line 2\n  - b\n  + B\n  + B2");
        assert_eq!(change(old, ""), "from line 1\n  - a\n  - b\n  - c");
        assert_eq!(change("a\na\n", "a\n"), "from line 2\n  - a");
        let long = "x\n".repeat(20);
        assert!(change("y\n", &long).ends_with("+ … 14 more lines"));
    }
}
