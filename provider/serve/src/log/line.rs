//! One event as one line of JSON, in the shape of Terraform's own logger.
//!
//! Terraform crashes if the message, the level or the time is anything but a string, ignores the level of a
//! line whose time has not exactly six digits of fraction, and cuts lines of 64 KiB to pieces. So this must
//! never write other than that, whatever it is given.

use super::secrets::{MASK, Secrets, is_telling};
use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Well below the length from which Terraform cuts.
const LONGEST_LINE: usize = 60_000;
const LONGEST_MESSAGE: usize = 30_000;
const LONGEST_FIELD: usize = 8_000;
/// The least that a value shortened to nothing still needs: quotes, and its length in words.
const LEAST: usize = 64;

/// What is known of an event besides its fields.
pub(super) struct Event<'a> {
    pub(super) level: tracing::Level,
    pub(super) module: &'a str,
    pub(super) message: &'a str,
    pub(super) time: SystemTime,
}

/// A field's value.
pub(super) enum Value {
    /// Written as a string.
    Text(String),
    /// Already JSON: a number or a truth value.
    Plain(String),
}

/// The line, with its end.
pub(super) fn render<'a>(
    event: &Event<'_>,
    fields: impl Iterator<Item = (&'static str, &'a Value)>,
    secrets: &Secrets,
) -> String {
    let mut line = format!(
        r#"{{"@level":"{}","@message":{},"@timestamp":"{}","@module":{}"#,
        level(event.level),
        quote(&secrets.redact(event.message), LONGEST_MESSAGE),
        timestamp(event.time),
        quote(&event.module.replace("::", "."), LONGEST_FIELD),
    );
    for (name, value) in fields {
        // What begins so is Terraform's own, and has been written.
        let name = quote(name.trim_start_matches('@'), LONGEST_FIELD);
        let Some(room) = LONGEST_LINE.checked_sub(line.len() + name.len() + 4).filter(|room| *room > LEAST)
        else {
            break;
        };
        let value = match value {
            _ if is_telling(&name) => format!("\"{MASK}\""),
            Value::Text(text) => quote(&secrets.redact(text), room.min(LONGEST_FIELD)),
            Value::Plain(json) => match secrets.redact(json) {
                Cow::Borrowed(json) => json.to_owned(),
                Cow::Owned(masked) => quote(&masked, room),
            },
        };
        line.extend([",", &name, ":", &value]);
    }
    line.push_str("}\n");
    line
}

fn level(level: tracing::Level) -> &'static str {
    match level {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG => "debug",
        tracing::Level::TRACE => "trace",
    }
}

/// The text as a JSON string of at most so many bytes.
fn quote(text: &str, room: usize) -> String {
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let mut quoted = json(text);
    let mut kept = text.len().min(2 * room);
    while quoted.len() > room && kept > 0 {
        kept = text.floor_char_boundary(kept / 2);
        quoted = json(&format!("{}… ({} bytes in all)", &text[..kept], text.len()));
    }
    quoted
}

/// `2026-08-01T12:00:00.000001Z`; a clock set before 1970 counts as 1970.
fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", since.subsec_micros())
}

/// The date so many days after 1970-01-01. Years are counted from March, so that a leap day is a year's last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    fn event(message: &str) -> Event<'_> {
        let time = UNIX_EPOCH + Duration::from_micros(1_709_210_096_000_007);
        Event { level: tracing::Level::WARN, module: "cloud::api", message, time }
    }

    fn line(message: &str, fields: &[(&'static str, Value)], secrets: &Secrets) -> String {
        render(&event(message), fields.iter().map(|(name, value)| (*name, value)), secrets)
    }

    #[test]
    fn a_line_has_terraforms_shape() {
        let fields = [("tries", Value::Plain("3".into())), ("host", Value::Text("a\"b\n".into()))];
        let line = line("slow", &fields, &Secrets::new());
        insta::assert_snapshot!(line, @r#"{"@level":"warn","@message":"slow","@timestamp":"2024-02-29T12:34:56.000007Z","@module":"cloud.api","tries":3,"host":"a\"b\n"}"#);
        assert!(line.ends_with("}\n") && line.lines().count() == 1);
    }

    #[test]
    fn secrets_and_telling_names_are_masked() {
        let secrets = Secrets::new();
        secrets.hide("hunter2");
        secrets.hide("12345678");
        let fields = [
            ("token", Value::Text("abc".into())),
            ("secret_number", Value::Plain("7".into())),
            ("pin", Value::Plain("12345678".into())),
            ("url", Value::Text("https://u:hunter2@host".into())),
        ];
        let line = line("said hunter2", &fields, &secrets);
        let json: Json = serde_json::from_str(&line).unwrap();
        assert_eq!(json["@message"], "said (sensitive)");
        assert_eq!(json["token"], "(sensitive)");
        assert_eq!(json["secret_number"], "(sensitive)");
        assert_eq!(json["pin"], "(sensitive)");
        assert_eq!(json["url"], "https://u:(sensitive)@host");
    }

    /// Terraform crashes if one of its own keys comes with anything but text.
    #[test]
    fn a_field_cannot_take_the_place_of_terraforms_own() {
        let line = line("kept", &[("@message", Value::Plain("3".into()))], &Secrets::new());
        let json: Json = serde_json::from_str(&line).unwrap();
        assert_eq!((&json["@message"], &json["message"]), (&"kept".into(), &3.into()));
    }

    #[test]
    fn dates_are_right() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (59, (1970, 3, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_453, (2025, 12, 31)),
            (20_454, (2026, 1, 1)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil(days), date, "day {days}");
        }
    }

    /// A text, or a long one: of what grows when it is quoted, or takes more than a byte.
    fn text() -> impl Strategy<Value = String> {
        let long = (prop::sample::select(vec!["a", "\"", "\u{1}", "€"]), 1000_usize..80_000);
        prop_oneof![any::<String>(), long.prop_map(|(piece, times)| piece.repeat(times))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is logged, a line stays one line that Terraform takes as it is.
        #[test]
        fn any_event_is_one_short_line(
            message in text(),
            texts in proptest::collection::vec(text(), 0..20),
        ) {
            let fields: Vec<_> = texts.into_iter().map(|text| ("field", Value::Text(text))).collect();
            let line = line(&message, &fields, &Secrets::new());
            prop_assert!(line.len() < 64 * 1024);
            prop_assert_eq!(line.bytes().filter(|byte| *byte == b'\n').count(), 1);
            let json: Json = serde_json::from_str(&line).unwrap();
            for key in ["@level", "@message", "@timestamp", "@module"] {
                prop_assert!(json[key].is_string());
            }
        }
    }
}
