//! Names of certificates as OpenSSL writes them: distinguished names, alternative names, access descriptions.

use coil_tls::x509::name;

use super::{
    asn1::{Element, Reader, dotted, tag},
    certificate::Certificate,
};

/// An attribute of a name.
pub struct Attribute {
    pub name: String,
    pub value: String,
    /// Whether it stands in one set with the one before.
    pub joined: bool,
}

fn short_name(oid: &[u8]) -> String {
    let dotted = dotted(oid);
    name::short_name(&dotted).map_or(dotted, str::to_owned)
}

/// The text of a string of any of ASN.1's kinds.
pub fn text(element: Element<'_>) -> String {
    match element.tag {
        tag::BMP_STRING => {
            let units: Vec<u16> = element.content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        tag::UNIVERSAL_STRING => element.content.chunks_exact(4).filter_map(|four| char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))).collect(),
        tag::UTF8_STRING => String::from_utf8_lossy(element.content).into_owned(),
        _ => element.content.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The attributes of a Name's content, in its order.
pub fn attributes(name: &[u8]) -> Vec<Attribute> {
    let mut found = Vec::new();
    let mut sets = Reader(name);
    while let Ok(set) = sets.take(tag::SET) {
        let mut set = Reader(set);
        let mut joined = false;
        while let Ok(mut pair) = set.sequence() {
            let (Ok(oid), Ok(value)) = (pair.oid(), pair.any()) else { break };
            found.push(Attribute { name: short_name(oid), value: text(value), joined });
            joined = true;
        }
    }
    found
}

/// RFC 2253, 2.4; `controls` asks for control characters in hexadecimal.
fn escaped(value: &str, controls: bool) -> String {
    let mut out = String::new();
    let last = value.chars().count().saturating_sub(1);
    for (at, c) in value.chars().enumerate() {
        let quoted = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') || (at == 0 && matches!(c, '#' | ' ')) || (at == last && c == ' ');
        if quoted {
            out.push('\\');
            out.push(c);
        } else if controls && ((c as u32) < 0x20 || c as u32 == 0x7f) {
            out.push_str(&format!("\\{:02X}", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

/// A name on several lines, `C=US\nO=Joyent`.
pub fn lines(name: &[u8]) -> String {
    let mut out = String::new();
    for (at, attribute) in attributes(name).iter().enumerate() {
        if at > 0 {
            out.push_str(if attribute.joined { " + " } else { "\n" });
        }
        out.push_str(&format!("{}={}", attribute.name, escaped(&attribute.value, true)));
    }
    out
}

/// A name on one line, the last attribute first, as RFC 2253 orders them.
fn one_line(name: &[u8]) -> String {
    let attributes = attributes(name);
    let parts: Vec<String> = attributes.iter().rev().map(|attribute| format!("{}={}", attribute.name, escaped(&attribute.value, false))).collect();
    parts.join(",")
}

/// What an alternative name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum General {
    Email(String),
    Dns(String),
    Directory(Vec<u8>),
    Uri(String),
    Ip(Vec<u8>),
    Registered(String),
    /// The type's identifier, and the text within where there is one.
    Other(String, Option<String>),
    Unsupported(&'static str),
}

/// Reads one GeneralName.
fn general(element: Element<'_>) -> General {
    let text = || element.content.iter().map(|byte| char::from(*byte)).collect::<String>();
    match element.tag & 0x1f {
        0 => {
            let mut inner = Reader(element.content);
            let oid = inner.oid().map(dotted).unwrap_or_default();
            let value = inner.take(tag::explicit(0)).ok().and_then(|value| Reader(value).any().ok());
            let wanted = if oid == SRV_NAME { tag::IA5_STRING } else { tag::UTF8_STRING };
            General::Other(oid, value.filter(|value| value.tag == wanted).map(self::text))
        }
        1 => General::Email(text()),
        2 => General::Dns(text()),
        3 => General::Unsupported("X400Name"),
        4 => General::Directory(Reader(element.content).take(tag::SEQUENCE).unwrap_or_default().to_vec()),
        5 => General::Unsupported("EdiPartyName"),
        6 => General::Uri(text()),
        7 => General::Ip(element.content.to_vec()),
        _ => General::Registered(dotted(element.content)),
    }
}

/// The content of 2.5.29.17.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
/// The content of 1.3.6.1.5.5.7.1.1.
const INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];

/// The subject's alternative names; none where there is no such extension.
pub fn alternatives(certificate: &Certificate) -> Option<Vec<General>> {
    let mut list = Reader(certificate.extension(SUBJECT_ALT_NAME)?).sequence().ok()?;
    let mut found = Vec::new();
    while let Ok(element) = list.any() {
        found.push(general(element));
    }
    Some(found)
}

/// Text that can stand beside other names, or else text as JSON has it. `unicode` keeps what is beyond ASCII.
fn quoted(prefix: &str, value: &str, unicode: bool) -> String {
    let shown = |c: char| (' '..='~').contains(&c) || (unicode && !c.is_ascii());
    let plain = value.chars().all(|c| shown(c) && !matches!(c, '"' | '\\' | ',' | '\''));
    if plain {
        return format!("{prefix}{value}");
    }
    let mut out = format!("{prefix}\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // A reader that splits at commas must find none here.
            ',' => out.push_str("\\u002c"),
            c if shown(c) => out.push(c),
            c => out.push_str(&format!("\\u{:04x}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// An address as OpenSSL writes it: IPv6 in groups that keep their zeros' digits.
pub fn address(bytes: &[u8]) -> String {
    match bytes.len() {
        4 => bytes.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        16 => bytes.chunks(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]]))).collect::<Vec<_>>().join(":"),
        len => format!("<invalid length={len}>"),
    }
}

impl General {
    /// As `subjectAltName` shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Email(text) => quoted("email:", text, false),
            Self::Dns(text) => quoted("DNS:", text, false),
            Self::Uri(text) => quoted("URI:", text, false),
            Self::Directory(name) => quoted("DirName:", &one_line(name), true),
            Self::Ip(bytes) => format!("IP Address:{}", address(bytes)),
            Self::Registered(oid) => format!("Registered ID:{oid}"),
            Self::Other(oid, text) => match (other_name(oid), text) {
                (Some(name), Some(text)) => quoted("othername:", &format!("{name}:{text}"), oid != SRV_NAME),
                _ => "othername:<unsupported>".into(),
            },
            Self::Unsupported(kind) => format!("{kind}:<unsupported>"),
        }
    }
}

/// The other name whose text is of ASCII.
const SRV_NAME: &str = "1.3.6.1.5.5.7.8.7";

/// OpenSSL's names of other names.
fn other_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.3.6.1.5.5.7.8.5" => "XmppAddr",
        SRV_NAME => "SRVName",
        "1.3.6.1.5.5.7.8.9" => "SmtpUTF8Mailbox",
        "1.3.6.1.4.1.311.20.2.3" => "UPN",
        "1.3.6.1.5.5.7.8.8" => "NAIRealm",
        _ => return None,
    })
}

/// `(OCSP, URI:http://...)` for every access description; none where there is no such extension.
pub fn accesses(certificate: &Certificate) -> Option<Vec<(String, General)>> {
    let mut list = Reader(certificate.extension(INFO_ACCESS)?).sequence().ok()?;
    let mut found = Vec::new();
    while let Ok(mut description) = list.sequence() {
        let method = match dotted(description.oid().ok()?).as_str() {
            "1.3.6.1.5.5.7.48.1" => "OCSP".to_owned(),
            "1.3.6.1.5.5.7.48.2" => "CA Issuers".to_owned(),
            other => other.to_owned(),
        };
        found.push((method, general(description.any().ok()?)));
    }
    Some(found)
}
