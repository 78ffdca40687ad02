//! Numbers with a given number of digits, for `format`.

use num_bigint::BigUint;

use super::decimal::{Digits, exact, shortest};
use super::{Number, Repr};

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `12.50`.
    Fixed,
    /// `1.25e+01`.
    Scientific,
    /// The shorter of both.
    General,
}

impl Number {
    /// The number without its sign. `precision` counts digits behind the point, or all for
    /// [`Style::General`]; without it as many as are needed.
    pub(crate) fn format(&self, style: Style, precision: Option<usize>) -> String {
        let Some(big) = self.parts() else { return "Inf".to_owned() };
        let digits = match precision {
            None if big.mantissa == BigUint::ZERO => Digits::default(),
            None => shortest(&big),
            Some(precision) => {
                let all = exact(&big.mantissa, big.exponent);
                let precision = i64::try_from(precision).unwrap_or(i64::MAX);
                let kept = match style {
                    Style::Fixed => all.point.saturating_add(precision),
                    Style::Scientific => precision.saturating_add(1),
                    Style::General => precision.max(1),
                };
                all.round(kept)
            }
        };
        match style {
            Style::Fixed => fixed(&digits, precision.unwrap_or_else(|| digits.behind())),
            Style::Scientific => {
                scientific(&digits, precision.unwrap_or_else(|| digits.text.len().saturating_sub(1)))
            }
            Style::General => general(&digits, precision),
        }
    }

    /// The sign and the size, if it is a whole number.
    pub(crate) fn to_integer(&self) -> Option<(bool, BigUint)> {
        let big = self.parts().filter(|big| big.exponent >= 0)?;
        Some((self.is_negative(), big.mantissa << big.exponent.unsigned_abs()))
    }

    /// The whole number of this sign and size; all its digits count.
    pub(crate) fn from_integer(negative: bool, size: BigUint) -> Number {
        let precision = u32::try_from(size.bits()).unwrap_or(u32::MAX).max(super::COUNTED);
        Number::big(super::Big { negative, mantissa: size, exponent: 0, precision }.odd())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Number(Repr::Int { value, precision: super::COUNTED }),
            Err(_) => Number::from_integer(false, value.into()),
        }
    }
}

fn fixed(digits: &Digits, behind: usize) -> String {
    let digit = |at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| digits.text.as_bytes().get(at))
            .map_or('0', |byte| char::from(*byte))
    };
    let mut out: String = (0..digits.point).map(digit).collect();
    if out.is_empty() {
        out.push('0');
    }
    if behind > 0 {
        out.push('.');
        let behind = i64::try_from(behind).unwrap_or(i64::MAX);
        out.extend(
            (digits.point..digits.point.saturating_add(behind))
                .map(|at| if at < 0 { '0' } else { digit(at) }),
        );
    }
    out
}

fn scientific(digits: &Digits, behind: usize) -> String {
    let mut out: String = digits.text.get(..1).unwrap_or("0").to_owned();
    if behind > 0 {
        let tail = digits.text.get(1..).unwrap_or("");
        out.push('.');
        out.push_str(tail);
        out.extend(std::iter::repeat_n('0', behind.saturating_sub(tail.len())));
    }
    let exponent = if digits.text.is_empty() { 0 } else { digits.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("e{sign}{:02}", exponent.abs())
}

fn general(digits: &Digits, precision: Option<usize>) -> String {
    let length = i64::try_from(digits.text.len()).unwrap_or(i64::MAX);
    let limit = match precision.map(|precision| i64::try_from(precision.max(1)).unwrap_or(i64::MAX)) {
        None => 6,
        Some(precision) if precision > length && length >= digits.point => length,
        Some(precision) => precision,
    };
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit {
        return scientific(digits, digits.text.len().saturating_sub(1));
    }
    fixed(digits, digits.behind())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, style: Style, precision: Option<usize>) -> String {
        Number::parse(text).unwrap().format(style, precision)
    }

    #[test]
    fn digits_are_rounded_half_to_even() {
        assert_eq!(shown("2.5", Style::Fixed, Some(0)), "2");
        assert_eq!(shown("3.5", Style::Fixed, Some(0)), "4");
        assert_eq!(shown("0.999", Style::Fixed, Some(2)), "1.00");
        assert_eq!(shown("0.004", Style::Fixed, Some(2)), "0.00");
        assert_eq!(shown("12.5", Style::Fixed, Some(6)), "12.500000");
    }

    #[test]
    fn large_and_small_numbers_have_exponents() {
        assert_eq!(shown("1000000", Style::General, None), "1e+06");
        assert_eq!(shown("123456", Style::General, None), "123456");
        assert_eq!(shown("0.00001", Style::General, None), "1e-05");
        assert_eq!(shown("1234.5", Style::Scientific, Some(2)), "1.23e+03");
        assert_eq!(shown("0", Style::General, None), "0");
        assert_eq!(shown("0", Style::Scientific, Some(1)), "0.0e+00");
    }
}
