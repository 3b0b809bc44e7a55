//! What `fetch` answers without a network: `data:` and `blob:` URLs, and what it refuses.

use ::url::Url;
use boa_engine::{Context, JsObject, JsResult, js_string};
use boa_gc::Gc;

use super::{
    body::{Body, Message},
    headers::{self, HeaderList},
    mime,
    response::Response,
};
use crate::{
    blob,
    buffer::{self, Encoding},
};

/// Ports that the standard blocks: <https://fetch.spec.whatwg.org/#port-blocking>.
const BLOCKED_PORTS: &[u16] = &[
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512,
    513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
    6679, 6697, 10080,
];

/// Where a URL leads.
pub(super) enum Way {
    /// Over the network.
    Network,
    /// An answer that is here.
    Answer(Vec<u8>, String, bool),
    /// Nowhere: why.
    Refused(&'static str),
}

/// Where a URL leads; `method` counts for `blob:` only.
pub(super) fn way(url: &Url, method: &str, cx: &Context) -> Way {
    match url.scheme() {
        "http" | "https" if url.port().is_some_and(|port| BLOCKED_PORTS.contains(&port)) => Way::Refused("bad port"),
        "http" | "https" => Way::Network,
        "data" => data(url.as_str()).map_or(Way::Refused("failed to fetch the data URL"), |(bytes, kind)| Way::Answer(bytes, kind, false)),
        "blob" => match blob::object_url(url.as_str(), cx) {
            Some(blob) if method == "GET" => Way::Answer(blob.bytes().to_vec(), blob.media_type().to_owned(), true),
            _ => Way::Refused("invalid method"),
        },
        "about" => Way::Refused("about scheme is not supported"),
        "file" => Way::Refused("not implemented... yet..."),
        _ => Way::Refused("unknown scheme"),
    }
}

/// The response of an answer that was here.
pub(super) fn answer(url: &Url, bytes: Vec<u8>, kind: String, with_length: bool, cx: &mut Context) -> JsResult<JsObject> {
    let mut list = HeaderList::default();
    if with_length {
        list.append("content-length".to_owned(), js_string!(bytes.len().to_string()));
    }
    list.append("content-type".to_owned(), js_string!(kind));
    let headers = headers::object(list, true, cx)?;
    let message: Gc<Message> = Message::new(headers, Some(Body::of_bytes(bytes)));
    Response { message, kind: "basic", url: url.as_str().to_owned(), redirected: false, status: 200, status_text: js_string!("OK") }.into_object(cx)
}

/// The bytes and the type of a `data:` URL: <https://fetch.spec.whatwg.org/#data-urls>.
pub(super) fn data(url: &str) -> Option<(Vec<u8>, String)> {
    let rest = url.strip_prefix("data:")?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let (head, content) = rest.split_once(',')?;
    let bytes: Vec<u8> = percent_decoded(content.as_bytes());
    let mut kind = head.trim();
    let mut encoded = false;
    if let Some(start) = kind.len().checked_sub(6).filter(|start| kind.is_char_boundary(*start))
        && kind[start..].eq_ignore_ascii_case("base64")
        && let Some(before) = kind[..start].trim_end_matches(' ').strip_suffix(';')
    {
        kind = before;
        encoded = true;
    }
    let bytes = if encoded { base64(&bytes)? } else { bytes };
    let kind = if kind.starts_with(';') { format!("text/plain{kind}") } else { kind.to_owned() };
    let kind = match mime::serialized(&kind) {
        empty if empty.is_empty() => "text/plain;charset=US-ASCII".to_owned(),
        kind => kind,
    };
    Some((bytes, kind))
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = &after[2..];
            }
            None => {
                decoded.push(first);
                rest = after;
            }
        }
    }
    decoded
}

/// Forgiving-base64: white space is left out, and the padding may be.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)).collect();
    if plain.len().is_multiple_of(4) {
        for _ in 0..2 {
            if plain.last() == Some(&b'=') {
                plain.pop();
            }
        }
    }
    let sound = plain.len() % 4 != 1 && plain.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    sound.then(|| buffer::encode(boa_engine::string::JsStr::latin1(&plain), Encoding::Base64))
}

#[cfg(test)]
mod tests {
    use super::data;

    #[test]
    fn data_urls() {
        let text = |url: &str| data(url).map(|(bytes, kind)| (String::from_utf8_lossy(&bytes).into_owned(), kind));
        let found = |bytes: &str, kind: &str| Some((bytes.to_owned(), kind.to_owned()));
        assert_eq!(text("data:,a%20b"), found("a b", "text/plain;charset=US-ASCII"));
        assert_eq!(text("data:;base64,YWI="), found("ab", "text/plain;charset=US-ASCII"));
        assert_eq!(text("data:text/html;charset=utf-8; base64,YW I"), found("ab", "text/html;charset=utf-8"));
        assert_eq!(text("data:;charset=x,a#b"), found("a", "text/plain;charset=x"));
        assert_eq!(text("data:text/plain"), None);
        assert_eq!(text("data:;base64,Y"), None);
    }
}
