//! The field names that are so common that their lower-case JavaScript strings are kept, and what several fields of the same
//! name become in `message.headers`.

use boa_engine::{Context, JsString, string::JsStrVariant};
use coil_engine::Host;

use super::text;

/// What a second field of the same name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Its value is appended after a comma.
    Comma,
    /// Its value is appended after a semicolon: `cookie`.
    Semicolon,
    /// Every value is an element of an array: `set-cookie`.
    Array,
    /// It is dropped, as a message may have only one (or joined by a comma, with `joinDuplicateHeaders`).
    First,
}

/// Names by their length, from 2 on; Node's list (`matchKnownFields`) and a few more that only save an allocation.
static BY_LEN: [&[(&str, Repeat)]; 24] = [
    &[("te", Repeat::Comma)],
    &[("age", Repeat::First), ("dnt", Repeat::Comma)],
    &[("host", Repeat::First), ("from", Repeat::First), ("etag", Repeat::First), ("date", Repeat::Comma), ("vary", Repeat::Comma), ("link", Repeat::Comma)],
    &[("allow", Repeat::Comma), ("range", Repeat::Comma)],
    &[("accept", Repeat::Comma), ("cookie", Repeat::Semicolon), ("server", Repeat::First), ("origin", Repeat::Comma), ("expect", Repeat::Comma), ("pragma", Repeat::Comma)],
    &[("referer", Repeat::First), ("expires", Repeat::First), ("upgrade", Repeat::Comma), ("trailer", Repeat::Comma)],
    &[("location", Repeat::First), ("if-match", Repeat::Comma), ("if-range", Repeat::Comma)],
    &[("x-real-ip", Repeat::Comma), ("forwarded", Repeat::Comma)],
    &[("user-agent", Repeat::First), ("set-cookie", Repeat::Array), ("connection", Repeat::Comma), ("keep-alive", Repeat::Comma)],
    &[("retry-after", Repeat::First)],
    &[("content-type", Repeat::First), ("max-forwards", Repeat::First), ("x-request-id", Repeat::Comma), ("x-powered-by", Repeat::Comma)],
    &[
        ("authorization", Repeat::First),
        ("last-modified", Repeat::First),
        ("cache-control", Repeat::Comma),
        ("if-none-match", Repeat::Comma),
        ("accept-ranges", Repeat::Comma),
        ("content-range", Repeat::Comma),
    ],
    &[("content-length", Repeat::First), ("accept-charset", Repeat::Comma), ("sec-fetch-dest", Repeat::Comma), ("sec-fetch-mode", Repeat::Comma), ("sec-fetch-site", Repeat::Comma)],
    &[("accept-encoding", Repeat::Comma), ("accept-language", Repeat::Comma), ("x-forwarded-for", Repeat::Comma)],
    &[("content-encoding", Repeat::Comma), ("x-forwarded-host", Repeat::Comma), ("content-language", Repeat::Comma), ("proxy-connection", Repeat::Comma)],
    &[("if-modified-since", Repeat::First), ("transfer-encoding", Repeat::Comma), ("x-forwarded-proto", Repeat::Comma), ("sec-websocket-key", Repeat::Comma)],
    &[],
    &[("proxy-authorization", Repeat::First), ("if-unmodified-since", Repeat::First), ("content-disposition", Repeat::Comma)],
    &[],
    &[("sec-websocket-version", Repeat::Comma)],
    &[],
    &[("content-security-policy", Repeat::Comma)],
    &[],
    &[("upgrade-insecure-requests", Repeat::Comma)],
];

/// The name as a lower-case string, and what repeating it means.
pub fn lower(name: &[u8], cx: &Context) -> (JsString, Repeat) {
    if let Some(list) = name.len().checked_sub(2).and_then(|at| BY_LEN.get(at))
        && let Some((known, repeat)) = list.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))
    {
        return (Host::of(cx).intern(known), *repeat);
    }
    if name.iter().any(u8::is_ascii_uppercase) {
        return (text::latin1(&name.to_ascii_lowercase()), Repeat::Comma);
    }
    (text::latin1(name), Repeat::Comma)
}

/// `name.toLowerCase()`: the name itself where that changes nothing.
pub fn lower_string(name: &JsString, cx: &Context) -> JsString {
    match name.variant() {
        JsStrVariant::Latin1(bytes) if bytes.iter().any(|byte| byte.is_ascii_uppercase()) => lower(bytes, cx).0,
        JsStrVariant::Latin1(bytes) if bytes.is_ascii() => name.clone(),
        _ => JsString::from(name.to_std_string_lossy().to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_under_its_length() {
        for (at, list) in BY_LEN.iter().enumerate() {
            for (name, _) in *list {
                assert_eq!(name.len(), at + 2, "{name}");
                assert_eq!(name.to_lowercase(), *name);
            }
        }
    }
}
