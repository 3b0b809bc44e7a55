//! Unicode's root collation, as CLDR orders it: which of two texts comes first.
//!
//! The table `data/collation.txt` has three lines: the characters in order of their primary weights, those that weigh nothing, and the
//! combining marks in order. In the first line `61+3` (in base 36) is a run of characters that follow each other, `{a=A<å}` are characters of
//! one primary weight, parted by what the next differs in (`=` case or form, `<` accent).

use std::{cell::OnceCell, cmp::Ordering};

use boa_engine::{JsString, string::JsStrVariant};
use icu_normalizer::DecomposingNormalizerBorrowed;
use rustc_hash::FxHashMap;

const TABLE: &str = include_str!("data/collation.txt");

/// Which differences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sensitivity {
    Base,
    Accent,
    Case,
    Variant,
}

/// How texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) is_numeric: bool,
    pub(super) upper_first: bool,
    pub(super) sensitivity: Sensitivity,
    pub(super) ignores_punctuation: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { is_numeric: false, upper_first: false, sensitivity: Sensitivity::Variant, ignores_punctuation: false }
    }
}

/// What a character weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Element {
    /// The letter; 0 for marks.
    primary: u32,
    /// The accent; 0 for what has no weight at all.
    secondary: u16,
    /// Form, and case with it.
    tertiary: u16,
    is_upper: bool,
}

/// Marks weigh more than the accents that letters have themselves.
const MARKS: u16 = 1000;
/// Ideographs sort behind all scripts, by code point.
const IDEOGRAPHS: u32 = 0x10_0000;
const IDEOGRAPHS_OF_EXTENSIONS: u32 = 0x20_0000;
const UNASSIGNED: u32 = 0x40_0000;
/// A character whose form is compatible with another's weighs more.
const COMPATIBLE: u16 = 500;

/// What is no capital in ASCII, in order.
const ASCII_ORDER: &[u8] = b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

/// Primary weights of ASCII characters; 0 for controls.
const ASCII: [u8; 128] = {
    let mut weights = [0; 128];
    let mut at = 0;
    while at < ASCII_ORDER.len() {
        let unit = ASCII_ORDER[at];
        weights[unit as usize] = at as u8 + 1;
        weights[unit.to_ascii_uppercase() as usize] = at as u8 + 1;
        at += 1;
    }
    weights
};

/// Letters that sort as two, and whether with an accent.
const EXPANSIONS: [(char, &str); 12] = [('æ', "ae"), ('Æ', "AE"), ('œ', "oe"), ('Œ', "OE"), ('ß', "ss"), ('ẞ', "SS"), ('ꜳ', "aa"), ('Ꜳ', "AA"), ('ꝏ', "oo"), ('Ꝏ', "OO"), ('ᵺ', "th"), ('ƾ', "ts")];

struct Weights {
    of: FxHashMap<char, Element>,
    /// Primary weights of `0` to `9`.
    digits: Vec<u32>,
    /// The first primary weight that is no punctuation.
    symbols: u32,
    zero: u32,
}

thread_local! {
    static WEIGHTS: OnceCell<Weights> = const { OnceCell::new() };
}

fn with_weights<T>(look: impl FnOnce(&Weights) -> T) -> T {
    WEIGHTS.with(|weights| look(weights.get_or_init(Weights::read)))
}

impl Weights {
    fn read() -> Self {
        let mut lines = TABLE.splitn(3, '\n');
        let (order, ignored, marks) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or(""));
        let mut of = FxHashMap::with_capacity_and_hasher(41_000, Default::default());
        let mut primary = 0;
        for entry in Entries(order) {
            if let Some(group) = entry.strip_prefix('{').and_then(|entry| entry.strip_suffix('}')) {
                primary += 1;
                read_group(group, primary, &mut of);
                continue;
            }
            for letter in run(entry) {
                primary += 1;
                of.insert(letter, Element { primary, secondary: 1, tertiary: 1, is_upper: false });
            }
        }
        for letter in ignored.split(' ').flat_map(run) {
            of.insert(letter, Element::default());
        }
        for (at, mark) in marks.trim_end_matches('\n').chars().enumerate() {
            of.insert(mark, Element { primary: 0, secondary: MARKS + at as u16, tertiary: 1, is_upper: false });
        }
        let primary_of = |letter: char| of.get(&letter).map_or(0, |element: &Element| element.primary);
        let (symbols, zero) = (primary_of('`'), primary_of('0'));
        let digits = ('0'..='9').map(primary_of).collect();
        Self { of, digits, symbols, zero }
    }

    fn element(&self, letter: char) -> Element {
        if let Some(found) = self.of.get(&letter) {
            return *found;
        }
        let code = letter as u32;
        let base = match code {
            0x4E00..=0x9FFF | 0xF900..=0xFAFF => IDEOGRAPHS,
            0x3400..=0x4DBF | 0x20000..=0x3FFFF => IDEOGRAPHS_OF_EXTENSIONS,
            _ => UNASSIGNED,
        };
        Element { primary: base + code, secondary: 1, tertiary: 1, is_upper: false }
    }
}

/// The entries of the table's first line: a group may contain any character, a blank too.
struct Entries(&'static str);

impl Iterator for Entries {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        self.0 = self.0.strip_prefix(' ').unwrap_or(self.0);
        if self.0.is_empty() {
            return None;
        }
        // `}` may itself be the first of a group.
        let end = match self.0.strip_prefix('{') {
            Some(rest) => {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                1 + first + rest.get(first..)?.find('}')? + 1
            }
            None => self.0.find(' ').unwrap_or(self.0.len()),
        };
        let (entry, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(entry)
    }
}

fn read_group(group: &str, primary: u32, of: &mut FxHashMap<char, Element>) {
    let (mut secondary, mut tertiary) = (1, 0);
    let mut letters = group.chars();
    while let Some(next) = letters.next() {
        // What stands first has no sign before it.
        let letter = match next {
            '=' if tertiary > 0 => letters.next(),
            '<' if tertiary > 0 => {
                (secondary, tertiary) = (secondary + 1, 0);
                letters.next()
            }
            letter => Some(letter),
        };
        tertiary += 1;
        if let Some(letter) = letter {
            of.insert(letter, Element { primary, secondary, tertiary, is_upper: letter.is_uppercase() });
        }
    }
}

/// `61+3`: characters that follow each other.
fn run(entry: &str) -> impl Iterator<Item = char> {
    let (start, count) = entry.split_once('+').unwrap_or((entry, "1"));
    let start = u32::from_str_radix(start, 36).unwrap_or(0);
    let count = u32::from_str_radix(count, 36).unwrap_or(0);
    (start..start + count).filter_map(char::from_u32)
}

impl Rules {
    pub(super) fn compare(&self, x: &JsString, y: &JsString) -> Ordering {
        if x == y {
            return Ordering::Equal;
        }
        if !self.ignores_punctuation
            && let (JsStrVariant::Latin1(x), JsStrVariant::Latin1(y)) = (x.as_str().variant(), y.as_str().variant())
            && x.is_ascii()
            && y.is_ascii()
        {
            return self.compare_ascii(x, y);
        }
        with_weights(|weights| self.compare_any(weights, x, y))
    }

    /// Without the table: most texts are ASCII.
    fn compare_ascii(&self, x: &[u8], y: &[u8]) -> Ordering {
        let weight = |unit: &u8| ASCII[usize::from(*unit & 127)];
        let case = |text: &'_ [u8]| text.iter().filter(|unit| unit.is_ascii_alphabetic()).map(u8::is_ascii_uppercase).collect::<Vec<_>>();
        let has_case = !matches!(self.sensitivity, Sensitivity::Base | Sensitivity::Accent);
        if self.is_numeric {
            let by_letter = numeric_keys(x).cmp(&numeric_keys(y));
            return by_letter.then_with(|| if has_case { self.by_case(case(x).cmp(&case(y))) } else { Ordering::Equal });
        }
        let same = x.iter().zip(y).take_while(|(x, y)| x == y).count();
        let (x, y) = (x.get(same..).unwrap_or(&[]), y.get(same..).unwrap_or(&[]));
        // Mostly the first difference decides.
        let by_letter = match (x.first().map_or(0, weight), y.first().map_or(0, weight)) {
            (x, y) if x != 0 && y != 0 && x != y => return x.cmp(&y),
            _ => x.iter().map(weight).filter(|weight| *weight != 0).cmp(y.iter().map(weight).filter(|weight| *weight != 0)),
        };
        by_letter.then_with(|| if has_case { self.by_case(case(x).cmp(&case(y))) } else { Ordering::Equal })
    }

    fn by_case(&self, order: Ordering) -> Ordering {
        if self.upper_first { order.reverse() } else { order }
    }

    fn compare_any(&self, weights: &Weights, x: &JsString, y: &JsString) -> Ordering {
        let (x, y) = (self.elements(weights, x), self.elements(weights, y));
        let level = |key: fn(&Element) -> u32| x.iter().map(key).filter(|key| *key != 0).cmp(y.iter().map(key).filter(|key| *key != 0));
        let primary = level(|element| element.primary);
        let secondary = || level(|element| element.secondary.into());
        let case = || self.by_case(level(|element| if element.primary == 0 { 0 } else { 1 + u32::from(element.is_upper) }));
        let tertiary = || if self.upper_first { case().then_with(|| level(|element| element.tertiary.into())) } else { level(|element| element.tertiary.into()) };
        match self.sensitivity {
            Sensitivity::Base => primary,
            Sensitivity::Accent => primary.then_with(secondary),
            Sensitivity::Case => primary.then_with(case),
            Sensitivity::Variant => primary.then_with(secondary).then_with(tertiary),
        }
    }

    fn elements(&self, weights: &Weights, text: &JsString) -> Vec<Element> {
        let text = text.to_std_string_lossy();
        let canonical = DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
        let mut elements = Vec::with_capacity(canonical.len());
        for letter in canonical.chars() {
            push(weights, letter, &mut elements);
        }
        if self.ignores_punctuation {
            elements.retain(|element| element.primary == 0 || element.primary >= weights.symbols);
        }
        if self.is_numeric { with_numbers(weights, elements) } else { elements }
    }
}

fn push(weights: &Weights, letter: char, elements: &mut Vec<Element>) {
    if weights.of.contains_key(&letter) {
        if let Some((_, letters)) = EXPANSIONS.iter().find(|(expanded, _)| *expanded == letter) {
            let start = elements.len();
            elements.extend(letters.chars().map(|letter| weights.element(letter)));
            if let Some(first) = elements.get_mut(start) {
                first.secondary += 1;
            }
            return;
        }
        elements.push(weights.element(letter));
        return;
    }
    // Compatibility forms weigh as what they stand for, and a little more.
    let mut buffer = [0; 4];
    let one: &str = letter.encode_utf8(&mut buffer);
    let compatible = DecomposingNormalizerBorrowed::new_nfkd().normalize(one);
    if compatible == one {
        elements.push(weights.element(letter));
        return;
    }
    elements.extend(compatible.chars().map(|letter| {
        let mut element = weights.element(letter);
        element.tertiary += COMPATIBLE;
        element
    }));
}

/// The primary weights of an ASCII text, its numbers as in [`with_numbers`].
fn numeric_keys(text: &[u8]) -> Vec<usize> {
    let weight = |unit: &u8| usize::from(ASCII[usize::from(*unit & 127)]);
    let mut keys = Vec::with_capacity(text.len() + 4);
    let mut rest = text;
    while let Some(first) = rest.first() {
        if !first.is_ascii_digit() {
            keys.extend(Some(weight(first)).filter(|weight| *weight != 0));
            rest = &rest[1..];
            continue;
        }
        let (number, behind) = rest.split_at(rest.iter().take_while(|unit| unit.is_ascii_digit()).count());
        rest = behind;
        let zeros = number.iter().take_while(|unit| **unit == b'0').count().min(number.len() - 1);
        keys.extend([weight(&b'0'), number.len() - zeros]);
        keys.extend(number[zeros..].iter().map(weight));
    }
    keys
}

/// Each run of digits as one number: how many digits it has, then the digits.
fn with_numbers(weights: &Weights, elements: Vec<Element>) -> Vec<Element> {
    let digit = |element: &Element| weights.digit(element.primary);
    let mut weighed = Vec::with_capacity(elements.len());
    let mut rest = elements.as_slice();
    while let Some(first) = rest.first() {
        if digit(first).is_none() {
            weighed.push(*first);
            rest = &rest[1..];
            continue;
        }
        let length = rest.iter().take_while(|element| digit(element).is_some()).count();
        let (number, behind) = rest.split_at(length);
        rest = behind;
        let zeros = number.iter().take_while(|element| digit(element) == Some(0)).count().min(length - 1);
        let kept = number.get(zeros..).unwrap_or(&[]);
        // Between the last symbol and the digits there is room for no weight: the count of digits weighs as a fraction of zero's.
        weighed.push(Element { primary: weights.zero, secondary: 1, tertiary: 1, is_upper: false });
        weighed.push(Element { primary: kept.len() as u32, secondary: 1, tertiary: 1, is_upper: false });
        weighed.extend_from_slice(kept);
    }
    weighed
}

impl Weights {
    /// The value of a digit by its primary weight.
    fn digit(&self, primary: u32) -> Option<u32> {
        self.digits.iter().position(|digit| *digit == primary).map(|value| value as u32)
    }
}
