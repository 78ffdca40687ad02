//! Points in time as RFC 3339 has them, without a clock: they come from text and go to text.

/// A point in time and the offset in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp {
    /// Seconds since 1970 began, UTC.
    pub seconds: i64,
    /// Parts of a second.
    pub nanos: u32,
    /// Offset from UTC in seconds.
    pub offset: i32,
}

/// The parts of a point in time in its offset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub year: i64,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    /// 0 is Sunday.
    pub weekday: u32,
}

impl Timestamp {
    /// `2024-01-31T12:00:00.5+01:00`.
    pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
        read(text).ok_or_else(|| format!("{text:?} is no timestamp such as 2024-01-31T12:00:00Z"))
    }

    /// The parts in its offset.
    pub(crate) fn parts(self) -> Parts {
        let local = self.seconds + i64::from(self.offset);
        let (days, clock) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let part = |value: i64| u32::try_from(value).unwrap_or(0);
        Parts {
            year,
            month,
            day,
            hour: part(clock / 3600),
            minute: part(clock / 60 % 60),
            second: part(clock % 60),
            weekday: part((days + 4).rem_euclid(7)),
        }
    }

    /// The point in time that many nanoseconds later.
    pub(crate) fn add(self, nanos: i128) -> Option<Timestamp> {
        let total = i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos) + nanos;
        let seconds = i64::try_from(total.div_euclid(1_000_000_000)).ok()?;
        let nanos = u32::try_from(total.rem_euclid(1_000_000_000)).ok()?;
        let year = civil(seconds.div_euclid(86_400)).0;
        if (0..=9999).contains(&year) {
            Some(Timestamp { seconds, nanos, offset: self.offset })
        } else {
            None
        }
    }

    /// `+01:00`, with `colon` or without.
    pub(crate) fn zone(self, colon: bool) -> String {
        let minutes = self.offset.abs() / 60;
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{}{:02}", minutes / 60, if colon { ":" } else { "" }, minutes % 60)
    }

    /// `Z`, or the offset.
    pub(crate) fn short_zone(self) -> String {
        if self.offset == 0 { "Z".to_owned() } else { self.zone(true) }
    }
}

/// As RFC 3339, without parts of a second.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Parts { year, month, day, hour, minute, second, .. } = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}", self.short_zone())
    }
}

/// Whether there is such a day.
pub(crate) fn is_date(year: i64, month: u32, day: u32) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// How many nanoseconds `1h30m` or `-1.5s` are.
pub(crate) fn duration(text: &str) -> Result<i128, String> {
    let wrong = || format!("{text:?} is no duration such as 90s or 1h30m");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let number_length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, after) = rest.split_at(number_length);
        let unit_length = after.bytes().take_while(|byte| !byte.is_ascii_digit() && *byte != b'.').count();
        let (unit, after) = after.split_at(unit_length);
        total = total.checked_add(amount(number, unit).ok_or_else(wrong)?).ok_or_else(wrong)?;
        rest = after;
    }
    let total = if negative { -total } else { total };
    if i64::try_from(total).is_ok() { Ok(total) } else { Err(wrong()) }
}

fn amount(number: &str, unit: &str) -> Option<i128> {
    let scale: i128 = match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || number.len() > 18 || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole * scale;
    if !fraction.is_empty() {
        let digits = u32::try_from(fraction.len()).ok()?;
        total += fraction.parse::<i128>().ok()? * scale / 10i128.pow(digits);
    }
    Some(total)
}

fn read(text: &str) -> Option<Timestamp> {
    let digits = |from: usize, to: usize| {
        text.get(from..to)
            .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
    };
    let mark = |at: usize, expected: &str| text.get(at..=at).filter(|found| *found == expected);
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    for (at, expected) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
        mark(at, expected)?;
    }
    let mut rest = text.get(19..)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let shown = fraction.get(..length.min(9))?;
        nanos = format!("{shown:0<9}").parse().ok().filter(|_| length > 0)?;
        rest = fraction.get(length..)?;
    }
    let offset = offset(rest)?;
    if !is_date(i64::from(year), month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let seconds = days(i64::from(year), month, day) * 86_400 + clock - i64::from(offset);
    Some(Timestamp { seconds, nanos, offset })
}

fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let part = |part: &str, limit: i32| {
        part.parse::<i32>().ok().filter(|value| part.len() == 2 && (0..limit).contains(value))
    };
    Some(sign * (part(hours, 24)? * 3600 + part(minutes, 60)? * 60))
}

/// Days since 1970 began. Years are taken to begin in March, so that leap days come last.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from((month + 9) % 12);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day since 1970 began.
fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let part = |value: i64| u32::try_from(value).unwrap_or(0);
    (year, part(month), part(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_come_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59+02:30",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59-11:00",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        for text in ["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "x"]
        {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_summed() {
        assert_eq!(duration("1h30m"), Ok(5_400_000_000_000));
        assert_eq!(duration("-1.5s"), Ok(-1_500_000_000));
        assert_eq!(duration("0"), Ok(0));
        for text in ["", "1", "1d", "h", "1h-2m", ".s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn time_goes_on() {
        let later =
            Timestamp::parse("2024-02-28T23:30:00+01:00").unwrap().add(duration("45m").unwrap()).unwrap();
        assert_eq!(later.to_string(), "2024-02-29T00:15:00+01:00");
        assert_eq!(later.parts().weekday, 4);
    }
}
