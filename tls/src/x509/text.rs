//! Alternative names as Node writes them: `DNS:localhost, IP Address:127.0.0.1`.

use super::name::{GeneralName, string};

/// All names, joined. A name that could be taken for two is written as a JSON string.
pub fn alt_names(names: &[GeneralName]) -> String {
    names.iter().map(alt_name).collect::<Vec<_>>().join(", ")
}

/// One name with its kind.
pub fn alt_name(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(text) => format!("email:{}", quoted(text)),
        GeneralName::Dns(text) => format!("DNS:{}", quoted(text)),
        GeneralName::Uri(text) => format!("URI:{}", quoted(text)),
        GeneralName::Directory(attributes) => {
            // RFC 2253 has the last one first.
            let text = attributes.iter().rev().map(|(key, value)| format!("{key}={}", escaped(value))).collect::<Vec<_>>().join(",");
            format!("DirName:{}", guarded(&text, true))
        }
        GeneralName::Ip(bytes) => format!("IP Address:{}", address(bytes)),
        GeneralName::RegisteredId(id) => format!("Registered ID:{id}"),
        GeneralName::Other(id, inner) => other(id, inner.as_ref()),
        GeneralName::X400 => "X400Name:<unsupported>".into(),
        GeneralName::EdiParty => "EdiPartyName:<unsupported>".into(),
    }
}

/// Kinds of `otherName` that OpenSSL writes out, and their names.
fn other(id: &str, inner: Option<&(u8, Vec<u8>)>) -> String {
    let known = match id {
        "1.3.6.1.5.5.7.8.9" => "SmtpUTF8Mailbox",
        "1.3.6.1.5.5.7.8.5" => "XmppAddr",
        "1.3.6.1.5.5.7.8.7" => "SRVName",
        "1.3.6.1.4.1.311.20.2.3" => "UPN",
        "1.3.6.1.5.5.7.8.8" => "NAIRealm",
        _ => return "othername:<unsupported>".into(),
    };
    // Text of UTF-8, but where it is the name of a service.
    let wanted = if known == "SRVName" { 0x16 } else { 0x0c };
    match inner {
        Some((tag, value)) if *tag == wanted => format!("othername:{}", guarded(&format!("{known}:{}", string(*tag, value)), wanted == 0x0c)),
        _ => "othername:<unsupported>".into(),
    }
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

fn quoted(text: &str) -> String {
    guarded(text, false)
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
