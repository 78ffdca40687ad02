//! Sums, products, quotients and comparisons. Each result is exact first and rounded once.

use std::cmp::Ordering;

use num_bigint::BigUint;

use super::{Big, COUNTED, Number, NumberError, Repr, WRITTEN};

/// Sums of numbers whose sizes differ by more bits than this are refused: they would need them all.
const MAX_EXPONENT: i64 = 1 << 20;

/// `a + b`, with as many bits as the operand that has more.
pub(super) fn add(a: &Number, b: &Number) -> Result<Number, NumberError> {
    let precision = a.precision().max(b.precision());
    if let (Repr::Int { value: x, .. }, Repr::Int { value: y, .. }) = (&a.0, &b.0)
        && let Some(value) = x.checked_add(*y)
        && precision >= COUNTED
    {
        return Ok(Number(Repr::Int { value, precision }));
    }
    let (x, y) = match (a.parts(), b.parts()) {
        (Some(x), Some(y)) => (x, y),
        (None, None) if a.is_negative() != b.is_negative() => {
            return Err(NumberError::Undefined("infinities of different sign have no sum"));
        }
        (None, _) => return Ok(a.clone()),
        (_, None) => return Ok(b.clone()),
    };
    let exponent = x.exponent.min(y.exponent);
    let (left, right) = (align(&x, exponent)?, align(&y, exponent)?);
    let (negative, mantissa) = if x.negative == y.negative {
        (x.negative, left + right)
    } else {
        match left.cmp(&right) {
            Ordering::Less => (y.negative, right - left),
            Ordering::Greater => (x.negative, left - right),
            Ordering::Equal => (false, BigUint::ZERO),
        }
    };
    Ok(Number::big(Big { negative, mantissa, exponent, precision }.round()))
}

/// `a * b`; more bits than the operands have are kept up to 512 if the product needs them.
pub(super) fn multiply(a: &Number, b: &Number) -> Result<Number, NumberError> {
    let negative = sign(a) != sign(b);
    let (Some(x), Some(y)) = (a.parts(), b.parts()) else {
        if a.is_zero() || b.is_zero() {
            return Err(NumberError::Undefined("zero times infinity has no value"));
        }
        return Ok(Number::infinite(negative));
    };
    let product = Big {
        negative,
        mantissa: x.mantissa * y.mantissa,
        exponent: x.exponent + y.exponent,
        precision: WRITTEN,
    };
    let mut product = within(product.round())?;
    let needed = u32::try_from(product.mantissa.bits()).unwrap_or(WRITTEN);
    product.precision = x.precision.max(y.precision).max(needed);
    Ok(Number::big(product))
}

/// `a / b`, with as many bits as the operand that has more.
pub(super) fn divide(a: &Number, b: &Number) -> Result<Number, NumberError> {
    let negative = sign(a) != sign(b);
    let precision = a.precision().max(b.precision());
    if (a.is_zero() && b.is_zero()) || (a.is_infinite() && b.is_infinite()) {
        return Err(NumberError::Undefined("zero by zero, or infinity by infinity, has no quotient"));
    }
    let (x, y) = match (a.parts(), b.parts()) {
        (Some(x), Some(y)) if !b.is_zero() => (x, y),
        (_, Some(_)) => return Ok(Number::infinite(negative)),
        (_, None) => {
            let zero = Big { negative, mantissa: BigUint::ZERO, exponent: 0, precision };
            return Ok(Number::big(zero));
        }
    };
    let exponent = x.exponent - y.exponent;
    Ok(Number::big(within(quotient(&x.mantissa, &y.mantissa, exponent, negative, precision))?))
}

/// `a - b × the whole part of a / b`, each step with as many bits as `a` has.
pub(super) fn modulo(a: &Number, b: &Number) -> Result<Number, NumberError> {
    if b.is_zero() {
        return Ok(a.clone());
    }
    if a.is_infinite() || b.is_infinite() {
        return Err(NumberError::Undefined("infinity leaves no remainder"));
    }
    let times = rounded(&truncate(&divide(a, b)?), a.precision());
    let taken = match (times.parts(), b.parts()) {
        (Some(x), Some(y)) => Big {
            negative: x.negative != y.negative,
            mantissa: x.mantissa * y.mantissa,
            exponent: x.exponent + y.exponent,
            precision: a.precision(),
        },
        _ => return Ok(a.clone()),
    };
    let rest = add(a, &Number::big(taken.round()).negate())?;
    Ok(rounded(&rest, a.precision()))
}

pub(super) fn negate(a: &Number) -> Number {
    match &a.0 {
        Repr::Int { value, precision } if *value != 0 && *value != i64::MIN => {
            Number(Repr::Int { value: -value, precision: *precision })
        }
        Repr::Infinite { negative } => Number::infinite(!negative),
        _ => match a.parts() {
            Some(big) => Number::big(Big { negative: !big.negative, ..big }),
            None => a.clone(),
        },
    }
}

/// Whole numbers have one zero only.
pub(super) fn without_sign_of_zero(a: Number) -> Number {
    if a.is_zero() { Number(Repr::Int { value: 0, precision: a.precision() }) } else { a }
}

pub(super) fn floor(a: &Number) -> Number {
    let whole = without_sign_of_zero(rounded(&truncate(a), a.precision()));
    if a.is_integer() || a.is_infinite() || !a.is_negative() {
        return whole;
    }
    add(&whole, &Number::from(-1)).unwrap_or(whole)
}

/// The part before the point; it counts at least 64 bits, and all that it has.
fn truncate(a: &Number) -> Number {
    let Some(big) = a.parts() else { return a.clone() };
    let mantissa = if big.exponent < 0 {
        big.mantissa >> big.exponent.unsigned_abs()
    } else {
        big.mantissa << big.exponent.unsigned_abs()
    };
    let precision = u32::try_from(mantissa.bits()).unwrap_or(u32::MAX).max(COUNTED);
    Number::big(Big { negative: big.negative, mantissa, exponent: 0, precision }.odd())
}

pub(super) fn compare(a: &Number, b: &Number) -> Ordering {
    if let (Repr::Int { value: x, .. }, Repr::Int { value: y, .. }) = (&a.0, &b.0) {
        return x.cmp(y);
    }
    let signs = a.signum().cmp(&b.signum());
    if signs != Ordering::Equal || a.is_zero() {
        return signs;
    }
    let sizes = match (a.parts(), b.parts()) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(x), Some(y)) => compare_sizes(&x, &y),
    };
    if a.is_negative() { sizes.reverse() } else { sizes }
}

/// Compares sizes without making numbers of very different exponents equally long.
fn compare_sizes(x: &Big, y: &Big) -> Ordering {
    let top = |big: &Big| big.exponent + big.mantissa.bits().cast_signed();
    top(x).cmp(&top(y)).then_with(|| {
        let exponent = x.exponent.min(y.exponent);
        let shifted = |big: &Big| &big.mantissa << (big.exponent - exponent).unsigned_abs();
        shifted(x).cmp(&shifted(y))
    })
}

/// `top / bottom × 2^exponent`, rounded once.
pub(super) fn quotient(
    top: &BigUint,
    bottom: &BigUint,
    exponent: i64,
    negative: bool,
    precision: u32,
) -> Big {
    let wanted = u64::from(precision) + 2 + bottom.bits();
    let shift = wanted.saturating_sub(top.bits());
    let top = top << shift;
    let whole = &top / bottom;
    let exact = &whole * bottom == top;
    let mantissa = (whole << 1u8) | BigUint::from(u8::from(!exact));
    Big { negative, mantissa, exponent: exponent - shift.cast_signed() - 1, precision }.round()
}

pub(super) fn from_f64(value: f64) -> Option<Number> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(Number::infinite(value < 0.0));
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let power = ((bits >> 52) & 0x7ff).cast_signed();
    let mantissa = if power == 0 { fraction } else { fraction | (1 << 52) };
    let exponent = power.max(1) - 1075;
    let big = Big { negative: value.is_sign_negative(), mantissa: mantissa.into(), exponent, precision: 53 };
    Some(Number::big(big.odd()))
}

pub(super) fn to_f64(a: &Number) -> f64 {
    let Some(big) = a.parts() else { return if a.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY } };
    let top = big.exponent + big.mantissa.bits().cast_signed();
    // Below 2^-1022 a float has fewer bits, so that it must be rounded to fewer: once.
    let precision = u32::try_from((top + 1074).clamp(1, 53)).unwrap_or(53);
    let rounded = Big { precision, ..big }.round();
    let mantissa = u64::try_from(&rounded.mantissa).unwrap_or(u64::MAX);
    let size = scale(mantissa, rounded.exponent);
    if rounded.negative { -size } else { size }
}

/// `mantissa × 2^exponent` for a mantissa of at most 53 bits.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    let power =
        |exponent: i64| 2f64.powi(i32::try_from(exponent).unwrap_or(if exponent < 0 { -4000 } else { 4000 }));
    let half = exponent / 2;
    #[expect(clippy::cast_precision_loss, reason = "at most 53 bits: exact")]
    let mantissa = mantissa as f64;
    mantissa * power(half) * power(exponent - half)
}

/// The sign as it is stored: zero may be negative.
fn sign(a: &Number) -> bool {
    match &a.0 {
        Repr::Big(big) => big.negative,
        _ => a.is_negative(),
    }
}

fn rounded(a: &Number, precision: u32) -> Number {
    match a.parts() {
        Some(big) => Number::big(Big { precision, ..big }.round()),
        None => a.clone(),
    }
}

fn align(big: &Big, exponent: i64) -> Result<BigUint, NumberError> {
    let shift = big.exponent - exponent;
    if shift > MAX_EXPONENT { Err(NumberError::TooLarge) } else { Ok(&big.mantissa << shift.unsigned_abs()) }
}

/// Repeated products must not grow without end.
fn within(big: Big) -> Result<Big, NumberError> {
    if big.exponent.abs() > MAX_EXPONENT { Err(NumberError::TooLarge) } else { Ok(big) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn floats_go_there_and_back() {
        for value in [0.0, 1.0, -2.5, 0.1, 1e300, 5e-324, f64::MAX, f64::MIN_POSITIVE, 123_456.789] {
            assert_eq!(Number::from_f64(value).unwrap().to_f64().to_bits(), value.to_bits(), "{value}");
        }
        assert_eq!(number("0.1").to_f64().to_bits(), 0.1f64.to_bits());
        assert_eq!(number("1e400").to_f64().to_bits(), f64::INFINITY.to_bits());
    }

    #[test]
    fn remainders_keep_the_sign_of_the_first() {
        let modulo = |a: &str, b: &str| number(a).modulo(&number(b)).unwrap().to_string();
        assert_eq!(modulo("7", "3"), "1");
        assert_eq!(modulo("-7", "3"), "-1");
        assert_eq!(modulo("7.5", "2"), "1.5");
        assert_eq!(modulo("7", "0"), "7");
    }

    #[test]
    fn floors_and_ceilings() {
        for (text, floor, ceil) in
            [("1.5", "1", "2"), ("-1.5", "-2", "-1"), ("3", "3", "3"), ("-0.2", "-1", "0"), ("-0", "0", "0")]
        {
            assert_eq!(
                (number(text).floor().to_string().as_str(), number(text).ceil().to_string().as_str()),
                (floor, ceil)
            );
        }
    }

    #[test]
    fn impossible_results_are_errors() {
        let (zero, infinite) = (Number::ZERO, Number::infinite(false));
        assert!(zero.divide(&zero).is_err());
        assert!(infinite.subtract(&infinite).is_err());
        assert!(infinite.multiply(&zero).is_err());
        assert_eq!(number("1").divide(&infinite).unwrap(), zero);
    }

    #[test]
    fn growth_ends() {
        let mut big = number("1e9000");
        let result = (0..1000).try_for_each(|_| big.multiply(&big).map(|next| big = next));
        assert_eq!(result, Err(NumberError::TooLarge));
    }
}
