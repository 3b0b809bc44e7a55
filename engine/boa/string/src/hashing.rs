//! The hash of a text, eight units at a time, and which texts can be static strings at all.

use std::hash::Hasher;

use crate::{JsStr, JsStrVariant, common::RAW_STATICS};

/// Hashes a text. The hash does not depend on how wide its units are stored.
#[inline]
pub(crate) fn hash<H: Hasher>(text: JsStr<'_>, state: &mut H) {
    state.write_usize(text.len());
    match text.variant() {
        JsStrVariant::Latin1(units) => {
            let (chunks, rest) = units.as_chunks::<8>();
            chunks.iter().for_each(|chunk| state.write_u64(u64::from_le_bytes(*chunk)));
            if !rest.is_empty() {
                state.write_u64(rest.iter().rev().fold(0, |word, unit| word << 8 | u64::from(*unit)));
            }
        }
        JsStrVariant::Utf16(units) => units.chunks(8).for_each(|chunk| {
            if chunk.iter().all(|unit| *unit < 256) {
                state.write_u64(chunk.iter().rev().fold(0, |word, unit| word << 8 | u64::from(*unit)));
            } else {
                chunk.iter().for_each(|unit| state.write_u16(*unit));
            }
        }),
    }
}

/// Whether a static string has this length and this first unit, to a hash of six bits. Most texts are told apart from them so, without
/// being hashed.
#[inline]
pub(crate) fn may_be_static(text: JsStr<'_>) -> bool {
    let first = match text.variant() {
        JsStrVariant::Latin1(units) => units.first().map_or(0, |unit| u16::from(*unit)),
        JsStrVariant::Utf16(units) => units.first().map_or(0, |unit| *unit),
    };
    FIRST_UNITS.get(text.len()).is_some_and(|units| units >> (first & 63) & 1 != 0)
}

/// By length: the first units of the static strings, a bit each.
static FIRST_UNITS: [u64; LONGEST + 1] = {
    let mut by_length = [0; LONGEST + 1];
    let mut index = 0;
    while index < RAW_STATICS.len() {
        let units = RAW_STATICS[index].latin1();
        let first = if units.is_empty() { 0 } else { units[0] };
        by_length[units.len()] |= 1 << (first & 63);
        index += 1;
    }
    by_length
};

/// The length of the longest static string.
const LONGEST: usize = {
    let mut longest = 0;
    let mut index = 0;
    while index < RAW_STATICS.len() {
        let length = RAW_STATICS[index].latin1().len();
        if length > longest {
            longest = length;
        }
        index += 1;
    }
    longest
};
