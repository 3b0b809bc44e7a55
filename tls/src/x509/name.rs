//! Names in certificates: distinguished names, and the general names of extensions.

use crate::der::{self, Reader};

/// A distinguished name. Two are equal when they say the same, whatever kinds of strings they use.
#[derive(Clone, Debug)]
pub struct Name {
    raw: Vec<u8>,
    /// What is said of what, in the order of the certificate.
    pub attributes: Vec<(String, String)>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw || self.canonical() == other.canonical()
    }
}

impl Name {
    /// Reads a Name with its tag.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let mut sets = Reader::new(Reader::new(raw).expect(der::SEQUENCE)?);
        let mut attributes = Vec::new();
        while let Some(set) = sets.optional(der::SET) {
            let mut set = Reader::new(set);
            while let Some(attribute) = set.optional(der::SEQUENCE) {
                let mut attribute = Reader::new(attribute);
                let id = der::dotted(attribute.expect(der::OID)?);
                let (tag, value) = attribute.next()?;
                let short = short_name(&id).unwrap_or(&id).to_owned();
                attributes.push((short, string(tag, value)));
            }
        }
        Some(Self { raw: raw.to_vec(), attributes })
    }

    /// The name as it came.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// As OpenSSL compares: without regard to case and to how many spaces there are (RFC 5280 section 7.1).
    fn canonical(&self) -> Vec<(&str, String)> {
        canonical(&self.attributes)
    }

    /// `CN=localhost,O=Example`
    pub fn one_line(&self) -> String {
        self.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
    }
}

/// Attributes in the form in which they are compared.
pub(super) fn canonical(attributes: &[(String, String)]) -> Vec<(&str, String)> {
    let plain = |value: &str| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    attributes.iter().map(|(key, value)| (key.as_str(), plain(value))).collect()
}

/// A string of any of ASN.1's kinds.
pub fn string(tag: u8, value: &[u8]) -> String {
    match tag {
        // BMPString
        0x1e => {
            let units: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        // T61String, and whatever is not UTF-8: Latin-1.
        0x14 => value.iter().map(|byte| char::from(*byte)).collect(),
        _ => match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

/// One name of `subjectAltName`, or a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    Email(String),
    Dns(String),
    Directory(Vec<(String, String)>),
    Uri(String),
    /// 4 or 16 bytes.
    Ip(Vec<u8>),
    RegisteredId(String),
    /// The kind, with dots, and its string where it is one.
    Other(String, Option<(u8, Vec<u8>)>),
    X400,
    EdiParty,
}

impl GeneralName {
    /// Reads one of the kinds of RFC 5280 section 4.2.1.6, by its tag.
    pub fn parse(tag: u8, value: &[u8]) -> Self {
        let latin1 = || value.iter().map(|byte| char::from(*byte)).collect::<String>();
        match tag {
            0x81 => Self::Email(latin1()),
            0x82 => Self::Dns(latin1()),
            0xa4 => Self::Directory(Name::parse(value).map(|name| name.attributes).unwrap_or_default()),
            0x86 => Self::Uri(latin1()),
            0x87 => Self::Ip(value.to_vec()),
            0x88 => Self::RegisteredId(der::dotted(value)),
            0xa0 => {
                let mut reader = Reader::new(value);
                let id = reader.expect(der::OID).map(der::dotted).unwrap_or_default();
                let inner = reader.optional(0xa0).and_then(|inner| Reader::new(inner).next()).map(|(tag, value)| (tag, value.to_vec()));
                Self::Other(id, inner)
            }
            0xa3 => Self::X400,
            _ => Self::EdiParty,
        }
    }
}

/// OpenSSL's short name of an attribute type, given with dots.
pub fn short_name(dotted: &str) -> Option<&'static str> {
    SHORT_NAMES.iter().find(|(known, _)| *known == dotted).map(|(_, name)| *name)
}

static SHORT_NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];
