//! What a message's fields must be (RFC 9113, section 8).

use super::{frame::fault, hpack::Field, stream::Stream};

/// What kind of block is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Request,
    Response,
    Trailers,
}

/// What was found in a block.
#[derive(Debug, Default)]
pub struct Found {
    pub is_head: bool,
    pub is_connect: bool,
    pub status: u16,
    pub content_length: Option<u64>,
}

/// Checks a block. Fields that are only badly written are taken out; an error is nghttp2's number.
pub fn fields(list: &mut Vec<Field>, role: Role, is_strict: bool, extended_connect: bool) -> Result<Found, i32> {
    let mut found = Found::default();
    let mut seen: [Option<&'static str>; PSEUDO.len()] = [None; PSEUDO.len()];
    let (mut regular, mut has_host, mut is_connect) = (false, false, false);
    let mut bad = Vec::new();
    for (at, field) in list.iter().enumerate() {
        if field.name.first() == Some(&b':') {
            let known = PSEUDO.iter().position(|(name, _)| name.as_bytes() == field.name);
            let Some(place) = known.filter(|place| PSEUDO[*place].1 == role && seen[*place].is_none() && !regular) else { return Err(fault::HTTP_HEADER) };
            seen[place] = Some(PSEUDO[place].0);
            pseudo(field, &mut found, &mut is_connect)?;
            continue;
        }
        regular = true;
        if field.name.iter().any(u8::is_ascii_uppercase) {
            return Err(fault::HTTP_HEADER);
        }
        if !is_token(&field.name) || !is_value(&field.value, is_strict) {
            bad.push(at);
            continue;
        }
        has_host |= field.name == b"host";
        plain(field, role, &mut found)?;
    }
    for at in bad.into_iter().rev() {
        list.remove(at);
    }
    let has = |name: &str| seen.iter().flatten().any(|seen| *seen == name);
    match role {
        Role::Request => {
            let is_extended = has(":protocol");
            let complete = match (is_connect, is_extended) {
                (true, true) => extended_connect && has(":method") && has(":scheme") && has(":path") && has(":authority"),
                (true, false) => has(":authority") && !has(":scheme") && !has(":path"),
                (false, is_extended) => !is_extended && has(":method") && has(":scheme") && has(":path") && (has(":authority") || has_host),
            };
            if !complete {
                return Err(fault::HTTP_MESSAGING);
            }
            found.is_connect = is_connect && !is_extended;
        }
        Role::Response if !has(":status") => return Err(fault::HTTP_MESSAGING),
        _ => {}
    }
    Ok(found)
}

/// Pseudo-fields and where they may stand.
const PSEUDO: [(&str, Role); 6] =
    [(":method", Role::Request), (":scheme", Role::Request), (":path", Role::Request), (":authority", Role::Request), (":protocol", Role::Request), (":status", Role::Response)];

fn pseudo(field: &Field, found: &mut Found, is_connect: &mut bool) -> Result<(), i32> {
    let value = field.value.as_slice();
    let valid = match field.name.as_slice() {
        b":status" => {
            let digits = value.len() == 3 && value.iter().all(u8::is_ascii_digit);
            found.status = value.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit.wrapping_sub(b'0') % 10));
            digits && found.status >= 100 && found.status != 101
        }
        b":method" => {
            found.is_head = value == b"HEAD";
            *is_connect = value == b"CONNECT";
            is_token(value)
        }
        b":path" => value.first().is_some_and(|first| *first == b'/' || value == b"*" || *first > b' ') && value.iter().all(|byte| *byte > b' ' && *byte != 0x7f),
        b":scheme" => value.first().is_some_and(u8::is_ascii_alphabetic) && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)),
        _ => value.iter().all(|byte| *byte > b' ' && *byte != 0x7f),
    };
    if valid { Ok(()) } else { Err(fault::HTTP_HEADER) }
}

fn plain(field: &Field, role: Role, found: &mut Found) -> Result<(), i32> {
    match field.name.as_slice() {
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade" => Err(fault::HTTP_HEADER),
        b"te" if !field.value.eq_ignore_ascii_case(b"trailers") => Err(fault::HTTP_HEADER),
        b"content-length" if role != Role::Trailers => {
            let value = std::str::from_utf8(&field.value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let value = value.and_then(|text| text.parse().ok()).ok_or(fault::HTTP_HEADER)?;
            // A response without a body may say anything, 0 in particular.
            if found.content_length.replace(value).is_some() { Err(fault::HTTP_HEADER) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// Notes on the stream what its message said of itself.
pub fn apply(stream: &mut Stream, role: Role, found: &Found, ends: bool) -> Result<(), i32> {
    match role {
        Role::Request => {
            stream.is_head = found.is_head;
            stream.is_connect = found.is_connect;
            stream.expected_len = found.content_length;
            stream.head_received = true;
        }
        Role::Response => {
            stream.status = found.status;
            if found.status / 100 == 1 {
                return if ends { Err(fault::HTTP_MESSAGING) } else { Ok(()) };
            }
            stream.head_received = true;
            let no_body = stream.is_head || matches!(found.status, 204 | 304);
            if found.status == 204 && found.content_length.is_some_and(|len| len > 0) {
                return Err(fault::HTTP_HEADER);
            }
            stream.expected_len = if no_body { Some(0) } else { found.content_length };
            if stream.is_connect && found.status / 100 == 2 {
                stream.expected_len = None;
            }
        }
        Role::Trailers => {}
    }
    Ok(())
}

fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

fn is_value(value: &[u8], is_strict: bool) -> bool {
    let clean = value.iter().all(|byte| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f);
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    clean && !(is_strict && (is_space(value.first()) || is_space(value.last())))
}
