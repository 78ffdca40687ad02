//! Cron expressions: five to seven fields, or a macro.

/// One field: what it is called, and which numbers and words stand in it.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
    /// The largest step after a slash.
    longest: u32,
}

const SECOND: Field = Field { name: "second", least: 0, most: 59, words: &[], longest: 59 };
const MINUTE: Field = Field { name: "minute", ..SECOND };
const HOUR: Field = Field { name: "hour", most: 23, longest: 23, ..SECOND };
const DAY: Field = Field { name: "day of the month", least: 1, most: 31, words: &[], longest: 31 };
const MONTH: Field = Field { name: "month", least: 1, most: 12, words: &MONTHS, longest: 12 };
const WEEKDAY: Field = Field { name: "day of the week", least: 0, most: 7, words: &WEEKDAYS, longest: 6 };
const YEAR: Field = Field { name: "year", least: 1970, most: 2099, words: &[], longest: 2099 };

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// What the macros stand for: seven fields each.
const MACROS: [(&str, &str); 6] = [
    ("@yearly", "0 0 0 1 1 * *"),
    ("@annually", "0 0 0 1 1 * *"),
    ("@monthly", "0 0 0 1 * * *"),
    ("@weekly", "0 0 0 * * 0 *"),
    ("@daily", "0 0 0 * * * *"),
    ("@hourly", "0 0 * * * * *"),
];

/// Whether `text` is a cron expression, and if not, why.
pub(super) fn check(text: &str) -> Result<(), String> {
    let text = MACROS.iter().fold(text.to_owned(), |text, (name, fields)| text.replace(name, fields));
    let parts: Vec<&str> = text.split_ascii_whitespace().take(7).collect();
    let fields: &[Field] = match parts.len() {
        0..5 => return Err(format!("it has {} of the 5 to 7 fields", parts.len())),
        5 => &[MINUTE, HOUR, DAY, MONTH, WEEKDAY],
        6 => &[MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR],
        _ => &[SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR],
    };
    fields.iter().zip(parts).try_for_each(|(field, part)| field.check(part))
}

impl Field {
    fn check(&self, text: &str) -> Result<(), String> {
        let mut entries = text.split(',').filter(|entry| !entry.is_empty()).peekable();
        if entries.peek().is_none() {
            return Err(format!("the {} is empty", self.name));
        }
        entries.try_for_each(|entry| {
            let known = self.entry(&entry.to_lowercase());
            if known { Ok(()) } else { Err(format!("{entry:?} is no {}", self.name)) }
        })
    }

    fn entry(&self, entry: &str) -> bool {
        if matches!(entry, "*" | "?") || self.special(entry) {
            return true;
        }
        let (range, step) = entry.split_once('/').map_or((entry, None), |(range, step)| (range, Some(step)));
        if step.is_some_and(|step| !self.step(step)) {
            return false;
        }
        let everything = range == "*" && step.is_some();
        everything
            || self.value(range)
            || range.split_once('-').is_some_and(|(from, to)| self.value(from) && self.value(to))
    }

    fn step(&self, text: &str) -> bool {
        let plain = text.len() <= if self.name == "year" { 4 } else { 2 };
        plain
            && text
                .parse::<u32>()
                .is_ok_and(|step| (1..=self.longest).contains(&step) && !(60..1970).contains(&step))
    }

    fn value(&self, text: &str) -> bool {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            let length_fits = if self.name == "year" { text.len() == 4 } else { text.len() <= 2 };
            return length_fits
                && text.parse::<u32>().is_ok_and(|number| (self.least..=self.most).contains(&number));
        }
        self.words.iter().any(|word| text == *word || word.get(..3) == Some(text))
    }

    /// The last day, the working day next to a day, the last or a certain weekday of the month.
    fn special(&self, entry: &str) -> bool {
        match self.name {
            "day of the month" => {
                matches!(entry, "l" | "lw") || entry.strip_suffix('w').is_some_and(|day| self.value(day))
            }
            "day of the week" => {
                let certain = entry.split_once('#');
                entry.strip_suffix('l').is_some_and(|day| self.value(day))
                    || certain.is_some_and(|(day, week)| {
                        self.value(day) && matches!(week, "1" | "2" | "3" | "4" | "5")
                    })
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_expressions_are_told_from_other_text() {
        for text in [
            "* * * * *",
            "*/15 * * * *",
            "0 0 1,15 * mon-fri",
            "@daily",
            "@hourly",
            "0 30 9 * * MON-FRI *",
            "0 0 L * *",
            "0 0 15W * *",
            "0 0 * * 5L",
            "0 0 * * 5#3",
            "5/10 * * * *",
            "0 0 * january sunday 2030",
            "0-30/5 * ? * 7",
            "0 0 LW * *",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(check("* * * *").unwrap_err(), "it has 4 of the 5 to 7 fields");
        assert_eq!(check("60 * * * *").unwrap_err(), "\"60\" is no minute");
        assert_eq!(check("* 24 * * *").unwrap_err(), "\"24\" is no hour");
        assert_eq!(check("* * 0 * *").unwrap_err(), "\"0\" is no day of the month");
        assert_eq!(check("* * * * 8").unwrap_err(), "\"8\" is no day of the week");
        for text in [
            "*/0 * * * *",
            "*/60 * * * *",
            "a * * * *",
            ", * * * *",
            "",
            "1- * * * *",
            "*-5 * * * *",
            "* * * * 5#6",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
