//! Just enough of DER (X.690) to read certificates as they are found in the world: lengths are checked, the rest is taken as it is.

use std::ops::Range;

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// Reads values one after another.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads these bytes from their beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Whether all of them were read.
    pub fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The tag of the next value.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Where the next value's contents lie.
    fn next_range(&mut self) -> Option<(u8, Range<usize>)> {
        let tag = *self.bytes.get(self.at)?;
        let first = usize::from(*self.bytes.get(self.at + 1)?);
        let mut start = self.at + 2;
        let len = if first < 0x80 {
            first
        } else {
            // Nothing that is read here is longer than four bytes can say.
            let count = first & 0x7f;
            if count == 0 || count > 4 {
                return None;
            }
            let bytes = self.bytes.get(start..start + count)?;
            start += count;
            bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte))
        };
        let end = start.checked_add(len).filter(|end| *end <= self.bytes.len())?;
        self.at = end;
        Some((tag, start..end))
    }

    /// The next value's tag and contents.
    #[expect(clippy::should_implement_trait, reason = "a value that cannot be read is no end")]
    pub fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, range) = self.next_range()?;
        Some((tag, &self.bytes[range]))
    }

    /// The next value whole, with its tag and length.
    pub fn next_whole(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        self.next_range()?;
        Some(&self.bytes[start..self.at])
    }

    /// The contents of the next value, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.peek()? != tag {
            return None;
        }
        self.next().map(|(_, value)| value)
    }

    /// The contents of the next value, if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.peek() == Some(tag) { self.expect(tag) } else { None }
    }
}

/// The bytes of a BIT STRING without unused bits.
pub fn bits(value: &[u8]) -> Option<&[u8]> {
    value.split_first().map(|(_, bytes)| bytes)
}

/// A SubjectPublicKeyInfo's algorithm, the curve in its parameters (empty where there is none), and its key.
pub fn spki_parts(spki: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut info = Reader::new(Reader::new(spki).expect(SEQUENCE)?);
    let mut identifier = Reader::new(info.expect(SEQUENCE)?);
    let algorithm = identifier.expect(OID)?;
    let parameters = identifier.optional(OID).unwrap_or_default();
    Some((algorithm, parameters, bits(info.expect(BIT_STRING)?)?))
}

/// An object identifier with dots.
pub fn dotted(id: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in id {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    let first = numbers.first().copied().unwrap_or(0);
    let (root, second) = if first < 80 { (first / 40, first % 40) } else { (2, first - 80) };
    let mut text = format!("{root}.{second}");
    for number in numbers.iter().skip(1) {
        text += &format!(".{number}");
    }
    text
}

/// Wraps contents into a value.
pub fn wrapped(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let len = contents.len();
    if len < 0x80 {
        out.push(len as u8);
    } else {
        let bytes = (len as u32).to_be_bytes();
        let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | (4 - zeroes) as u8);
        out.extend_from_slice(&bytes[zeroes..]);
    }
    out.extend_from_slice(contents);
    out
}

/// Object identifiers, as their contents are encoded.
pub mod oid {
    pub const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    pub const SHA1_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05];
    pub const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    pub const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    pub const SHA384_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
    pub const SHA512_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
    pub const SHA224_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e];
    pub const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    pub const ECDSA_SHA224: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01];
    pub const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    pub const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
    pub const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
    pub const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    pub const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    pub const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
    pub const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
    pub const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x0a];
    pub const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    pub const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
    pub const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    pub const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
    pub const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
    pub const SHA224: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04];
    pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
    pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
    pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
    pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
    pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
    pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
    pub const EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
    pub const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
    pub const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
    pub const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
    pub const ANY_EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
}
