//! Heads, chunks and trailers as bytes, appended to a buffer the caller reuses.
//!
//! [`HeadWriter`] also decides what Node decides when it stores a head: which of `Date`, `Connection`, `Keep-Alive`,
//! `Content-Length` and `Transfer-Encoding` are added, and whether the connection lives on.

use super::chars;
use super::date::DateCache;

/// What is known of an outgoing message: Node's properties of `OutgoingMessage` that frame it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// `_last`: the connection closes after this message.
    pub last: bool,
    /// `chunkedEncoding`.
    pub chunked: bool,
    /// `shouldKeepAlive`.
    pub keep_alive: bool,
    /// `maxRequestsOnConnectionReached`.
    pub max_requests_reached: bool,
    /// `_defaultKeepAlive`: the user gave no `Keep-Alive` field.
    pub default_keep_alive: bool,
    /// `useChunkedEncodingByDefault`.
    pub chunked_by_default: bool,
    pub send_date: bool,
    pub removed_connection: bool,
    pub removed_length: bool,
    pub removed_encoding: bool,
    /// `_hasBody`.
    pub has_body: bool,
    /// `_contentLength`, as the number JavaScript sees.
    pub length: Option<f64>,
    /// A client's message sent through an agent.
    pub has_agent: bool,
    /// `_keepAliveTimeout`, milliseconds.
    pub keep_alive_timeout_ms: f64,
    /// `_maxRequestsPerSocket`.
    pub requests_max: u32,
    /// The status of a response; 0 for a request.
    pub status: u16,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self {
            last: false,
            chunked: false,
            keep_alive: true,
            max_requests_reached: false,
            default_keep_alive: true,
            chunked_by_default: true,
            send_date: false,
            removed_connection: false,
            removed_length: false,
            removed_encoding: false,
            has_body: true,
            length: None,
            has_agent: false,
            keep_alive_timeout_ms: 0.0,
            requests_max: 0,
            status: 0,
        }
    }
}

/// Trailers were announced for a message that is not chunked: Node's `ERR_HTTP_TRAILER_INVALID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailersNeedChunks;

/// Writes one head: the line, the fields in order, then [`HeadWriter::finish`].
pub struct HeadWriter<'a> {
    out: &'a mut Vec<u8>,
    message: &'a mut Outgoing,
    connection: bool,
    length: bool,
    encoding: bool,
    date: bool,
    expect: bool,
    trailer: bool,
}

impl<'a> HeadWriter<'a> {
    pub fn new(out: &'a mut Vec<u8>, message: &'a mut Outgoing) -> Self {
        Self { out, message, connection: false, length: false, encoding: false, date: false, expect: false, trailer: false }
    }

    /// `HTTP/1.1 200 OK`
    pub fn status_line(&mut self, status: u16, reason: &[u8]) {
        self.message.status = status;
        self.out.extend_from_slice(b"HTTP/1.1 ");
        let digits = [b'0' + (status / 100 % 10) as u8, b'0' + (status / 10 % 10) as u8, b'0' + (status % 10) as u8, b' '];
        self.out.extend_from_slice(&digits);
        self.out.extend_from_slice(reason);
        self.out.extend_from_slice(b"\r\n");
    }

    /// `GET / HTTP/1.1`
    pub fn request_line(&mut self, method: &[u8], target: &[u8]) {
        self.out.extend_from_slice(method);
        self.out.push(b' ');
        self.out.extend_from_slice(target);
        self.out.extend_from_slice(b" HTTP/1.1\r\n");
    }

    /// A first line as it is, with its end.
    pub fn line(&mut self, line: &[u8]) {
        self.out.extend_from_slice(line);
    }

    /// One field; its name and value were checked by [`is_name`] and [`is_value`].
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        push_field(self.out, name, value);
        self.note(name, value);
    }

    /// What the field means for the framing.
    fn note(&mut self, name: &[u8], value: &[u8]) {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"date") => self.date = true,
            6 if name.eq_ignore_ascii_case(b"expect") => self.expect = true,
            7 if name.eq_ignore_ascii_case(b"trailer") => self.trailer = true,
            10 if name.eq_ignore_ascii_case(b"connection") => {
                self.connection = true;
                self.message.removed_connection = false;
                if has_word(value, b"close") {
                    self.message.last = true;
                } else {
                    self.message.keep_alive = true;
                }
            }
            10 if name.eq_ignore_ascii_case(b"keep-alive") => self.message.default_keep_alive = false,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.length = true;
                self.message.length = Some(number(value));
                self.message.removed_length = false;
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.encoding = true;
                self.message.removed_encoding = false;
                if has_word(value, b"chunked") {
                    self.message.chunked = true;
                }
            }
            _ => {}
        }
    }

    /// Adds what is missing and ends the head. `Ok(true)`: send it at once, the peer is asked for `100 Continue`.
    pub fn finish(self, date: &mut DateCache, now_s: u64) -> Result<bool, TrailersNeedChunks> {
        let Self { out, message, .. } = self;
        if message.send_date && !self.date {
            out.extend_from_slice(b"Date: ");
            out.extend_from_slice(date.at(now_s));
            out.extend_from_slice(b"\r\n");
        }
        // A 204 or 304 cannot have chunks; ending the connection is what every peer understands.
        if message.chunked && matches!(message.status, 204 | 304) {
            message.chunked = false;
            message.keep_alive = false;
        }
        if message.removed_connection {
            message.last = !message.keep_alive;
        } else if !self.connection {
            let keep_alive = message.keep_alive && (self.length || message.chunked_by_default || message.has_agent);
            if keep_alive && !message.max_requests_reached {
                out.extend_from_slice(b"Connection: keep-alive\r\n");
                if message.keep_alive_timeout_ms != 0.0 && message.default_keep_alive {
                    push_keep_alive(out, message.keep_alive_timeout_ms, message.requests_max);
                }
            } else {
                // With the limit reached the last response still announces it, and the client closes.
                message.last |= !keep_alive;
                out.extend_from_slice(b"Connection: close\r\n");
            }
        }
        if !self.length && !self.encoding {
            match message.length {
                _ if !message.has_body => message.chunked = false,
                _ if !message.chunked_by_default => message.last = true,
                Some(length) if !self.trailer && !message.removed_length => {
                    out.extend_from_slice(b"Content-Length: ");
                    push_number(out, length);
                    out.extend_from_slice(b"\r\n");
                }
                _ if !message.removed_encoding => {
                    out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
                    message.chunked = true;
                }
                // Without either, only the end of the connection ends the body.
                _ => message.last = true,
            }
        }
        if !message.chunked && self.trailer {
            return Err(TrailersNeedChunks);
        }
        out.extend_from_slice(b"\r\n");
        Ok(self.expect)
    }
}

/// `Name: value` and the line's end.
pub fn push_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// The size line of a chunk; the data and `\r\n` follow.
pub fn push_chunk_size(out: &mut Vec<u8>, len: usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 18];
    let mut at = text.len() - 2;
    text[at..].copy_from_slice(b"\r\n");
    let mut left = len;
    loop {
        at -= 1;
        text[at] = DIGITS[left & 15];
        left >>= 4;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&text[at..]);
}

/// The last chunk with the trailers, whose lines are complete.
pub fn push_last_chunk(out: &mut Vec<u8>, trailers: &[u8]) {
    out.extend_from_slice(b"0\r\n");
    out.extend_from_slice(trailers);
    out.extend_from_slice(b"\r\n");
}

/// A decimal number.
pub fn push_decimal(out: &mut Vec<u8>, number: u64) {
    let mut text = [0; 20];
    let mut at = text.len();
    let mut left = number;
    loop {
        at -= 1;
        text[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&text[at..]);
}

/// A name Node accepts: a token.
pub fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&byte| chars::is_token(byte))
}

/// A value Node accepts: no control characters but the tab.
pub fn is_value(value: &[u8]) -> bool {
    chars::value_run(value) == value.len()
}

fn push_keep_alive(out: &mut Vec<u8>, timeout_ms: f64, requests_max: u32) {
    out.extend_from_slice(b"Keep-Alive: timeout=");
    push_number(out, (timeout_ms / 1000.0).floor());
    if requests_max > 0 {
        out.extend_from_slice(b", max=");
        push_decimal(out, u64::from(requests_max));
    }
    out.extend_from_slice(b"\r\n");
}

fn push_number(out: &mut Vec<u8>, number: f64) {
    if number >= 0.0 && number.fract() == 0.0 && number < 9e15 {
        push_decimal(out, number as u64);
    } else {
        out.extend_from_slice(number.to_string().as_bytes());
    }
}

/// `+value` for what a length looks like; anything else is NaN.
fn number(value: &[u8]) -> f64 {
    let text = value.trim_ascii();
    if text.is_empty() {
        return 0.0;
    }
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// The word stands in the text with no word character beside it, in any case.
pub fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.windows(word.len()).enumerate().any(|(at, window)| window.eq_ignore_ascii_case(word) && !is_word(at.checked_sub(1).and_then(|before| text.get(before))) && !is_word(text.get(at + word.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(message: &mut Outgoing, fields: &[(&str, &str)]) -> String {
        let mut out = Vec::new();
        let mut writer = HeadWriter::new(&mut out, message);
        writer.status_line(200, b"OK");
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        match writer.finish(&mut DateCache::default(), 0) {
            Ok(_) => String::from_utf8_lossy(&out).replace("\r\n", "|"),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn a_known_length_is_announced() {
        let mut message = Outgoing { length: Some(5.0), send_date: true, ..Outgoing::default() };
        assert_eq!(head(&mut message, &[]), "HTTP/1.1 200 OK|Date: Thu, 01 Jan 1970 00:00:00 GMT|Connection: keep-alive|Content-Length: 5||");
        assert!(!message.last && !message.chunked);
    }

    #[test]
    fn an_unknown_length_is_chunked() {
        let mut message = Outgoing { keep_alive_timeout_ms: 5000.0, requests_max: 3, ..Outgoing::default() };
        assert_eq!(head(&mut message, &[]), "HTTP/1.1 200 OK|Connection: keep-alive|Keep-Alive: timeout=5, max=3|Transfer-Encoding: chunked||");
        assert!(message.chunked);
    }

    #[test]
    fn http_1_0_closes_instead() {
        let mut message = Outgoing { chunked_by_default: false, keep_alive: false, ..Outgoing::default() };
        assert_eq!(head(&mut message, &[]), "HTTP/1.1 200 OK|Connection: close||");
        assert!(message.last);
    }

    #[test]
    fn the_users_connection_field_counts() {
        let mut message = Outgoing::default();
        assert_eq!(head(&mut message, &[("connection", "foo, Close"), ("Content-Length", "3")]), "HTTP/1.1 200 OK|connection: foo, Close|Content-Length: 3||");
        assert!(message.last);
        assert_eq!(message.length, Some(3.0));
        assert!(!has_word(b"disclosed", b"close") && has_word(b"close", b"close") && has_word(b"a,CLOSE b", b"close"));
    }

    #[test]
    fn trailers_need_chunks() {
        let mut message = Outgoing::default();
        assert_eq!(head(&mut message, &[("Trailer", "X"), ("Content-Length", "3")]), "TrailersNeedChunks");
    }

    #[test]
    fn with_both_framings_removed_the_connection_ends_the_body() {
        let mut message = Outgoing { removed_length: true, removed_encoding: true, ..Outgoing::default() };
        assert_eq!(head(&mut message, &[]), "HTTP/1.1 200 OK|Connection: keep-alive||");
        assert!(message.last);
    }

    #[test]
    fn chunk_sizes_are_hexadecimal() {
        let mut out = Vec::new();
        for len in [0, 1, 15, 16, 255, 65_536, usize::MAX] {
            push_chunk_size(&mut out, len);
        }
        assert_eq!(out, b"0\r\n1\r\nf\r\n10\r\nff\r\n10000\r\nffffffffffffffff\r\n");
    }

    #[test]
    fn names_and_values_are_checked() {
        assert!(is_name(b"X-Y_z") && !is_name(b"") && !is_name(b"a b") && !is_name("é".as_bytes()));
        assert!(is_value(b"a\tb \xff") && is_value(b"") && !is_value(b"a\r\nb") && !is_value(b"\x7f"));
    }
}
