//! What a YAML scalar stands for, by the rules of Nomad's YAML reader: `yes` and `on` are true, dates become
//! full timestamps.

use super::super::number::Number;
use crate::hcl::value::Value;

/// The value of a scalar with this tag (without `!!`; empty for none).
pub(super) fn resolve(text: &str, tag: &str, quoted: bool) -> Result<Value, String> {
    if !matches!(tag, "" | "str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary") {
        return Err(format!("the tag !!{tag} is not supported"));
    }
    let special =
        text.bytes().next().is_none_or(|first| b"yYnNtTfFoO~+-.".contains(&first) || first.is_ascii_digit());
    let mut tag = tag;
    if special && !matches!(tag, "str" | "binary") {
        if quoted {
            return Ok(Value::string(text));
        }
        if let Some(value) = word(text) {
            return Ok(value);
        }
        if tag.is_empty() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("there is no number NaN".to_owned());
        }
        if text.starts_with('.')
            && let Ok(number) = Number::parse(text)
        {
            return Ok(Value::number(number));
        }
        if matches!(tag, "" | "timestamp")
            && let Some(time) = timestamp(text)
        {
            return Ok(Value::string(time));
        }
        if is_integer(text) {
            tag = "int";
        } else if is_float(text) {
            tag = "float";
        }
    }
    tagged(text, tag)
}

fn tagged(text: &str, tag: &str) -> Result<Value, String> {
    let wrong = || format!("{text:?} is no !!{tag}");
    match tag {
        "bool" => word(text).filter(|value| value.as_bool().is_some()).ok_or_else(wrong),
        "int" | "float" => number(&text.replace('_', "")).map(Value::number).ok_or_else(wrong),
        "timestamp" => timestamp(text).map(Value::string).ok_or_else(wrong),
        "null" => Ok(Value::null()),
        "binary" => {
            use base64::Engine as _;
            let decoded = base64::engine::general_purpose::STANDARD.decode(text.replace(['\r', '\n'], ""));
            decoded.map(|_| Value::string(text)).map_err(|_| wrong())
        }
        _ => Ok(Value::string(text)),
    }
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::number(Number::infinite(false)),
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::infinite(true)),
        _ => return None,
    })
}

fn is_integer(text: &str) -> bool {
    let all = |digits: &str, fits: fn(u8) -> bool| !digits.is_empty() && digits.bytes().all(fits);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    all(unsigned, |byte| byte.is_ascii_digit())
        || text.strip_prefix("0o").is_some_and(|digits| all(digits, |byte| (b'0'..=b'7').contains(&byte)))
        || text.strip_prefix("0x").is_some_and(|digits| all(digits, |byte| byte.is_ascii_hexdigit()))
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => whole.len() + fraction.len() > 0 && digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    mantissa_fits
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

fn number(text: &str) -> Option<Number> {
    if let Ok(number) = Number::parse(text) {
        return Some(number);
    }
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 8),
        _ => return None,
    };
    u64::from_str_radix(digits, radix).ok().map(Number::from)
}

/// A date, or a date and a time, as a timestamp; a date alone means midnight UTC.
fn timestamp(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4 && all_digits(year))?;
    let month: u32 = parts.next().filter(|month| matches!(month.len(), 1 | 2)).and_then(number_of)?;
    let rest = parts.next()?;
    let day_length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let day: u32 = rest.get(..day_length).filter(|day| matches!(day.len(), 1 | 2)).and_then(number_of)?;
    if !crate::hcl::dates::is_date(year.parse().ok()?, month, day) {
        return None;
    }
    let after = rest.get(day_length..)?;
    let (time, zone) = match after.chars().next() {
        None => ("00:00:00".to_owned(), "Z"),
        Some('T' | 't') => {
            let after = after.get(1..)?;
            let zone_at = after.find(['Z', '+', '-'])?;
            (clock(after.get(..zone_at)?)?, zone(after.get(zone_at..)?)?)
        }
        Some(' ') => (clock(after.get(1..)?)?, "Z"),
        _ => return None,
    };
    Some(format!("{year}-{month:02}-{day:02}T{time}{zone}"))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number_of(text: &str) -> Option<u32> {
    if all_digits(text) { text.parse().ok() } else { None }
}

/// `h:m:s`, each with one or two digits; parts of a second are dropped.
fn clock(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = whole.split(':').map(|part| if part.len() <= 2 { number_of(part) } else { None });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = parts.next().is_none() && hour < 24 && minute < 60 && second < 60 && all_digits(fraction);
    if fits { Some(format!("{hour:02}:{minute:02}:{second:02}")) } else { None }
}

fn zone(text: &str) -> Option<&str> {
    if text == "Z" {
        return Some(text);
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let fits = hours.len() == 2 && minutes.len() == 2 && number_of(hours)? <= 24 && number_of(minutes)? < 60;
    let zero = hours == "00" && minutes == "00";
    if fits { Some(if zero { "Z" } else { text }) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_dates() {
        let shown = |text: &str| format!("{:?}", resolve(text, "", false).unwrap().kind);
        assert_eq!(shown("yes"), "Bool(true)");
        assert_eq!(shown("0x1f"), "Number(31)");
        assert_eq!(shown("010"), "Number(10)");
        assert_eq!(shown("1_000"), "String(\"1_000\")");
        assert_eq!(shown("1.5e3"), "Number(1500)");
        assert_eq!(shown("2024-1-5"), "String(\"2024-01-05T00:00:00Z\")");
        assert_eq!(shown("2024-01-05 1:2:3"), "String(\"2024-01-05T01:02:03Z\")");
        assert_eq!(shown("maybe"), "String(\"maybe\")");
        assert!(resolve("x", "int", false).is_err());
        assert!(resolve("yes", "", true).unwrap().as_str().is_some());
    }
}
