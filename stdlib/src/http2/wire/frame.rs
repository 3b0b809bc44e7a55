//! Frames (RFC 9113, section 4 and 6) and their numbers.

/// Bytes before a frame's payload.
pub const HEADER_LEN: usize = 9;

/// What a client sends first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Types of frames.
pub mod kind {
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PUSH_PROMISE: u8 = 5;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
    /// RFC 7838
    pub const ALTSVC: u8 = 10;
    /// RFC 8336
    pub const ORIGIN: u8 = 12;
}

/// Flags of frames.
pub mod flag {
    pub const END_STREAM: u8 = 1;
    pub const ACK: u8 = 1;
    pub const END_HEADERS: u8 = 4;
    pub const PADDED: u8 = 8;
    pub const PRIORITY: u8 = 0x20;
}

/// Codes of RST_STREAM and GOAWAY.
pub mod code {
    pub const NO_ERROR: u32 = 0;
    pub const PROTOCOL_ERROR: u32 = 1;
    pub const INTERNAL_ERROR: u32 = 2;
    pub const FLOW_CONTROL_ERROR: u32 = 3;
    pub const STREAM_CLOSED: u32 = 5;
    pub const FRAME_SIZE_ERROR: u32 = 6;
    pub const REFUSED_STREAM: u32 = 7;
    pub const CANCEL: u32 = 8;
    pub const COMPRESSION_ERROR: u32 = 9;
    pub const ENHANCE_YOUR_CALM: u32 = 11;
}

/// What went wrong, by nghttp2's numbers, which scripts see.
pub mod fault {
    pub const PROTO: i32 = -505;
    pub const STREAM_ID_NOT_AVAILABLE: i32 = -509;
    pub const STREAM_CLOSED: i32 = -510;
    pub const STREAM_SHUT_WR: i32 = -512;
    pub const START_STREAM_NOT_ALLOWED: i32 = -516;
    pub const FRAME_SIZE_ERROR: i32 = -522;
    pub const HEADER_COMP: i32 = -523;
    pub const FLOW_CONTROL: i32 = -524;
    pub const PUSH_DISABLED: i32 = -528;
    pub const SESSION_CLOSING: i32 = -530;
    pub const HTTP_HEADER: i32 = -531;
    pub const HTTP_MESSAGING: i32 = -532;
    pub const SETTINGS_EXPECTED: i32 = -536;
    pub const CALLBACK_FAILURE: i32 = -902;
    pub const BAD_CLIENT_MAGIC: i32 = -903;
    pub const FLOODED: i32 = -904;
    pub const TOO_MANY_CONTINUATIONS: i32 = -905;
}

/// nghttp2's words for its errors.
pub fn fault_text(fault: i32) -> &'static str {
    match fault {
        0 => "Success",
        -501 => "Invalid argument",
        -502 => "Out of buffer space",
        -503 => "Unsupported SPDY version",
        -504 => "Operation would block",
        -505 => "Protocol error",
        -506 => "Invalid frame octets",
        -507 => "EOF",
        -508 => "Data transfer deferred",
        -509 => "No more Stream ID available",
        -510 => "Stream was already closed or invalid",
        -511 => "Stream is closing",
        -512 => "The transmission is not allowed for this stream",
        -513 => "Stream ID is invalid",
        -514 => "Invalid stream state",
        -515 => "Another DATA frame has already been deferred",
        -516 => "request HEADERS is not allowed",
        -517 => "GOAWAY has already been sent",
        -518 => "Invalid header block",
        -519 => "Invalid state",
        -521 => "The user callback function failed due to the temporal error",
        -522 => "The length of the frame is invalid",
        -523 => "Header compression/decompression error",
        -524 => "Flow control error",
        -525 => "Insufficient buffer size given to function",
        -526 => "Callback was paused by the application",
        -527 => "Too many inflight SETTINGS",
        -528 => "Server push is disabled by peer",
        -529 => "DATA or HEADERS frame for a given stream has already been submitted",
        -530 => "The current session is closing",
        -531 => "Invalid HTTP header field was received",
        -532 => "Violation in HTTP messaging rule",
        -533 => "Stream was refused",
        -534 => "Internal error",
        -535 => "Cancel",
        -536 => "When a local endpoint expects to receive SETTINGS frame, it receives an other type of frame",
        -537 => "SETTINGS frame contained more than the maximum allowed number of entries",
        -901 => "Out of memory",
        -902 => "The user callback function failed",
        -903 => "Received bad client magic byte string",
        -904 => "Flooding was detected in this HTTP/2 session, and it must be closed",
        -905 => "Too many CONTINUATION frames following a HEADER frame",
        _ => "Unknown error code",
    }
}

/// The nine bytes before a payload.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub len: usize,
    pub kind: u8,
    pub flags: u8,
    pub id: u32,
}

impl Head {
    pub fn parse(bytes: &[u8; HEADER_LEN]) -> Self {
        let [a, b, c, kind, flags, id @ ..] = *bytes;
        Self { len: u32::from_be_bytes([0, a, b, c]) as usize, kind, flags, id: u32::from_be_bytes(id) & ID_MAX }
    }

    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.len as u32).to_be_bytes()[1..]);
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&self.id.to_be_bytes());
    }
}

/// The largest number of a stream, and the largest window.
pub const ID_MAX: u32 = 0x7fff_ffff;

/// Appends a whole frame.
pub fn put(kind: u8, flags: u8, id: u32, payload: &[u8], out: &mut Vec<u8>) {
    Head { len: payload.len(), kind, flags, id }.write(out);
    out.extend_from_slice(payload);
}

/// Four bytes as a number; 0 where there are fewer.
pub fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}
