//! Between JavaScript strings and bytes: Node's seven encodings, with Node's meaning of invalid input.
//!
//! Nothing here knows objects: strings come as [`JsStr`] (Latin-1 or UTF-16 in memory), bytes as slices. Both shapes of a string have
//! their own path, and ASCII never goes through a character iterator.
//!
//! Invalid input, as in Node: UTF-8 replaces (U+FFFD), hex stops at the first pair that is no byte, base64 skips what is not in either
//! alphabet and stops at `=`, Latin-1 keeps the low byte.

use boa_engine::{
    JsStr, JsString,
    string::{JsStrVariant, Latin1JsStringBuilder, Utf16JsStringBuilder},
};
use encoding_rs::mem;

/// One of the encodings that Node's buffers speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// `utf8`, `utf-8`
    #[default]
    Utf8,
    /// `utf16le`, `utf-16le`, `ucs2`, `ucs-2`
    Utf16Le,
    /// `latin1`, `binary`
    Latin1,
    /// `ascii`: as latin1 when encoding, seven bits when decoding.
    Ascii,
    /// `base64`
    Base64,
    /// `base64url`: without padding.
    Base64Url,
    /// `hex`
    Hex,
}

impl Encoding {
    /// The encoding of a label in any case: `"UTF-8"`, `"ucs2"`, `"binary"`.
    pub fn parse(label: &str) -> Option<Self> {
        let mut lower = [0; LABEL_LEN_MAX];
        let lower = lower.get_mut(..label.len())?;
        lower.copy_from_slice(label.as_bytes());
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"utf8" | b"utf-8" => Self::Utf8,
            b"utf16le" | b"utf-16le" | b"ucs2" | b"ucs-2" => Self::Utf16Le,
            b"latin1" | b"binary" => Self::Latin1,
            b"ascii" => Self::Ascii,
            b"base64" => Self::Base64,
            b"base64url" => Self::Base64Url,
            b"hex" => Self::Hex,
            _ => return None,
        })
    }

    /// [`Encoding::parse`] of a JavaScript string.
    pub fn of(label: &JsString) -> Option<Self> {
        match label.variant() {
            JsStrVariant::Latin1(bytes) => std::str::from_utf8(bytes).ok().and_then(Self::parse),
            JsStrVariant::Utf16(_) => label.to_std_string().ok().and_then(|label| Self::parse(&label)),
        }
    }

    /// The name that Node normalizes all labels of this encoding to.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16Le => "utf16le",
            Self::Latin1 => "latin1",
            Self::Ascii => "ascii",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
            Self::Hex => "hex",
        }
    }
}

// From strings to bytes.

/// The bytes of `text`.
pub fn encode(text: JsStr<'_>, encoding: Encoding) -> Vec<u8> {
    if let Some(bytes) = same_bytes(text, encoding) {
        return bytes.to_vec();
    }
    let mut bytes = vec![0; byte_length(text, encoding)];
    let written = encode_into(text, encoding, &mut bytes);
    bytes.truncate(written);
    bytes
}

/// The bytes of `text` where they are those in memory already.
pub fn same_bytes(text: JsStr<'_>, encoding: Encoding) -> Option<&[u8]> {
    let JsStrVariant::Latin1(bytes) = text.variant() else { return None };
    match encoding {
        Encoding::Latin1 | Encoding::Ascii => Some(bytes),
        Encoding::Utf8 => bytes.is_ascii().then_some(bytes),
        _ => None,
    }
}

/// `Buffer.byteLength`: how many bytes `text` takes. For base64 and hex this is an upper bound, since invalid characters take none.
pub fn byte_length(text: JsStr<'_>, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => match text.variant() {
            JsStrVariant::Latin1(bytes) => bytes.len() + high_bytes(bytes),
            JsStrVariant::Utf16(units) => utf8_length(units),
        },
        Encoding::Utf16Le => text.len() * 2,
        Encoding::Latin1 | Encoding::Ascii => text.len(),
        Encoding::Base64 | Encoding::Base64Url => {
            let mut len = text.len();
            if len > 0 && unit_at(text, len - 1) == u16::from(b'=') {
                len -= 1;
            }
            if len > 1 && unit_at(text, len - 1) == u16::from(b'=') {
                len -= 1;
            }
            len / 4 * 3 + len % 4 * 3 / 4
        }
        Encoding::Hex => text.len() / 2,
    }
}

/// How many bytes are not ASCII, counted in lanes of a byte: that is sixteen at a time.
fn high_bytes(bytes: &[u8]) -> usize {
    bytes.chunks(240).map(|chunk| usize::from(chunk.iter().fold(0_u8, |count, byte| count + (byte >> 7)))).sum()
}

/// The bytes that `units` take in UTF-8, three for each lone surrogate.
fn utf8_length(units: &[u16]) -> usize {
    // A pair counts two for each half here, so that no unit looks at its neighbour; lone halves are rare and counted apart.
    let mut len = units.len();
    let mut surrogates = 0;
    // In lanes of a unit: so many units cannot count to more than one holds.
    for chunk in units.chunks(1 << 14) {
        let mut more = 0_u16;
        for unit in chunk {
            more += u16::from(*unit >= 0x80) + u16::from(*unit >= 0x800);
            surrogates |= u16::from(unit & 0xF800 == 0xD800);
        }
        len += usize::from(more);
    }
    if surrogates == 0 {
        return len;
    }
    let pairs = units.windows(2).filter(|pair| pair[0] & 0xFC00 == 0xD800 && pair[1] & 0xFC00 == 0xDC00).count();
    len - 2 * pairs
}

/// Writes what fits of `text`, whole characters only. Gives how many bytes were written.
pub fn encode_into(text: JsStr<'_>, encoding: Encoding, target: &mut [u8]) -> usize {
    match (encoding, text.variant()) {
        (Encoding::Utf8, JsStrVariant::Latin1(bytes)) => utf8_from_latin1(bytes, target).1,
        (Encoding::Utf8, JsStrVariant::Utf16(units)) => utf8_from_utf16(units, target).1,
        (Encoding::Utf16Le, JsStrVariant::Latin1(bytes)) => {
            for (pair, byte) in target.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&u16::from(*byte).to_le_bytes());
            }
            bytes.len().min(target.len() / 2) * 2
        }
        (Encoding::Utf16Le, JsStrVariant::Utf16(units)) => {
            for (pair, unit) in target.chunks_exact_mut(2).zip(units) {
                pair.copy_from_slice(&unit.to_le_bytes());
            }
            units.len().min(target.len() / 2) * 2
        }
        (Encoding::Latin1 | Encoding::Ascii, JsStrVariant::Latin1(bytes)) => {
            let len = bytes.len().min(target.len());
            target[..len].copy_from_slice(&bytes[..len]);
            len
        }
        (Encoding::Latin1 | Encoding::Ascii, JsStrVariant::Utf16(units)) => {
            for (byte, unit) in target.iter_mut().zip(units) {
                *byte = *unit as u8;
            }
            units.len().min(target.len())
        }
        (Encoding::Base64, JsStrVariant::Latin1(bytes)) => base64_decode(bytes, target, &base64_simd::STANDARD_NO_PAD),
        (Encoding::Base64Url, JsStrVariant::Latin1(bytes)) => base64_decode(bytes, target, &base64_simd::URL_SAFE_NO_PAD),
        (Encoding::Hex, JsStrVariant::Latin1(bytes)) => hex_decode(bytes, target),
        // Node looks at the low byte of each unit here.
        (Encoding::Base64 | Encoding::Base64Url | Encoding::Hex, JsStrVariant::Utf16(units)) => {
            let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            encode_into(JsStr::latin1(&bytes), encoding, target)
        }
    }
}

/// Writes Latin-1 as UTF-8. Gives the bytes read and written.
pub fn utf8_from_latin1(bytes: &[u8], target: &mut [u8]) -> (usize, usize) {
    let len = bytes.len().min(target.len());
    if bytes[..len].is_ascii() {
        target[..len].copy_from_slice(&bytes[..len]);
        return (len, len);
    }
    let (mut read, mut written) = mem::convert_latin1_to_utf8_partial(bytes, target);
    // The conversion may stop early near the end of the target.
    while let Some(byte) = bytes.get(read) {
        let mut encoded = [0; 4];
        let encoded = char::from(*byte).encode_utf8(&mut encoded).as_bytes();
        let Some(place) = target.get_mut(written..written + encoded.len()) else { break };
        place.copy_from_slice(encoded);
        read += 1;
        written += encoded.len();
    }
    (read, written)
}

/// Writes UTF-16 as UTF-8, U+FFFD for each lone surrogate. Gives the units read and the bytes written.
pub fn utf8_from_utf16(units: &[u16], target: &mut [u8]) -> (usize, usize) {
    let (mut read, mut written) = mem::convert_utf16_to_utf8_partial(units, target);
    for decoded in char::decode_utf16(units[read..].iter().copied()) {
        let (character, taken) = match decoded {
            Ok(character) => (character, character.len_utf16()),
            Err(_) => (char::REPLACEMENT_CHARACTER, 1),
        };
        let Some(place) = target.get_mut(written..written + character.len_utf8()) else { break };
        character.encode_utf8(place);
        read += taken;
        written += character.len_utf8();
    }
    (read, written)
}

fn base64_decode(text: &[u8], target: &mut [u8], alphabet: &base64_simd::Base64) -> usize {
    let text = &text[..memchr::memchr(b'=', text).unwrap_or(text.len())];
    let estimate = text.len() / 4 * 3 + text.len() % 4 * 3 / 4;
    // Looked at before it is decoded: a decoder that fails leaves behind what it wrote until then.
    if estimate <= target.len()
        && alphabet.check(text).is_ok()
        && let Ok(written) = alphabet.decode(text, base64_simd::Out::from_slice(target))
    {
        return written.len();
    }
    base64_decode_slowly(text, target)
}

/// Takes both alphabets, skips everything else.
fn base64_decode_slowly(text: &[u8], target: &mut [u8]) -> usize {
    let mut target = target.iter_mut();
    let mut written = 0;
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text {
        let value = BASE64_VALUES[usize::from(*byte)];
        if value == NOT_BASE64 {
            continue;
        }
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let Some(place) = target.next() else { break };
            *place = (bits >> count) as u8;
            written += 1;
        }
    }
    written
}

const NOT_BASE64: u8 = 0xFF;
const BASE64_VALUES: [u8; 256] = {
    let mut values = [NOT_BASE64; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut index = 0;
    while index < alphabet.len() {
        values[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

fn hex_decode(text: &[u8], target: &mut [u8]) -> usize {
    let len = (text.len() / 2).min(target.len());
    let (text, target) = (&text[..len * 2], &mut target[..len]);
    if faster_hex::hex_decode(text, target).is_ok() {
        return len;
    }
    for (index, (pair, place)) in text.chunks_exact(2).zip(target).enumerate() {
        let [Some(high), Some(low)] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16)) else { return index };
        *place = (high << 4 | low) as u8;
    }
    len
}

// From bytes to strings.

/// The string of `bytes`.
pub fn decode(bytes: &[u8], encoding: Encoding) -> JsString {
    match encoding {
        Encoding::Utf8 => decode_utf8(bytes),
        Encoding::Utf16Le => decode_utf16le(bytes),
        Encoding::Latin1 => JsStr::latin1(bytes).into(),
        Encoding::Ascii if bytes.is_ascii() => JsStr::latin1(bytes).into(),
        Encoding::Ascii => {
            let ascii: Vec<u8> = bytes.iter().map(|byte| byte & 0x7F).collect();
            JsStr::latin1(&ascii).into()
        }
        Encoding::Base64 => by_chunks(bytes, 3, base64_simd::STANDARD.encoded_length(bytes.len()), |chunk, text| base64_simd::STANDARD.encode(chunk, base64_simd::Out::from_slice(text)).len()),
        Encoding::Base64Url => {
            by_chunks(bytes, 3, base64_simd::URL_SAFE_NO_PAD.encoded_length(bytes.len()), |chunk, text| base64_simd::URL_SAFE_NO_PAD.encode(chunk, base64_simd::Out::from_slice(text)).len())
        }
        Encoding::Hex => by_chunks(bytes, 1, bytes.len() * 2, |chunk, text| {
            let len = chunk.len() * 2;
            // It fails only when the place is too small, and CHUNK holds twice CHUNK_IN.
            faster_hex::hex_encode(chunk, &mut text[..len]).map_or(0, |text| text.len())
        }),
    }
}

/// How long [`decode`]'s result is at the most, without making it.
pub fn decoded_length_max(len: usize, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii => len,
        Encoding::Utf16Le => len / 2,
        Encoding::Base64 => len.div_ceil(3) * 4,
        Encoding::Base64Url => len / 3 * 4 + (len % 3 * 4).div_ceil(3),
        Encoding::Hex => len * 2,
    }
}

/// Makes ASCII text from `bytes`, piece by piece, so that each piece stays in the first-level cache on its way into the string.
fn by_chunks(bytes: &[u8], multiple: usize, len: usize, encode: impl Fn(&[u8], &mut [u8]) -> usize) -> JsString {
    let mut text = [0; CHUNK];
    if len <= SMALL {
        let written = encode(bytes, &mut text);
        return JsStr::latin1(&text[..written]).into();
    }
    let mut builder = Latin1JsStringBuilder::with_capacity(len);
    for chunk in bytes.chunks(CHUNK_IN / multiple * multiple) {
        let written = encode(chunk, &mut text);
        builder.extend_from_slice(&text[..written]);
    }
    builder.build().unwrap_or_default()
}

fn decode_utf8(bytes: &[u8]) -> JsString {
    if bytes.is_ascii() {
        return JsStr::latin1(bytes).into();
    }
    if mem::is_utf8_latin1(bytes) {
        let mut latin1 = vec![0; bytes.len()];
        let written = mem::convert_utf8_to_latin1_lossy(bytes, &mut latin1);
        return JsStr::latin1(&latin1[..written]).into();
    }
    let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut builder = Utf16JsStringBuilder::with_capacity(bytes.len() / 2);
    let mut units = [0; CHUNK];
    let mut read = 0;
    loop {
        let (result, taken, written, _) = decoder.decode_to_utf16(&bytes[read..], &mut units, true);
        read += taken;
        builder.extend_from_slice(&units[..written]);
        if result == encoding_rs::CoderResult::InputEmpty {
            return builder.build();
        }
    }
}

fn decode_utf16le(bytes: &[u8]) -> JsString {
    let pairs = bytes.chunks_exact(2);
    if pairs.clone().all(|pair| pair[1] == 0) {
        let latin1: Vec<u8> = pairs.map(|pair| pair[0]).collect();
        return JsStr::latin1(&latin1).into();
    }
    let mut builder = Utf16JsStringBuilder::with_capacity(pairs.len());
    let mut units = [0; CHUNK];
    for chunk in bytes[..pairs.len() * 2].chunks(CHUNK * 2) {
        for (unit, pair) in units.iter_mut().zip(chunk.chunks_exact(2)) {
            *unit = u16::from_le_bytes([pair[0], pair[1]]);
        }
        builder.extend_from_slice(&units[..chunk.len() / 2]);
    }
    builder.build()
}

/// The string of UTF-16 units, in Latin-1 when it fits.
pub fn from_units(units: &[u16]) -> JsString {
    if mem::is_utf16_latin1(units) {
        let latin1: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        return JsStr::latin1(&latin1).into();
    }
    JsStr::utf16(units).into()
}

fn unit_at(text: JsStr<'_>, index: usize) -> u16 {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => bytes[index].into(),
        JsStrVariant::Utf16(units) => units[index],
    }
}

/// The longest label: `base64url`.
const LABEL_LEN_MAX: usize = 9;
/// Text made at a time: fits the first-level cache beside its source.
const CHUNK: usize = 4096;
/// Bytes that make at most [`CHUNK`] of text, in hex.
const CHUNK_IN: usize = CHUNK / 2;
/// Text up to here goes through the table of the engine's static strings.
const SMALL: usize = 64;
