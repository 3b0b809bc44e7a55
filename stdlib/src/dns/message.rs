//! Questions to name servers and their answers, as bytes (RFC 1035 section 4). No JavaScript.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Types of records, by their numbers.
pub mod kind {
    pub const A: u16 = 1;
    pub const NS: u16 = 2;
    pub const CNAME: u16 = 5;
    pub const SOA: u16 = 6;
    pub const PTR: u16 = 12;
    pub const MX: u16 = 15;
    pub const TXT: u16 = 16;
    pub const AAAA: u16 = 28;
    pub const SRV: u16 = 33;
    pub const NAPTR: u16 = 35;
    pub const TLSA: u16 = 52;
    pub const ANY: u16 = 255;
    pub const CAA: u16 = 257;
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub ttl: u32,
    pub data: Data,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    Address(IpAddr),
    Cname(String),
    Ns(String),
    Ptr(String),
    Mx {
        priority: u16,
        exchange: String,
    },
    Txt(Vec<Vec<u8>>),
    Srv {
        priority: u16,
        weight: u16,
        port: u16,
        name: String,
    },
    Naptr {
        order: u16,
        preference: u16,
        flags: Vec<u8>,
        service: Vec<u8>,
        regexp: Vec<u8>,
        replacement: String,
    },
    Soa {
        nsname: String,
        hostmaster: String,
        numbers: [u32; 5],
    },
    Tlsa {
        usage: u8,
        selector: u8,
        matching: u8,
        data: Vec<u8>,
    },
    Caa {
        critical: u8,
        property: Vec<u8>,
        value: Vec<u8>,
    },
    /// A record nobody asks about.
    Other,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub id: u16,
    /// Cut off: to be asked for again over TCP.
    pub truncated: bool,
    /// 0: no error.
    pub code: u8,
    pub records: Vec<Record>,
}

/// A question; `None` where the name is no name: a label too long, or none at all in the middle.
pub fn question(id: u16, name: &str, kind: u16) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(name.len() + 18);
    out.extend_from_slice(&id.to_be_bytes());
    // Recursion desired; one question.
    out.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let name = name.strip_suffix('.').unwrap_or(name);
    for label in name.split('.').filter(|_| !name.is_empty()) {
        let len = u8::try_from(label.len()).ok().filter(|len| (1..=LABEL_LEN_MAX).contains(len))?;
        out.push(len);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    if out.len() - HEADER_LEN > NAME_LEN_MAX {
        return None;
    }
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&[0, CLASS_IN]);
    Some(out)
}

/// Reads an answer to `question`. `None`: it is not well formed, or answers something else.
pub fn answer(bytes: &[u8], question: &[u8]) -> Option<Answer> {
    let mut reader = Reader { bytes, at: 0 };
    let id = reader.u16()?;
    let flags = reader.u16()?;
    let counts = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    let asked = question.get(HEADER_LEN..)?;
    let is_answer = flags & 0x8000 != 0 && question.starts_with(&id.to_be_bytes()) && counts[0] <= 1;
    if !is_answer || counts[0] == 1 && !bytes.get(HEADER_LEN..HEADER_LEN + asked.len())?.eq_ignore_ascii_case(asked) {
        return None;
    }
    reader.at = if counts[0] == 1 { HEADER_LEN + asked.len() } else { HEADER_LEN };
    let truncated = flags & 0x0200 != 0;
    let mut records = Vec::new();
    for _ in 0..counts[1] {
        match reader.record() {
            Some(record) => records.push(record),
            None if truncated => break,
            None => return None,
        }
    }
    Some(Answer { id, truncated, code: (flags & 0xf) as u8, records })
}

const HEADER_LEN: usize = 12;
const LABEL_LEN_MAX: u8 = 63;
const NAME_LEN_MAX: usize = 255;
const CLASS_IN: u8 = 1;
/// A name that refers to itself would never end.
const JUMPS_MAX: usize = 64;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A name, whose end may lie elsewhere in the message.
    fn name(&mut self) -> Option<String> {
        let mut name: Vec<u8> = Vec::new();
        let mut at = self.at;
        let mut after = None;
        for _ in 0..JUMPS_MAX + NAME_LEN_MAX {
            let len = *self.bytes.get(at)?;
            match len {
                0 => {
                    self.at = after.unwrap_or(at + 1);
                    return Some(String::from_utf8_lossy(&name).into_owned());
                }
                1..=LABEL_LEN_MAX => {
                    let label = self.bytes.get(at + 1..at + 1 + usize::from(len))?;
                    if !name.is_empty() {
                        name.push(b'.');
                    }
                    name.extend_from_slice(label);
                    if name.len() > NAME_LEN_MAX {
                        return None;
                    }
                    at += 1 + usize::from(len);
                }
                0xc0.. => {
                    let low = *self.bytes.get(at + 1)?;
                    after = after.or(Some(at + 2));
                    at = usize::from(len & 0x3f) << 8 | usize::from(low);
                }
                _ => return None,
            }
        }
        None
    }

    /// A string behind its length.
    fn text(&mut self, end: usize) -> Option<Vec<u8>> {
        let len = usize::from(self.u8()?);
        if self.at + len > end { None } else { self.take(len).map(<[u8]>::to_vec) }
    }

    fn record(&mut self) -> Option<Record> {
        self.name()?;
        let (kind, _class, ttl, len) = (self.u16()?, self.u16()?, self.u32()?, self.u16()?);
        let end = self.at.checked_add(usize::from(len)).filter(|end| *end <= self.bytes.len())?;
        let data = self.data(kind, end)?;
        if self.at > end {
            return None;
        }
        self.at = end;
        Some(Record { ttl, data })
    }

    fn data(&mut self, kind: u16, end: usize) -> Option<Data> {
        Some(match kind {
            kind::A => Data::Address(Ipv4Addr::from(<[u8; 4]>::try_from(self.take(4)?).ok()?).into()),
            kind::AAAA => Data::Address(Ipv6Addr::from(<[u8; 16]>::try_from(self.take(16)?).ok()?).into()),
            kind::CNAME => Data::Cname(self.name()?),
            kind::NS => Data::Ns(self.name()?),
            kind::PTR => Data::Ptr(self.name()?),
            kind::MX => Data::Mx { priority: self.u16()?, exchange: self.name()? },
            kind::TXT => {
                let mut parts = Vec::new();
                while self.at < end {
                    parts.push(self.text(end)?);
                }
                Data::Txt(parts)
            }
            kind::SRV => Data::Srv { priority: self.u16()?, weight: self.u16()?, port: self.u16()?, name: self.name()? },
            kind::NAPTR => Data::Naptr { order: self.u16()?, preference: self.u16()?, flags: self.text(end)?, service: self.text(end)?, regexp: self.text(end)?, replacement: self.name()? },
            kind::SOA => Data::Soa { nsname: self.name()?, hostmaster: self.name()?, numbers: [self.u32()?, self.u32()?, self.u32()?, self.u32()?, self.u32()?] },
            kind::TLSA => {
                let (usage, selector, matching) = (self.u8()?, self.u8()?, self.u8()?);
                Data::Tlsa { usage, selector, matching, data: self.take(end.checked_sub(self.at)?)?.to_vec() }
            }
            kind::CAA => {
                let critical = self.u8()?;
                let property = self.text(end)?;
                Data::Caa { critical, property, value: self.take(end.checked_sub(self.at)?)?.to_vec() }
            }
            _ => Data::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(question: &[u8], records: &[u8], count: u8) -> Vec<u8> {
        let mut bytes = question.to_vec();
        bytes[2] |= 0x80;
        bytes[7] = count;
        bytes.extend_from_slice(records);
        bytes
    }

    #[test]
    fn an_answer_with_a_name_that_points_back() {
        let asked = question(7, "example.org", kind::MX).expect("a name");
        let record = [0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 9, 0, 10, 4, b'm', b'a', b'i', b'l', 0xc0, 12];
        let found = answer(&reply(&asked, &record, 1), &asked).expect("well formed");
        assert_eq!(found.records, [Record { ttl: 60, data: Data::Mx { priority: 10, exchange: "mail.example.org".into() } }]);
    }

    #[test]
    fn names_that_never_end_are_refused() {
        let asked = question(7, "a", kind::NS).expect("a name");
        // The record's data points at itself.
        let at = (asked.len() + 12) as u8;
        let record = [0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, at];
        assert_eq!(answer(&reply(&asked, &record, 1), &asked), None);
    }

    #[test]
    fn every_cut_of_an_answer_is_refused_and_none_panics() {
        let asked = question(7, "example.org", kind::SOA).expect("a name");
        let mut record = vec![0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 24, 0xc0, 12, 0xc0, 12];
        record.extend_from_slice(&[0; 20]);
        let whole = reply(&asked, &record, 1);
        assert!(answer(&whole, &asked).is_some());
        for len in 0..whole.len() {
            assert_eq!(answer(&whole[..len], &asked), None, "{len}");
        }
    }

    #[test]
    fn what_is_no_name_is_not_asked() {
        assert!(question(1, "a..b", kind::A).is_none());
        assert!(question(1, &"a".repeat(64), kind::A).is_none());
        assert!(question(1, &"a.".repeat(200), kind::A).is_none());
        assert!(question(1, "", kind::NS).is_some_and(|bytes| bytes.len() == 17));
    }
}
