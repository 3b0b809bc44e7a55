//! What English calls currencies and units, and the digits of numbering systems: tables made from CLDR 48.

use std::sync::LazyLock;

use super::format::Width;

/// The digits and signs of a numbering system.
#[derive(Debug, PartialEq)]
pub(crate) struct Digits {
    pub(crate) name: &'static str,
    digits: Vec<char>,
    pub(crate) group: &'static str,
    pub(crate) decimal: &'static str,
    pub(crate) minus: &'static str,
    pub(crate) percent: &'static str,
    pub(crate) exponent: &'static str,
}

impl Digits {
    /// ASCII digits as the system writes them.
    pub(crate) fn of(&self, ascii: &str) -> String {
        if self.name == "latn" {
            return ascii.to_owned();
        }
        ascii.bytes().filter_map(|digit| self.digits.get(usize::from(digit.wrapping_sub(b'0')))).collect()
    }
}

static SYSTEMS: LazyLock<Vec<Digits>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut fields = line.split('|');
        let mut next = |usual| fields.next().unwrap_or(usual);
        Digits { name: next("latn"), digits: next("0123456789").chars().collect(), group: next(","), decimal: next("."), minus: next("-"), percent: next("%"), exponent: next("E") }
    };
    include_str!("../data/numbering.txt").lines().map(line).collect()
});

static LATIN: LazyLock<Digits> = LazyLock::new(|| Digits { name: "latn", digits: "0123456789".chars().collect(), group: ",", decimal: ".", minus: "-", percent: "%", exponent: "E" });

/// The usual digits.
pub(crate) fn latin() -> &'static Digits {
    &LATIN
}

/// A numbering system by its name.
pub(crate) fn numbering_system(name: &str) -> Option<&'static Digits> {
    if name == "latn" {
        return Some(latin());
    }
    SYSTEMS.iter().find(|system| system.name == name)
}

/// The names of all numbering systems.
pub(crate) fn numbering_systems() -> impl Iterator<Item = &'static str> {
    SYSTEMS.iter().map(|system| system.name)
}

/// A currency, as English has it.
pub(crate) struct Currency {
    pub(crate) code: &'static str,
    /// Digits behind the point.
    pub(crate) digits: u32,
    symbol: &'static str,
    narrow: &'static str,
    pub(crate) name: &'static str,
    pub(crate) one: &'static str,
    pub(crate) other: &'static str,
    /// Whether `Intl.supportedValuesOf` lists it.
    pub(crate) is_listed: bool,
}

impl Currency {
    pub(crate) fn symbol(&self) -> &'static str {
        if self.symbol.is_empty() { self.code } else { self.symbol }
    }

    pub(crate) fn narrow_symbol(&self) -> &'static str {
        if self.narrow.is_empty() { self.symbol() } else { self.narrow }
    }
}

/// Lines in the order of the codes: `code|digits|symbol|narrow symbol|name|one|other|listed`.
const CURRENCIES: &str = include_str!("../data/currencies.txt");

/// A currency by its code in upper case.
pub(crate) fn currency(code: &str) -> Option<Currency> {
    let line = crate::intl::line_of(CURRENCIES, code)?;
    Some(currency_of(line))
}

fn currency_of(line: &'static str) -> Currency {
    let mut fields = line.split('|');
    let mut next = || fields.next().unwrap_or("");
    Currency { code: next(), digits: next().parse().unwrap_or(2), symbol: next(), narrow: next(), name: next(), one: next(), other: next(), is_listed: next() == "1" }
}

pub(crate) fn currencies() -> impl Iterator<Item = Currency> {
    CURRENCIES.lines().map(currency_of)
}

/// Digits behind the point that a currency has.
pub(crate) fn currency_digits(code: &str) -> u32 {
    currency(code).map_or(2, |currency| currency.digits)
}

/// `unit|long one|long other|short one|short other|narrow one|narrow other`, each with `{0}` for the number.
const UNITS: &str = include_str!("../data/units.txt");

pub(crate) fn units() -> impl Iterator<Item = &'static str> {
    UNITS.lines().filter_map(|line| line.split('|').next())
}

/// Whether it is one of ECMA-402's units, or one per another.
pub(crate) fn is_unit(name: &str) -> bool {
    let known = |name: &str| units().any(|unit| unit == name);
    known(name) || name.split_once("-per-").is_some_and(|(unit, per)| known(unit) && known(per))
}

/// What stands behind a number of units.
pub(crate) fn unit_suffix(unit: &str, width: Width, is_one: bool) -> String {
    if let Some(suffix) = simple_suffix(unit, width, is_one) {
        return suffix.to_owned();
    }
    let Some((of, per)) = unit.split_once("-per-") else { return String::new() };
    match (of, per, width) {
        ("mile", "gallon", Width::Short) => return " mpg".into(),
        ("mile", "gallon", Width::Narrow) => return "mpg".into(),
        ("mile", "hour", Width::Short) => return " mph".into(),
        ("mile", "hour", Width::Narrow) => return "mph".into(),
        _ => {}
    }
    let many = simple_suffix(of, width, is_one).unwrap_or("");
    match width {
        Width::Long => format!("{many} per {}", simple_suffix(per, width, true).unwrap_or("").trim()),
        Width::Short | Width::Narrow => format!("{many}/{}", per_sign(per, width)),
    }
}

fn simple_suffix(unit: &str, width: Width, is_one: bool) -> Option<&'static str> {
    let line = UNITS.lines().find(|line| line.strip_prefix(unit).is_some_and(|rest| rest.starts_with('|')))?;
    let column = match width {
        Width::Long => 1,
        Width::Short => 3,
        Width::Narrow => 5,
    };
    let pattern = line.split('|').nth(column + usize::from(!is_one))?;
    Some(pattern.strip_prefix("{0}").unwrap_or(pattern))
}

/// A unit behind a slash.
fn per_sign(unit: &str, width: Width) -> &'static str {
    match (unit, width) {
        ("day", _) => "d",
        ("hour", _) => "h",
        ("week", _) => "w",
        ("month", _) => "m",
        ("year", _) => "y",
        ("second", _) => "s",
        ("minute", _) => "min",
        ("inch", _) => "in",
        ("foot", _) => "ft",
        ("celsius", _) => "°C",
        ("fahrenheit", _) => "°F",
        ("pound", _) => "lb",
        ("ounce", _) => "oz",
        ("liter", _) => "L",
        ("meter", _) => "m",
        ("millisecond", _) => "ms",
        ("gallon", Width::Short) => "gal US",
        ("gallon", _) => "gal",
        ("bit", _) => "bit",
        ("byte", Width::Short) => "byte",
        ("byte", _) => "B",
        _ => simple_suffix(unit, width, true).unwrap_or("").trim_start_matches([' ', '\u{A0}']),
    }
}
