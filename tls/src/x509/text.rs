//! Alternative names as Node writes them: `DNS:localhost, IP Address:127.0.0.1`.

use super::name::{GeneralName, string};

/// All names, joined. A name that could be taken for two is written as a JSON string.
pub fn alt_names(names: &[GeneralName]) -> String {
    names.iter().map(alt_name).collect::<Vec<_>>().join(", ")
}

/// One name with its kind.
pub fn alt_name(name: &GeneralName) -> String {
    let (kind, value) = parts(name);
    // Directories and most other names are of UTF-8.
    let is_utf8 = match name {
        GeneralName::Directory(_) => true,
        GeneralName::Other(id, _) => id != SRV_NAME,
        _ => false,
    };
    format!("{kind}:{}", guarded(&value, is_utf8))
}

/// The kind of a name, and what it says, as it is.
pub fn parts(name: &GeneralName) -> (&'static str, String) {
    match name {
        GeneralName::Email(text) => ("email", text.clone()),
        GeneralName::Dns(text) => ("DNS", text.clone()),
        GeneralName::Uri(text) => ("URI", text.clone()),
        // RFC 2253 has the last one first.
        GeneralName::Directory(attributes) => ("DirName", attributes.iter().rev().map(|(key, value)| format!("{key}={}", escaped(value))).collect::<Vec<_>>().join(",")),
        GeneralName::Ip(bytes) => ("IP Address", address(bytes)),
        GeneralName::RegisteredId(id) => ("Registered ID", id.clone()),
        GeneralName::Other(id, inner) => ("othername", other(id, inner.as_ref()).unwrap_or_else(|| UNSUPPORTED.to_owned())),
        GeneralName::X400 => ("X400Name", UNSUPPORTED.to_owned()),
        GeneralName::EdiParty => ("EdiPartyName", UNSUPPORTED.to_owned()),
    }
}

const UNSUPPORTED: &str = "<unsupported>";

/// The other name that is of ASCII: a service's.
const SRV_NAME: &str = "1.3.6.1.5.5.7.8.7";

/// Kinds of `otherName` that OpenSSL writes out, and their names.
fn other(id: &str, inner: Option<&(u8, Vec<u8>)>) -> Option<String> {
    let known = match id {
        "1.3.6.1.5.5.7.8.9" => "SmtpUTF8Mailbox",
        "1.3.6.1.5.5.7.8.5" => "XmppAddr",
        SRV_NAME => "SRVName",
        "1.3.6.1.4.1.311.20.2.3" => "UPN",
        "1.3.6.1.5.5.7.8.8" => "NAIRealm",
        _ => return None,
    };
    let wanted = if id == SRV_NAME { 0x16 } else { 0x0c };
    let (tag, value) = inner.filter(|(tag, _)| *tag == wanted)?;
    Some(format!("{known}:{}", string(*tag, value)))
}

/// An address: IPv6 as OpenSSL writes it, eight groups in capitals.
pub fn address(bytes: &[u8]) -> String {
    if let [a, b, c, d] = bytes {
        return format!("{a}.{b}.{c}.{d}");
    }
    if bytes.len() == 16 {
        return bytes.chunks(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]]))).collect::<Vec<_>>().join(":");
    }
    format!("<invalid length={}>", bytes.len())
}

/// A value within a directory name (RFC 2253).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for (at, char) in text.chars().enumerate() {
        if matches!(char, ',' | '+' | '"' | '\\' | '<' | '>' | ';') || at == 0 && matches!(char, '#' | ' ') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// As a JSON string, unless nothing can be taken for something else. `is_utf8` lets what is beyond ASCII be.
fn guarded(text: &str, is_utf8: bool) -> String {
    let is_plain = |char: char| (' '..='~').contains(&char) || is_utf8 && char as u32 >= 0x80;
    let safe = text.chars().all(|char| is_plain(char) && !matches!(char, '"' | '\\' | ',' | '\''));
    if safe { text.to_owned() } else { json(text, is_utf8) }
}

fn json(text: &str, is_utf8: bool) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // A reader that splits at commas must find none here.
            ',' => out.push_str("\\u002c"),
            ' '..='~' => out.push(char),
            _ if is_utf8 && char as u32 >= 0x80 => out.push(char),
            _ => out.push_str(&format!("\\u{:04x}", char as u32)),
        }
    }
    out.push('"');
    out
}
