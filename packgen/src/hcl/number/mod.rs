//! Numbers as Nomad has them: binary, with up to 512 bits that count, rounded half to even.
//!
//! Nomad computes with them, compares them and prints them with all their digits, so `1 / 3` and
//! `0.1 + 0.2` have to come out the same. Each number also knows how many bits count in it, because a
//! quotient has as many as its operands: what is written has 512, what a function counted has 64.

mod arithmetic;
mod decimal;
mod style;

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigUint;

pub(crate) use style::Style;

/// Bits that count in a number that was written down.
pub(crate) const WRITTEN: u32 = 512;

/// Bits that count in a number that was counted.
const COUNTED: u32 = 64;

/// An exact number, or infinity (`1 / 0`).
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Int { value: i64, precision: u32 },
    Big(Arc<Big>),
    Infinite { negative: bool },
}

/// `mantissa × 2^exponent`; the mantissa is odd, or zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Big {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u32,
}

/// Why there is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is no number.
    #[error("a number is required")]
    Syntax,
    /// More digits than anybody needs.
    #[error("the number has too many digits")]
    TooLarge,
    /// The operation has no result.
    #[error("{0}")]
    Undefined(&'static str),
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number::written(0);

    /// The number of a decimal text such as `-12.5e3`.
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        decimal::parse(text)
    }

    /// A whole number as it is written.
    pub(crate) const fn written(value: i64) -> Number {
        Number(Repr::Int { value, precision: WRITTEN })
    }

    /// The number of a float; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Number> {
        arithmetic::from_f64(value)
    }

    /// An infinity.
    pub fn infinite(negative: bool) -> Number {
        Number(Repr::Infinite { negative })
    }

    /// The integer, if it is one that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int { value, .. } => Some(*value),
            Repr::Big(big) => big.to_i64(),
            Repr::Infinite { .. } => None,
        }
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        arithmetic::to_f64(self)
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int { .. } => true,
            Repr::Big(big) => big.exponent >= 0,
            Repr::Infinite { .. } => false,
        }
    }

    /// Whether it is one of the infinities.
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite { .. })
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Int { value, .. } => *value == 0,
            Repr::Big(big) => big.mantissa == BigUint::ZERO,
            Repr::Infinite { .. } => false,
        }
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Int { value, .. } => *value < 0,
            Repr::Big(big) => big.negative && big.mantissa != BigUint::ZERO,
            Repr::Infinite { negative } => *negative,
        }
    }

    /// `self + other`.
    pub fn add(&self, other: &Number) -> Result<Number, NumberError> {
        arithmetic::add(self, other)
    }

    /// `self - other`.
    pub fn subtract(&self, other: &Number) -> Result<Number, NumberError> {
        arithmetic::add(self, &other.negate())
    }

    /// `self * other`.
    pub fn multiply(&self, other: &Number) -> Result<Number, NumberError> {
        arithmetic::multiply(self, other)
    }

    /// `self / other`; by zero it is infinite.
    pub fn divide(&self, other: &Number) -> Result<Number, NumberError> {
        arithmetic::divide(self, other)
    }

    /// `self % other`; by zero it is `self`.
    pub fn modulo(&self, other: &Number) -> Result<Number, NumberError> {
        arithmetic::modulo(self, other)
    }

    /// `-self`.
    #[must_use]
    pub fn negate(&self) -> Number {
        arithmetic::negate(self)
    }

    /// `self` without its sign.
    #[must_use]
    pub fn absolute(&self) -> Number {
        if self.is_negative() { self.negate() } else { self.clone() }
    }

    /// The largest integer that is not larger.
    #[must_use]
    pub fn floor(&self) -> Number {
        arithmetic::floor(self)
    }

    /// The smallest integer that is not smaller.
    #[must_use]
    pub fn ceil(&self) -> Number {
        arithmetic::without_sign_of_zero(arithmetic::floor(&self.negate()).negate())
    }

    fn big(big: Big) -> Number {
        Number(Repr::Big(Arc::new(big))).small()
    }

    /// Keeps integers that fit a machine word there.
    fn small(self) -> Number {
        let Repr::Big(big) = &self.0 else { return self };
        match big.to_i64() {
            Some(value) if !(value == 0 && big.negative) => {
                Number(Repr::Int { value, precision: big.precision })
            }
            _ => self,
        }
    }

    fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Int { precision, .. } => *precision,
            Repr::Big(big) => big.precision,
            Repr::Infinite { .. } => WRITTEN,
        }
    }

    /// Its parts; `None` for infinities.
    fn parts(&self) -> Option<Big> {
        match &self.0 {
            Repr::Int { value, precision } => {
                let mantissa = BigUint::from(value.unsigned_abs());
                Some(Big { negative: *value < 0, mantissa, exponent: 0, precision: *precision }.odd())
            }
            Repr::Big(big) => Some((**big).clone()),
            Repr::Infinite { .. } => None,
        }
    }

    fn signum(&self) -> i8 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Big {
    /// The same number with an odd mantissa.
    fn odd(mut self) -> Big {
        let zeros = self.mantissa.trailing_zeros().unwrap_or(0);
        self.mantissa >>= zeros;
        self.exponent = if self.mantissa == BigUint::ZERO { 0 } else { self.exponent + zeros.cast_signed() };
        self
    }

    /// The nearest number with at most `precision` bits; of two equally near ones the even one.
    fn round(mut self) -> Big {
        let excess = self.mantissa.bits().saturating_sub(u64::from(self.precision));
        if excess > 0 {
            let half = self.mantissa.bit(excess - 1);
            let sticky = self.mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            self.mantissa >>= excess;
            self.exponent += excess.cast_signed();
            if half && (sticky || self.mantissa.bit(0)) {
                self.mantissa += 1u8;
            }
        }
        self.odd()
    }

    fn to_i64(&self) -> Option<i64> {
        let shift = u32::try_from(self.exponent).ok().filter(|shift| *shift < 64)?;
        let size = u64::try_from(&self.mantissa).ok()?;
        let size = i128::from(size) << shift;
        i64::try_from(if self.negative { -size } else { size }).ok()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number(Repr::Int { value, precision: COUNTED })
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        i64::from(value).into()
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        i64::try_from(value).unwrap_or(i64::MAX).into()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        arithmetic::compare(self, other)
    }
}

/// As Nomad turns a number into a string: never with an exponent.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&decimal::text(self))
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn written_numbers_come_back() {
        for text in [
            "0",
            "1",
            "-1",
            "0.1",
            "0.3",
            "12.5",
            "9223372036854775807",
            "18446744073709551616",
            "1000000000000000000000",
        ] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number("1.50E-2").to_string(), "0.015");
        assert_eq!(number("1.0").to_i64(), Some(1));
        assert_eq!(number("-0").to_string(), "-0");
    }

    #[test]
    fn decimal_sums_are_exact_to_the_eye() {
        assert_eq!(number("0.1").add(&number("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(number("1").divide(&number("0")).unwrap().to_string(), "+Inf");
        assert_eq!(number("10").divide(&number("4")).unwrap().to_string(), "2.5");
    }

    #[test]
    fn a_third_has_as_many_digits_as_count() {
        let third = number("1").divide(&number("3")).unwrap().to_string();
        assert!(third.starts_with("0.3333333333") && third.len() > 150, "{third}");
        let counted = Number::from(1).divide(&Number::from(3)).unwrap().to_string();
        assert!(counted.len() < 25, "{counted}");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "a", "1a", "1e", "--1", "1..2", ".", "0x10", "1_000", " 1"] {
            assert_eq!(Number::parse(text), Err(NumberError::Syntax), "{text}");
        }
        assert_eq!(Number::parse("1e999999999"), Err(NumberError::TooLarge));
        assert_eq!(Number::parse(&"9".repeat(100_000)), Err(NumberError::TooLarge));
    }

    #[test]
    fn order_follows_the_value() {
        let mut numbers: Vec<Number> = ["3", "-1", "0.5", "1e30", "-1e30", "2.5"].map(number).into();
        numbers.push(Number::infinite(true));
        numbers.sort();
        let words: Vec<String> = numbers.iter().take(5).map(Number::to_string).collect();
        assert_eq!(words, ["-Inf", "-1000000000000000000000000000000", "-1", "0.5", "2.5"]);
    }
}
