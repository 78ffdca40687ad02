//! Numbers from decimal digits, and the shortest decimal digits that give the number back.

use num_bigint::BigUint;

use super::arithmetic::quotient;
use super::{Big, Number, NumberError, Repr, WRITTEN};

/// Most digits, written or implied by an exponent.
const MAX_DIGITS: i64 = 20_000;

/// Sign, digits with at most one point, exponent.
pub(super) fn parse(text: &str) -> Result<Number, NumberError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, "Inf" | "inf") {
        return Ok(Number::infinite(negative));
    }
    let (digits, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return Err(NumberError::Syntax);
    }
    let scale = exponent.saturating_sub_unsigned(fraction.len() as u64);
    if scale.saturating_abs() > MAX_DIGITS || digits.len() as u64 > MAX_DIGITS.unsigned_abs() {
        return Err(NumberError::TooLarge);
    }
    if scale == 0
        && !(negative && whole.bytes().all(|byte| byte == b'0'))
        && let Ok(value) = whole.parse::<i64>()
    {
        return Ok(Number(Repr::Int { value: if negative { -value } else { value }, precision: WRITTEN }));
    }
    let mantissa =
        BigUint::parse_bytes([whole, fraction].concat().as_bytes(), 10).ok_or(NumberError::Syntax)?;
    let fives = BigUint::from(5u8).pow(u32::try_from(scale.unsigned_abs()).unwrap_or(u32::MAX));
    let big = if scale < 0 {
        quotient(&mantissa, &fives, scale, negative, WRITTEN)
    } else {
        Big { negative, mantissa: mantissa * fives, exponent: scale, precision: WRITTEN }.round()
    };
    Ok(Number::big(big))
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    text.strip_prefix('+').unwrap_or(text).parse().map_err(|_| NumberError::TooLarge)
}

/// The fewest digits between the two neighbours that are half way to the next number of that precision.
pub(super) fn text(number: &Number) -> String {
    match &number.0 {
        Repr::Int { value, precision } if *precision >= 64 => value.to_string(),
        Repr::Infinite { negative } => if *negative { "-Inf" } else { "+Inf" }.to_owned(),
        _ => number.parts().map(|big| finite(&big)).unwrap_or_default(),
    }
}

/// Digits without zeros at either end, and where the point stands: `25` and 1 are 2.5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Digits {
    pub text: String,
    pub point: i64,
}

impl Digits {
    /// How many digits are behind the point.
    pub(super) fn behind(&self) -> usize {
        usize::try_from(i64::try_from(self.text.len()).unwrap_or(i64::MAX) - self.point).unwrap_or(0)
    }

    /// The first `kept` digits, the last of them rounded, half to even.
    pub(super) fn round(self, kept: i64) -> Digits {
        let Ok(kept) = usize::try_from(kept) else { return Digits::default() };
        match self.text.as_bytes().split_at_checked(kept) {
            Some((kept, rest)) if !rest.is_empty() => rounded(kept, rest, self.point),
            _ => self,
        }
    }
}

fn finite(big: &Big) -> String {
    let sign = if big.negative { "-" } else { "" };
    if big.mantissa == BigUint::ZERO {
        return format!("{sign}0");
    }
    let Digits { text: digits, point } = shortest(big);
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{sign}{digits}{}", zeros(point - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }
}

/// The fewest digits that give the number back.
pub(super) fn shortest(big: &Big) -> Digits {
    // One bit more than counts, so that the neighbours half way are whole numbers.
    let shift = u64::from(big.precision) + 1 - big.mantissa.bits();
    let middle = &big.mantissa << shift;
    let exponent = big.exponent - shift.cast_signed();
    let inclusive = !middle.bit(1);
    let [lower, middle, upper] =
        [&middle - 1u8, middle.clone(), &middle + 1u8].map(|mantissa| exact(&mantissa, exponent));
    let point = middle.point;
    let (lower, digits, upper) = (lower.text.into_bytes(), middle.text.into_bytes(), upper.text.into_bytes());
    let digit = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(b'0');
    for (at, &own) in digits.iter().enumerate() {
        let (low, high) = (digit(&lower, at), digit(&upper, at));
        let down = low != own || (inclusive && at + 1 == lower.len());
        let up = own != high && (inclusive || own + 1 < high || at + 1 < upper.len());
        let kept = digits.get(..=at).unwrap_or_default();
        match (down, up) {
            (true, true) => return rounded(kept, digits.get(at + 1..).unwrap_or_default(), point),
            (true, false) => return trimmed(kept, point),
            (false, true) => return increased(kept, point),
            (false, false) => {}
        }
    }
    trimmed(&digits, point)
}

/// All digits of `mantissa × 2^exponent`.
pub(super) fn exact(mantissa: &BigUint, exponent: i64) -> Digits {
    if *mantissa == BigUint::ZERO {
        return Digits::default();
    }
    let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let (scaled, behind) = if exponent < 0 {
        (mantissa * BigUint::from(5u8).pow(power), i64::from(power))
    } else {
        (mantissa << exponent.unsigned_abs(), 0)
    };
    let digits = scaled.to_string();
    let point = i64::try_from(digits.len()).unwrap_or(i64::MAX) - behind;
    Digits { text: digits.trim_end_matches('0').to_owned(), point }
}

fn rounded(kept: &[u8], rest: &[u8], point: i64) -> Digits {
    let odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    let up = match rest {
        [] => false,
        [b'5'] => odd,
        [first, ..] => *first >= b'5',
    };
    if up { increased(kept, point) } else { trimmed(kept, point) }
}

fn increased(kept: &[u8], point: i64) -> Digits {
    let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
    let kept = kept.get(..kept.len() - nines).unwrap_or_default();
    match kept.split_last() {
        None => Digits { text: "1".to_owned(), point: point + 1 },
        Some((last, before)) => {
            let digits = before.iter().copied().chain(std::iter::once(last + 1));
            Digits { text: digits.map(char::from).collect(), point }
        }
    }
}

fn trimmed(kept: &[u8], point: i64) -> Digits {
    let digits: String = kept.iter().map(|digit| char::from(*digit)).collect();
    Digits { text: digits.trim_end_matches('0').to_owned(), point }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_like_floats() {
        for value in [0.1, 2.5, 1e21, 1.7e-5, 123_456_789.125, 9_007_199_254_740_993.0] {
            let number = Number::from_f64(value).unwrap();
            assert_eq!(number.to_string(), format!("{value}"), "{value}");
        }
    }

    #[test]
    fn printing_and_reading_give_the_same_number() {
        let third = Number::parse("1").unwrap().divide(&Number::parse("3").unwrap()).unwrap();
        assert_eq!(Number::parse(&third.to_string()).unwrap(), third);
        let tiny = Number::parse("1.23e-300").unwrap();
        assert_eq!(Number::parse(&tiny.to_string()).unwrap(), tiny);
    }
}
