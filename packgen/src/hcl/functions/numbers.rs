//! Arithmetic functions. `log` and `pow` compute with floats, as Nomad does.

use num_bigint::BigUint;

use super::{Args, Failure, Function, Param, Want};
use crate::hcl::number::Number;
use crate::hcl::value::Value;

const NUM: Param = Param::number("num");

pub(super) const ROWS: &[Function] = &[
    number("abs", &[NUM], abs).doc("The number without its sign."),
    number("ceil", &[NUM], ceil).doc("The smallest whole number that is not smaller."),
    number("floor", &[NUM], floor).doc("The largest whole number that is not larger."),
    number("log", &[NUM, Param::number("base")], log).doc("The logarithm of a number in a base."),
    number("max", &[], max).rest(Param::number("numbers")).doc("The largest of the numbers."),
    number("min", &[], min).rest(Param::number("numbers")).doc("The smallest of the numbers."),
    number("parseint", &[Param::any("number"), Param::number("base")], parseint)
        .doc("The whole number that a string of digits in a base from 2 to 62 stands for."),
    number("pow", &[NUM, Param::number("power")], pow).doc("A number to the power of another."),
    number("signum", &[NUM], signum).doc("-1, 0 or 1 for a negative number, zero, a positive number."),
];

const fn number(
    name: &'static str,
    params: &'static [Param],
    run: fn(&Args<'_>) -> Result<Value, Failure>,
) -> Function {
    Function::new(name, params, run).returns(Want::Number)
}

fn abs(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::number(args.number(0)?.absolute()))
}

fn ceil(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::number(args.number(0)?.ceil()))
}

fn floor(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::number(args.number(0)?.floor()))
}

fn log(args: &Args<'_>) -> Result<Value, Failure> {
    float(args.number(0)?.to_f64().ln() / args.number(1)?.to_f64().ln())
}

fn pow(args: &Args<'_>) -> Result<Value, Failure> {
    float(power(args.number(0)?.to_f64(), args.number(1)?.to_f64()))
}

/// By repeated squaring of the mantissa, as Go computes it: the last bit of the result depends on the way.
#[expect(clippy::float_cmp, reason = "the special cases are exact")]
fn power(base: f64, exponent: f64) -> f64 {
    let special = base == 0.0 || !base.is_finite() || !exponent.is_finite() || exponent.abs() >= 9e18;
    let simple = exponent == 0.0 || base == 1.0 || exponent == 1.0 || exponent.abs() == 0.5;
    if special || simple || (base < 0.0 && exponent.fract() != 0.0) {
        return match exponent {
            0.5 => base.sqrt(),
            -0.5 => 1.0 / base.sqrt(),
            _ => base.powf(exponent),
        };
    }
    let (mut whole, mut part) = (exponent.abs().trunc(), exponent.abs().fract());
    let mut result = 1.0;
    if part != 0.0 {
        if part > 0.5 {
            part -= 1.0;
            whole += 1.0;
        }
        result = (part * base.ln()).exp();
    }
    let (mut mantissa, mut scale) = split(base);
    let mut result_scale = 0i64;
    #[expect(clippy::cast_possible_truncation, reason = "smaller than 9e18: see above")]
    let mut left = whole as i64;
    while left != 0 {
        if scale.abs() > 1 << 12 {
            result_scale += scale;
            break;
        }
        if left & 1 == 1 {
            result *= mantissa;
            result_scale += scale;
        }
        mantissa *= mantissa;
        scale *= 2;
        if mantissa < 0.5 {
            mantissa += mantissa;
            scale -= 1;
        }
        left >>= 1;
    }
    let (result, result_scale) =
        if exponent < 0.0 { (1.0 / result, -result_scale) } else { (result, result_scale) };
    let steps = |scale: i64| i32::try_from(scale.clamp(-2200, 2200)).unwrap_or(0);
    let half = result_scale / 2;
    result * 2f64.powi(steps(half)) * 2f64.powi(steps(result_scale - half))
}

/// A mantissa from 0.5 to 1, with the number's sign, and the power of two that belongs to it.
fn split(value: f64) -> (f64, i64) {
    let bits = value.to_bits();
    let power = ((bits >> 52) & 0x7ff).cast_signed();
    if power == 0 {
        let (mantissa, scale) = split(value * 2f64.powi(64));
        return (mantissa, scale - 64);
    }
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), power - 1022)
}

fn float(value: f64) -> Result<Value, Failure> {
    Number::from_f64(value).map(Value::number).ok_or_else(|| Failure::new("the result is no number"))
}

fn max(args: &Args<'_>) -> Result<Value, Failure> {
    let numbers = (0..args.len()).map(|at| args.number(at)).collect::<Result<Vec<_>, _>>()?;
    numbers
        .into_iter()
        .reduce(|a, b| if b > a { b } else { a })
        .cloned()
        .map(Value::number)
        .ok_or_else(no_numbers)
}

fn min(args: &Args<'_>) -> Result<Value, Failure> {
    let numbers = (0..args.len()).map(|at| args.number(at)).collect::<Result<Vec<_>, _>>()?;
    numbers
        .into_iter()
        .reduce(|a, b| if b < a { b } else { a })
        .cloned()
        .map(Value::number)
        .ok_or_else(no_numbers)
}

fn no_numbers() -> Failure {
    Failure::new("at least one number is required")
}

fn signum(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::number(args.integer(0)?.signum()))
}

fn parseint(args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.value(0)?.as_str().ok_or_else(|| Failure::arg(0, "a string is required"))?;
    let base = u32::try_from(args.integer(1)?).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| Failure::arg(1, "a base from 2 to 62 is required"))?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = whole_number(digits, base)
        .ok_or_else(|| Failure::arg(0, format!("{text:?} is no whole number of base {base}")))?;
    Ok(Value::number(Number::from_integer(negative, value)))
}

/// Beyond base 36 small letters come before capital ones, up to it both are the same.
fn whole_number(digits: &str, base: u32) -> Option<BigUint> {
    if digits.is_empty() || digits.len() > 4096 {
        return None;
    }
    let mut value = BigUint::ZERO;
    for digit in digits.bytes() {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => digit - b'A' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            _ => return None,
        };
        if u32::from(digit) >= base {
            return None;
        }
        value = value * base + digit;
    }
    Some(value)
}
