//! `String.prototype.localeCompare`: Unicode's root collation for Latin text.

use std::cmp::Ordering;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::Options;
use crate::{
    Context, JsArgs, JsNativeError, JsResult, JsString, JsValue,
    string::{JsStrVariant},
};

/// `String.prototype.localeCompare ( that [ , locales [ , options ] ] )`
pub(crate) fn locale_compare(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if this.is_null_or_undefined() {
        return Err(JsNativeError::typ().with_message("String.prototype.localeCompare called on null or undefined").into());
    }
    let text = this.to_string(context)?;
    let that = args.get_or_undefined(0).to_string(context)?;
    let options = Options::of(args.get_or_undefined(2), context)?;
    let rules = Rules {
        numeric: options.flag("numeric", context)?.unwrap_or(false),
        upper_first: options.choice("caseFirst", &["upper", "lower", "false"], context)? == Some("upper"),
        sensitivity: options.choice("sensitivity", &["base", "accent", "case", "variant"], context)?.unwrap_or("variant"),
        ignore_punctuation: options.flag("ignorePunctuation", context)?.unwrap_or(false),
    };
    Ok(JsValue::new(rules.compare(&text, &that) as i32))
}

struct Rules {
    numeric: bool,
    upper_first: bool,
    sensitivity: &'static str,
    ignore_punctuation: bool,
}

impl Rules {
    fn compare(&self, x: &JsString, y: &JsString) -> Ordering {
        if x == y {
            return Ordering::Equal;
        }
        let plain = !self.numeric && !self.upper_first && !self.ignore_punctuation && self.sensitivity == "variant";
        if plain
            && let (JsStrVariant::Latin1(x), JsStrVariant::Latin1(y)) = (x.as_str().variant(), y.as_str().variant())
            && x.is_ascii()
            && y.is_ascii()
        {
            return compare_ascii(x, y);
        }
        let (x, y) = (self.elements(x), self.elements(y));
        let level = |key: fn(&Element) -> u32| {
            let keys = |elements: &[Element]| elements.iter().map(key).filter(|key| *key != 0).collect::<Vec<_>>();
            keys(&x).cmp(&keys(&y))
        };
        let primary = level(|element| element.primary);
        let secondary = || level(|element| element.secondary);
        let tertiary = || {
            let order = level(|element| element.tertiary);
            if self.upper_first { order.reverse() } else { order }
        };
        match self.sensitivity {
            "base" => primary,
            "accent" => primary.then_with(secondary),
            "case" => primary.then_with(|| {
                let order = level(|element| if element.primary == 0 { 0 } else { element.tertiary });
                if self.upper_first { order.reverse() } else { order }
            }),
            _ => primary.then_with(secondary).then_with(tertiary),
        }
    }

    fn elements(&self, text: &JsString) -> Vec<Element> {
        let text = text.to_std_string_lossy();
        let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(&text);
        let is_compatible = decomposed.len() != text.len();
        let mut elements = Vec::with_capacity(text.len());
        for letter in decomposed.chars() {
            push(letter, &mut elements);
        }
        if is_compatible {
            // A compatibility form sorts behind the plain one.
            let plain = DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
            if plain != decomposed {
                elements.push(Element { primary: 0, secondary: 0, tertiary: 3 });
            }
        }
        if self.ignore_punctuation {
            elements.retain(|element| !(1..DIGITS).contains(&element.primary));
        }
        if self.numeric { with_numbers(elements) } else { elements }
    }
}

/// What a character weighs: which letter, which accent, which case.
#[derive(Clone, Copy)]
struct Element {
    primary: u32,
    secondary: u32,
    tertiary: u32,
}

/// The order of what is no letter and no digit.
const SYMBOLS: &str = "\t\n\u{b}\u{c}\r\u{85}\u{2028}\u{2029} ‾_‗-‐‒–—―⁓,;⁏:!¡?¿.·⁕⁖⁘⁙⁚⁛⁜⁝⁞'‘’‚‛‹›\"“”„‟«»()[]{}⁅⁆‖§¶⁋@*⁎⁑/\\&⁊#%‰‱†‡•‣‧⁃⁌⁍′‵‸※‿⁔⁀⁐⁁⁂`´^¯¨¸°©®℗←→↑↓+±÷×<=>¬|¦~⁒⁄¤¢$£¥₩₪₫€₭₮₱₲₴₵₸₹₺₽₿";
/// Characters of the same weight but for their case, as it were.
const OTHER_SYMBOLS: u32 = 1000;
const DIGITS: u32 = 0x20_0000;
const LETTERS: u32 = 0x20_0100;
const NUMBERS: u32 = 0x20_0010;
const OTHER_LETTERS: u32 = 0x30_0000;

fn push(letter: char, elements: &mut Vec<Element>) {
    let mut plain = |letter: char, secondary: u32, tertiary: u32| {
        elements.push(Element { primary: LETTERS + 4 * (letter as u32 - 'a' as u32), secondary, tertiary });
    };
    match letter {
        'a'..='z' => plain(letter, 1, 1),
        'A'..='Z' => plain(letter.to_ascii_lowercase(), 1, 2),
        'æ' | 'Æ' => {
            plain('a', 2, if letter == 'æ' { 1 } else { 2 });
            plain('e', 1, 1);
        }
        'œ' | 'Œ' => {
            plain('o', 2, if letter == 'œ' { 1 } else { 2 });
            plain('e', 1, 1);
        }
        'ß' => {
            plain('s', 2, 1);
            plain('s', 1, 1);
        }
        'ø' | 'Ø' => plain('o', 0x338, if letter == 'ø' { 1 } else { 2 }),
        'đ' | 'Đ' => plain('d', 0x335, if letter == 'đ' { 1 } else { 2 }),
        'ð' | 'Ð' => plain('d', 0x336, if letter == 'ð' { 1 } else { 2 }),
        'ħ' | 'Ħ' => plain('h', 0x335, if letter == 'ħ' { 1 } else { 2 }),
        'ł' | 'Ł' => plain('l', 0x335, if letter == 'ł' { 1 } else { 2 }),
        'ŧ' | 'Ŧ' => elements.push(Element { primary: LETTERS + 4 * 19 + 1, secondary: 1, tertiary: if letter == 'ŧ' { 1 } else { 2 } }),
        'ı' => elements.push(Element { primary: LETTERS + 4 * 8 + 1, secondary: 1, tertiary: 1 }),
        'þ' | 'Þ' => elements.push(Element { primary: LETTERS + 4 * 26, secondary: 1, tertiary: if letter == 'þ' { 1 } else { 2 } }),
        '0'..='9' => elements.push(Element { primary: DIGITS + letter as u32 - '0' as u32 + 1, secondary: 1, tertiary: 1 }),
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' => {
            elements.push(Element { primary: 0, secondary: letter as u32, tertiary: 1 });
        }
        _ if letter.is_alphanumeric() => {
            let lower = letter.to_lowercase().next().unwrap_or(letter);
            elements.push(Element { primary: OTHER_LETTERS + lower as u32, secondary: 1, tertiary: if lower == letter { 1 } else { 2 } });
        }
        _ => {
            if let Some(primary) = symbol(letter) {
                elements.push(Element { primary, secondary: 1, tertiary: 1 });
            }
        }
    }
}

/// `None` for characters without weight.
fn symbol(letter: char) -> Option<u32> {
    if let Some(place) = SYMBOLS.chars().position(|symbol| symbol == letter) {
        return Some(place as u32 + 1);
    }
    let has_no_weight = matches!(letter, '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    (!has_no_weight).then_some(OTHER_SYMBOLS + letter as u32)
}

/// Each run of digits as one number: how many digits it has, then the digits.
fn with_numbers(elements: Vec<Element>) -> Vec<Element> {
    let is_digit = |element: &Element| (DIGITS + 1..=DIGITS + 10).contains(&element.primary);
    let mut weighed = Vec::with_capacity(elements.len());
    let mut at = 0;
    while at < elements.len() {
        if !is_digit(&elements[at]) {
            weighed.push(elements[at]);
            at += 1;
            continue;
        }
        let end = at + elements[at..].iter().take_while(|element| is_digit(element)).count();
        let start = at + elements[at..end - 1].iter().take_while(|element| element.primary == DIGITS + 1).count();
        weighed.push(Element { primary: NUMBERS + ((end - start) as u32).min(200), secondary: 1, tertiary: 1 });
        weighed.extend_from_slice(&elements[start..end]);
        at = end;
    }
    weighed
}

fn compare_ascii(x: &[u8], y: &[u8]) -> Ordering {
    let table = &*ASCII;
    let primary = |text: &'_ [u8]| text.iter().map(|unit| table[usize::from(*unit)]).filter(|weight| *weight != 0).collect::<Vec<_>>();
    // Mostly the first difference decides.
    let same = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let (rest_x, rest_y) = (&x[same..], &y[same..]);
    let by_letter = match (rest_x.first(), rest_y.first()) {
        (Some(x), Some(y)) if table[usize::from(*x)] != 0 && table[usize::from(*y)] != 0 && table[usize::from(*x)] != table[usize::from(*y)] => {
            table[usize::from(*x)].cmp(&table[usize::from(*y)])
        }
        _ => primary(rest_x).cmp(&primary(rest_y)),
    };
    let case = |text: &[u8]| text.iter().filter(|unit| table[usize::from(**unit)] != 0).map(u8::is_ascii_uppercase).collect::<Vec<_>>();
    by_letter.then_with(|| case(rest_x).cmp(&case(rest_y)))
}

static ASCII: std::sync::LazyLock<[u8; 128]> = std::sync::LazyLock::new(|| {
    let mut order: Vec<(u32, u8)> = (0..128u8)
        .filter_map(|unit| {
            let mut elements = Vec::new();
            push(char::from(unit.to_ascii_lowercase()), &mut elements);
            elements.first().map(|element| (element.primary, unit))
        })
        .collect();
    order.sort_unstable();
    let mut table = [0; 128];
    let (mut weight, mut last) = (0, 0);
    for (primary, unit) in order {
        weight += u8::from(primary != last);
        last = primary;
        table[usize::from(unit)] = weight;
    }
    table
});
