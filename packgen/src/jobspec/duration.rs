//! Durations as Nomad writes them (`1h30m`), which is how Go does: no days, and a bare number has no unit.

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
];

const SECOND: u64 = 1_000_000_000;

/// One second, in the nanoseconds that all durations are counted in.
pub const ONE_SECOND: i64 = SECOND.cast_signed();

/// The nanoseconds of a duration, or what is wrong with it.
pub fn parse(text: &str) -> Result<i64, String> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(format!("{text:?} is no duration"));
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (nanos, after) = part(rest).map_err(|problem| format!("{text:?} is no duration: {problem}"))?;
        total = total.checked_add(nanos).filter(|sum| *sum <= 1 << 63).ok_or_else(|| too_long(text))?;
        rest = after;
    }
    if negative {
        return Ok(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| too_long(text))
}

/// A duration in the shortest form that is read back as the same: `1h30m`.
pub fn text(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let sign = if nanos < 0 { "-" } else { "" };
    let mut rest = nanos.unsigned_abs();
    let mut out = sign.to_owned();
    for (unit, size) in [
        ("h", 3_600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ] {
        if rest >= size {
            out.push_str(&(rest / size).to_string());
            out.push_str(unit);
            rest %= size;
        }
    }
    out
}

fn too_long(text: &str) -> String {
    format!("{text:?} is too long for a duration")
}

/// One number and its unit.
fn part(text: &str) -> Result<(u64, &str), &'static str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole_end = digits(text);
    let (whole, rest) = text.split_at(whole_end);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err("a number is expected");
    }
    let unit_end = rest.find(|next: char| next == '.' || next.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_end);
    let size = match UNITS.iter().find(|(name, _)| *name == unit) {
        Some((_, size)) => *size,
        None if unit.is_empty() => return Err("a unit is missing (ns, us, ms, s, m or h)"),
        None if matches!(unit, "d" | "D") => return Err("there are no days, write hours (24h)"),
        None => return Err("the units are ns, us, ms, s, m and h"),
    };
    let whole = if whole.is_empty() { Some(0) } else { whole.parse::<u64>().ok() };
    let nanos = whole.and_then(|count| count.checked_mul(size)).filter(|nanos| *nanos <= 1 << 63);
    let nanos = nanos.and_then(|nanos| nanos.checked_add(fraction_of(fraction, size)));
    nanos.map(|nanos| (nanos, rest)).ok_or("it is too long")
}

/// The nanoseconds of `0.fraction` units; digits that cannot matter are dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "Go computes this in floating point and cuts, and the result has to be the same"
)]
fn fraction_of(digits: &str, size: u64) -> u64 {
    let mut value: u64 = 0;
    let mut scale: f64 = 1.0;
    for digit in digits.bytes().map(|byte| u64::from(byte - b'0')) {
        if value > (1 << 63) / 10 {
            break;
        }
        value = value * 10 + digit;
        scale *= 10.0;
    }
    (value as f64 * (size as f64 / scale)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("0", 0),
            ("1h30m", 5_400_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("3\u{b5}s", 3_000),
            ("-3s", -3_000_000_000),
            ("+3s", 3_000_000_000),
            ("1.0000000001s", 1_000_000_000),
            ("2562047h47m16.854775807s", i64::MAX),
            ("-2562047h47m16.854775808s", i64::MIN),
        ] {
            assert_eq!(parse(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_says_why() {
        for (text, word) in [
            ("5", "unit is missing"),
            ("1d", "no days"),
            ("1 h", "units are"),
            ("", "no duration"),
            ("-", "no duration"),
            ("s", "number is expected"),
            ("9999999h", "too long"),
        ] {
            assert!(parse(text).unwrap_err().contains(word), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn durations_are_printed_so_that_they_read_back() {
        for (nanos, words) in
            [(5_400_000_000_000, "1h30m"), (90_000_000_000, "1m30s"), (-1_500_000_000, "-1s500ms"), (0, "0s")]
        {
            assert_eq!(text(nanos), words);
            assert_eq!(parse(words), Ok(nanos));
        }
    }
}
