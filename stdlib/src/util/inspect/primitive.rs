//! How primitives look.

use boa_engine::{
    Context, JsResult, JsString, JsValue, JsVariant,
    string::{JsStr, JsStrVariant},
};

use super::{Compact, Formatter, Style, Text};

impl Formatter {
    pub(super) fn primitive(&mut self, value: &JsValue, cx: &mut Context) -> JsResult<Text> {
        let separator = self.options.numeric_separator;
        match value.variant() {
            JsVariant::String(text) => self.string(&text, cx),
            JsVariant::Integer32(number) => self.styled(int(number, separator), Style::Number, cx),
            JsVariant::Float64(value) => self.styled(number(value, separator), Style::Number, cx),
            JsVariant::BigInt(value) => self.styled(bigint(&value.to_string(), separator), Style::BigInt, cx),
            JsVariant::Boolean(value) => self.styled(if value { "true" } else { "false" }.into(), Style::Boolean, cx),
            JsVariant::Undefined => self.styled("undefined".into(), Style::Undefined, cx),
            JsVariant::Null => self.styled("null".into(), Style::Null, cx),
            JsVariant::Symbol(symbol) => self.styled(Text::from_js(&symbol.descriptive_string()), Style::Symbol, cx),
            JsVariant::Object(_) => Ok(Text::new()),
        }
    }

    fn string(&mut self, text: &JsString, cx: &mut Context) -> JsResult<Text> {
        let mut shown = text.clone();
        let mut trailer = String::new();
        let max = self.options.max_string_length;
        if text.len() as f64 > max {
            let kept = if max >= 0.0 { max } else { (text.len() as f64 + max).max(0.0) };
            let remaining = text.len() as f64 - max;
            shown = text.get(..kept as usize).unwrap_or_default();
            let plural = if remaining > 1.0 { "s" } else { "" };
            trailer = format!("... {} more character{plural}", number(remaining, false).to_string_lossy());
        }
        let long = shown.len() > LINE_LEN_MIN && shown.len() as f64 > self.options.break_length - self.indentation as f64 - 4.0;
        let mut made = if self.options.compact != Compact::Old && long {
            let mut joined = Text::new();
            for (index, line) in lines(&shown).into_iter().enumerate() {
                if index > 0 {
                    joined.push_str(" +\n");
                    joined.push_spaces(self.indentation + 2);
                }
                let line = self.styled(quoted(line.as_str()), Style::String, cx)?;
                joined.push(&line);
            }
            joined
        } else {
            self.styled(quoted(shown.as_str()), Style::String, cx)?
        };
        made.push_str(&trailer);
        Ok(made)
    }
}

/// The text in parts, each but the last ending with a line break.
fn lines(text: &JsString) -> Vec<JsString> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, unit) in text.iter().enumerate() {
        if unit == u16::from(b'\n') && at + 1 < text.len() {
            found.push(text.get(from..=at).unwrap_or_default());
            from = at + 1;
        }
    }
    found.push(text.get(from..).unwrap_or_default());
    found
}

/// In the quotes that need the least escaping, with control characters and lone surrogates escaped.
pub(crate) fn quoted(text: JsStr<'_>) -> Text {
    let mut made = Text::with_capacity(text.len() + 2);
    let has = |c: u8| match text.variant() {
        JsStrVariant::Latin1(bytes) => memchr::memchr(c, bytes).is_some(),
        JsStrVariant::Utf16(units) => units.contains(&u16::from(c)),
    };
    let quote = if !has(b'\'') {
        b'\''
    } else if !has(b'"') {
        b'"'
    } else if !has(b'`') && text.index_of(JsStr::latin1(b"${"), 0).is_none() {
        b'`'
    } else {
        b'\''
    };
    made.push_ascii(quote);
    escape(text, quote == b'\'', &mut made);
    made.push_ascii(quote);
    made
}

/// Escapes control characters, the backslash, lone surrogates, and the single quote where `single` says so.
pub(crate) fn escape(text: JsStr<'_>, single: bool, made: &mut Text) {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => {
            let plain = |byte: u8| (0x20..0x7f).contains(&byte) && byte != b'\\' && !(single && byte == b'\'');
            let mut from = 0;
            for (at, byte) in bytes.iter().enumerate() {
                if plain(*byte) {
                    continue;
                }
                made.push_bytes(&bytes[from..at]);
                escape_code(u32::from(*byte), single, made);
                from = at + 1;
            }
            made.push_bytes(&bytes[from..]);
        }
        JsStrVariant::Utf16(units) => {
            for item in char::decode_utf16(units.iter().copied()) {
                match item {
                    Ok(c) => escape_code(c.into(), single, made),
                    Err(lone) => made.push_str(&format!("\\u{:x}", lone.unpaired_surrogate())),
                }
            }
        }
    }
}

fn escape_code(code: u32, single: bool, made: &mut Text) {
    match code {
        0x08 => made.push_str("\\b"),
        0x09 => made.push_str("\\t"),
        0x0a => made.push_str("\\n"),
        0x0c => made.push_str("\\f"),
        0x0d => made.push_str("\\r"),
        0x5c => made.push_str("\\\\"),
        0x27 if single => made.push_str("\\'"),
        0..0x20 | 0x7f..0xa0 => made.push_str(&format!("\\x{code:02X}")),
        code => made.push_code(code),
    }
}

pub(crate) fn int(value: i32, separator: bool) -> Text {
    let text = value.to_string();
    if separator { separated(&text).into() } else { text.into() }
}

/// A number as JavaScript writes it, and `-0`.
pub(crate) fn number(value: f64, separator: bool) -> Text {
    if value == 0.0 && value.is_sign_negative() && !separator {
        return "-0".into();
    }
    let mut buffer = ryu_js::Buffer::new();
    let text = buffer.format(value);
    if !separator || !value.is_finite() || text.contains('e') && value.fract() == 0.0 {
        return text.into();
    }
    match text.split_once('.') {
        None if value.fract() == 0.0 => separated(text).into(),
        // Such as 1e-7: Node looks for a point that is not there.
        None => format!("{}.{}", separated(&text[..text.len() - 1]), separated_fraction(text)).into(),
        Some((integer, fraction)) => format!("{}.{}", separated(integer), separated_fraction(fraction)).into(),
    }
}

pub(crate) fn bigint(digits: &str, separator: bool) -> Text {
    let mut made = if separator { separated(digits) } else { digits.to_owned() };
    made.push('n');
    made.into()
}

/// `1234567` with an underscore before each group of three from the right.
fn separated(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut made = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            made.push('_');
        }
        made.push(digit);
    }
    made
}

/// The same from the left.
fn separated_fraction(digits: &str) -> String {
    let mut made = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == 0 {
            made.push('_');
        }
        made.push(digit);
    }
    made
}

/// A string of up to this length is never broken into lines.
const LINE_LEN_MIN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        let of = |text: &str| quoted(JsString::from(text).as_str()).to_string_lossy().into_owned();
        assert_eq!(of("a"), "'a'");
        assert_eq!(of("it's"), "\"it's\"");
        assert_eq!(of("it's \"x\""), "`it's \"x\"`");
        assert_eq!(of("'\"`"), "'\\'\"`'");
        assert_eq!(of("\n\u{1}\u{7f}\\"), "'\\n\\x01\\x7F\\\\'");
    }

    #[test]
    fn separators() {
        assert_eq!(number(1_234_567.891_234, true).to_string_lossy(), "1_234_567.891_234");
        assert_eq!(number(-1234.0, true).to_string_lossy(), "-1_234");
        assert_eq!(number(-0.0, false).to_string_lossy(), "-0");
        assert_eq!(number(1e21, true).to_string_lossy(), "1e+21");
    }
}
