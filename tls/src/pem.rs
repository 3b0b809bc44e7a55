//! PEM (RFC 7468, and what OpenSSL wrote before it): labels, headers, and the DER between.

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands behind `BEGIN`.
    pub label: String,
    /// `Name: value` lines before the text: `Proc-Type`, `DEK-Info`.
    pub headers: Vec<(String, String)>,
    pub der: Vec<u8>,
}

/// All blocks of a text. Text between them is comment; a block that is not well-formed is left out.
pub fn blocks(text: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else { continue };
        let end = format!("-----END {label}-----");
        let (mut headers, mut base64, mut closed) = (Vec::new(), String::new(), false);
        for line in lines.by_ref() {
            if line == end {
                closed = true;
                break;
            }
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
                None => base64.push_str(line),
            }
        }
        if let Some(der) = decode_base64(&base64).filter(|_| closed) {
            found.push(Block { label: label.to_owned(), headers, der });
        }
    }
    found
}

/// The certificates among the blocks.
pub fn certificates(text: &[u8]) -> Vec<Vec<u8>> {
    let is_certificate = |label: &str| matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE");
    blocks(text).into_iter().filter(|block| is_certificate(&block.label)).map(|block| block.der).collect()
}

/// A block as text, in lines of 64 characters.
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    for (at, chunk) in der.chunks(48).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        for three in chunk.chunks(3) {
            let number = u32::from(three[0]) << 16 | u32::from(three.get(1).copied().unwrap_or(0)) << 8 | u32::from(three.get(2).copied().unwrap_or(0));
            for place in 0..4 {
                let digit = number >> (18 - 6 * place) & 63;
                out.push(if place <= three.len() { char::from(DIGITS[digit as usize]) } else { '=' });
            }
        }
    }
    out + &format!("\n-----END {label}-----")
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut number, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()).take_while(|byte| *byte != b'=') {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        number = number << 6 | digit as u32;
        count += 1;
        if count == 4 {
            out.extend_from_slice(&number.to_be_bytes()[1..]);
            (number, count) = (0, 0);
        }
    }
    match count {
        0 => {}
        2 => out.push((number >> 4) as u8),
        3 => out.extend_from_slice(&[(number >> 10) as u8, (number >> 2) as u8]),
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_again() {
        for len in [0, 1, 2, 3, 47, 48, 49, 200] {
            let der: Vec<u8> = (0..len).collect();
            let text = format!("comment\n{}\n", encode("THING", &der));
            assert_eq!(blocks(text.as_bytes()), [Block { label: "THING".into(), headers: vec![], der }]);
        }
    }

    #[test]
    fn headers_are_told_apart() {
        let found = blocks(b"-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n\r\nAAAA\r\n-----END RSA PRIVATE KEY-----");
        assert_eq!(found[0].headers[1], ("DEK-Info".to_owned(), "AES-128-CBC,00".to_owned()));
        assert_eq!(found[0].der, [0, 0, 0]);
    }
}
