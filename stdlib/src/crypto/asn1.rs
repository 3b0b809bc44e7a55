//! ASN.1 in DER: a reader over bytes, and functions that write.

use num_bigint::BigUint;

/// Universal tags, constructed where they always are.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const IA5_STRING: u8 = 0x16;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// `[n]`, primitive.
    pub const fn context(number: u8) -> u8 {
        0x80 | number
    }
    /// `[n]`, constructed.
    pub const fn explicit(number: u8) -> u8 {
        0xa0 | number
    }
}

/// Why bytes are no DER of the wanted kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Malformed {
    /// The bytes end too soon, or a length has no canonical form.
    Header,
    /// Something else stands there.
    Tag,
    /// The content does not fit.
    Content,
}

/// The result of reading.
pub type Read<T> = Result<T, Malformed>;

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Its tag.
    pub tag: u8,
    /// What it holds.
    pub content: &'a [u8],
    /// All its bytes.
    pub whole: &'a [u8],
}

/// Elements one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element.
    pub fn any(&mut self) -> Read<Element<'a>> {
        let (&tag, rest) = self.0.split_first().ok_or(Malformed::Header)?;
        if tag & 0x1f == 0x1f {
            return Err(Malformed::Header);
        }
        let (&first, mut rest) = rest.split_first().ok_or(Malformed::Header)?;
        let mut len = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return Err(Malformed::Header);
            }
            let (digits, after) = rest.split_at_checked(count).ok_or(Malformed::Header)?;
            len = digits.iter().fold(0, |len, digit| len << 8 | usize::from(*digit));
            rest = after;
        }
        let (content, after) = rest.split_at_checked(len).ok_or(Malformed::Header)?;
        let whole = &self.0[..self.0.len() - after.len()];
        self.0 = after;
        Ok(Element { tag, content, whole })
    }

    /// The content of the next element, which has this tag.
    pub fn take(&mut self, tag: u8) -> Read<&'a [u8]> {
        let mut ahead = *self;
        let element = ahead.any()?;
        if element.tag != tag {
            return Err(Malformed::Tag);
        }
        *self = ahead;
        Ok(element.content)
    }

    /// As [`Reader::take`], where the element may be absent.
    pub fn optional(&mut self, tag: u8) -> Read<Option<&'a [u8]>> {
        if self.peek() == Some(tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// A SEQUENCE.
    pub fn sequence(&mut self) -> Read<Reader<'a>> {
        self.take(tag::SEQUENCE).map(Reader)
    }

    /// An INTEGER that is not negative.
    pub fn number(&mut self) -> Read<BigUint> {
        let bytes = self.take(tag::INTEGER)?;
        if bytes.is_empty() || bytes[0] >= 0x80 {
            return Err(Malformed::Content);
        }
        Ok(BigUint::from_bytes_be(bytes))
    }

    /// A small INTEGER.
    pub fn small(&mut self) -> Read<u32> {
        u32::try_from(self.number()?).map_err(|_| Malformed::Content)
    }

    /// An OCTET STRING.
    pub fn octets(&mut self) -> Read<&'a [u8]> {
        self.take(tag::OCTET_STRING)
    }

    /// A BIT STRING of whole bytes.
    pub fn bits(&mut self) -> Read<&'a [u8]> {
        match self.take(tag::BIT_STRING)?.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Malformed::Content),
        }
    }

    /// An OBJECT IDENTIFIER, as its encoded content.
    pub fn oid(&mut self) -> Read<&'a [u8]> {
        self.take(tag::OID)
    }

    /// Nothing may follow.
    pub fn end(&self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(Malformed::Content) }
    }
}

/// An element.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        len if len < 0x80 => out.push(len as u8),
        len => {
            let digits = len.to_be_bytes();
            let digits = &digits[len.leading_zeros() as usize / 8..];
            out.push(0x80 | digits.len() as u8);
            out.extend_from_slice(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

/// SEQUENCE
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(tag::SEQUENCE, &parts.concat())
}

/// INTEGER
pub fn number(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    element(tag::INTEGER, &bytes)
}

/// A small INTEGER
pub fn small(value: u32) -> Vec<u8> {
    number(&value.into())
}

/// OCTET STRING
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(tag::OCTET_STRING, bytes)
}

/// BIT STRING of whole bytes
pub fn bits(bytes: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[0], bytes].concat())
}

/// OBJECT IDENTIFIER from its encoded content
pub fn oid(content: &[u8]) -> Vec<u8> {
    element(tag::OID, content)
}

/// NULL
pub fn null() -> Vec<u8> {
    vec![tag::NULL, 0]
}

/// `1.2.840.113549.1.1.1` from an OID's content.
pub fn dotted(content: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0u64;
    for byte in content {
        arc = arc.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.extend([first, arc - first * 40]);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_shown_with_dots() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), "1.2.840.113549.1.1.1");
        assert_eq!(dotted(&[0x55, 0x1d, 17]), "2.5.29.17");
    }

    #[test]
    fn lengths_have_as_few_digits_as_they_need() {
        assert_eq!(element(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(element(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
        let bytes = element(4, &[7; 300]);
        assert_eq!(Reader(&bytes).octets(), Ok(&[7; 300][..]));
    }
}
