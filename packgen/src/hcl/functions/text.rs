//! Functions that change the letters of a string.

use unicode_segmentation::UnicodeSegmentation;

use super::{Args, Failure, Function, Param, Want};
use crate::hcl::value::Value;

const STR: Param = Param::text("str");

pub(super) const ROWS: &[Function] = &[
    Function::new("lower", &[STR], lower).doc("The string in small letters."),
    Function::new("regex_replace", &[STR, Param::text("pattern"), Param::text("replace")], regex_replace)
        .doc("The string with each match of a regular expression replaced; $1 or ${name} stand for its groups."),
    Function::new("reverse", &[STR], reverse).doc("The characters of a string from back to front."),
    Function::new("strlen", &[STR], strlen).returns(Want::Number).doc("How many characters a string has."),
    Function::new("strrev", &[STR], reverse).doc("The characters of a string from back to front."),
    Function::new("title", &[STR], title).doc("The string with the first letter of each word as a capital."),
    Function::new("upper", &[STR], upper).doc("The string in capital letters."),
];

fn lower(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::string(args.text(0)?.chars().map(small).collect::<String>()))
}

fn upper(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::string(args.text(0)?.chars().map(capital).collect::<String>()))
}

/// Each character becomes one character, as in Nomad: `ß` stays.
fn capital(char: char) -> char {
    let mut all = char.to_uppercase();
    match (all.next(), all.next()) {
        (Some(only), None) => only,
        _ => char,
    }
}

fn small(char: char) -> char {
    let mut all = char.to_lowercase();
    match (all.next(), all.next()) {
        (Some(only), None) => only,
        _ if char == '\u{130}' => 'i',
        _ => char,
    }
}

fn title(args: &Args<'_>) -> Result<Value, Failure> {
    let mut before = ' ';
    let change = |char: char| {
        let first = is_separator(std::mem::replace(&mut before, char));
        if first { capital(char) } else { char }
    };
    Ok(Value::string(args.text(0)?.chars().map(change).collect::<String>()))
}

fn is_separator(char: char) -> bool {
    if char.is_ascii() { !(char.is_ascii_alphanumeric() || char == '_') } else { char.is_whitespace() }
}

fn reverse(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::string(args.text(0)?.graphemes(true).rev().collect::<String>()))
}

fn strlen(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::number(args.text(0)?.graphemes(true).count()))
}

fn regex_replace(args: &Args<'_>) -> Result<Value, Failure> {
    let (text, pattern, replacement) = (args.text(0)?, args.text(1)?, args.text(2)?);
    let regex = args.scope.env().regex(pattern).map_err(|wrong| Failure::arg(1, wrong))?;
    Ok(Value::string(regex.replace_all(text, replacement.as_str()).into_owned()))
}
