//! Text that grows: bytes until a character needs more.

use crate::{
    JsNativeError, JsResult, JsString,
    string::{JsStr, JsStrVariant},
};

/// Node's longest string.
pub(crate) const LENGTH_MAX: usize = (1 << 29) - 24;

/// A string under construction.
pub(crate) enum Text {
    Latin1(Vec<u8>),
    Utf16(Vec<u16>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Latin1(Vec::new())
    }
}

impl Text {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self::Latin1(Vec::with_capacity(capacity))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Latin1(units) => units.len(),
            Self::Utf16(units) => units.len(),
        }
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        match self {
            Self::Latin1(units) => units.truncate(length),
            Self::Utf16(units) => units.truncate(length),
        }
    }

    pub(crate) fn latin1(&mut self, more: &[u8]) {
        match self {
            Self::Latin1(units) => units.extend_from_slice(more),
            Self::Utf16(units) => units.extend(more.iter().map(|unit| u16::from(*unit))),
        }
    }

    pub(crate) fn utf16(&mut self, more: &[u16]) {
        if let Self::Latin1(units) = self {
            if let Some(bytes) = narrow(more) {
                units.extend(bytes);
                return;
            }
            *self = Self::Utf16(units.iter().map(|unit| u16::from(*unit)).collect());
        }
        if let Self::Utf16(units) = self {
            units.extend_from_slice(more);
        }
    }

    pub(crate) fn string(&mut self, string: &JsString) {
        self.part(string, 0, string.len());
    }

    /// The units `start..end` of `string`.
    pub(crate) fn part(&mut self, string: &JsString, start: usize, end: usize) {
        match string.as_str().variant() {
            JsStrVariant::Latin1(units) => self.latin1(&units[start..end]),
            JsStrVariant::Utf16(units) => self.utf16(&units[start..end]),
        }
    }

    /// Fails where the text has become longer than strings can be.
    pub(crate) fn check_length(&self) -> JsResult<()> {
        if self.len() > LENGTH_MAX { Err(JsNativeError::range().with_message("Invalid string length").into()) } else { Ok(()) }
    }

    pub(crate) fn into_string(self) -> JsResult<JsString> {
        self.check_length()?;
        Ok(match self {
            Self::Latin1(units) => JsString::from(JsStr::latin1(&units)),
            Self::Utf16(units) => JsString::from(JsStr::utf16(&units)),
        })
    }
}

/// The units as bytes, if every one is one.
fn narrow(units: &[u16]) -> Option<impl Iterator<Item = u8> + '_> {
    units.iter().all(|unit| *unit < 256).then(|| units.iter().map(|unit| *unit as u8))
}

/// An ASCII text in the other case; itself where nothing changes. Nothing for other texts, whose cases Unicode tells.
pub(crate) fn ascii_in_case<const UPPER: bool>(text: &JsString) -> Option<JsString> {
    let JsStrVariant::Latin1(units) = text.variant() else { return None };
    if !units.is_ascii() {
        return None;
    }
    let is_other = if UPPER { u8::is_ascii_lowercase } else { u8::is_ascii_uppercase };
    if !units.iter().any(is_other) {
        return Some(text.clone());
    }
    let units = if UPPER { units.to_ascii_uppercase() } else { units.to_ascii_lowercase() };
    Some(JsString::from(JsStr::latin1(&units)))
}
