//! The buffer that everything is printed into: UTF-8 in which a lone surrogate is encoded like any other code point.
//!
//! What JavaScript strings hold survives, lengths are counted as JavaScript counts them, and the common case is written to a
//! file descriptor as it lies.

use std::{borrow::Cow, cmp::Ordering};

use boa_engine::{
    JsString,
    string::{JsStr, JsStrVariant},
};

/// A text under construction.
#[derive(Clone, Default, PartialEq, Eq, Debug, Hash)]
pub(crate) struct Text(Vec<u8>);

impl Text {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn with_capacity(len: usize) -> Self {
        Self(Vec::with_capacity(len))
    }

    pub(crate) fn from_js(text: &JsString) -> Self {
        let mut made = Self::with_capacity(text.len());
        made.push_js(text.as_str());
        made
    }

    /// What [`Text::into_bytes`] gave.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, other: &Text) {
        self.0.extend_from_slice(&other.0);
    }

    pub(crate) fn push_str(&mut self, other: &str) {
        self.0.extend_from_slice(other.as_bytes());
    }

    /// Part of another text: cut at a character.
    pub(crate) fn push_bytes(&mut self, other: &[u8]) {
        self.0.extend_from_slice(other);
    }

    /// An ASCII character.
    pub(crate) fn push_ascii(&mut self, c: u8) {
        debug_assert!(c.is_ascii(), "only ASCII is one byte");
        self.0.push(c);
    }

    pub(crate) fn push_spaces(&mut self, count: usize) {
        self.0.resize(self.0.len() + count, b' ');
    }

    pub(crate) fn push_js(&mut self, text: JsStr<'_>) {
        match text.variant() {
            JsStrVariant::Latin1(bytes) => {
                if bytes.is_ascii() {
                    self.0.extend_from_slice(bytes);
                } else {
                    bytes.iter().for_each(|byte| self.push_code(u32::from(*byte)));
                }
            }
            JsStrVariant::Utf16(units) => {
                for item in char::decode_utf16(units.iter().copied()) {
                    match item {
                        Ok(c) => self.push_code(c.into()),
                        Err(lone) => self.push_code(lone.unpaired_surrogate().into()),
                    }
                }
            }
        }
    }

    /// A code point, surrogates too.
    pub(crate) fn push_code(&mut self, code: u32) {
        if let Some(c) = char::from_u32(code) {
            let mut buffer = [0; 4];
            self.0.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        } else {
            self.0.extend_from_slice(&[0xe0 | (code >> 12) as u8, 0x80 | (code >> 6 & 0x3f) as u8, 0x80 | (code & 0x3f) as u8]);
        }
    }

    /// `length` as JavaScript counts it.
    pub(crate) fn units(&self) -> usize {
        units(&self.0)
    }

    pub(crate) fn contains_newline(&self) -> bool {
        memchr::memchr(b'\n', &self.0).is_some()
    }

    pub(crate) fn has_escape(&self) -> bool {
        memchr::memchr2(0x1b, 0xc2, &self.0).is_some()
    }

    pub(crate) fn find(&self, needle: &[u8]) -> Option<usize> {
        memchr::memmem::find(&self.0, needle)
    }

    pub(crate) fn find_from(&self, needle: &[u8], from: usize) -> Option<usize> {
        let from = from.min(self.0.len());
        memchr::memmem::find(&self.0[from..], needle).map(|at| at + from)
    }

    /// From one byte position to another: both at a character's start.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        let to = to.min(self.0.len());
        Self(self.0[from.min(to)..to].to_vec())
    }

    /// With `indentation` spaces after each line break.
    pub(crate) fn indented(self, indentation: usize) -> Self {
        if indentation == 0 || !self.contains_newline() {
            return self;
        }
        let mut made = Self::with_capacity(self.0.len() + indentation * 4);
        for part in self.0.split_inclusive(|byte| *byte == b'\n') {
            made.0.extend_from_slice(part);
            if part.ends_with(b"\n") {
                made.push_spaces(indentation);
            }
        }
        made
    }

    /// The JavaScript string.
    pub(crate) fn to_js(&self) -> JsString {
        if self.0.is_ascii() {
            return JsString::from(JsStr::latin1(&self.0));
        }
        if let Ok(text) = std::str::from_utf8(&self.0) {
            return JsString::from(text);
        }
        let units: Vec<u16> = self.utf16().collect();
        JsString::from(&units[..])
    }

    /// The UTF-16 code units.
    pub(crate) fn utf16(&self) -> impl Iterator<Item = u16> {
        codes(&self.0).flat_map(|code| {
            let pair = if code > 0xffff {
                let code = code - 0x10000;
                [Some(0xd800 | (code >> 10) as u16), Some(0xdc00 | (code & 0x3ff) as u16)]
            } else {
                [Some(code as u16), None]
            };
            pair.into_iter().flatten()
        })
    }

    /// With U+FFFD for lone surrogates, as everything that leaves the process.
    pub(crate) fn to_string_lossy(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let units: Vec<u16> = self.utf16().collect();
                Cow::Owned(String::from_utf16_lossy(&units))
            }
        }
    }

    /// The order of JavaScript's `sort()`: by code units.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        if self.0.is_ascii() && other.0.is_ascii() {
            return self.0.cmp(&other.0);
        }
        self.utf16().cmp(other.utf16())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

/// `length` of the string these bytes encode.
pub(crate) fn units(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0)).sum()
}

/// The code points these bytes encode.
fn codes(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = u32::from(*bytes.get(at)?);
        let (len, start) = match first {
            0..0x80 => (1, first),
            0x80..0xe0 => (2, first & 0x1f),
            0xe0..0xf0 => (3, first & 0xf),
            _ => (4, first & 7),
        };
        let rest = bytes.get(at + 1..at + len).unwrap_or_default();
        at += len;
        Some(rest.iter().fold(start, |code, byte| code << 6 | u32::from(byte & 0x3f)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_survive() {
        let source = JsString::from(&[0x61, 0xd83d, 0x62, 0xd83d, 0xde00, 0xe9][..]);
        let text = Text::from_js(&source);
        assert_eq!(text.units(), 6);
        assert_eq!(text.to_js(), source);
        assert_eq!(text.to_string_lossy(), "a\u{fffd}b\u{1f600}\u{e9}");
    }

    #[test]
    fn latin1_is_utf8() {
        let text = Text::from_js(&JsString::from(JsStr::latin1(&[0x61, 0xe9])));
        assert_eq!(text.as_bytes(), "a\u{e9}".as_bytes());
        assert_eq!(text.units(), 2);
    }
}
