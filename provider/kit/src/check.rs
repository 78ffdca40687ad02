//! What a value must satisfy before anything is done with it.
//!
//! A check on text or numbers holds for every text or number inside a collection, so that a list of names needs no
//! check of its own. What is null or not known yet is not checked.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::path::At;
use crate::value::Value;

/// What a check answers: nothing, or what is wrong and what would be right.
pub type Verdict = Result<(), String>;

/// A rule for a value.
#[derive(Clone)]
pub struct Check {
    rule: Arc<dyn Fn(&Value) -> Verdict + Send + Sync>,
    /// The rule in words, for the documentation.
    pub doc: Option<Cow<'static, str>>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.doc.as_deref().unwrap_or("…"))
    }
}

impl Check {
    /// A rule for each scalar inside a value.
    pub fn new(rule: impl Fn(&Value) -> Verdict + Send + Sync + 'static) -> Self {
        Self { rule: Arc::new(rule), doc: None }
    }

    /// The same, with the rule in words for the documentation.
    #[must_use]
    pub fn doc(self, words: impl Into<Cow<'static, str>>) -> Self {
        Self { doc: Some(words.into()), ..self }
    }

    /// Applies the rule to every scalar inside `value`.
    pub fn run(&self, value: &Value, at: &At<'_>, found: &mut Vec<Diagnostic>) {
        match value {
            Value::Null | Value::Unknown(_) => {}
            Value::List(elements) => {
                elements.iter().enumerate().for_each(|(i, e)| self.run(e, &at.index(i), found));
            }
            Value::Set(elements) => elements.iter().for_each(|e| self.run(e, &at.element(), found)),
            Value::Map(fields) => fields.iter().for_each(|(key, e)| self.run(e, &at.key(key), found)),
            Value::Dynamic(typed) => self.run(&typed.1, at, found),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if let Err(problem) = (self.rule)(value) {
                    found.push(Diagnostic::invalid(at, problem));
                }
            }
        }
    }
}

/// Anything that can be written after `check =`: a [`Check`], or a function over text, whole numbers or any value.
///
/// `Marker` only tells the kinds of function apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a check",
    note = "a check is a `Check`, or a function of `&str`, `i64` or `&Value` that returns a `Verdict`"
)]
pub trait IntoCheck<Marker> {
    /// The check.
    fn into_check(self) -> Check;
}

impl IntoCheck<Check> for Check {
    fn into_check(self) -> Check {
        self
    }
}

impl<F: Fn(&str) -> Verdict + Send + Sync + 'static> IntoCheck<String> for F {
    fn into_check(self) -> Check {
        Check::new(move |value| value.as_str().map_or(Ok(()), &self))
    }
}

impl<F: Fn(i64) -> Verdict + Send + Sync + 'static> IntoCheck<i64> for F {
    fn into_check(self) -> Check {
        Check::new(move |value| match value {
            Value::Number(number) => match number.as_i64() {
                Some(int) => self(int),
                None => Err(format!("expected a whole number, got {number}")),
            },
            _ => Ok(()),
        })
    }
}

impl<F: Fn(&Value) -> Verdict + Send + Sync + 'static> IntoCheck<Value> for F {
    fn into_check(self) -> Check {
        Check::new(self)
    }
}

/// One of these words.
pub fn one_of(words: &'static [&'static str]) -> Check {
    let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let doc = format!("One of {all}.");
    (move |given: &str| {
        if words.contains(&given) { Ok(()) } else { Err(format!("expected one of {all}, got {given:?}")) }
    })
    .into_check()
    .doc(doc)
}

/// A whole number from `least` to `most`.
pub fn between(least: i64, most: i64) -> Check {
    (move |given: i64| {
        if (least..=most).contains(&given) {
            Ok(())
        } else {
            Err(format!("expected a number from {least} to {most}, got {given}"))
        }
    })
    .into_check()
    .doc(format!("From {least} to {most}."))
}

/// A name that can stand in a host name: at most 63 lower-case letters, digits and inner dashes.
pub fn dns_label(given: &str) -> Verdict {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let dashed = given.starts_with('-') || given.ends_with('-');
    if (1..=63).contains(&given.len()) && given.chars().all(fits) && !dashed {
        return Ok(());
    }
    Err(format!(
        "expected 1 to 63 lower-case letters, digits or dashes, with no dash first or last, got {given:?}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(check: &Check, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        check.run(value, &At::ROOT.field("x"), &mut found);
        found.into_iter().map(|d| d.detail).collect()
    }

    #[test]
    fn a_check_holds_inside_collections_and_names_the_place() {
        let check = one_of(&["a", "b"]);
        let value = Value::List(vec![Value::string("a"), Value::string("c"), Value::UNKNOWN]);
        assert_eq!(findings(&check, &value), [r#"x.1: expected one of `a`, `b`, got "c""#]);
    }

    #[test]
    fn whole_numbers_have_ranges() {
        let check = between(1, 3);
        assert!(findings(&check, &Value::Number(3_i64.into())).is_empty());
        assert_eq!(
            findings(&check, &Value::Number(4_i64.into())),
            ["x: expected a number from 1 to 3, got 4"]
        );
        assert_eq!(
            findings(&check, &Value::Number("1.5".parse().unwrap())),
            ["x: expected a whole number, got 1.5"]
        );
    }

    #[test]
    fn labels_can_stand_in_host_names() {
        for good in ["a", "web-1", &"x".repeat(63)] {
            assert_eq!(dns_label(good), Ok(()));
        }
        for bad in ["", "-a", "a-", "A", "a.b", "ä", &"x".repeat(64)] {
            assert!(dns_label(bad).is_err(), "{bad}");
        }
    }
}
