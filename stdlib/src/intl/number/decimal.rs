//! Decimal numbers of any length, and rounding them as ECMA-402 says.
//!
//! <https://tc39.es/ecma402/#sec-torawfixed>, <https://tc39.es/ecma402/#sec-torawprecision>

use boa_engine::{Context, JsResult, JsValue, JsVariant, value::PreferredType};

/// A number to format: `0.d₀d₁d₂... × 10^point`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decimal {
    pub(crate) is_negative: bool,
    pub(crate) kind: Kind,
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
    point: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Finite,
    Infinite,
    NaN,
}

/// What is done with the digits that go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Ceil,
    Floor,
    Expand,
    Trunc,
    HalfCeil,
    HalfFloor,
    HalfExpand,
    HalfTrunc,
    HalfEven,
}

pub(crate) const MODES: [(&str, Mode); 9] = [
    ("ceil", Mode::Ceil),
    ("floor", Mode::Floor),
    ("expand", Mode::Expand),
    ("trunc", Mode::Trunc),
    ("halfCeil", Mode::HalfCeil),
    ("halfFloor", Mode::HalfFloor),
    ("halfExpand", Mode::HalfExpand),
    ("halfTrunc", Mode::HalfTrunc),
    ("halfEven", Mode::HalfEven),
];

/// Digits of a string beyond which V8 gives up reading it exactly; a bound on time.
const DIGITS_MAX: usize = 100_000;

impl Decimal {
    pub(crate) fn of(number: f64) -> Self {
        if number.is_nan() {
            return Self { is_negative: false, kind: Kind::NaN, digits: Vec::new(), point: 0 };
        }
        let is_negative = number.is_sign_negative();
        if number.is_infinite() {
            return Self { is_negative, kind: Kind::Infinite, digits: Vec::new(), point: 0 };
        }
        let text = format!("{:e}", number.abs());
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        Self::normal(is_negative, digits, exponent.parse::<i32>().unwrap_or(0) + 1)
    }

    fn normal(is_negative: bool, mut digits: Vec<u8>, mut point: i32) -> Self {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..leading);
        point -= leading as i32;
        if digits.is_empty() {
            point = 0;
        }
        Self { is_negative, kind: Kind::Finite, digits, point }
    }

    /// `ToIntlMathematicalValue`: strings and large integers keep all their digits.
    pub(crate) fn of_js(value: &JsValue, cx: &mut Context) -> JsResult<Self> {
        if let Some(number) = value.as_number() {
            return Ok(Self::of(number));
        }
        let primitive = value.to_primitive(cx, PreferredType::Number)?;
        match primitive.variant() {
            JsVariant::BigInt(integer) => Ok(Self::of_integer(&integer.to_string())),
            JsVariant::String(text) => {
                let text = text.to_std_string_lossy();
                match Self::of_text(text.trim()) {
                    Some(exact) => Ok(exact),
                    None => Ok(Self::of(primitive.to_number(cx)?)),
                }
            }
            _ => Ok(Self::of(primitive.to_number(cx)?)),
        }
    }

    /// From the decimal digits of an integer, maybe behind a `-`.
    pub(crate) fn of_integer(text: &str) -> Self {
        let digits = text.trim_start_matches('-');
        Self::normal(text.starts_with('-'), digits.bytes().map(|digit| digit.wrapping_sub(b'0')).collect(), digits.len() as i32)
    }

    /// A decimal literal with as many digits as it has; `None` for any other text.
    fn of_text(text: &str) -> Option<Self> {
        if text.len() > DIGITS_MAX {
            return None;
        }
        let (is_negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let digits = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
        let made = Self::normal(is_negative, digits, (whole.len() as i32).checked_add(exponent)?);
        // Beyond what a Number holds it is infinite, as for `Number(text)`.
        match made.point {
            310.. => Some(Self { is_negative, kind: Kind::Infinite, digits: Vec::new(), point: 0 }),
            ..=-400 => Some(Self { is_negative, kind: Kind::Finite, digits: Vec::new(), point: 0 }),
            _ => Some(made),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.kind == Kind::Finite && self.digits.is_empty()
    }

    /// The exponent of the first digit; 0 for zero.
    pub(crate) fn magnitude(&self) -> i32 {
        if self.digits.is_empty() { 0 } else { self.point - 1 }
    }

    /// Times ten to the power of `by`.
    pub(crate) fn shifted(mut self, by: i32) -> Self {
        if !self.digits.is_empty() {
            self.point += by;
        }
        self
    }

    /// Rounded to a multiple of `increment` of units of `10^-places`.
    pub(crate) fn rounded(&self, places: i32, increment: u32, mode: Mode) -> Self {
        if self.kind != Kind::Finite || self.digits.is_empty() {
            return self.clone();
        }
        // How many of the digits stay.
        let kept = self.point + places;
        if increment == 1 && kept >= self.digits.len() as i32 {
            return self.clone();
        }
        let mut head: Vec<u8> = (0..kept.max(0) as usize).map(|at| self.digits.get(at).copied().unwrap_or(0)).collect();
        let tail: Vec<u8> =
            if kept < 0 { std::iter::repeat_n(0, kept.unsigned_abs().min(2) as usize).chain(self.digits.iter().copied()).collect() } else { self.digits.get(kept as usize..).unwrap_or(&[]).to_vec() };
        let modulus = 2 * u64::from(increment);
        let rest = head.iter().fold(0u64, |rest, digit| (rest * 10 + u64::from(*digit)) % modulus);
        let is_odd = rest >= u64::from(increment);
        let rest = rest % u64::from(increment);
        let is_tail_zero = tail.iter().all(|digit| *digit == 0);
        if rest == 0 && is_tail_zero {
            let point = head.len() as i32 - places;
            return Self::normal(self.is_negative, head, point);
        }
        // Twice what is beyond the last multiple, against the increment.
        let half = match (2 * rest).cmp(&u64::from(increment)) {
            std::cmp::Ordering::Less if increment % 2 == 1 && 2 * rest + 1 == u64::from(increment) => compare_half(&tail),
            std::cmp::Ordering::Equal if !is_tail_zero => std::cmp::Ordering::Greater,
            order => order,
        };
        subtract_small(&mut head, rest);
        if rounds_up(mode, half, self.is_negative, is_odd) {
            add_small(&mut head, u64::from(increment));
        }
        let point = head.len() as i32 - places;
        Self::normal(self.is_negative, head, point)
    }

    /// The digits before the point (none for zero) and behind it.
    fn split(&self) -> (String, String) {
        let digit = |digit: &u8| char::from(b'0' + digit);
        if self.point <= 0 {
            let zeros = if self.digits.is_empty() { 0 } else { self.point.unsigned_abs() as usize };
            return (String::new(), "0".repeat(zeros) + &self.digits.iter().map(digit).collect::<String>());
        }
        let point = self.point as usize;
        if point >= self.digits.len() {
            let whole: String = self.digits.iter().map(digit).collect();
            return (whole + &"0".repeat(point - self.digits.len()), String::new());
        }
        (self.digits[..point].iter().map(digit).collect(), self.digits[point..].iter().map(digit).collect())
    }

    /// The digits before the point, at least `whole_min`, and behind it, at least `fraction_min`.
    pub(crate) fn written(&self, whole_min: usize, fraction_min: usize) -> (String, String) {
        let (mut whole, mut fraction) = self.split();
        if whole.len() < whole_min {
            whole.insert_str(0, &"0".repeat(whole_min - whole.len()));
        }
        if fraction.len() < fraction_min {
            fraction.push_str(&"0".repeat(fraction_min - fraction.len()));
        }
        (whole, fraction)
    }
}

/// How the digits behind the point compare with a half.
fn compare_half(tail: &[u8]) -> std::cmp::Ordering {
    match tail.split_first() {
        Some((first, rest)) => first.cmp(&5).then_with(|| if rest.iter().any(|digit| *digit != 0) { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Equal }),
        None => std::cmp::Ordering::Less,
    }
}

fn rounds_up(mode: Mode, half: std::cmp::Ordering, is_negative: bool, is_odd: bool) -> bool {
    let at_half = |tie: bool| half.is_gt() || half.is_eq() && tie;
    match mode {
        Mode::Ceil => !is_negative,
        Mode::Floor => is_negative,
        Mode::Expand => true,
        Mode::Trunc => false,
        Mode::HalfCeil => at_half(!is_negative),
        Mode::HalfFloor => at_half(is_negative),
        Mode::HalfExpand => at_half(true),
        Mode::HalfTrunc => at_half(false),
        Mode::HalfEven => at_half(is_odd),
    }
}

fn add_small(digits: &mut Vec<u8>, mut add: u64) {
    for digit in digits.iter_mut().rev() {
        let sum = u64::from(*digit) + add % 10;
        *digit = (sum % 10) as u8;
        add = add / 10 + sum / 10;
    }
    while add > 0 {
        digits.insert(0, (add % 10) as u8);
        add /= 10;
    }
}

/// The number is not less than what is taken.
fn subtract_small(digits: &mut [u8], mut take: u64) {
    for digit in digits.iter_mut().rev() {
        let part = (take % 10) as u8;
        take /= 10;
        if *digit >= part {
            *digit -= part;
        } else {
            *digit = *digit + 10 - part;
            take += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(number: f64, places: i32, increment: u32, mode: Mode) -> String {
        let (whole, fraction) = Decimal::of(number).rounded(places, increment, mode).written(1, 0);
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    }

    #[test]
    fn rounds_as_the_mode_says() {
        assert_eq!(rounded(1.2345, 3, 1, Mode::HalfExpand), "1.235");
        assert_eq!(rounded(0.5, 0, 1, Mode::HalfEven), "0");
        assert_eq!(rounded(1.5, 0, 1, Mode::HalfEven), "2");
        assert_eq!(rounded(0.05, 0, 1, Mode::HalfExpand), "0");
        assert_eq!(rounded(0.6, 0, 1, Mode::HalfExpand), "1");
        assert_eq!(rounded(0.001, 0, 1, Mode::Expand), "1");
        assert_eq!(rounded(1.23, 2, 5, Mode::HalfExpand), "1.25");
        assert_eq!(rounded(1.225, 2, 5, Mode::HalfTrunc), "1.2");
        assert_eq!(rounded(12345.0, -3, 1, Mode::HalfExpand), "12000");
        assert_eq!(rounded(99999.0, -3, 1, Mode::HalfExpand), "100000");
    }

    #[test]
    fn texts_keep_their_digits() {
        let (whole, fraction) = Decimal::of_text("12345678901234567890.125").expect("a number").written(1, 0);
        assert_eq!((whole.as_str(), fraction.as_str()), ("12345678901234567890", "125"));
        assert!(Decimal::of_text("0x10").is_none());
    }
}
