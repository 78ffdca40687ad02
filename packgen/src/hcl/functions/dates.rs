//! Functions for points in time. There is none that reads the clock.

use super::{Args, Failure, Function, Param};
use crate::hcl::dates::{Parts, Timestamp, duration};
use crate::hcl::value::Value;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) const ROWS: &[Function] = &[
    Function::new("formatdate", &[Param::text("format"), Param::text("time")], formatdate).doc(
        "A timestamp in another form: YYYY MM DD hh mm ss and the like; other text stands in single quotes.",
    ),
    Function::new("timeadd", &[Param::text("timestamp"), Param::text("duration")], timeadd)
        .doc("The timestamp that much later: 1h30m, -10s."),
];

fn timeadd(args: &Args<'_>) -> Result<Value, Failure> {
    let start = Timestamp::parse(args.text(0)?).map_err(|wrong| Failure::arg(0, wrong))?;
    let nanos = duration(args.text(1)?).map_err(|wrong| Failure::arg(1, wrong))?;
    let later = start.add(nanos).ok_or_else(|| Failure::new("there is no such time"))?;
    Ok(Value::string(later.to_string()))
}

fn formatdate(args: &Args<'_>) -> Result<Value, Failure> {
    let time = Timestamp::parse(args.text(1)?).map_err(|wrong| Failure::arg(1, wrong))?;
    let mut rest = args.text(0)?.as_str();
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            quoted(rest, &mut out).map_err(|wrong| Failure::arg(0, wrong))?
        } else if first.is_ascii_alphabetic() {
            let length = rest.bytes().take_while(|byte| char::from(*byte) == first).count();
            let shown = verb(first, length, time);
            let verb = rest.get(..length).unwrap_or("");
            out.push_str(
                &shown.ok_or_else(|| Failure::arg(0, format!("there is no part {verb:?} of a date")))?,
            );
            length
        } else {
            let length =
                rest.find(|next: char| next == '\'' || next.is_ascii_alphabetic()).unwrap_or(rest.len());
            out.push_str(rest.get(..length).unwrap_or(""));
            length
        };
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(Value::string(out))
}

/// Text in single quotes, doubled ones in it standing for one; gives its length.
fn quoted(text: &str, out: &mut String) -> Result<usize, String> {
    if text.starts_with("''") {
        out.push('\'');
        return Ok(2);
    }
    let mut at = 1;
    loop {
        let Some(found) = text.get(at..).and_then(|rest| rest.find('\'')) else {
            return Err("a single quote is never closed".to_owned());
        };
        out.push_str(text.get(at..at + found).unwrap_or(""));
        at += found + 1;
        if !text.get(at..).is_some_and(|rest| rest.starts_with('\'')) {
            return Ok(at);
        }
        out.push('\'');
        at += 1;
    }
}

fn verb(letter: char, length: usize, time: Timestamp) -> Option<String> {
    let Parts { year, month, day, hour, minute, second, weekday } = time.parts();
    let number = |value: u32| match length {
        1 => Some(value.to_string()),
        2 => Some(format!("{value:02}")),
        _ => None,
    };
    let name = |names: &[&str], at: u32| names.get(at as usize).map(|name| (*name).to_owned());
    let short = |names: &[&str], at: u32| name(names, at).map(|name| name.chars().take(3).collect());
    match (letter, length) {
        ('Y', 2) => Some(format!("{:02}", year % 100)),
        ('Y', 4) => Some(format!("{year:04}")),
        ('M', 3) => short(&MONTHS, month - 1),
        ('M', 4) => name(&MONTHS, month - 1),
        ('M', _) => number(month),
        ('D', _) => number(day),
        ('E', 3) => short(&DAYS, weekday),
        ('E', 4) => name(&DAYS, weekday),
        ('h', _) => number(hour),
        ('H', _) => number(if hour % 12 == 0 { 12 } else { hour % 12 }),
        ('A', 2) => Some(if hour < 12 { "AM" } else { "PM" }.to_owned()),
        ('a', 2) => Some(if hour < 12 { "am" } else { "pm" }.to_owned()),
        ('m', _) => number(minute),
        ('s', _) => number(second),
        ('Z', 1) => Some(time.short_zone()),
        ('Z', 3) if time.offset == 0 => Some("UTC".to_owned()),
        ('Z', 3 | 4) => Some(time.zone(false)),
        ('Z', 5) => Some(time.zone(true)),
        _ => None,
    }
}
