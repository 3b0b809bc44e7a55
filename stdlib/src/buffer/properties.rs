//! What holds of buffers for any bytes, any text and any arguments, against models written as plainly as can be.

use boa_engine::{Context, JsError, JsResult, JsStr, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{table::NativeModule, testing};
use proptest::{collection::vec, prelude::*};

use super::{
    encoding::{Encoding, byte_length, decode, decoded_length_max, encode, encode_into},
    from_units, numbers, ranges, search,
};

// Inputs.

/// Text with more surrogates, paired and alone, than any text has.
pub(crate) fn units() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![0_u16..0x80, 0_u16..0x100, any::<u16>(), 0xD800_u16..0xE000, Just(0xD83D), Just(0xDE00)];
    vec(unit, 0..24)
}

/// Bytes that are often the beginning of a character, or its middle.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let of_utf8 = prop_oneof![Just(0x41_u8), 0x80_u8..0xC0, prop::sample::select(vec![0xC0_u8, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF, 0xBB, 0xBF]), any::<u8>()];
    prop_oneof![vec(any::<u8>(), 0..40), vec(of_utf8, 0..24)]
}

/// Text of base64 in both alphabets, with what does not belong there.
fn dirty_base64() -> impl Strategy<Value = Vec<u8>> {
    let character = prop_oneof![
        8 => prop::sample::select(b"ABCXYZabcxyz0189+/-_".to_vec()),
        1 => prop::sample::select(b"= \n\r\t.*!\x00\xFF".to_vec()),
    ];
    vec(character, 0..40)
}

/// Numbers that no offset should be, and some that it may be.
fn hostile() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-12_i32..14).prop_map(f64::from),
        (-50_i32..50).prop_map(|quarters| f64::from(quarters) / 4.0),
        prop::sample::select(vec![f64::NAN, -0.0, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 2_147_483_648.0, 4_294_967_296.0, 9_007_199_254_740_992.0]),
    ]
}

fn string(units: &[u16]) -> JsString {
    JsStr::utf16(units).into()
}

fn text(string: &JsString) -> Vec<u16> {
    string.to_vec()
}

/// A context with buffers, one for each thread: making one costs more than a case.
fn with_context<R>(work: impl FnOnce(&mut Context) -> R) -> R {
    thread_local! {
        static CONTEXT: std::cell::RefCell<Context> = std::cell::RefCell::new(testing::context_with(MODULES));
    }
    CONTEXT.with_borrow_mut(work)
}

const MODULES: &[&NativeModule] = &[&super::MODULE];

fn buffer(bytes: &[u8], cx: &mut Context) -> JsValue {
    super::from_vec(bytes.to_vec(), cx).expect("small buffers can be made").into()
}

fn content(value: &JsValue) -> Vec<u8> {
    super::bytes_of(value).expect("it is a buffer")
}

/// The `code` of what was thrown.
fn code(error: JsError, cx: &mut Context) -> String {
    let thrown = error.into_opaque(cx).expect("it can be shown");
    let code = thrown.as_object().and_then(|error| error.get(js_string!("code"), cx).ok());
    code.and_then(|code| code.as_string()).map_or_else(|| "no code".to_owned(), |code| code.to_std_string_lossy())
}

// Models.

/// UTF-8 as the Encoding Standard writes it; a lone surrogate is U+FFFD.
fn naive_utf8(units: &[u16]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < units.len() {
        let unit = u32::from(units[at]);
        let next = units.get(at + 1).copied().map_or(0, u32::from);
        let mut character = unit;
        at += 1;
        if (0xD800..0xDC00).contains(&unit) && (0xDC00..0xE000).contains(&next) {
            character = 0x1_0000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
            at += 1;
        } else if (0xD800..0xE000).contains(&unit) {
            character = 0xFFFD;
        }
        let tail = |shift: u32| 0x80 | (character >> shift & 0x3F) as u8;
        match character {
            0..=0x7F => out.push(character as u8),
            0x80..=0x7FF => out.extend([0xC0 | (character >> 6) as u8, tail(0)]),
            0x800..=0xFFFF => out.extend([0xE0 | (character >> 12) as u8, tail(6), tail(0)]),
            _ => out.extend([0xF0 | (character >> 18) as u8, tail(12), tail(6), tail(0)]),
        }
    }
    out
}

/// The Encoding Standard's UTF-8 decoder, step by step.
fn naive_utf8_decode(bytes: &[u8]) -> Vec<u16> {
    let mut out = Vec::new();
    let (mut character, mut needed, mut seen) = (0_u32, 0, 0);
    let (mut lower, mut upper) = (0x80_u8, 0xBF_u8);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        if needed == 0 {
            match byte {
                0..=0x7F => out.push(byte.into()),
                0xC2..=0xDF => (needed, character) = (1, u32::from(byte & 0x1F)),
                0xE0..=0xEF => {
                    if byte == 0xE0 {
                        lower = 0xA0;
                    }
                    if byte == 0xED {
                        upper = 0x9F;
                    }
                    (needed, character) = (2, u32::from(byte & 0xF));
                }
                0xF0..=0xF4 => {
                    if byte == 0xF0 {
                        lower = 0x90;
                    }
                    if byte == 0xF4 {
                        upper = 0x8F;
                    }
                    (needed, character) = (3, u32::from(byte & 7));
                }
                _ => out.push(0xFFFD),
            }
            continue;
        }
        if !(lower..=upper).contains(&byte) {
            (character, needed, seen, lower, upper) = (0, 0, 0, 0x80, 0xBF);
            at -= 1;
            out.push(0xFFFD);
            continue;
        }
        (lower, upper) = (0x80, 0xBF);
        character = character << 6 | u32::from(byte & 0x3F);
        seen += 1;
        if seen == needed {
            if character > 0xFFFF {
                let above = character - 0x1_0000;
                out.extend([0xD800 + (above >> 10) as u16, 0xDC00 + (above & 0x3FF) as u16]);
            } else {
                out.push(character as u16);
            }
            (character, needed, seen) = (0, 0, 0);
        }
    }
    if needed > 0 {
        out.push(0xFFFD);
    }
    out
}

fn naive_base64(bytes: &[u8], alphabet: &[u8; 64], pad: bool) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let digits = (bytes.len() * 8).div_ceil(6);
    let mut out: String = (0..digits).map(|digit| char::from(alphabet[(0..6).fold(0, |value, place| value << 1 | usize::from(bit(digit * 6 + place)))])).collect();
    while pad && !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// Digits of either alphabet until a `=`; all else is passed over, and bits that make no whole byte are dropped.
fn naive_base64_decode(text: &[u8]) -> Vec<u8> {
    let mut bits = Vec::new();
    for byte in text.iter().take_while(|byte| **byte != b'=') {
        let byte = match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        };
        if let Some(value) = STANDARD.iter().position(|digit| *digit == byte) {
            bits.extend((0..6).rev().map(|place| value >> place & 1));
        }
    }
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | *bit as u8)).collect()
}

fn naive_hex_decode(text: &[u8]) -> Vec<u8> {
    let pairs = text.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| !pair.contains('+'))?, 16).ok());
    pairs.map_while(|byte| byte).collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const ENCODINGS: [Encoding; 7] = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Latin1, Encoding::Ascii, Encoding::Base64, Encoding::Base64Url, Encoding::Hex];

// Encodings.

proptest! {
    #[test]
    fn utf8_is_that_of_the_encoding_standard(units in units()) {
        let expected = naive_utf8(&units);
        for text in [string(&units), from_units(&units)] {
            prop_assert_eq!(byte_length(text.as_str(), Encoding::Utf8), expected.len());
            prop_assert_eq!(&encode(text.as_str(), Encoding::Utf8), &expected);
        }
    }

    #[test]
    fn malformed_utf8_is_replaced_as_the_encoding_standard_says(bytes in bytes()) {
        prop_assert_eq!(text(&decode(&bytes, Encoding::Utf8)), naive_utf8_decode(&bytes));
    }

    #[test]
    fn every_cut_of_utf8_is_replaced_as_the_encoding_standard_says(units in units()) {
        let whole = naive_utf8(&units);
        for end in 0..=whole.len() {
            prop_assert_eq!(text(&decode(&whole[..end], Encoding::Utf8)), naive_utf8_decode(&whole[..end]));
        }
    }

    #[test]
    fn bytes_survive_the_encodings_that_can_hold_them(bytes in bytes()) {
        for encoding in [Encoding::Latin1, Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
            let text = decode(&bytes, encoding);
            prop_assert!(text.len() <= decoded_length_max(bytes.len(), encoding));
            prop_assert_eq!(&encode(text.as_str(), encoding), &bytes, "{:?}", encoding);
        }
        let even = &bytes[..bytes.len() / 2 * 2];
        prop_assert_eq!(encode(decode(&bytes, Encoding::Utf16Le).as_str(), Encoding::Utf16Le), even);
        let seven_bits: Vec<u16> = bytes.iter().map(|byte| u16::from(byte & 0x7F)).collect();
        prop_assert_eq!(text(&decode(&bytes, Encoding::Ascii)), seven_bits);
    }

    #[test]
    fn text_survives_utf16_and_utf8_what_is_well_formed(units in units()) {
        prop_assert_eq!(text(&decode(&encode(string(&units).as_str(), Encoding::Utf16Le), Encoding::Utf16Le)), &units[..]);
        let well_formed: Vec<u16> = String::from_utf16_lossy(&units).encode_utf16().collect();
        prop_assert_eq!(text(&decode(&encode(string(&units).as_str(), Encoding::Utf8), Encoding::Utf8)), well_formed);
    }

    #[test]
    fn latin1_keeps_the_low_byte(units in units()) {
        let low: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        prop_assert_eq!(&encode(string(&units).as_str(), Encoding::Latin1), &low);
        prop_assert_eq!(&encode(from_units(&units).as_str(), Encoding::Ascii), &low);
    }

    #[test]
    fn base64_is_written_as_the_model_does(bytes in bytes()) {
        prop_assert_eq!(decode(&bytes, Encoding::Base64).to_std_string_lossy(), naive_base64(&bytes, STANDARD, true));
        prop_assert_eq!(decode(&bytes, Encoding::Base64Url).to_std_string_lossy(), naive_base64(&bytes, FOR_URLS, false));
    }

    #[test]
    fn base64_is_read_whatever_is_between_it(text in dirty_base64(), encoding in prop::sample::select(vec![Encoding::Base64, Encoding::Base64Url])) {
        prop_assert_eq!(encode(JsStr::latin1(&text), encoding), naive_base64_decode(&text));
    }

    #[test]
    fn hex_is_read_until_the_first_pair_that_is_none(text in vec(prop::sample::select(b"0123456789abcdefABCDEF0123456789abcdefgG +".to_vec()), 0..30)) {
        prop_assert_eq!(encode(JsStr::latin1(&text), Encoding::Hex), naive_hex_decode(&text));
    }

    /// What does not fit is left out by whole characters, and nothing is written behind what is counted.
    #[test]
    fn a_small_target_takes_a_beginning_and_is_else_untouched(units in units(), dirt in dirty_base64(), room in 0_usize..40, encoding in prop::sample::select(ENCODINGS.to_vec())) {
        for text in [string(&units), from_units(&units), JsStr::latin1(&dirt).into()] {
            let whole = encode(text.as_str(), encoding);
            let mut target = vec![0xAA; room];
            let written = encode_into(text.as_str(), encoding, &mut target);
            prop_assert!(written <= room && written <= whole.len());
            prop_assert_eq!(&target[..written], &whole[..written]);
            prop_assert!(target[written..].iter().all(|byte| *byte == 0xAA), "{:?}: {:02x?} after {}", encoding, target, written);
            // Of the next character there was no room for all.
            let character_max = match encoding { Encoding::Utf8 => 4, Encoding::Utf16Le => 2, _ => 1 };
            prop_assert!(written == whole.len() || room - written < character_max);
            if encoding == Encoding::Utf8 {
                prop_assert!(std::str::from_utf8(&target[..written]).is_ok());
            }
        }
    }
}

// Searching and ranges.

/// What `indexOf` and `lastIndexOf` of Node's documentation come to, for needles that are not empty.
fn naive_find(bytes: &[u8], needle: &[u8], offset: f64, forward: bool) -> i64 {
    let len = bytes.len() as f64;
    let offset = if offset.is_nan() { if forward { 0.0 } else { len } } else { offset.trunc() };
    let start = if offset < 0.0 { len + offset } else { offset };
    let places = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(needle));
    let found = if forward { places.into_iter().find(|at| *at as f64 >= start) } else { places.into_iter().rfind(|at| *at as f64 <= start) };
    found.map_or(-1, |at| at as i64)
}

proptest! {
    #[test]
    fn a_search_finds_what_the_model_finds(haystack in vec(0_u8..3, 0..16), needle in vec(0_u8..3, 1..4), offset in hostile()) {
        with_context(|cx| {
            let this = buffer(&haystack, cx);
            let args = [buffer(&needle, cx), offset.into()];
            let expected = naive_find(&haystack, &needle, offset, true);
            prop_assert_eq!(search::index_of(&this, &args, cx).expect("valid").as_number(), Some(expected as f64));
            prop_assert_eq!(search::includes(&this, &args, cx).expect("valid").as_boolean(), Some(expected >= 0));
            let last = naive_find(&haystack, &needle, offset, false);
            prop_assert_eq!(search::last_index_of(&this, &args, cx).expect("valid").as_number(), Some(last as f64));
            // One byte as a number is the same search.
            let args = [needle[0].into(), offset.into()];
            let expected = naive_find(&haystack, &needle[..1], offset, true);
            prop_assert_eq!(search::index_of(&this, &args, cx).expect("valid").as_number(), Some(expected as f64));
            Ok(())
        })?;
    }

    #[test]
    fn text_in_utf16_is_found_at_whole_units_only(haystack in vec(0_u8..2, 0..24), needle in vec(0_u16..0x102, 1..3), offset in 0_u32..30) {
        let even = &haystack[..haystack.len() / 2 * 2];
        let wanted: Vec<u8> = needle.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let start = offset as usize / 2 * 2;
        // What does not fit behind the offset is not looked for, before the offset is made even.
        let fits = offset as usize + wanted.len() <= even.len();
        let expected = (start..even.len()).step_by(2).find(|at| fits && even[*at..].starts_with(&wanted));
        with_context(|cx| {
            let this = buffer(even, cx);
            let args = [string(&needle).into(), offset.into(), JsString::from("utf16le").into()];
            let found = search::index_of(&this, &args, cx).expect("valid").as_number();
            prop_assert_eq!(found, Some(expected.map_or(-1.0, |at| at as f64)));
            Ok(())
        })?;
    }

    #[test]
    fn fill_repeats_its_pattern_between_valid_bounds(len in 0_usize..20, pattern in vec(any::<u8>(), 1..5), offset in hostile(), end in hostile()) {
        with_context(|cx| {
            let this = buffer(&vec![0xAA; len], cx);
            let args = [buffer(&pattern, cx), offset.into(), end.into()];
            let valid = |number: f64, max: f64| number.fract() == 0.0 && (0.0..=max).contains(&number);
            let filled = ranges::fill(&this, &args, cx);
            if valid(offset, 9_007_199_254_740_991.0) && valid(end, len as f64) {
                prop_assert!(filled.is_ok());
                let mut expected = vec![0xAA; len];
                for (index, at) in (offset as usize..end as usize).enumerate() {
                    expected[at] = pattern[index % pattern.len()];
                }
                prop_assert_eq!(content(&this), expected);
            } else {
                prop_assert_eq!(code(filled.expect_err("no such bounds"), cx), "ERR_OUT_OF_RANGE");
                prop_assert_eq!(content(&this), vec![0xAA; len]);
            }
            Ok(())
        })?;
    }

    #[test]
    fn copy_moves_what_fits(source in vec(any::<u8>(), 0..16), room in 0_usize..16, target_start in hostile(), start in hostile(), end in hostile()) {
        with_context(|cx| {
            let (from, to) = (buffer(&source, cx), buffer(&vec![0xAA; room], cx));
            let copied = ranges::copy(&from, &[to.clone(), target_start.into(), start.into(), end.into()], cx);
            // Integers stay, fractions round down, what is no safe number is 0.
            let bound = |number: f64| if number.fract() == 0.0 { number } else if number.abs() <= 9_007_199_254_740_991.0 { number.floor() } else { 0.0 };
            let (target_start, start, end) = (bound(target_start), bound(start), bound(end));
            if target_start < 0.0 || start < 0.0 || start > source.len() as f64 || end < 0.0 {
                prop_assert_eq!(code(copied.expect_err("no such bounds"), cx), "ERR_OUT_OF_RANGE");
                return Ok(());
            }
            let taken: Vec<u8> = source.iter().enumerate().filter(|(at, _)| (start..end).contains(&(*at as f64))).map(|(_, byte)| *byte).collect();
            let mut expected = vec![0xAA; room];
            let mut count = 0;
            for (place, byte) in expected.iter_mut().skip(target_start.min(1e9) as usize).zip(&taken) {
                *place = *byte;
                count += 1;
            }
            prop_assert_eq!(copied.expect("valid").as_number(), Some(f64::from(count)));
            prop_assert_eq!(content(&to), expected);
            Ok(())
        })?;
    }

    /// Within one buffer a copy reads all before it writes.
    #[test]
    fn copy_within_a_buffer_may_overlap(bytes in vec(any::<u8>(), 1..16), to in any::<prop::sample::Index>(), from in any::<prop::sample::Index>()) {
        let (to, from) = (to.index(bytes.len()), from.index(bytes.len()));
        let mut expected = bytes.clone();
        let count = (bytes.len() - from).min(bytes.len() - to);
        expected[to..to + count].copy_from_slice(&bytes[from..from + count]);
        with_context(|cx| {
            let this = buffer(&bytes, cx);
            ranges::copy(&this, &[this.clone(), to.into(), from.into()], cx).expect("valid");
            prop_assert_eq!(content(&this), expected);
            Ok(())
        })?;
    }

    #[test]
    fn compare_orders_the_named_parts(a in vec(0_u8..3, 0..8), b in vec(0_u8..3, 0..8), bounds in [0_usize..9, 0_usize..9, 0_usize..9, 0_usize..9]) {
        let [target_start, target_end, source_start, source_end] = bounds;
        with_context(|cx| {
            let (this, other) = (buffer(&a, cx), buffer(&b, cx));
            let compared = ranges::compare(&this, &[other, target_start.into(), target_end.into(), source_start.into(), source_end.into()], cx);
            if target_end > b.len() || source_end > a.len() {
                prop_assert_eq!(code(compared.expect_err("beyond the end"), cx), "ERR_OUT_OF_RANGE");
                return Ok(());
            }
            let (source, target) = (a.get(source_start..source_end).unwrap_or_default(), b.get(target_start..target_end).unwrap_or_default());
            prop_assert_eq!(compared.expect("valid").as_number(), Some(f64::from(source.cmp(target) as i32)));
            Ok(())
        })?;
    }
}

// Numbers.

type Method = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// Writer, reader, signed, little endian: those of one to six bytes.
const SIZED: [(Method, Method, bool, bool); 4] = [
    (numbers::write_uint_le, numbers::read_uint_le, false, true),
    (numbers::write_uint_be, numbers::read_uint_be, false, false),
    (numbers::write_int_le, numbers::read_int_le, true, true),
    (numbers::write_int_be, numbers::read_int_be, true, false),
];

proptest! {
    #[test]
    fn integers_of_any_size_are_read_as_they_were_written(which in 0_usize..4, size in 1_usize..=6, offset in 0_usize..6, bits in any::<u64>()) {
        let (write, read, signed, little) = SIZED[which];
        let shift = 64 - 8 * size as u32;
        let value = if signed { ((bits << shift) as i64 >> shift) as f64 } else { (bits << shift >> shift) as f64 };
        with_context(|cx| {
            let this = buffer(&[0xAA; 12], cx);
            let end = write(&this, &[value.into(), offset.into(), size.into()], cx).expect("in range").as_number();
            prop_assert_eq!(end, Some((offset + size) as f64));
            prop_assert_eq!(read(&this, &[offset.into(), size.into()], cx).expect("in range").as_number(), Some(value));
            let mut expected = vec![0xAA; 12];
            let wide = (value as i64).to_le_bytes();
            expected[offset..offset + size].copy_from_slice(&wide[..size]);
            if !little {
                expected[offset..offset + size].reverse();
            }
            prop_assert_eq!(content(&this), expected);
            Ok(())
        })?;
    }

    #[test]
    fn numbers_out_of_range_leave_the_buffer_alone(which in 0_usize..4, size in 1_usize..=6, offset in hostile(), excess in 0_u32..3) {
        let (write, read, signed, _) = SIZED[which];
        let bits = 8 * size as i32;
        let above = if signed { 2_f64.powi(bits - 1) } else { 2_f64.powi(bits) } + f64::from(excess);
        let below = if signed { -(2_f64.powi(bits - 1)) - 1.0 } else { -1.0 } - f64::from(excess);
        with_context(|cx| {
            let this = buffer(&[0xAA; 8], cx);
            for value in [above, below] {
                let refused = write(&this, &[value.into(), 0.into(), size.into()], cx).expect_err("out of range");
                prop_assert_eq!(code(refused, cx), "ERR_OUT_OF_RANGE");
            }
            let valid = offset.fract() == 0.0 && offset >= 0.0 && offset + size as f64 <= 8.0;
            prop_assert_eq!(read(&this, &[offset.into(), size.into()], cx).is_ok(), valid);
            if !valid {
                let refused = write(&this, &[0.into(), offset.into(), size.into()], cx).expect_err("no such offset");
                prop_assert_eq!(code(refused, cx), "ERR_OUT_OF_RANGE");
            }
            prop_assert_eq!(content(&this), vec![0xAA; 8]);
            Ok(())
        })?;
    }

    #[test]
    fn floats_are_read_as_they_were_written(value in any::<f64>(), offset in 0_usize..4) {
        with_context(|cx| {
            let this = buffer(&[0; 12], cx);
            let pairs: [(Method, Method, f64); 4] = [
                (numbers::write_double_le, numbers::read_double_le, value),
                (numbers::write_double_be, numbers::read_double_be, value),
                (numbers::write_float_le, numbers::read_float_le, f64::from(value as f32)),
                (numbers::write_float_be, numbers::read_float_be, f64::from(value as f32)),
            ];
            for (write, read, expected) in pairs {
                write(&this, &[value.into(), offset.into()], cx).expect("any number fits");
                let found = read(&this, &[offset.into()], cx).expect("in range").as_number().expect("a number");
                prop_assert!(found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_slice_is_that_of_an_array(bytes in vec(any::<u8>(), 0..12), start in hostile(), end in hostile()) {
        with_context(|cx| {
            let this = buffer(&bytes, cx);
            let part = content(&ranges::subarray(&this, &[start.into(), end.into()], cx).expect("any bounds will do"));
            let expected = slice_of_array(&bytes, start, end, cx);
            prop_assert_eq!(part, expected);
            Ok(())
        })?;
    }
}

/// `Array.prototype.slice`, which is an independent writing of the same rule.
fn slice_of_array(bytes: &[u8], start: f64, end: f64, cx: &mut Context) -> Vec<u8> {
    let array = JsArray::from_iter(bytes.iter().map(|byte| JsValue::from(*byte)), cx);
    let slice = array.get(js_string!("slice"), cx).expect("arrays have it").as_function().expect("it is a function");
    let part = slice.call(&array.into(), &[start.into(), end.into()], cx).expect("it does not throw");
    let part = JsArray::from_object(part.as_object().expect("an array")).expect("an array");
    let len = part.length(cx).expect("a length");
    (0..len).map(|index| part.get(index, cx).expect("there").as_number().expect("a byte") as u8).collect()
}
