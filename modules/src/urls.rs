//! URLs of files and of data, as module specifiers and source maps have them.

use crate::resolve::is_relative;

/// `/a b.mjs` as `file:///a%20b.mjs`.
pub fn url_of_path(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        match byte {
            b'%' | b'\\' | b'\n' | b'\r' | b'\t' | b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | b'^' | b'|' | 0x80.. => {
                url.push_str(&format!("%{byte:02X}"));
            }
            byte => url.push(byte.into()),
        }
    }
    url
}

/// The path of a `file:` URL, without query and fragment.
pub fn path_of_url(url: &str) -> Option<String> {
    let rest = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:"))?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    rest.starts_with('/').then(|| percent_decode(split_suffix(rest).0))
}

/// Splits off `?query` and `#fragment`; a leading `#` is a name of `imports`.
pub(crate) fn split_suffix(specifier: &str) -> (&str, &str) {
    let start = usize::from(specifier.starts_with('#'));
    let is_path = start == 0 && (is_relative(specifier) || specifier.starts_with('/') || specifier.starts_with("file:"));
    match specifier[start..].find(['?', '#']).filter(|_| is_path) {
        Some(at) => specifier.split_at(start + at),
        None => (specifier, ""),
    }
}

/// The text behind `%41`; what is no UTF-8 is replaced.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (hex(at + 1), hex(at + 2))
        {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The text of a `data:` URL, without its scheme.
pub(crate) fn data_body(data: &str) -> String {
    let (head, body) = data.split_once(',').unwrap_or((data, ""));
    let body = percent_decode(body);
    if head.ends_with(";base64") { String::from_utf8_lossy(&base64(&body)).into_owned() } else { body }
}

/// The bytes of base 64; what is no digit is skipped.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for digit in text.bytes() {
        let digit = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// Bytes as base64, padded.
pub(crate) fn base64_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().chain(&[0, 0]).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place) & 63) as usize).copied().unwrap_or_default();
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, base64_of, data_body, path_of_url, url_of_path};

    #[test]
    fn paths_go_there_and_back() {
        assert_eq!(url_of_path("/a b#c.mjs"), "file:///a%20b%23c.mjs");
        assert_eq!(path_of_url("file:///a%20b%23c.mjs?q").as_deref(), Some("/a b#c.mjs"));
    }

    #[test]
    fn data_is_read_either_way() {
        assert_eq!(base64("aGk="), b"hi");
        assert_eq!(["", "h", "hi", "hi!"].map(|text| base64_of(text.as_bytes())), ["", "aA==", "aGk=", "aGkh"]);
        assert_eq!(data_body("text/javascript;base64,aGk="), "hi");
        assert_eq!(data_body("text/javascript,h%69"), "hi");
    }
}
