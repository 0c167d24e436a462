//! Numbers of a document compared exactly: `0.3` is a multiple of `0.1`, and 2^53 + 1 is not 2^53.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// `digits` times ten to the `exponent`, without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    pub(super) const ONE: Self = Self { digits: 1, exponent: 0 };

    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::of_number(number),
            _ => None,
        }
    }

    /// Reads what `serde_json` prints: the shortest text that gives the same number.
    pub(super) fn of_number(number: &Number) -> Option<Self> {
        let text = number.to_string();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let mut exponent: i32 = exponent.parse().ok()?;
        let digits = match mantissa.split_once('.') {
            Some((whole, part)) => {
                exponent -= i32::try_from(part.len()).ok()?;
                format!("{whole}{part}").parse().ok()?
            }
            None => mantissa.parse().ok()?,
        };
        Some(Self { digits, exponent }.trimmed())
    }

    fn trimmed(mut self) -> Self {
        if self.digits == 0 {
            return Self { digits: 0, exponent: 0 };
        }
        while self.digits % 10 == 0 {
            self.digits /= 10;
            self.exponent += 1;
        }
        self
    }

    pub(super) fn is_integer(self) -> bool {
        self.exponent >= 0
    }

    /// Both as multiples of the same power of ten, where that fits.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let least = self.exponent.min(other.exponent);
        let scale = |one: Self| {
            let by = 10_i128.checked_pow(u32::try_from(one.exponent - least).ok()?)?;
            one.digits.checked_mul(by)
        };
        Some((scale(self)?, scale(other)?, least))
    }

    pub(super) fn is_multiple_of(self, other: Self) -> Option<bool> {
        if self.digits == 0 {
            return Some(true);
        }
        let (one, other, _) = self.aligned(other)?;
        (other != 0).then(|| one % other == 0)
    }

    /// The least common multiple, where it fits.
    pub(super) fn common_multiple(self, other: Self) -> Option<Self> {
        let (one, other, exponent) = self.aligned(other)?;
        let (mut a, mut b) = (one, other);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let digits = (one / if a == 0 { return None } else { a }).checked_mul(other)?;
        Some(Self { digits: digits.checked_abs()?, exponent }.trimmed())
    }

    /// The first multiple of `step` in the direction of `up`, starting at this number; past it
    /// where it is `open`.
    pub(super) fn snapped(self, step: Self, up: bool, open: bool) -> Option<Self> {
        let (at, step, exponent) = self.aligned(step)?;
        if step <= 0 {
            return None;
        }
        let below = at.div_euclid(step);
        let exact = at.rem_euclid(step) == 0;
        let number = match (up, exact) {
            (true, true) => below + i128::from(open),
            (true, false) => below + 1,
            (false, true) => below - i128::from(open),
            (false, false) => below,
        };
        Some(Self { digits: number.checked_mul(step)?, exponent }.trimmed())
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (one, other, exponent) = self.aligned(other)?;
        Some(Self { digits: one.checked_add(other)?, exponent }.trimmed())
    }

    /// As a value of JSON, where it is a whole number of common size.
    pub(super) fn whole(self) -> Option<Value> {
        let by = 10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        i64::try_from(self.digits.checked_mul(by)?).ok().map(Value::from)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let signs = self.digits.signum().cmp(&other.digits.signum());
        if signs.is_ne() {
            return signs;
        }
        if let Some((one, other, _)) = self.aligned(*other) {
            return one.cmp(&other);
        }
        // What does not fit when it is scaled down to the smaller unit is the larger one.
        let by_size = self.exponent.cmp(&other.exponent);
        if self.digits < 0 { by_size.reverse() } else { by_size }
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.exponent, usize::try_from(-i64::from(self.exponent))) {
            (0, _) => write!(f, "{}", self.digits),
            (1..=20, _) => write!(f, "{}{}", self.digits, "0".repeat(self.exponent as usize)),
            (-20..=-1, Ok(places)) => {
                let sign = if self.digits < 0 { "-" } else { "" };
                let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = places + 1);
                let (whole, part) = digits.split_at(digits.len() - places);
                write!(f, "{sign}{whole}.{part}")
            }
            _ => write!(f, "{}e{}", self.digits, self.exponent),
        }
    }
}

/// Whether two JSON values are equal by JSON Schema 2020-12 section 4.2.2: `1` and `1.0` are.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b
                || matches!((Decimal::of_number(a), Decimal::of_number(b)), (Some(a), Some(b)) if a == b)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decimal(value: impl Into<Value>) -> Decimal {
        Decimal::of(&value.into()).expect("it is a number")
    }

    #[test]
    fn numbers_compare_exactly() {
        assert!(
            decimal(json!(9_007_199_254_740_993_i64)) > decimal(json!(9_007_199_254_740_992_i64))
        );
        assert!(decimal(json!(-1e300)) < decimal(json!(-5)));
        assert!(decimal(json!(1e300)) > decimal(json!(1e-300)));
        assert_eq!(decimal(json!(1.0)), decimal(json!(1)));
        assert!(decimal(json!(0.1)) < decimal(json!(0.11)));
        assert!(equal(&json!({"a": [1]}), &json!({"a": [1.0]})));
        assert!(!equal(&json!(1), &json!(true)));
    }

    #[test]
    fn numbers_print_as_people_write_them() {
        for text in ["0", "-1", "1200", "0.05", "-3.25", "1e300"] {
            let value: Value = serde_json::from_str(text).expect("it is a number");
            assert_eq!(decimal(value).to_string(), text);
        }
    }

    #[test]
    fn multiples_are_exact() {
        assert_eq!(decimal(json!(0.3)).is_multiple_of(decimal(json!(0.1))), Some(true));
        assert_eq!(decimal(json!(7)).is_multiple_of(decimal(json!(2))), Some(false));
        assert_eq!(decimal(json!(4)).common_multiple(decimal(json!(6))), Some(decimal(json!(12))));
        let five = decimal(json!(5));
        assert_eq!(decimal(json!(1)).snapped(five, true, false), Some(five));
        assert_eq!(decimal(json!(9)).snapped(five, false, false), Some(five));
        assert_eq!(decimal(json!(5)).snapped(five, true, true), Some(decimal(json!(10))));
        assert_eq!(decimal(json!(-1)).snapped(five, false, false), Some(decimal(json!(-5))));
        assert_eq!(decimal(json!(120)).whole(), Some(json!(120)));
        assert_eq!(decimal(json!(0.5)).whole(), None);
    }
}
