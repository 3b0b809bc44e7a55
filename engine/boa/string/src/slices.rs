//! Slices of strings: a short one is a copy, one unit is a static string, and a slice of a slice is one of the whole.

use crate::{JsStr, JsStrVariant, JsString, JsStringKind, StaticString, vtable::SliceString};

/// What a copy of so many bytes takes, a slice takes too.
const COPIED_BYTES: usize = 32;

impl JsString {
    /// A copy of a text that is not worth a slice, which would keep the whole in memory.
    #[inline]
    pub(crate) fn short_slice(text: JsStr<'_>) -> Option<Self> {
        let bytes = match text.variant() {
            JsStrVariant::Latin1([]) | JsStrVariant::Utf16([]) => return Some(Self::default()),
            JsStrVariant::Latin1([unit]) => return Some(Self::of_unit(*unit)),
            JsStrVariant::Utf16([unit]) if *unit < 256 => return Some(Self::of_unit(*unit as u8)),
            JsStrVariant::Latin1(units) => units.len(),
            JsStrVariant::Utf16(units) => size_of_val(units),
        };
        (bytes <= COPIED_BYTES).then(|| Self::from_slice_skip_interning(text))
    }

    /// The string of one unit: they are made once.
    #[inline]
    pub(crate) fn of_unit(unit: u8) -> Self {
        Self::from_static(&OF_UNITS[usize::from(unit)])
    }

    /// The string of wide units that are all narrow ones. Everything that works on text has a shorter way for those.
    pub(crate) fn narrowed(text: JsStr<'_>) -> Option<Self> {
        let JsStrVariant::Utf16(units) = text.variant() else { return None };
        if units.iter().any(|unit| *unit >= 256) {
            return None;
        }
        let narrow: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        Some(Self::from_js_str(JsStr::latin1(&narrow)))
    }

    /// The string that a slice is one of; itself if it is none. A chain of slices would be dropped by a chain of calls.
    pub(crate) fn root(&self) -> &Self {
        if self.kind() != JsStringKind::Slice {
            return self;
        }
        // SAFETY: the kind says so.
        unsafe { self.as_inner::<SliceString>() }.owned()
    }
}

/// The strings of one Latin-1 unit.
static OF_UNITS: [StaticString; 256] = {
    let mut strings = [StaticString::new(JsStr::EMPTY); 256];
    let mut unit = 0;
    while unit < strings.len() {
        strings[unit] = StaticString::new(JsStr::latin1(UNITS.split_at(unit).1.split_at(1).0));
        unit += 1;
    }
    strings
};

static UNITS: [u8; 256] = {
    let mut units = [0; 256];
    let mut unit = 0;
    while unit < units.len() {
        units[unit] = unit as u8;
        unit += 1;
    }
    units
};
