//! `format` and `formatlist`: text with verbs such as `%s`, `%05d` or `%.2f`.

use unicode_segmentation::UnicodeSegmentation;

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::data::json;
use crate::hcl::number::Style;
use crate::hcl::text::{Text, TextBuilder};
use crate::hcl::types::{Type, convert};
use crate::hcl::value::{Kind, Value};

const ARGS: Param = Param::any("args").or_null();

/// Widest result of one verb.
const MAX_WIDTH: usize = 10_000;

pub(super) const ROWS: &[Function] = &[
    Function::new("format", &[Param::text("format")], format)
        .rest(ARGS)
        .flow(Flow::Keep)
        .doc("The text with each verb (%s, %d, %v, %q, %.2f …) replaced by an argument."),
    Function::new("formatlist", &[Param::text("format")], formatlist)
        .rest(ARGS)
        .returns(Want::Strings)
        .flow(Flow::Keep)
        .doc("The text with its verbs replaced, once for each element of the lists among the arguments."),
];

fn format(args: &Args<'_>) -> Result<Value, Failure> {
    let (first, rest) = args.values.split_first().ok_or_else(|| Failure::new("a format is required"))?;
    let text = first.as_text().ok_or_else(|| Failure::arg(0, "a string is required"))?;
    fill(text, &rest.iter().collect::<Vec<_>>()).map(Value::string)
}

fn formatlist(args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    let rest = args.values.get(1..).unwrap_or_default();
    let mut length = None;
    for (at, value) in rest.iter().enumerate() {
        match (value.items(), length) {
            (Some(items), None) => length = Some(items.len()),
            (Some(items), Some(length)) if items.len() != length => {
                return Err(Failure::arg(
                    at + 1,
                    format!("a list of {length} elements is required, this has {}", items.len()),
                ));
            }
            _ => {}
        }
    }
    let mut made = Vec::new();
    for turn in 0..length.unwrap_or(1) {
        let row: Vec<&Value> = rest
            .iter()
            .map(|value| value.items().map_or(Some(value), |items| items.get(turn)).unwrap_or(value))
            .collect();
        let filled = fill(text, &row).map_err(|failure| failure.within(&format!("element {turn}")))?;
        made.push(Value::string(filled));
    }
    Ok(Value::list(Type::String, made))
}

/// A verb as it was written.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each flag is a character of its own")]
struct Verb {
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
    letter: char,
}

fn fill(text: &Text, args: &[&Value]) -> Result<Text, Failure> {
    let mut out = TextBuilder::default();
    let (mut done, mut next, mut used) = (0, 0, 0);
    while let Some(found) = text.get(done..).and_then(|rest| rest.find('%')) {
        let at = done + found;
        out.push_slice(text, done, at);
        if text.get(at..).is_some_and(|rest| rest.starts_with("%%")) {
            out.push_slice(text, at, at + 1);
            done = at + 2;
            continue;
        }
        let (verb, index, length) = read_verb(text.get(at..).unwrap_or(""))?;
        let index = index.unwrap_or(next);
        let raw = text.get(at..at + length).unwrap_or("%");
        let arg = args.get(index).ok_or_else(|| {
            Failure::new(format!("{raw} needs argument {}, but there are {}", index + 1, args.len()))
        })?;
        push(&verb, arg, &mut out).map_err(|wrong| Failure::arg(index + 1, format!("{raw}: {wrong}")))?;
        next = index + 1;
        used = used.max(next);
        done = at + length;
    }
    out.push_slice(text, done, text.len());
    if used < args.len() {
        return Err(Failure::arg(used + 1, format!("the format uses only {used} arguments")));
    }
    Ok(out.finish())
}

/// `%`, flags, width, precision, `[argument]`, letter. Gives the argument's index and the verb's length too.
fn read_verb(text: &str) -> Result<(Verb, Option<usize>, usize), Failure> {
    let wrong = || Failure::arg(0, format!("{:?} is no verb", text.chars().take(8).collect::<String>()));
    let bytes = text.as_bytes();
    let mut verb = Verb::default();
    let mut at = 1;
    while let Some(flag @ (b'0' | b'#' | b'-' | b'+' | b' ')) = bytes.get(at) {
        match flag {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            _ => verb.space = true,
        }
        at += 1;
    }
    let number = |from: usize| {
        let length = bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let value = text.get(from..from + length).and_then(|digits| digits.parse::<usize>().ok());
        (value.filter(|value| *value <= MAX_WIDTH), length)
    };
    let (width, length) = number(at);
    if length > 0 {
        verb.width = Some(width.ok_or_else(wrong)?);
    }
    at += length;
    if bytes.get(at) == Some(&b'.') {
        let (precision, length) = number(at + 1);
        verb.precision = Some(if length == 0 { 0 } else { precision.ok_or_else(wrong)? });
        at += 1 + length;
    }
    let mut index = None;
    if bytes.get(at) == Some(&b'[') {
        let (argument, length) = number(at + 1);
        let argument = argument.filter(|argument| *argument > 0).ok_or_else(wrong)?;
        if bytes.get(at + 1 + length) != Some(&b']') {
            return Err(wrong());
        }
        index = Some(argument - 1);
        at += 2 + length;
    }
    match bytes.get(at) {
        Some(letter) if letter.is_ascii_alphabetic() => verb.letter = char::from(*letter),
        _ => return Err(wrong()),
    }
    Ok((verb, index, at + 1))
}

fn push(verb: &Verb, arg: &Value, out: &mut TextBuilder) -> Result<(), String> {
    if arg.is_null() && verb.letter != 'v' {
        return Err("null has no text".to_owned());
    }
    let converted = |want: &Type| convert(arg, want).map_err(|wrong| wrong.message);
    match verb.letter {
        'v' => pad(verb, &as_is(verb, arg)?, out),
        't' => out.push_str(if converted(&Type::Bool)?.as_bool() == Some(true) { "true" } else { "false" }),
        'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, &converted(&Type::Number)?, out)?,
        'e' | 'E' | 'f' | 'g' | 'G' => float(verb, &converted(&Type::Number)?, out),
        's' | 'q' => {
            let value = converted(&Type::String)?;
            let Some(text) = value.as_text() else { return Err("a string is required".to_owned()) };
            let text = cut(verb, text);
            if verb.letter == 's' {
                pad(verb, &text, out);
            } else {
                let mut quoted = TextBuilder::default();
                json::quoted(&text, &mut quoted);
                pad(verb, &quoted.finish(), out);
            }
        }
        other => return Err(format!("there is no verb %{other}")),
    }
    Ok(())
}

/// Strings and numbers as they are, anything else as JSON.
fn as_is(verb: &Verb, arg: &Value) -> Result<Text, String> {
    match &arg.kind {
        Kind::String(text) if !verb.sharp => Ok(text.clone()),
        Kind::Number(number) if !verb.sharp => {
            let sign = if number.is_negative() { "-" } else { "" };
            Ok(format!("{sign}{}", number.format(Style::General, None)).into())
        }
        _ => json::encode(arg),
    }
}

/// At most as many characters as the precision says.
fn cut(verb: &Verb, text: &Text) -> Text {
    match verb.precision {
        Some(limit @ 1..) => {
            let end = text.grapheme_indices(true).nth(limit).map_or(text.len(), |(at, _)| at);
            text.slice(0, end)
        }
        _ => text.clone(),
    }
}

fn pad(verb: &Verb, text: &Text, out: &mut TextBuilder) {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
    let pads = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        out.push(text);
        out.push_str(&pads);
    } else {
        out.push_str(&pads);
        out.push(text);
    }
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

fn integer(verb: &Verb, value: &Value, out: &mut TextBuilder) -> Result<(), String> {
    let number = value.as_number().and_then(crate::hcl::Number::to_integer);
    let (negative, size) = number.ok_or("a whole number is required")?;
    let (radix, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = size.to_str_radix(radix);
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return Ok(());
    }
    let prefix = if verb.sharp { prefix } else { "" };
    let head = format!("{}{prefix}", sign(verb, negative));
    let zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let missing = verb.width.unwrap_or(0).saturating_sub(head.len() + zeros + digits.len());
    let fill_zeros = verb.zero && !verb.minus && verb.precision.is_none();
    let zeros = "0".repeat(if fill_zeros { missing } else { zeros });
    let blanks = " ".repeat(if fill_zeros { 0 } else { missing });
    let (before, after) = if verb.minus { ("", blanks.as_str()) } else { (blanks.as_str(), "") };
    out.push_str(&format!("{before}{head}{zeros}{digits}{after}"));
    Ok(())
}

fn float(verb: &Verb, value: &Value, out: &mut TextBuilder) {
    let Some(number) = value.as_number() else { return };
    let style = match verb.letter {
        'f' => Style::Fixed,
        'e' | 'E' => Style::Scientific,
        _ => Style::General,
    };
    let precision = verb.precision.or(if style == Style::General { None } else { Some(6) });
    let mut digits = number.format(style, precision);
    if verb.letter.is_ascii_uppercase() {
        digits = digits.replace('e', "E");
    }
    let sign = if number.is_infinite() && !number.is_negative() && !verb.space {
        "+"
    } else {
        sign(verb, number.is_negative())
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    let text = if verb.zero && !number.is_infinite() {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    };
    out.push_str(&text);
}
