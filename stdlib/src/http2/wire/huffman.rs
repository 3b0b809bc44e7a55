//! The Huffman code of HPACK (RFC 7541, appendix B).
//!
//! The code is canonical: it follows from the lengths alone, so these are all that is kept.

use std::sync::OnceLock;

/// Bits of each symbol's code; the last is the end of a string, which never stands in one.
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30,
];

const LENGTH_MAX: usize = 30;
const END: u16 = 256;

/// What follows from the lengths.
struct Code {
    codes: [u32; 257],
    /// Symbols in the order of their codes.
    sorted: [u16; 257],
    /// By length: the first code, left-aligned to 32 bits, that is too large for this length.
    limits: [u64; LENGTH_MAX + 1],
    /// By length: what turns a code into its place in `sorted`.
    offsets: [i64; LENGTH_MAX + 1],
    /// By the next eight bits: symbol and length, where the length is at most 8; 0 otherwise.
    short: [(u8, u8); 256],
}

fn code() -> &'static Code {
    static CODE: OnceLock<Code> = OnceLock::new();
    CODE.get_or_init(|| {
        let mut code = Code { codes: [0; 257], sorted: [0; 257], limits: [0; LENGTH_MAX + 1], offsets: [0; LENGTH_MAX + 1], short: [(0, 0); 256] };
        let mut next: u32 = 0;
        let mut place = 0;
        for length in 1..=LENGTH_MAX {
            next <<= 1;
            code.offsets[length] = place as i64 - i64::from(next);
            for (symbol, _) in LENGTHS.iter().enumerate().filter(|(_, known)| usize::from(**known) == length) {
                code.codes[symbol] = next;
                code.sorted[place] = symbol as u16;
                if length <= 8 {
                    let first = (next << (8 - length)) as usize;
                    for slot in &mut code.short[first..first + (1 << (8 - length))] {
                        *slot = (symbol as u8, length as u8);
                    }
                }
                next += 1;
                place += 1;
            }
            code.limits[length] = u64::from(next) << (32 - length);
        }
        code
    })
}

/// How many bytes `text` takes when encoded.
pub fn encoded_len(text: &[u8]) -> usize {
    let bits: usize = text.iter().map(|byte| usize::from(LENGTHS[usize::from(*byte)])).sum();
    bits.div_ceil(8)
}

/// Appends the encoded text.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    let code = code();
    let (mut bits, mut count) = (0u64, 0u32);
    for byte in text {
        let symbol = usize::from(*byte);
        let length = u32::from(LENGTHS[symbol]);
        bits = bits << length | u64::from(code.codes[symbol]);
        count += length;
        while count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        // Filled up with ones, the beginning of the end's code.
        out.push((bits << (8 - count)) as u8 | (0xff >> count));
    }
}

/// Appends the decoded text; `None` where `bytes` are no code.
pub fn decode(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let code = code();
    let (mut bits, mut count) = (0u64, 0u32);
    let mut rest = bytes.iter();
    loop {
        while count <= 48 {
            let Some(byte) = rest.next() else { break };
            bits = bits << 8 | u64::from(*byte);
            count += 8;
        }
        if count == 0 {
            return Some(());
        }
        // The next 32 bits, filled up with ones.
        let window = if count >= 32 { (bits >> (count - 32)) as u32 } else { ((bits << (32 - count)) as u32) | (u32::MAX >> count) };
        let (mut symbol, mut length) = (u16::from(code.short[(window >> 24) as usize].0), u32::from(code.short[(window >> 24) as usize].1));
        if length == 0 {
            let found = (9..=LENGTH_MAX).find(|length| u64::from(window) < code.limits[*length])?;
            length = found as u32;
            let place = i64::from(window >> (32 - length)) + code.offsets[found];
            symbol = *code.sorted.get(usize::try_from(place).ok()?)?;
        }
        if length > count {
            // What is left is padding: less than a byte, all ones.
            return (count < 8 && bits & ((1 << count) - 1) == (1 << count) - 1).then_some(());
        }
        if symbol == END {
            return None;
        }
        out.push(symbol as u8);
        count -= length;
        bits &= (1u64 << count) - 1;
    }
}
