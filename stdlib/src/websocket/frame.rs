//! Frames of RFC 6455: what a client sends, and messages from the frames that a server sends.

/// `Opcode` of section 5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn of(bits: u8) -> Option<Self> {
        [Self::Continuation, Self::Text, Self::Binary, Self::Close, Self::Ping, Self::Pong].into_iter().find(|opcode| *opcode as u8 == bits)
    }

    fn is_control(self) -> bool {
        self as u8 >= 8
    }
}

/// A whole frame of a client; `mask` must not be foreseen (section 10.3).
pub(super) fn client_frame(opcode: Opcode, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(FIN | opcode as u8);
    match payload.len() {
        len @ ..126 => frame.push(MASKED | len as u8),
        len @ ..65536 => {
            frame.push(MASKED | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(MASKED | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The payload of a close frame: nothing without a code.
pub(super) fn close_payload(code: Option<u16>, reason: &str) -> Vec<u8> {
    let mut payload = Vec::new();
    if let Some(code) = code {
        payload.extend(code.to_be_bytes());
        payload.extend(reason.as_bytes());
    }
    payload
}

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
/// The longest payload of a control frame.
const CONTROL_LEN_MAX: u64 = 125;
/// The longest message: a longer text would be no string, and a server could fill the memory with one.
const MESSAGE_LEN_MAX: u64 = 512 << 20;

/// What a server has said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    /// The code, where one is given, and the reason.
    Close(Option<u16>, String),
}

/// Why a connection fails: the code of the close frame that says so, and its reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) u16, pub(super) &'static str);

const PROTOCOL_ERROR: u16 = 1002;
const NOT_UTF8: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// Makes messages of bytes as they come.
#[derive(Debug, Default)]
pub(super) struct Reader {
    bytes: Vec<u8>,
    /// The message so far, and what it will be.
    message: Option<(Opcode, Vec<u8>)>,
}

impl Reader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next that is complete; nothing where more has to come.
    pub(super) fn next(&mut self) -> Result<Option<Said>, Broken> {
        loop {
            let Some((fin, opcode, payload)) = self.next_frame()? else { return Ok(None) };
            if opcode.is_control() {
                match control(opcode, payload)? {
                    Some(said) => return Ok(Some(said)),
                    None => continue,
                }
            }
            let (kind, mut message) = match (opcode, self.message.take()) {
                (Opcode::Continuation, Some(begun)) => begun,
                (Opcode::Continuation, None) => return Err(Broken(PROTOCOL_ERROR, "Unexpected continuation frame")),
                (_, Some(_)) => return Err(Broken(PROTOCOL_ERROR, "Expected continuation frame")),
                (kind, None) => (kind, Vec::new()),
            };
            if (message.len() + payload.len()) as u64 > MESSAGE_LEN_MAX {
                return Err(Broken(TOO_BIG, "Message is too big"));
            }
            message.extend(payload);
            if !fin {
                self.message = Some((kind, message));
                continue;
            }
            return match kind {
                Opcode::Text => String::from_utf8(message).map(|text| Some(Said::Text(text))).map_err(|_| Broken(NOT_UTF8, "Received invalid UTF-8 in text frame")),
                _ => Ok(Some(Said::Binary(message))),
            };
        }
    }

    fn next_frame(&mut self) -> Result<Option<(bool, Opcode, Vec<u8>)>, Broken> {
        let [first, second, rest @ ..] = self.bytes.as_slice() else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(Broken(PROTOCOL_ERROR, "Expected reserved bits to be clear"));
        }
        let Some(opcode) = Opcode::of(first & 0x0f) else { return Err(Broken(PROTOCOL_ERROR, "Invalid opcode received")) };
        if second & MASKED != 0 {
            return Err(Broken(PROTOCOL_ERROR, "Frame cannot be masked"));
        }
        let fin = first & FIN != 0;
        let (head, len) = match (second & 0x7f, rest) {
            (126, [a, b, ..]) => (4, u64::from(u16::from_be_bytes([*a, *b]))),
            (127, [a, b, c, d, e, f, g, h, ..]) => (10, u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
            (126 | 127, _) => return Ok(None),
            (len, _) => (2, u64::from(len)),
        };
        if opcode.is_control() && (!fin || len > CONTROL_LEN_MAX) {
            return Err(Broken(PROTOCOL_ERROR, "Control frame is fragmented or too long"));
        }
        if len > MESSAGE_LEN_MAX {
            return Err(Broken(TOO_BIG, "Message is too big"));
        }
        let end = head + len as usize;
        if self.bytes.len() < end {
            return Ok(None);
        }
        let payload = self.bytes[head..end].to_vec();
        self.bytes.drain(..end);
        Ok(Some((fin, opcode, payload)))
    }
}

fn control(opcode: Opcode, payload: Vec<u8>) -> Result<Option<Said>, Broken> {
    match opcode {
        Opcode::Ping => Ok(Some(Said::Ping(payload))),
        Opcode::Close => match payload.as_slice() {
            [] => Ok(Some(Said::Close(None, String::new()))),
            [_] => Err(Broken(PROTOCOL_ERROR, "Received close frame with a 1-byte body")),
            [a, b, reason @ ..] => {
                let code = u16::from_be_bytes([*a, *b]);
                if !is_code(code) {
                    return Err(Broken(PROTOCOL_ERROR, "Invalid status code in close frame"));
                }
                let reason = std::str::from_utf8(reason).map_err(|_| Broken(NOT_UTF8, "Invalid UTF-8 in close frame"))?;
                Ok(Some(Said::Close(Some(code), reason.to_owned())))
            }
        },
        _ => Ok(None),
    }
}

/// The codes that a close frame may carry (section 7.4).
fn is_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Result<Said, Broken>> {
        let mut reader = Reader::default();
        let mut said = Vec::new();
        for byte in bytes {
            reader.push(&[*byte]);
            match reader.next() {
                Ok(None) => {}
                Ok(Some(one)) => said.push(Ok(one)),
                Err(broken) => {
                    said.push(Err(broken));
                    break;
                }
            }
        }
        said
    }

    #[test]
    fn messages_are_made_of_frames() {
        assert_eq!(all(b"\x01\x02ab\x89\x01p\x80\x01c"), [Ok(Said::Ping(b"p".to_vec())), Ok(Said::Text("abc".into()))]);
        assert_eq!(all(b"\x82\x7e\x00\x03\x01\x02\x03"), [Ok(Said::Binary(vec![1, 2, 3]))]);
        assert_eq!(all(b"\x88\x04\x03\xe8ok"), [Ok(Said::Close(Some(1000), "ok".into()))]);
        assert_eq!(all(b"\x88\x00"), [Ok(Said::Close(None, String::new()))]);
    }

    #[test]
    fn what_breaks_the_protocol_is_refused() {
        for bytes in [b"\xf1\x00".as_slice(), b"\x83\x00", b"\x81\x80", b"\x80\x00", b"\x09\x00", b"\x88\x01\x00", b"\x88\x02\x03\xed"] {
            assert!(matches!(all(bytes).as_slice(), [Err(Broken(PROTOCOL_ERROR, _))]), "{bytes:?}");
        }
        assert!(matches!(all(b"\x81\x01\xff").as_slice(), [Err(Broken(NOT_UTF8, _))]));
        assert!(matches!(all(b"\x82\x7f\x00\x00\x01\x00\x00\x00\x00\x00").as_slice(), [Err(Broken(TOO_BIG, _))]));
    }

    #[test]
    fn a_client_masks() {
        assert_eq!(client_frame(Opcode::Text, b"ab", [1, 2, 3, 4]), [0x81, 0x82, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2]);
        assert_eq!(client_frame(Opcode::Binary, &[0; 300], [0; 4])[..4], [0x82, 0xfe, 1, 44]);
    }
}
