//! Which byte may stand where. One table of bits, so that a scan is one load and one test per byte.

const TOKEN: u8 = 1;
const VALUE: u8 = 2;
const URL: u8 = 4;
const HOST: u8 = 8;
const QUOTED: u8 = 16;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let alnum = byte.is_ascii_alphanumeric();
        let mut class = 0;
        if alnum || among(byte, b"!#$%&'*+-.^_`|~") {
            class |= TOKEN;
        }
        if byte == b'\t' || (byte >= b' ' && byte != 0x7f) {
            class |= VALUE;
            if byte != b'"' && byte != b'\\' {
                class |= QUOTED;
            }
        }
        if alnum || among(byte, b"!\"$%&'()*+,-./:;<=>@[\\]^_`{|}~") {
            class |= URL;
        }
        if alnum || among(byte, b"-_.!~*'()%;:&=+$,[]") {
            class |= HOST;
        }
        table[at] = class;
        at += 1;
    }
    table
};

const fn among(byte: u8, set: &[u8]) -> bool {
    let mut at = 0;
    while at < set.len() {
        if set[at] == byte {
            return true;
        }
        at += 1;
    }
    false
}

const fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// A byte of a token (RFC 9110 section 5.6.2): header names, methods, chunk extension names.
pub const fn is_token(byte: u8) -> bool {
    is(byte, TOKEN)
}

/// A byte that may stand in a field value: tab, space, visible, or 0x80 and above.
pub const fn is_value(byte: u8) -> bool {
    is(byte, VALUE)
}

/// A byte of a path, query or fragment, `?` and `#` apart.
pub const fn is_url(byte: u8) -> bool {
    is(byte, URL)
}

/// A byte of the authority part of a request target, `@` apart.
pub const fn is_host(byte: u8) -> bool {
    is(byte, HOST)
}

/// A byte of a quoted string other than the quote and the backslash.
pub const fn is_quoted(byte: u8) -> bool {
    is(byte, QUOTED)
}

/// How many bytes at the start of `bytes` may stand in a field value.
///
/// Eight at a time while they are plain; a tab falls to the byte loop, which is right and rare.
pub fn value_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    for eight in bytes.chunks_exact(8) {
        let mut word = [0; 8];
        word.copy_from_slice(eight);
        let word = u64::from_ne_bytes(word);
        let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let delete = word ^ (ONES * 0x7f);
        let is_delete = delete.wrapping_sub(ONES) & !delete & HIGH;
        if below_space | is_delete != 0 {
            break;
        }
        at += 8;
    }
    while at < bytes.len() && is_value(bytes[at]) {
        at += 1;
    }
    at
}

/// How many bytes at the start of `bytes` satisfy `class`.
pub fn run(bytes: &[u8], class: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !class(byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_run_agrees_with_the_byte_test() {
        for stop in 0..=255u8 {
            for at in 0..20 {
                let mut bytes = vec![b'x'; 20];
                bytes[at] = stop;
                let expected = run(&bytes, is_value);
                assert_eq!(value_run(&bytes), expected, "byte {stop} at {at}");
            }
        }
    }

    #[test]
    fn tokens_are_those_of_the_rfc() {
        let tokens: Vec<u8> = (0..=255).filter(|&b| is_token(b)).collect();
        assert_eq!(tokens.len(), 62 + 15);
        assert!(!is_token(b' ') && !is_token(b':') && !is_token(0x80));
    }
}
