//! `toLocaleString` of numbers and BigInts.

use super::{Options, string};
use crate::{Context, JsArgs, JsBigInt, JsNativeError, JsResult, JsValue, builtins::Number};

/// `Number.prototype.toLocaleString ( [ locales [ , options ] ] )`
pub(crate) fn number_to_locale_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let number = Number::this_number_value(this)?;
    let format = Format::read(args.get_or_undefined(1), context)?;
    Ok(string(format.number(number)))
}

/// `BigInt.prototype.toLocaleString ( [ locales [ , options ] ] )`
pub(crate) fn bigint_to_locale_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = match (this.as_bigint(), this.as_object()) {
        (Some(value), _) => Some(value),
        (None, Some(object)) => object.downcast_ref::<JsBigInt>().map(|value| value.clone()),
        (None, None) => None,
    };
    let Some(value) = value else {
        return Err(JsNativeError::typ().with_message("BigInt.prototype.toLocaleString requires that 'this' be a BigInt").into());
    };
    let format = Format::read(args.get_or_undefined(1), context)?;
    let digits = value.to_string_radix(10);
    let (is_negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits.to_owned()),
        None => (false, digits),
    };
    Ok(string(format.decimal(is_negative, Decimal { whole: digits, fraction: String::new() })))
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Decimal,
    Percent,
    Currency,
}

struct Format {
    style: Style,
    /// What stands before (or, where there is no sign for it, before and parted by a space) the number.
    currency: String,
    groups: bool,
    whole_min: usize,
    fraction_min: usize,
    fraction_max: usize,
    significant: Option<(usize, usize)>,
}

/// Decimal digits on both sides of the point.
struct Decimal {
    whole: String,
    fraction: String,
}

impl Format {
    fn read(options: &JsValue, context: &mut Context) -> JsResult<Self> {
        let options = Options::of(options, context)?;
        let style = match options.choice("style", &["decimal", "percent", "currency", "unit"], context)? {
            Some("percent") => Style::Percent,
            Some("currency") => Style::Currency,
            _ => Style::Decimal,
        };
        let code = options.text("currency", context)?;
        if style == Style::Currency && code.is_none() {
            return Err(JsNativeError::typ().with_message("Currency code is required with currency style.").into());
        }
        let code = code.unwrap_or_default().to_ascii_uppercase();
        let currency = match options.choice("currencyDisplay", &["code", "symbol", "narrowSymbol", "name"], context)? {
            Some("code") => format!("{code}\u{A0}"),
            _ => currency_sign(&code).map_or_else(|| format!("{code}\u{A0}"), str::to_owned),
        };
        let whole_min = options.count("minimumIntegerDigits", 1..=21, context)?.unwrap_or(1);
        let fraction_min = options.count("minimumFractionDigits", 0..=100, context)?;
        let fraction_max = options.count("maximumFractionDigits", 0..=100, context)?;
        let significant_min = options.count("minimumSignificantDigits", 1..=21, context)?;
        let significant_max = options.count("maximumSignificantDigits", 1..=21, context)?;
        let groups = match options.get("useGrouping", context)? {
            Some(groups) => groups.to_boolean() && groups.as_string().is_none_or(|groups| groups != "false"),
            None => true,
        };

        let (usual_min, usual_max) = match style {
            Style::Decimal => (0, 3),
            Style::Percent => (0, 0),
            Style::Currency if matches!(code.as_str(), "JPY" | "KRW" | "VND" | "CLP") => (0, 0),
            Style::Currency => (2, 2),
        };
        let (fraction_min, fraction_max) = match (fraction_min, fraction_max) {
            (None, None) => (usual_min, usual_max),
            (Some(min), None) => (min, min.max(usual_max)),
            (None, Some(max)) => (usual_min.min(max), max),
            (Some(min), Some(max)) if min <= max => (min, max),
            _ => return Err(JsNativeError::range().with_message("maximumFractionDigits value is out of range.").into()),
        };
        let significant = (significant_min.is_some() || significant_max.is_some()).then(|| (significant_min.unwrap_or(1), significant_max.unwrap_or(21)));
        Ok(Self { style, currency, groups, whole_min, fraction_min, fraction_max, significant })
    }

    fn number(&self, number: f64) -> String {
        if number.is_nan() {
            return self.dressed(false, "NaN");
        }
        if number.is_infinite() {
            return self.dressed(number < 0.0, "∞");
        }
        self.decimal(number.is_sign_negative(), Decimal::of(number.abs()))
    }

    fn decimal(&self, is_negative: bool, mut number: Decimal) -> String {
        if self.style == Style::Percent {
            number.shift_by_two();
        }
        match self.significant {
            Some((min, max)) => number.to_significant(min, max),
            None => {
                number.round(self.fraction_max);
                while number.fraction.len() > self.fraction_min && number.fraction.ends_with('0') {
                    number.fraction.pop();
                }
                while number.fraction.len() < self.fraction_min {
                    number.fraction.push('0');
                }
            }
        }
        while number.whole.len() < self.whole_min {
            number.whole.insert(0, '0');
        }
        let mut text = if self.groups { grouped(&number.whole) } else { number.whole };
        if !number.fraction.is_empty() {
            text.push('.');
            text.push_str(&number.fraction);
        }
        self.dressed(is_negative, &text)
    }

    fn dressed(&self, is_negative: bool, number: &str) -> String {
        let sign = if is_negative { "-" } else { "" };
        match self.style {
            Style::Decimal => format!("{sign}{number}"),
            Style::Percent => format!("{sign}{number}%"),
            Style::Currency => format!("{sign}{}{number}", self.currency),
        }
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn currency_sign(code: &str) -> Option<&'static str> {
    Some(match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "INR" => "₹",
        "KRW" => "₩",
        "BRL" => "R$",
        "CAD" => "CA$",
        "AUD" => "A$",
        "NZD" => "NZ$",
        "MXN" => "MX$",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "ILS" => "₪",
        "VND" => "₫",
        "PHP" => "₱",
        "XAF" => "FCFA",
        _ => return None,
    })
}

impl Decimal {
    /// The shortest digits that stand for the number, as `String(number)` has them.
    fn of(number: f64) -> Self {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        let point = exponent + 1;
        if point <= 0 {
            return Self { whole: "0".to_owned(), fraction: "0".repeat(point.unsigned_abs() as usize) + &digits };
        }
        let point = point as usize;
        if point >= digits.len() {
            let zeros = "0".repeat(point - digits.len());
            return Self { whole: digits + &zeros, fraction: String::new() };
        }
        Self { whole: digits[..point].to_owned(), fraction: digits[point..].to_owned() }
    }

    /// Times a hundred.
    fn shift_by_two(&mut self) {
        for _ in 0..2 {
            let digit = if self.fraction.is_empty() { '0' } else { self.fraction.remove(0) };
            self.whole.push(digit);
        }
        let kept = self.whole.trim_start_matches('0').len().max(1);
        self.whole.drain(..self.whole.len() - kept);
    }

    /// To so many digits behind the point; a half rounds away from zero.
    fn round(&mut self, places: usize) {
        if self.fraction.len() <= places {
            return;
        }
        let up = self.fraction.as_bytes()[places] >= b'5';
        self.fraction.truncate(places);
        if up {
            let mut digits: Vec<u8> = self.whole.bytes().chain(self.fraction.bytes()).collect();
            increment(&mut digits);
            let split = digits.len() - places;
            self.whole = digits[..split].iter().map(|digit| char::from(*digit)).collect();
            self.fraction = digits[split..].iter().map(|digit| char::from(*digit)).collect();
        }
    }

    fn to_significant(&mut self, min: usize, max: usize) {
        let leading = if self.whole == "0" { self.fraction.bytes().take_while(|digit| *digit == b'0').count() } else { 0 };
        let whole = if self.whole == "0" { 0 } else { self.whole.len() };
        if whole >= max {
            let cut = whole - max;
            let up = cut > 0 && self.whole.as_bytes()[max] >= b'5' || cut == 0 && self.fraction.as_bytes().first().is_some_and(|digit| *digit >= b'5');
            let mut digits: Vec<u8> = self.whole.bytes().take(max).collect();
            if up {
                increment(&mut digits);
            }
            self.whole = digits.iter().map(|digit| char::from(*digit)).chain(std::iter::repeat_n('0', cut)).collect();
            self.fraction.clear();
        } else {
            self.round(max - whole + leading);
        }
        while self.fraction.ends_with('0') {
            self.fraction.pop();
        }
        while whole + self.fraction.len() < min + leading {
            self.fraction.push('0');
        }
    }
}

/// Adds one to a decimal number; may grow by a digit.
fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}
