//! From a number to its pieces: rounding, notation, grouping, sign, and what stands around the digits in English.

use std::fmt::Write as _;

use super::{
    data::{self, Digits},
    decimal::{Decimal, Kind, Mode},
};
use crate::intl::parts::{Part, Parts};

/// What is formatted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Style {
    Decimal,
    Percent,
    Currency { code: String, display: CurrencyDisplay, is_accounting: bool },
    Unit { unit: String, display: Width },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CurrencyDisplay {
    Code,
    Symbol,
    NarrowSymbol,
    Name,
}

/// How much room a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Long,
    Short,
    Narrow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    Standard,
    Scientific,
    Engineering,
    Compact { is_long: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    Always,
    Auto,
    Min2,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignDisplay {
    Auto,
    Always,
    Never,
    ExceptZero,
    Negative,
}

/// Which rounding decides where both are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    Auto,
    MorePrecision,
    LessPrecision,
}

/// How many digits are shown, and how the rest goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rounding {
    pub(crate) whole_min: u32,
    /// Least and most digits behind the point.
    pub(crate) fraction: Option<(u32, u32)>,
    /// Least and most significant digits.
    pub(crate) significant: Option<(u32, u32)>,
    pub(crate) priority: Priority,
    pub(crate) increment: u32,
    pub(crate) mode: Mode,
    pub(crate) strips_zeros: bool,
}

/// Everything a `NumberFormat` knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) style: Style,
    pub(crate) notation: Notation,
    pub(crate) grouping: Grouping,
    pub(crate) sign: SignDisplay,
    pub(crate) rounding: Rounding,
    pub(crate) digits: &'static Digits,
}

impl Default for Settings {
    fn default() -> Self {
        let rounding = Rounding { whole_min: 1, fraction: Some((0, 3)), significant: None, priority: Priority::Auto, increment: 1, mode: Mode::HalfExpand, strips_zeros: false };
        Self { style: Style::Decimal, notation: Notation::Standard, grouping: Grouping::Auto, sign: SignDisplay::Auto, rounding, digits: data::latin() }
    }
}

/// A rounded number: its digits, and the power of ten that stands beside them.
pub(crate) struct Rounded {
    pub(crate) whole: String,
    pub(crate) fraction: String,
    exponent: i32,
    is_negative: bool,
    is_zero: bool,
    kind: Kind,
}

impl Rounded {
    /// Whether English uses the singular: exactly `1`.
    pub(crate) fn is_one(&self) -> bool {
        self.kind == Kind::Finite && self.whole == "1" && self.fraction.is_empty() && self.exponent == 0
    }

    /// The same digits with the same sign.
    fn looks_like(&self, other: &Self) -> bool {
        self.whole == other.whole && self.fraction == other.fraction && self.exponent == other.exponent && self.is_negative == other.is_negative && self.kind == other.kind
    }
}

impl Rounding {
    /// How many digits behind the point stay, and how many there are at least.
    fn places(&self, number: &Decimal) -> (i32, i32) {
        let fraction = |(min, max): (u32, u32)| (max as i32, min as i32);
        let significant = |(min, max): (u32, u32)| {
            let magnitude = number.magnitude();
            (max as i32 - 1 - magnitude, (min as i32 - 1 - magnitude).max(0))
        };
        match (self.significant, self.fraction) {
            (Some(digits), None) => significant(digits),
            (Some(digits), Some(places)) => {
                let (by_digits, by_places) = (significant(digits), fraction(places));
                match self.priority {
                    Priority::Auto => by_digits,
                    Priority::MorePrecision if by_digits.0 >= by_places.0 => by_digits,
                    Priority::LessPrecision if by_digits.0 <= by_places.0 => by_digits,
                    _ => by_places,
                }
            }
            (None, Some(places)) => fraction(places),
            (None, None) => (0, 0),
        }
    }

    /// The number rounded, and the least digits behind its point.
    fn apply(&self, number: &Decimal) -> (Decimal, i32) {
        let rounded = number.rounded(self.places(number).0, self.increment, self.mode);
        // The rounded number can have one digit more.
        let min = self.places(&rounded).1;
        (rounded, min)
    }
}

impl Settings {
    /// The number as it is shown, without what stands around it.
    pub(crate) fn round(&self, number: &Decimal) -> Rounded {
        if number.kind != Kind::Finite {
            return Rounded { whole: String::new(), fraction: String::new(), exponent: 0, is_negative: number.is_negative, is_zero: false, kind: number.kind };
        }
        let number = if self.style == Style::Percent { number.clone().shifted(2) } else { number.clone() };
        let mut exponent = self.exponent(&number);
        let (mut rounded, mut min) = self.rounding.apply(&number.clone().shifted(-exponent));
        // 999.9 thousand is a million.
        if !rounded.is_zero() {
            let again = self.exponent(&rounded.clone().shifted(exponent));
            if again != exponent {
                exponent = again;
                (rounded, min) = self.rounding.apply(&number.clone().shifted(-exponent));
            }
        }
        let (whole, fraction) = rounded.written(self.rounding.whole_min as usize, min.max(0) as usize);
        let fraction = if self.rounding.strips_zeros && fraction.bytes().all(|digit| digit == b'0') { String::new() } else { fraction };
        Rounded { whole, fraction, exponent, is_negative: number.is_negative, is_zero: rounded.is_zero(), kind: Kind::Finite }
    }

    /// The power of ten that the notation takes out of a number.
    fn exponent(&self, number: &Decimal) -> i32 {
        let magnitude = number.magnitude();
        match self.notation {
            Notation::Standard => 0,
            Notation::Scientific => magnitude,
            Notation::Engineering => magnitude.div_euclid(3) * 3,
            Notation::Compact { .. } => (magnitude / 3 * 3).clamp(0, 12),
        }
    }

    /// The number's pieces.
    pub(crate) fn format(&self, number: &Decimal) -> Parts {
        self.dress(&self.round(number), None)
    }

    /// A rounded number with what stands around it; `approximately` puts a tilde before it.
    pub(crate) fn dress(&self, number: &Rounded, approximately: Option<()>) -> Parts {
        let mut parts = Parts::default();
        let sign = self.sign(number);
        let in_parentheses = sign == Some('-') && matches!(self.style, Style::Currency { is_accounting: true, display, .. } if display != CurrencyDisplay::Name);
        if in_parentheses {
            parts.push("literal", "(");
        }
        if approximately.is_some() {
            parts.push("approximatelySign", "~");
        }
        match sign {
            Some('-') if !in_parentheses => {
                // Arabic digits: the sign is kept to its side of the number.
                if self.digits.name == "arab" {
                    parts.push("literal", "\u{61C}");
                }
                parts.push("minusSign", self.digits.minus);
            }
            Some('+') => parts.push("plusSign", "+"),
            _ => {}
        }
        self.prefix(number, &mut parts);
        self.number(number, &mut parts);
        self.suffix(number.is_one(), &mut parts);
        if in_parentheses {
            parts.push("literal", ")");
        }
        parts
    }

    fn sign(&self, number: &Rounded) -> Option<char> {
        let minus = number.is_negative.then_some('-');
        match self.sign {
            SignDisplay::Auto => minus,
            SignDisplay::Always => minus.or(Some('+')),
            SignDisplay::Never => None,
            SignDisplay::ExceptZero if number.is_zero || number.kind == Kind::NaN => None,
            SignDisplay::ExceptZero => minus.or(Some('+')),
            SignDisplay::Negative => minus.filter(|_| !number.is_zero),
        }
    }

    /// What stands before the digits for the currency.
    fn symbol(&self) -> Option<&str> {
        let Style::Currency { code, display, .. } = &self.style else { return None };
        match display {
            CurrencyDisplay::Name => None,
            CurrencyDisplay::Code => Some(code.as_str()),
            CurrencyDisplay::Symbol => Some(data::currency(code).map_or(code.as_str(), |currency| currency.symbol())),
            CurrencyDisplay::NarrowSymbol => Some(data::currency(code).map_or(code.as_str(), |currency| currency.narrow_symbol())),
        }
    }

    fn prefix(&self, number: &Rounded, parts: &mut Parts) {
        let Some(symbol) = self.symbol() else { return };
        parts.push("currency", symbol);
        // A symbol that ends with no sign is parted from a digit.
        let is_digit_next = number.kind == Kind::Finite && self.digits.name != "hanidec";
        if is_digit_next && symbol.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '.') {
            parts.push("literal", "\u{A0}");
        }
    }

    fn number(&self, number: &Rounded, parts: &mut Parts) {
        match number.kind {
            Kind::NaN => return parts.push("nan", "NaN"),
            Kind::Infinite => return parts.push("infinity", "∞"),
            Kind::Finite => {}
        }
        self.whole(&number.whole, parts);
        if !number.fraction.is_empty() {
            parts.push("decimal", self.digits.decimal);
            parts.push("fraction", self.digits.of(&number.fraction));
        }
        match self.notation {
            Notation::Standard => {}
            Notation::Scientific | Notation::Engineering => {
                parts.push("exponentSeparator", self.digits.exponent);
                if number.exponent < 0 {
                    parts.push("exponentMinusSign", self.digits.minus);
                }
                parts.push("exponentInteger", self.digits.of(&number.exponent.unsigned_abs().to_string()));
            }
            Notation::Compact { is_long } => {
                let at = (number.exponent / 3) as usize;
                if at == 0 {
                    return;
                }
                // Currencies have no long compact form but under their name.
                let short = ["", "K", "M", "B", "T"];
                let long = ["", "thousand", "million", "billion", "trillion"];
                if is_long && !matches!(self.style, Style::Currency { display, .. } if display != CurrencyDisplay::Name) {
                    parts.push("literal", " ");
                    parts.push("compact", *long.get(at).unwrap_or(&""));
                } else {
                    parts.push("compact", *short.get(at).unwrap_or(&""));
                }
            }
        }
    }

    fn whole(&self, digits: &str, parts: &mut Parts) {
        let groups_from = match self.grouping {
            Grouping::Never => usize::MAX,
            Grouping::Min2 => 5,
            Grouping::Always | Grouping::Auto => 4,
        };
        if digits.len() < groups_from {
            return parts.push("integer", self.digits.of(digits));
        }
        let mut at = 0;
        let mut end = (digits.len() - 1) % 3 + 1;
        while let Some(group) = digits.get(at..end) {
            if at > 0 {
                parts.push("group", self.digits.group);
            }
            parts.push("integer", self.digits.of(group));
            if end == digits.len() {
                break;
            }
            at = end;
            end += 3;
        }
    }

    fn suffix(&self, is_one: bool, parts: &mut Parts) {
        match &self.style {
            Style::Decimal => {}
            Style::Percent => parts.push(if self.is_named() { "unit" } else { "percentSign" }, self.digits.percent),
            Style::Currency { code, display: CurrencyDisplay::Name, .. } => {
                parts.push("literal", " ");
                let name = data::currency(code).map_or(code.as_str(), |currency| if is_one { currency.one } else { currency.other });
                parts.push("currency", name);
            }
            Style::Currency { .. } => {}
            Style::Unit { unit, display } => {
                let suffix = data::unit_suffix(unit, *display, is_one);
                let name = suffix.trim_start_matches([' ', '\u{A0}']);
                parts.push("literal", &suffix[..suffix.len() - name.len()]);
                parts.push("unit", name);
            }
        }
    }

    /// `1–2`, `$1.00 – $2.00`, `~1` where both ends look alike.
    ///
    /// What stands around the numbers is written once where it is the same on both sides and longer than a sign, units always; there are
    /// spaces around the dash where something stands between it and the first number's digits.
    pub(crate) fn format_range(&self, start: &Decimal, end: &Decimal) -> Parts {
        let (low, high) = (self.round(start), self.round(end));
        if low.looks_like(&high) {
            return self.dress(&low, Some(())).of_source("shared");
        }
        let affixes = self.affixes(&low);
        // Short forms of thousands and the currency are one.
        let is_compact = matches!(self.notation, Notation::Compact { .. }) && (low.exponent > 0 || high.exponent > 0);
        let is_shared = !is_compact && affixes.chars().count() > 1 && affixes == self.affixes(&high);
        let is_spaced = self.has_exponent(&low) || !is_shared && !affixes.is_empty();
        let dash = literal(if is_spaced { " – " } else { "–" });
        let mut parts = Parts::default();
        if is_shared {
            let around = self.dress(&low, None);
            let is_digit = |part: &Part| matches!(part.kind, "integer" | "nan" | "infinity");
            let before = around.0.iter().position(is_digit).unwrap_or(0);
            parts.append(Parts(around.0.into_iter().take(before).collect()).of_source("shared"));
        }
        parts.append(self.bare(&low, is_shared).of_source("startRange"));
        parts.append(dash.of_source("shared"));
        parts.append(self.bare(&high, is_shared).of_source("endRange"));
        let mut suffix = Parts::default();
        if is_shared || self.is_named() {
            self.suffix(false, &mut suffix);
        }
        parts.append(suffix.of_source("shared"));
        parts
    }

    /// A number of a range without what both share.
    fn bare(&self, number: &Rounded, is_shared: bool) -> Parts {
        let mut parts = Parts::default();
        if !is_shared {
            if let Some(sign) = self.sign(number) {
                parts.push(if sign == '-' { "minusSign" } else { "plusSign" }, if sign == '-' { self.digits.minus } else { "+" });
            }
            self.prefix(number, &mut parts);
        }
        self.number(number, &mut parts);
        if !is_shared && !self.is_named() {
            self.suffix(false, &mut parts);
        }
        parts
    }

    /// The signs and the symbol around a number.
    fn affixes(&self, number: &Rounded) -> String {
        let mut affixes: String = self.sign(number).into_iter().collect();
        affixes.push_str(self.symbol().unwrap_or(""));
        if self.style == Style::Percent && !self.is_named() {
            affixes.push('%');
        }
        affixes
    }

    /// Whether what is counted stands behind the number as a name or a unit does.
    fn is_named(&self) -> bool {
        match &self.style {
            Style::Unit { .. } | Style::Currency { display: CurrencyDisplay::Name, .. } => true,
            Style::Percent => matches!(self.notation, Notation::Compact { .. }),
            _ => false,
        }
    }

    fn has_exponent(&self, number: &Rounded) -> bool {
        match self.notation {
            Notation::Standard => false,
            Notation::Scientific | Notation::Engineering => true,
            Notation::Compact { .. } => number.exponent > 0,
        }
    }
}

fn literal(text: &str) -> Parts {
    let mut parts = Parts::default();
    parts.push("literal", text);
    parts
}

/// The fast path of `toLocaleString()`: a number in the default format.
pub(crate) fn plain(number: f64) -> String {
    // Integers below a thousand are what most programs show.
    if number.fract() == 0.0 && number.abs() < 1e15 {
        let integer = number.abs() as u64;
        let mut text = String::with_capacity(24);
        if number.is_sign_negative() {
            text.push('-');
        }
        let _ = write!(text, "{integer}");
        let start = usize::from(number.is_sign_negative());
        let mut at = text.len();
        while at > start + 3 {
            at -= 3;
            text.insert(at, ',');
        }
        return text;
    }
    DEFAULT.with(|settings| settings.format(&Decimal::of(number)).text())
}

thread_local! {
    static DEFAULT: Settings = Settings::default();
}
