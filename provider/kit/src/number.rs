//! Exact decimal numbers, because Terraform's numbers are: 0.1, 2^64 and 200 digits must come back as they went in.
//!
//! A `Number` is compared, printed and converted. It never calculates: nothing in a provider's wire needs arithmetic.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Exponents beyond this are refused: no one means them, and writing them out would take gigabytes.
const LARGEST_EXPONENT: i64 = 1_000_000;

/// An exact decimal number of any size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Whole numbers that fit are always `Int`, so that derived equality is numeric equality.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Int(i64),
    Decimal(Box<Decimal>),
}

/// `digits × 10^exponent`, with neither leading nor trailing zeros in `digits`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// What is wrong with the text of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// The text is not a decimal number.
    Syntax,
    /// The exponent is beyond ±1,000,000.
    TooLarge,
    /// Not a number, or infinite.
    NotFinite,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "not a decimal number",
            Self::TooLarge => "the exponent is beyond ±1,000,000",
            Self::NotFinite => "not a finite number",
        })
    }
}

impl std::error::Error for NumberError {}

impl Number {
    /// The number as an `i64`, if it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Int(int) => Some(int),
            Repr::Decimal(_) => None,
        }
    }

    /// The nearest `f64`; numbers out of its range become infinite.
    #[expect(clippy::cast_precision_loss, reason = "the nearest value is what is asked for")]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(int) => *int as f64,
            Repr::Decimal(decimal) => decimal.scientific().parse().unwrap_or(f64::NAN),
        }
    }

    /// The number as an `f64`, only if nothing is lost.
    pub fn as_exact_f64(&self) -> Option<f64> {
        let float = self.to_f64();
        (Self::exactly(float).as_ref() == Ok(self)).then_some(float)
    }

    /// The exact value of a float: binary 0.1 is 0.1000000000000000055511151231257827….
    pub fn exactly(float: f64) -> Result<Self, NumberError> {
        if !float.is_finite() {
            return Err(NumberError::NotFinite);
        }
        // A binary fraction of k bits is a decimal fraction of exactly k digits.
        let places = fraction_bits(float);
        format!("{float:.places$}").parse()
    }

    fn scientific_if_long(&self) -> Option<String> {
        match &self.0 {
            Repr::Decimal(decimal) if decimal.exponent.unsigned_abs() > 4096 => Some(decimal.scientific()),
            _ => None,
        }
    }
}

fn fraction_bits(float: f64) -> usize {
    const MANTISSA_BITS: u32 = 52;
    let bits = float.to_bits();
    let exponent = u32::try_from((bits >> MANTISSA_BITS) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << MANTISSA_BITS) - 1);
    let mantissa = if exponent == 0 { fraction } else { fraction | (1 << MANTISSA_BITS) };
    if mantissa == 0 {
        return 0;
    }
    // value = mantissa × 2^(exponent - 1075), counting only the bits right of the point
    let right = 1075 - i64::from(exponent.max(1)) - i64::from(mantissa.trailing_zeros());
    usize::try_from(right).unwrap_or(0)
}

impl Decimal {
    /// Where the point stands: the power of ten just above the first digit.
    fn magnitude(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_add(self.exponent)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    fn scientific(&self) -> String {
        format!("{}{}e{}", self.sign(), self.digits, self.exponent)
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.magnitude().cmp(&other.magnitude()).then_with(|| self.digits.cmp(&other.digits))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.scientific_if_long() {
            return f.write_str(&text);
        }
        let decimal = match &self.0 {
            Repr::Int(int) => return write!(f, "{int}"),
            Repr::Decimal(decimal) => decimal,
        };
        f.write_str(decimal.sign())?;
        let digits = &decimal.digits;
        match usize::try_from(decimal.magnitude()) {
            Ok(point) if point >= digits.len() => write!(f, "{digits}{}", "0".repeat(point - digits.len())),
            Ok(point) if point > 0 => write!(f, "{}.{}", &digits[..point], &digits[point..]),
            _ => {
                let zeros = usize::try_from(-decimal.magnitude()).unwrap_or(0);
                write!(f, "0.{}{digits}", "0".repeat(zeros))
            }
        }
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.len() + fraction.len() == 0
            || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return Err(NumberError::Syntax);
        }
        let places = i64::try_from(fraction.len()).map_err(|_| NumberError::TooLarge)?;
        normal(negative, &format!("{whole}{fraction}"), exponent - places)
    }
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    let exponent: i64 = text.parse().map_err(|_| NumberError::TooLarge)?;
    if exponent.abs() > LARGEST_EXPONENT { Err(NumberError::TooLarge) } else { Ok(exponent) }
}

fn normal(negative: bool, digits: &str, exponent: i64) -> Result<Number, NumberError> {
    let digits = digits.trim_start_matches('0');
    let short = digits.trim_end_matches('0');
    if short.is_empty() {
        return Ok(Number(Repr::Int(0)));
    }
    let exponent = exponent + i64::try_from(digits.len() - short.len()).map_err(|_| NumberError::TooLarge)?;
    if let Some(int) = small_int(negative, short, exponent) {
        return Ok(Number(Repr::Int(int)));
    }
    Ok(Number(Repr::Decimal(Box::new(Decimal { negative, digits: short.to_owned(), exponent }))))
}

fn small_int(negative: bool, digits: &str, exponent: i64) -> Option<i64> {
    let zeros = usize::try_from(exponent).ok()?;
    if digits.len() + zeros > 19 {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    format!("{sign}{digits}{}", "0".repeat(zeros)).parse().ok()
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = match (&self.0, &other.0) {
            (Repr::Int(a), Repr::Int(b)) => return a.cmp(b),
            _ => (self.to_decimal(), other.to_decimal()),
        };
        match (a.negative, b.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a.compare_magnitude(&b),
            (true, true) => b.compare_magnitude(&a),
        }
    }
}

impl Number {
    fn to_decimal(&self) -> Decimal {
        match &self.0 {
            Repr::Decimal(decimal) => (**decimal).clone(),
            Repr::Int(0) => Decimal { negative: false, digits: String::new(), exponent: i64::MIN / 2 },
            Repr::Int(int) => {
                let all = int.unsigned_abs().to_string();
                let digits = all.trim_end_matches('0').to_owned();
                let exponent = i64::try_from(all.len() - digits.len()).unwrap_or(0);
                Decimal { negative: *int < 0, digits, exponent }
            }
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Self {
        Self(Repr::Int(int))
    }
}

impl From<u64> for Number {
    fn from(int: u64) -> Self {
        i64::try_from(int).map_or_else(
            |_| {
                let text = int.to_string();
                let digits = text.trim_end_matches('0').to_owned();
                let exponent = i64::try_from(text.len() - digits.len()).unwrap_or(0);
                Self(Repr::Decimal(Box::new(Decimal { negative: false, digits, exponent })))
            },
            Self::from,
        )
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// The shortest decimal that names this float, which is what a person means by it: 0.1 stays 0.1.
    fn try_from(float: f64) -> Result<Self, NumberError> {
        if float.is_finite() { format!("{float:e}").parse() } else { Err(NumberError::NotFinite) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn text_comes_back_in_its_plainest_form() {
        for (given, plain) in [
            ("0", "0"),
            ("-0", "0"),
            ("007.500", "7.5"),
            ("0.1", "0.1"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("-12.34", "-12.34"),
            (".5", "0.5"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1e9000", "1e9000"),
        ] {
            assert_eq!(number(given).to_string(), plain, "{given}");
        }
        assert_eq!(number("1e400").to_string().len(), 401);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "-", "abc", "1.2.3", "1e", "1e+", "0x10", "NaN", "Infinity", "1_000", " 1", "--1", "1e+-2"]
        {
            assert_eq!(text.parse::<Number>(), Err(NumberError::Syntax), "{text}");
        }
        assert_eq!("1e99999999999999999999".parse::<Number>(), Err(NumberError::TooLarge));
        assert_eq!("1e1000001".parse::<Number>(), Err(NumberError::TooLarge));
        assert_eq!(Number::try_from(f64::NAN), Err(NumberError::NotFinite));
        assert_eq!(Number::exactly(f64::INFINITY), Err(NumberError::NotFinite));
    }

    #[test]
    fn floats_are_exact_or_shortest_as_asked() {
        assert_eq!(Number::exactly(1.5).unwrap(), number("1.5"));
        assert_eq!(Number::try_from(0.1).unwrap(), number("0.1"));
        assert_ne!(Number::exactly(0.1).unwrap(), number("0.1"));
        assert_eq!(number("0.1").as_exact_f64(), None);
        assert_eq!(number("0.25").as_exact_f64(), Some(0.25));
    }

    proptest! {
        #[test]
        fn every_float_survives_exactly(float in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
            let exact = Number::exactly(float).unwrap();
            prop_assert!((exact.to_f64() - float).abs() == 0.0);
            prop_assert_eq!(exact.as_exact_f64().is_some(), true);
        }

        #[test]
        fn printing_and_parsing_agree(text in "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,4})?") {
            let once = number(&text);
            prop_assert_eq!(number(&once.to_string()), once);
        }

        #[test]
        fn order_is_numeric(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000) {
            let (x, y) = (number(&format!("{a}.5")), number(&format!("{b}.5")));
            prop_assert_eq!(x.cmp(&y), a_half(a).cmp(&a_half(b)));
            prop_assert_eq!(Number::from(a).cmp(&x), (2 * a).cmp(&a_half(a)));
        }
    }

    /// Twice the value of `"{a}.5"`.
    fn a_half(a: i64) -> i64 {
        if a < 0 { 2 * a - 1 } else { 2 * a + 1 }
    }
}
